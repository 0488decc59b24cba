"""The record of classical policies: sources and claims that exist, sentences that the claims bear out."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.policy import POLICIES, Policy, enough_gradients
from derive.scheme import Scheme
from derive.schemes import SCHEMES
from verify.telling.sources import SOURCES

every_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))


@every_policy
def test_sources_and_claims_exist(policy: Policy) -> None:
    assert policy.source in SOURCES
    assert policy.claims
    assert set(policy.claims) <= set(CLAIMS)
    assert POLICIES[policy.name] is policy


@every_policy
def test_rules_named_for_a_study_are_registered(policy: Policy) -> None:
    if policy.study.startswith("scheme.rule"):
        assert policy.study.split('"')[1] in SCHEMES
    if policy.study.startswith("scheme.staleness"):
        assert policy.study.split()[0].removeprefix("scheme.") in Scheme.__dataclass_fields__


def test_a_divided_learning_rate_is_near_the_best_at_one_over_e_and_far_below() -> None:
    share = CLAIMS["policy.share-of-best.constant"].expression
    near, far = (float(share.subs({y.learning_rate: one, y.curvature: 1})) for one in (0.3678, 0.001))
    assert near > 0.97
    assert far == pytest.approx(0.001, rel=2e-3)
    assert y.workers not in CLAIMS["policy.damping-coefficient.asynchronous"].expression.free_symbols


def test_weights_over_the_staleness_keep_a_logarithm_of_workers_and_no_more() -> None:
    for workers in (2, 16, 256):
        put = {y.other_rate: workers - 1, y.mean_delay: 1}
        spread, constant = (CLAIMS[f"policy.mean-weight.{law}"].expression for law in ("exponential", "constant"))
        assert sp.simplify(spread.subs(put) * (workers - 1) - sp.log(workers)) == 0
        left = sp.Rational(workers, workers - 1) - workers * constant.subs(put)
        assert left.evalf(150) > 0


@pytest.mark.parametrize(("variance", "target", "count"), [(0, 1, 1), (1, 1, 1), ("1.01", 1, 2), (10, "0.1", 100)])
def test_enough_gradients(variance: object, target: object, count: int) -> None:
    assert enough_gradients(variance, target) == count  # type: ignore[arg-type]


@pytest.mark.parametrize(("variance", "target", "key"), [(-1, 1, "noise_variance"), (1, 0, "target")])
def test_impossible_numbers_are_refused_by_key(variance: int, target: int, key: str) -> None:
    with pytest.raises(ValueError, match=f"^{key} = "):
        enough_gradients(variance, target)
