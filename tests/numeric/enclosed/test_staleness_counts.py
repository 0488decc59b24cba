"""Staleness in probabilities: closed laws, sums that Little's law fixes, shares by another route, refusals."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import laws
from derive import symbols as y
from derive.law import Law
from derive.models.schemes import scheme_model
from derive.schemes import Asynchronous, KSync
from numeric.balls.transform_derivatives import transform_derivative
from numeric.enclosed.staleness_counts import applied_fraction, staleness_probabilities
from numeric.enclosure import evaluate

ELEMENTARY: list[Law] = [laws.Exponential(1), laws.Gamma("5/2", 1), laws.Uniform("1/2", "3/2"), laws.Constant(1)]
NAMED: list[Law] = [laws.Weibull(2, 1), laws.Pareto("5/2", 1), laws.Empirical((1, 2, 4))]


def test_exponential_cycles_have_geometric_staleness() -> None:
    for j, chance in enumerate(staleness_probabilities(laws.Exponential(1), 4, 30)):
        assert chance.contains(sp.Rational(1, 4) * sp.Rational(3, 4) ** j)
        assert float(chance.radius) < 1e-25


@pytest.mark.parametrize("law", [*ELEMENTARY, *NAMED], ids=lambda law: law.name)
def test_every_law_has_probabilities_that_derivatives_of_its_transform_give(law: Law) -> None:
    rate = 3 / law.mean
    found = staleness_probabilities(law, 4, 3)
    slope = transform_derivative(law.laplace_transform(y.s), y.s, rate, 2, law.arrays)
    assert (slope * evaluate(rate**2 / 2)).ball.overlaps(found[2].ball)
    assert sum(float(one) for one in found) < 1
    assert float(found[2].radius) < 1e-12


def test_means_and_variances_are_those_of_the_joint_transform() -> None:
    """Gamma 5/2, M = 4: mean M - 1 and variance (M - 1) + (M - 1)^2 c2 on R1."""
    chances = [float(one) for one in staleness_probabilities(laws.Gamma("5/2", 1), 4, 90)]
    mean = sum(j * one for j, one in enumerate(chances))
    assert sum(chances) == pytest.approx(1, abs=1e-12)
    assert mean == pytest.approx(3, abs=1e-10)
    assert sum((j - mean) ** 2 * one for j, one in enumerate(chances)) == pytest.approx(3 + 9 * 0.4, abs=1e-8)


@pytest.mark.parametrize("law", [laws.Exponential(1), laws.Gamma("5/2", 1), laws.Uniform("1/2", "3/2")])
def test_the_share_within_a_threshold_is_that_of_the_linear_model(law: Law) -> None:
    scheme = Asynchronous(8, staleness_threshold=5)
    modelled = evaluate(scheme_model(law, scheme, learning_rate="1/10", curvature=1).applied_fraction)
    found = applied_fraction(law, scheme)
    assert found.ball.overlaps(modelled.ball)
    assert float(found.radius) < 1e-12


@pytest.mark.parametrize("law", [laws.Pareto("5/2", 1), laws.Empirical((1, 2, 4))], ids=lambda law: law.name)
def test_the_share_within_a_threshold_balances_where_there_is_no_model(law: Law) -> None:
    share = applied_fraction(law, Asynchronous(4, staleness_threshold=2))
    sums = []
    for slower in (0.98, 1.02):  # with the workers that the share leaves, P(K <= S) lies on either side of it
        workers = 1 + sp.nsimplify(3 * float(share) * slower, rational=True)
        sums.append(sum(float(one) for one in staleness_probabilities(law, workers, 2)))
    assert sums[1] < float(share) < sums[0]


def test_other_modifiers_have_the_share_of_their_claim() -> None:
    gamma = laws.Gamma(2, 1)
    assert applied_fraction(gamma, Asynchronous(4)).contains(1)
    assert applied_fraction(gamma, Asynchronous(4, dropout="1/10")).contains(sp.Rational(9, 10))
    assert applied_fraction(gamma, Asynchronous(4, age_threshold=1)).contains(1 - 3 * sp.exp(-2))
    assert applied_fraction(gamma, Asynchronous(5, staleness_discount="1/2")).contains(sp.Rational(1, 4))
    trigger = float(applied_fraction(gamma, Asynchronous(4, event_trigger=1)))
    assert trigger == pytest.approx(0.31731050786, abs=1e-10)
    with pytest.raises(ValueError, match="no share; allowed"):
        applied_fraction(gamma, Asynchronous(4, uplink_capacity=4))
    with pytest.raises(ValueError, match="scheme = k-sync"):
        applied_fraction(gamma, KSync(4, batch=2))
    with pytest.raises(ValueError, match="last = 3000"):
        staleness_probabilities(gamma, 4, 3000)
