"""The ledger says of each claim what evidence a report collects, and it is what a report collects."""

from __future__ import annotations

from functools import cache

import pytest

from derive.claims import CLAIMS
from derive.study import Case, Study, study_from_table
from verify import ledger, proofs
from verify.judging import plan_case
from verify.ledger import evidence, explain_claim, list_claims
from verify.predictions import ModePredictions

WRITTEN = {
    "constant": {"law": "constant", "value": 1},
    "exponential": {"law": "exponential", "mean": 1},
    "gamma": {"law": "gamma", "shape": 4, "mean": 1},
    "other": {"law": "gamma", "shape": 3, "mean": 1},
    "measured": {"law": "empirical", "values": [0.9, 1, 1.1]},
}


def study(law: str, learning_rate: str = "1/20") -> Study:
    table = {
        "workers": {"count": 16, "compute": WRITTEN[law]},
        "optimizer": {"learning_rate": learning_rate},
        "objective": {"curvature": [1]},
    }
    return study_from_table(table).cases[0].study


@cache
def certified() -> frozenset[str]:
    """Claims that a report of these laws holds against a second certified route."""
    modes = [ModePredictions(study(law), 0) for law in WRITTEN]
    return frozenset(verdict.claim for mode in modes for verdict in proofs.agreements(mode, ""))


@cache
def simulated() -> frozenset[str]:
    """Claims that a report of these laws holds against simulations, stable ones and one beyond the limit."""
    planned = [plan_case(Case("", study(law))) for law in WRITTEN]
    claims = {check.prediction.claim for one in planned for check in one.checks}
    if any(one.has_limit_check for one in planned):
        claims.add("recursion.stability-limit.fixed-staleness")
    return frozenset(claims)


def test_claims_said_to_be_certified_are_those_that_a_report_certifies() -> None:
    said = {claim.id for claim in CLAIMS.values() if "certified agreement" in evidence(claim)}
    assert said == certified()


def test_claims_said_to_be_simulated_are_those_that_a_report_simulates() -> None:
    said = {claim.id for claim in CLAIMS.values() if "Monte Carlo" in evidence(claim)}
    assert said == simulated() & set(CLAIMS)


def test_every_name_in_the_ledger_speaks_of_a_claim() -> None:
    for prefix in (*ledger.CERTIFIED, *ledger.SIMULATED):
        assert any(claim.startswith(prefix) for claim in CLAIMS), prefix


def test_the_list_keeps_the_order_of_the_registry_and_counts_the_legs() -> None:
    listed = list_claims()
    assert [one["claim"] for one in listed] == list(CLAIMS)
    assert all(one["legs"] == len(one["evidence"]) >= 1 for one in listed)
    assert {one["relation"] for one in listed} <= {"equality", "bound", "asymptotic"}


@pytest.mark.parametrize("claim_id", list(CLAIMS))
def test_each_claim_is_explained_with_a_stub_of_its_arguments(claim_id: str) -> None:
    told = explain_claim(claim_id)
    assert told["conditions"]
    assert told["source"]
    scope: dict[str, object] = {}
    exec(compile(told["stub"], "stub", "exec"), scope)
    (stub,) = [value for name, value in scope.items() if name != "__builtins__"]
    assert stub.__doc__ == CLAIMS[claim_id].statement
    with pytest.raises(NotImplementedError):
        stub(**dict.fromkeys(told["arguments"], 1.0))  # type: ignore[operator]
