"""Stage: the command ``roots``. Input: proven spectra, or a file of certificates. Output: that file, or what it proves.

``--certificate FILE`` writes the proof of every case and mode; ``--verify FILE`` holds such a file against the study's
equations and searches for nothing. Only the equations are taken from the study: the file says what it proves of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from derive.characteristic import CharacteristicEquation
from derive.studies.records import Case
from derive.studies.schema import StudyError
from numeric.roots.certifying import certificate
from numeric.roots.records import Spectrum
from verify.certificates.checking import Refused, check_certificate
from verify.commands.tables import print_table
from verify.predicting.spectra import characteristic_equations

SCHEMA = "staleproof-certificates/1"
_ALONE = ("right_of", "count", "digits", "certificate")
_LARGEST = 256 * 1024 * 1024

Solved = Sequence[tuple[CharacteristicEquation, Spectrum]]


def write_certificates(path: str, cases: Sequence[Case], solved: Sequence[Solved]) -> None:
    """Every proven spectrum's certificate, with its case and mode; what is unproven has none."""
    made = [
        {"case": case.label, "mode": mode, **certificate(equation, found)}
        for case, modes in zip(cases, solved, strict=True)
        for mode, (equation, found) in enumerate(modes)
        if found.certified
    ]
    Path(path).write_text(json.dumps({"schema": SCHEMA, "certificates": made}) + "\n", encoding="utf-8")


def run_verify(options: argparse.Namespace, cases: Sequence[Case]) -> int:
    """What a file of certificates proves of a study's equations; 4 where one of them has no certificate that holds."""
    for name in _ALONE:
        if getattr(options, name) is not None:
            option = "--" + name.replace("_", "-")
            raise StudyError(
                "command line", option, getattr(options, name), "finds roots", "no such option beside --verify"
            )
    records = _read(options.verify)
    told = [
        {"case": case.label, "mode": mode, **_judged(equation, records.get((case.label, mode)))}
        for case in cases
        for mode, equation in enumerate(characteristic_equations(case.study))
    ]
    if options.json:
        print(json.dumps({"certificates": told}))
    else:
        print_table(("case", "mode", "roots proven", "unstable", "judgement"), [_row(one) for one in told])
    return 0 if all(one["accepted"] for one in told) else 4


def _judged(equation: CharacteristicEquation, record: Any) -> dict[str, Any]:
    """Accepted with the number of roots in its region, or refused for a reason."""
    if record is None:
        return {"accepted": False, "roots": None, "unstable_count": None, "reason": "there is no certificate of it"}
    try:
        proven = check_certificate(
            equation, {key: value for key, value in record.items() if key not in ("case", "mode")}
        )
    except Refused as refusal:
        return {"accepted": False, "roots": None, "unstable_count": None, "reason": str(refusal)}
    return {"accepted": True, "roots": proven, "unstable_count": record["unstable_count"], "reason": None}


def _row(one: dict[str, Any]) -> list[str]:
    words = "accepted" if one["accepted"] else f"refused: {one['reason']}"
    known = ["-" if one[key] is None else str(one[key]) for key in ("roots", "unstable_count")]
    return [one["case"] or "-", str(one["mode"]), *known, words]


def _read(path: str) -> dict[tuple[Any, Any], Any]:
    """The certificates by case and mode; refused in one line where the file holds none."""
    allowed = "a file that roots --certificate wrote"
    if Path(path).stat().st_size > _LARGEST:
        raise StudyError(path, "file", "size", "too large for certificates", f"up to {_LARGEST} bytes")
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        schema, listed = found["schema"], found["certificates"]
        records = {(one["case"], one["mode"]): one for one in listed}
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise StudyError(path, "file", path, f"no certificates: {str(error)[:80]}", allowed) from None
    if schema != SCHEMA:
        raise StudyError(path, "schema", schema, "another kind of file", SCHEMA)
    return records
