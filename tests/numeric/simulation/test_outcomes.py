"""Excess risk, covariances and delays of a simulation: consistent, exact where they are known, and paired."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential
from numeric.enclosed.autoregression import autoregression_covariances
from numeric.event_loop.compiled import Looks, System
from numeric.simulation.measured import difference
from numeric.simulation.tasks import Task, simulate, simulate_all

WORK = {"seed": 1, "replicas": 32, "updates": 20_000, "burn_in": 500}
CONSTANT = System(4, DrawRecipe(sp.Integer(1)), 0.1, (1.0, 0.5), (1.0, 2.0))
EXPONENTIAL = replace(CONSTANT, draw=DrawRecipe(standard_exponential))


def test_the_excess_risk_weighs_the_moments_by_the_curvature() -> None:
    run = simulate(EXPONENTIAL, **WORK)
    for average in ("event", "time"):
        moments = [run.measured("stationary_variance", mode, average).value.mean for mode in (0, 1)]
        assert run.measured("excess_risk", None, average).value.mean == pytest.approx(moments[0] / 2 + moments[1] / 4)


def test_covariances_of_constant_cycles_are_those_of_the_recursion() -> None:
    """Staleness 3: x_{n+1} = x_n - .1 x_{n-3} - .1 N(0, 1). A lag too many is noticed."""
    run = simulate(CONSTANT, **WORK, looks=Looks(lags=(0, 2, 5)))
    exact = [float(one) * 0.01 for one in autoregression_covariances([1, 0, 0, sp.Rational(-1, 10)], 6)]
    for lag in (0, 2, 5):
        found = run.measured("stationary_covariance", 0, "event", lag).value
        assert abs(found.mean - exact[lag]) < 4 * found.standard_error
        assert abs(found.mean - exact[lag + 1]) > 4 * found.standard_error
    assert run.measured("stationary_covariance", 1, "event", 0).samples == pytest.approx(
        run.measured("stationary_variance", 1, "event").samples
    )


def test_the_histogram_of_delays_is_that_of_their_law() -> None:
    """Exponential cycles: a gradient applied was computed for longer than t with probability e^-t."""
    delays = simulate(EXPONENTIAL, **WORK, looks=Looks(delay_bin=0.5, bins=6)).delay_histogram
    total = 32 * 19_500
    assert sum(delays.counts) == total
    for k, count in enumerate(delays.counts[:-1]):
        share = math.exp(-k / 2) - math.exp(-(k + 1) / 2)
        assert abs(count / total - share) < 5 * math.sqrt(share / total)


def test_common_random_numbers_make_differences_precise() -> None:
    """One learning rate 2 % above the other: with other streams the difference drowns in noise."""
    faster = replace(EXPONENTIAL, learning_rate=0.102)
    tasks = [Task(one, seed, 32, 20_000, 500) for one, seed in ((EXPONENTIAL, 1), (faster, 1), (faster, 2))]
    slow, common, other = (run.measured("stationary_variance", 0, "time") for run in simulate_all(tasks))
    paired, independent = difference(common, slow), difference(other, slow)
    assert paired.standard_error < independent.standard_error / 5
    assert paired.mean > 4 * paired.standard_error
    with pytest.raises(ValueError, match="replicas"):
        difference(slow, replace(common, samples=common.samples[1:]))
