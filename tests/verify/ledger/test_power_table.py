"""The table of powers, completed with proofs that no report asks for."""

from __future__ import annotations

from derive.claims import CLAIMS
from derive.studies.study import study_from_table
from verify.ledger.evidence import LEGS
from verify.ledger.power import Power
from verify.ledger.power_table import completed
from verify.predicting.predictions import ModePredictions


def mode() -> ModePredictions:
    table = {
        "workers": {"count": 8, "compute": {"law": "constant", "value": "3/2"}},
        "optimizer": {"learning_rate": "1/40"},
        "objective": {"curvature": [2], "gradient_noise": "3/4"},
    }
    return ModePredictions(study_from_table(table).cases[0].study, 0)


def test_only_what_is_missing_is_proven_and_entered() -> None:
    """All rows are given but those of one claim: it gets its derivation and its proof, the others stay."""
    given: Power = {}
    for leg in LEGS:
        given.setdefault(leg.claim, {})[leg.kind] = {"study": "given"}
    table: Power = {claim: kinds for claim, kinds in given.items() if not claim.startswith("dropout.arrival-rate")}
    found = completed(table, [mode()])
    claim = CLAIMS["dropout.arrival-rate.any-law"]
    entry = found[claim.id]
    assert entry["symbolic identity"]["wrong_steps_refused"] == len(claim.derived.steps)
    assert entry["certified agreement"]["smallest_bias_noticed"] < 1e-20
    assert entry["certified agreement"]["case"] == "constant"
    kept = [one for claim_id, kinds in found.items() if claim_id != claim.id for one in kinds.values()]
    assert kept.count({"study": "given"}) == len(kept) > 200
