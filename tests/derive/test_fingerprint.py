"""The hash of an expression: the same for the same structure, another for anything else."""

import sympy as sp

from derive import symbols as y
from derive.claims import arrivals, noise
from derive.fingerprint import fingerprint


def test_the_same_expression_has_the_same_hash_and_another_has_another() -> None:
    found = {fingerprint(one) for one in (y.damping, 2 * y.damping, y.damping**2, y.mean_delay, sp.Symbol("a"))}
    assert len(found) == 5
    assert fingerprint(y.damping + y.mean_delay) == fingerprint(y.mean_delay + y.damping)


def test_the_domain_counts() -> None:
    assert fingerprint(y.damping, y.damping < 1) != fingerprint(y.damping, y.damping < 2)
    assert fingerprint(y.damping) == fingerprint(y.damping, sp.true)


def test_claims_of_one_expression_share_a_hash_and_others_do_not() -> None:
    said: dict[str, set[str]] = {}
    for claim in (*arrivals.CLAIMS, *noise.CLAIMS):
        said.setdefault(claim.hash, set()).add(sp.srepr((claim.expression, claim.derived.domain)))
    assert {len(one) for one in said.values()} == {1}
    assert len(said) > 20
