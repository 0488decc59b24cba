"""The time of an update under every rule: the literature's ratios, quadrature, and chains between the bounds."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import (
    Exponential,
    Gamma,
    Hyperexponential,
    IndependentSum,
    InverseGaussian,
    OrderStatistic,
    Pareto,
    ShiftedExponential,
    Uniform,
    Weibull,
)
from derive.models.update_times import time_per_update
from derive.schemes import SCHEMES, Asynchronous, KAsync, KBatchAsync, KBatchSync, KSync, Synchronous
from numeric.enclosure import evaluate
from verify.second_routes.time_bounds import fresh_chain, idle_chain

UPDATE = lambda move: move.event == "update"  # noqa: E731


@pytest.mark.parametrize(
    ("workers", "exponential", "shifted"), [(4, 8.333, 6.167), (8, 21.743, 14.871), (20, 71.955, 45.977)]
)
def test_synchronous_over_asynchronous(workers: int, exponential: float, shifted: float) -> None:
    for law, ratio in ((Exponential(3), exponential), (ShiftedExponential(1, 1), shifted)):
        slow = time_per_update(law, Synchronous(workers)).exact
        fast = time_per_update(law, Asynchronous(workers)).exact
        assert float(slow / fast) == pytest.approx(ratio, abs=5.1e-4)


def test_the_mean_of_an_order_statistic_is_the_integral_of_its_survival() -> None:
    law = Gamma(2, 3)
    below = lambda t: 1 - mpmath.exp(-2 * t / 3) * (1 + 2 * t / 3)  # noqa: E731
    waiting = lambda t: sum(  # noqa: E731
        mpmath.binomial(5, j) * below(t) ** j * (1 - below(t)) ** (5 - j) for j in range(2)
    )
    found = time_per_update(law, KSync(5, batch=2)).exact
    assert float(found) == pytest.approx(float(mpmath.quad(waiting, [0, 1, 3, 10, 60])), rel=1e-12)


@pytest.mark.parametrize(("workers", "ratio"), [(4, 7.314), (8, 20.369), (20, 79.763)])
def test_synchronous_over_asynchronous_with_pareto_cycles(workers: int, ratio: float) -> None:
    law = Pareto(2, 1)
    slow, fast = (time_per_update(law, rule(workers)).exact for rule in (Synchronous, Asynchronous))
    assert float(slow / fast) == pytest.approx(ratio, abs=5.1e-4)


def test_pareto_cycles_are_ratios_of_gamma_functions() -> None:
    """Pareto(3, 2), 3 of 4: 2 Gamma(5) Gamma(5/3)/(Gamma(2) Gamma(14/3)), the known order statistic."""
    third = mpmath.mpf(1) / 3
    known = 2 * mpmath.gamma(5) * mpmath.gamma(2 - third) / (mpmath.gamma(2) * mpmath.gamma(5 - third))
    assert float(time_per_update(Pareto(3, 2), KSync(4, batch=3)).exact) == pytest.approx(float(known), rel=1e-14)
    assert time_per_update(Pareto(3, 2), KSync(4, batch=3)).claims == ("k-sync.time-per-update.pareto",)


@pytest.mark.parametrize(("workers", "batch", "shape"), [(4, 3, "3/2"), (6, 6, "1/2"), (9, 1, 2)])
def test_weibull_cycles_are_an_alternating_sum(workers: int, batch: int, shape: str) -> None:
    """The integral of the survival by mpmath, and the mean of the composed law."""
    law = Weibull(shape, 3)
    found = time_per_update(law, KSync(workers, batch=batch))
    below = lambda t: 1 - mpmath.exp(-((t / 3) ** mpmath.mpf(float(law.shape))))  # noqa: E731
    waiting = lambda t: sum(  # noqa: E731
        mpmath.binomial(workers, j) * below(t) ** j * (1 - below(t)) ** (workers - j) for j in range(batch)
    )
    assert found.claims == ("k-sync.time-per-update.weibull",)
    assert float(evaluate(found.exact)) == pytest.approx(
        float(mpmath.quad(waiting, [0, 1, 5, 20, 400, 9000])), rel=1e-9
    )
    composed = OrderStatistic(law, batch, workers).mean
    assert float(evaluate(found.exact)) == pytest.approx(float(evaluate(composed)), rel=1e-14)


def test_a_thousand_weibull_cycles_survive_the_cancellation() -> None:
    """Shape 1 is the exponential law, whose harmonic numbers cancel nothing; doubles are wrong by far more than all."""
    put = {y.workers: 1000, y.batch: 500, y.hazard_shape: 1, y.scale: 2}
    stated = CLAIMS["k-sync.time-per-update.weibull"].expression.subs(put, simultaneous=True)
    found = evaluate(stated)
    assert found.contains(2 * sum(sp.Rational(1, 1000 - j) for j in range(500)))
    assert float(found.radius) < 1e-25
    (series,) = stated.atoms(sp.Sum)
    terms = [float(series.function.subs(y.j, j)) for j in range(500)]
    assert abs(float(stated.coeff(series)) * sum(terms) - 2 * math.log(2)) > 1e6


@pytest.mark.parametrize("rule", [KSync, KAsync])
def test_exponential_cycles_take_a_difference_of_harmonic_numbers(rule: type[KSync]) -> None:
    for workers, batch in ((4, 1), (8, 3), (20, 20)):
        found = time_per_update(Exponential(3), rule(workers, batch=batch)).exact
        assert found == 3 * (sp.harmonic(workers) - sp.harmonic(workers - batch))


def test_closed_order_statistics_are_those_of_the_composed_law() -> None:
    for law in (ShiftedExponential(1, 2), Uniform("1/2", 3)):
        for workers, batch in ((3, 1), (5, 4), (6, 6)):
            found = time_per_update(law, KSync(workers, batch=batch)).exact
            assert sp.simplify(found - OrderStatistic(law, batch, workers).mean) == 0


def test_what_is_not_closed_is_bounded() -> None:
    """Inverse Gaussian cycles, 3 of 4: the integral of the survival keeps the bound by the spread."""
    law = InverseGaussian(1, 2)
    found = time_per_update(law, KSync(4, batch=3))
    below = sp.lambdify(y.t, law.cdf(y.t), "mpmath")
    waiting = lambda t: sum(mpmath.binomial(4, j) * below(t) ** j * (1 - below(t)) ** (4 - j) for j in range(3))  # noqa: E731
    exact = mpmath.quad(waiting, [1e-9, 0.5, 1, 3, 30])
    assert found.exact is None
    assert 0 < exact <= float(found.longest) < 3 * exact


def test_chains_lie_between_the_bounds() -> None:
    law = Gamma(2, 1)
    for batch in (1, 2, 3):
        found = time_per_update(law, KAsync(4, batch=batch))
        time = 1 / idle_chain(4, batch, 2, sp.Integer(1)).flow(UPDATE)
        assert found.least <= time <= found.longest
        fresh = time_per_update(law, KBatchSync(4, batch=batch))
        assert fresh.least <= 1 / fresh_chain(4, batch, 2, sp.Integer(1)).flow(UPDATE) <= fresh.longest
        assert fresh.least == sp.Rational(batch, 4)


def test_compute_and_link_together_are_bounded_as_their_parts_are() -> None:
    """A sum of two exponential durations, 2 of 4: an Erlang law of rates 1 and 2, whose order statistic is closed."""
    law = IndependentSum([Exponential(1), Exponential("1/2")])
    found = time_per_update(law, KAsync(4, batch=2))
    assert found.longest == OrderStatistic(law, 2, 4).mean < sp.oo
    assert time_per_update(law, KBatchSync(4, batch=2)).least == sp.Rational(3, 4)


def test_no_upper_bound_is_claimed_of_cycles_that_are_new_shorter_than_used() -> None:
    found = time_per_update(Hyperexponential(["1/4", "3/4"], [4, 1]), KAsync(4, batch=2))
    assert found.longest == sp.oo
    assert found.least == sp.Rational(7, 4) * 2 / 4


def test_every_rule_answers_and_a_modifier_is_refused() -> None:
    for rule in (
        Asynchronous(4),
        Synchronous(4),
        *(one(4, batch=2) for one in (KSync, KAsync, KBatchSync, KBatchAsync)),
    ):
        found = time_per_update(Uniform(1, 2), rule)
        assert 0 <= found.least <= found.longest
        assert found.claims
    assert len(SCHEMES) == 6
    with pytest.raises(ValueError, match="dropout"):
        time_per_update(Exponential(1), Asynchronous(4, dropout="1/2"))
