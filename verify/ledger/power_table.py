"""Stage: the ledger. Input: the reports of the default studies. Output: the table of powers, complete.

    make reports && python -m verify.ledger.power_table build/reports/*/report.json > verify/ledger/power.json

What the reports judged is taken from them. Proofs that no default study asks for (claims about other schemes) are run
here with the laws and numbers of those studies.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from derive.claims import CLAIMS
from derive.studies.study import load_study
from verify.identities import identity_verdict
from verify.ledger.evidence import LEGS
from verify.ledger.power import Power, power_of
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

STUDIES = Path("reports") / "studies"


def completed(table: Power, modes: Iterable[ModePredictions]) -> Power:
    """The table with every proof in it that the laws of ``modes`` allow; what is in it already stays."""
    wanted = [leg for leg in LEGS if leg.kind != "Monte Carlo" and leg.kind not in table.get(leg.claim, {})]
    claims = {leg.claim for leg in wanted}
    found = [one.to_json() for one in _proofs(claims, tuple(modes)) if one.claim in claims]
    for claim, kinds in power_of([("", {"verdicts": found})]).items():
        for kind, entry in kinds.items():
            table.setdefault(claim, {}).setdefault(kind, entry)
    return table


def _proofs(claims: set[str], modes: tuple[ModePredictions, ...]) -> Iterator[Verdict]:
    for claim in sorted(claims):
        yield identity_verdict(claim, "", CLAIMS[claim].statement, CLAIMS[claim].derived)
    checks = dict.fromkeys(
        leg.check for leg in LEGS if leg.claim in claims and leg.kind in ("certified agreement", "exact finite M")
    )
    for check in checks:
        for mode in modes:
            yield from check(mode, mode.model.law.name)


def main(paths: Iterable[str]) -> None:
    """Print the completed table of some report.json files of studies in reports/studies."""
    reports: list[tuple[str, Any]] = []
    modes: list[ModePredictions] = []
    for path in map(Path, paths):
        reports.append((path.parent.name, json.loads(path.read_text(encoding="utf-8"))))
        studies = [case.study for case in load_study(STUDIES / f"{path.parent.name}.toml").cases]
        modes += [ModePredictions(one, 0) for one in studies if one.objective and one.objective.curvature]
    print(json.dumps(completed(power_of(reports), modes), indent=1, sort_keys=True))


if __name__ == "__main__":
    main(sys.argv[1:])
