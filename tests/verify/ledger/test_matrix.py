"""The ledger shows each claim with its evidence and power, and explains one so that it can be cited."""

from __future__ import annotations

import pytest

from derive.claims import CLAIMS
from verify.implementations.certified_points import is_checkable
from verify.ledger.evidence import one_legged
from verify.ledger.matrix import explain_claim, formula_hash, list_claims
from verify.mutants.planted_claims import planted


def test_the_list_keeps_the_order_of_the_registry_and_counts_the_legs() -> None:
    listed = list_claims()
    assert [one["claim"] for one in listed] == list(CLAIMS)
    assert all(one["legs"] == len(one["evidence"]) == len(one["power"]) >= 1 for one in listed)
    assert {one["relation"] for one in listed} <= {"equality", "bound", "asymptotic"}
    assert {one["claim"] for one in listed if one["one_legged"]} == set(one_legged())


@pytest.mark.parametrize("claim_id", list(CLAIMS)[::3])
def test_each_claim_is_explained_with_a_stub_of_its_arguments(claim_id: str) -> None:
    told = explain_claim(claim_id)
    assert told["conditions"]
    assert told["source"]
    assert all({"kind", "check", "power"} <= set(leg) for leg in told["evidence"])
    scope: dict[str, object] = {}
    exec(compile(told["stub"], "stub", "exec"), scope)
    (stub,) = [value for name, value in scope.items() if name != "__builtins__"]
    assert (stub.__doc__ or "").startswith(CLAIMS[claim_id].statement)
    assert all(f"    {name}: " in (stub.__doc__ or "") for name in CLAIMS[claim_id].arguments)
    assert (f"staleproof check MODULE:{stub.__name__} --claim {claim_id}" in told["stub"]) == is_checkable(
        CLAIMS[claim_id]
    )
    with pytest.raises(NotImplementedError):
        stub(**dict.fromkeys(told["arguments"], 1.0))  # type: ignore[operator]


def test_a_claim_is_cited_by_its_source_and_by_its_formula() -> None:
    source, own = explain_claim("delay.stationary-variance.constant")["cite"]
    assert source.startswith("@article{Kuchler1992")
    assert own.startswith("@software{staleproof:delay.stationary-variance.constant")
    assert formula_hash(CLAIMS["delay.stationary-variance.constant"]) in own


def test_another_formula_has_another_hash() -> None:
    claim = CLAIMS["arrivals.rate.any-law"]
    right = formula_hash(claim)
    with planted(claim, 2 * claim.expression):
        assert formula_hash(CLAIMS[claim.id]) != right
