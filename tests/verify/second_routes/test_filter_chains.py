"""Filters counted in chains: what is claimed of them passes, and every slip of it is refuted."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.studies.study import study_from_table
from verify.mutants.planted_claims import planted
from verify.predicting.predictions import ModePredictions
from verify.second_routes.filter_chains import threshold_chains, weight_chains
from verify.second_routes.merging import unlike_chains
from verify.second_routes.run_time import update_chains
from verify.second_routes.schemes import batch_chains, uplink_chains
from verify.verdict import Verdict


def mode() -> ModePredictions:
    table = {
        "workers": {"count": 8, "compute": {"law": "constant", "value": "3/2"}},
        "optimizer": {"learning_rate": "1/40"},
        "objective": {"curvature": [2], "gradient_noise": "3/4"},
    }
    return ModePredictions(study_from_table(table).cases[0].study, 0)


def judged(claim: str) -> list[Verdict]:
    every = [*threshold_chains(mode(), "eight"), *weight_chains(mode(), "eight")]
    return [one for one in every if one.claim == claim]


@pytest.mark.parametrize(
    ("claim", "right", "wrong"),
    [
        ("threshold.other-rate.any-law", y.workers - 1, y.workers),
        ("threshold.noise-intensity.any-law", y.applied_fraction, y.applied_fraction**2),
        ("filter.damping-coefficient.any-law", y.applied_fraction, sp.Integer(1)),
        ("filter.noise-intensity.any-law", y.staleness_weight[y.j] ** 2, y.staleness_weight[y.j]),
        ("filter.noise-intensity.any-law", y.staleness_weight[y.j] ** 2, y.staleness_weight[y.j + 1] ** 2),
    ],
)
def test_a_claim_about_a_filter_is_counted_and_a_slip_of_it_is_refuted(
    claim: str, right: sp.Expr, wrong: sp.Expr
) -> None:
    found = judged(claim)
    assert {(one.outcome, one.evidence, one.case) for one in found} == {("pass", "exact finite M", "eight")}
    slip = CLAIMS[claim].expression.xreplace({right: wrong})
    assert slip != CLAIMS[claim].expression
    with planted(CLAIMS[claim], slip):
        assert {one.outcome for one in judged(claim)} == {"refuted"}


def test_a_mean_that_is_no_fraction_is_left_to_others() -> None:
    law = {"law": "truncated", "of": {"law": "exponential", "mean": 1}, "at": 2}
    table = {
        "workers": {"count": 8, "compute": law},
        "optimizer": {"learning_rate": "1/40"},
        "objective": {"curvature": [2], "gradient_noise": "3/4"},
    }
    cut = ModePredictions(study_from_table(table).cases[0].study, 0)
    checks = (threshold_chains, weight_chains, batch_chains, uplink_chains, update_chains, unlike_chains)
    assert not [verdict for check in checks for verdict in check(cut, "")]
