"""Stage: policies. Input: a trace of a real run, curvatures, a learning rate. Output: the study that it stands for.

A trace is a CSV file: `worker,seconds` of compute times, or `worker,read_time,apply_time` of a run, one row a gradient.
Its workers are taken as alike: as many as it names, with the empirical law of all cycles together.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import sympy as sp

from derive.exact import exact
from derive.studies.records import Study
from derive.studies.schema import MISSING, StudyError
from derive.studies.study import study_from_table

_COLUMNS = "a header line with worker and seconds, or worker, read_time and apply_time"


def study_of_trace(path: str, curvature: Sequence[str], learning_rate: str) -> Study:
    """The study of a trace's workers on modes of ``curvature`` > 0, run at ``learning_rate`` > 0.

    Numbers are exact decimals; rows without a time of their end are left out. Raises ``StudyError`` naming the line and
    what is wrong with it.
    """
    rows = _rows(path)
    workers = sorted({row["worker"] for row in rows})
    values = [str(value) for row in rows if (value := _seconds(path, row)) is not None]
    if not values:
        raise StudyError(path, "TRACE", path, "no gradient that ended", _COLUMNS)
    compute = {"law": "empirical", "values": values}
    table = {
        "workers": {"count": len(workers), "compute": compute},
        "optimizer": {"learning_rate": learning_rate},
        "objective": {"curvature": list(curvature)},
    }
    return study_from_table(table, path).cases[0].study


def _rows(path: str) -> list[dict[str, str]]:
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, ValueError) as problem:
        raise StudyError(path, "TRACE", path, f"cannot be read ({problem})", "a readable CSV file") from None
    reader = csv.DictReader(text.splitlines())
    names = set(reader.fieldnames or ())
    if "worker" not in names or not ("seconds" in names or {"read_time", "apply_time"} <= names):
        raise StudyError(path, "TRACE", ",".join(sorted(names)), "columns are missing", _COLUMNS)
    return [row | {"line": str(reader.line_num)} for row in reader]


def _seconds(path: str, row: dict[str, str]) -> sp.Rational | None:
    """How long one gradient took, None where it has not ended."""
    key = "seconds" if "seconds" in row else "apply_time"
    if not row[key]:
        return None
    try:
        found = exact(row[key]) - (exact(row["read_time"]) if key == "apply_time" else 0)
    except (TypeError, ValueError):
        raise StudyError(path, f"line {row['line']}", row[key] or MISSING, "no numbers", "decimal seconds") from None
    if not (found.is_Rational and found >= 0):
        raise StudyError(path, f"line {row['line']}", str(found), "not a duration", "seconds >= 0")
    return found
