"""The simulated SDDE against its own exact statistics, and those against the SDDE and against known limits."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential
from derive.laws import Constant, Exponential
from derive.models.linear import linear_model
from derive.schemes import Asynchronous
from numeric.enclosed.autoregression import NotStableError
from numeric.enclosed.delay_grid import delay_weights
from numeric.enclosure import evaluate
from numeric.simulation.sdde import SDDE, simulate_sdde
from verify.second_routes.euler import sdde_covariances

NONE, EXPONENTIAL = DrawRecipe(sp.Integer(0)), DrawRecipe(standard_exponential)
EQUATIONS = {
    "constant": SDDE(1.0, 2.0, 0.125, 8),
    "averaged": SDDE(1.0, 2.0, 0.125, delay_weights(Exponential(1), 0.125)),
    "drawn": SDDE(1.0, 2.0, 0.125, EXPONENTIAL),
}


@pytest.mark.parametrize("kind", EQUATIONS)
def test_its_averages_are_those_of_the_recursion_and_not_of_the_sdde(kind) -> None:
    """At 8 steps a mean delay the bias of the discretisation is 10 % and more: it must be seen, and be explained."""
    equation = EQUATIONS[kind]
    lags = (0, 4, 12) if kind != "drawn" else (0,)
    run = simulate_sdde(equation, seed=1, replicas=96, steps=40_000, burn_in=400, lags=lags)
    chances = delay_weights(Exponential(1), equation.step)
    exact = sdde_covariances(equation, max(lags), delay_probabilities=chances if kind == "drawn" else ())
    for lag in lags:
        found = run.measured("stationary_covariance", 0, "time", lag * equation.step).value
        assert abs(found.mean - float(exact[lag])) < 4 * found.standard_error
    law = Constant(1) if kind == "constant" else Exponential(1)
    smooth = 2 * float(_variance(law))
    found = run.measured("stationary_variance", 0, "time").value
    assert abs(found.mean - smooth) > 8 * found.standard_error
    assert abs(run.measured("stationary_mean", 0, "time").value.mean) < 4 * 2 / math.sqrt(96 * 39_600 * 0.125)


def _variance(law) -> sp.Expr:
    """Of the SDDE with a = q = 1, as claimed."""
    model = linear_model(law, Asynchronous(1), learning_rate=1, curvature=1)
    return evaluate(model.claimed(f"delay.stationary-variance.{law.name}"))


@pytest.mark.parametrize("law", [Constant(1), Exponential(1)])
@pytest.mark.parametrize("drawn", [False, True])
def test_the_bias_of_its_variance_is_of_the_order_of_the_step(law, drawn) -> None:
    """Halving the step halves the distance of the two exact variances: weak order 1 for every kind of delay."""
    gaps = []
    for steps in (16, 32, 64):
        weights = delay_weights(law, 1 / steps, 1e-6)
        equation = SDDE(1.0, 1.0, 1 / steps, EXPONENTIAL if drawn else weights)
        gaps.append(sdde_covariances(equation, delay_probabilities=weights if drawn else ())[0] - _variance(law))
    ratios = [near / far for near, far in pairwise(gaps)]
    assert all(ratio.lower > 1.9 and ratio.upper < 2.1 for ratio in ratios)


@pytest.mark.parametrize("law", [Constant(1), Exponential(1)])
def test_centred_delays_leave_a_bias_of_the_order_of_the_square_of_the_step(law) -> None:
    gaps = []
    for steps in (8, 16, 32):
        equation = SDDE(1.0, 1.0, 1 / steps, delay_weights(law, 1 / steps, 1e-9, centred=True))
        gaps.append(sdde_covariances(equation)[0] - _variance(law))
    ratios = [near / far for near, far in pairwise(gaps)]
    assert all(ratio.lower > 3.9 and ratio.upper < 4.1 for ratio in ratios)


@pytest.mark.parametrize(("mean", "limit"), [(1, 0.99319), (3, 0.50762), (7, 0.23436), (15, 0.10843)])
def test_poisson_staleness_has_its_mean_square_limit(mean, limit) -> None:
    """The limits were computed apart from this code; beyond them the variance is refused."""
    chances = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(mean + 40)]
    (found,) = sdde_covariances(SDDE(limit * 0.9999, 1.0, 1.0, NONE), delay_probabilities=chances)
    assert found.lower > 1000
    with pytest.raises(NotStableError, match="mean square"):
        sdde_covariances(SDDE(limit * 1.0001, 1.0, 1.0, NONE), delay_probabilities=chances)


def test_geometric_staleness_has_its_closed_limit() -> None:
    """2 q x^2 + p^2 x = 2 p (1 + q) at the limit, p = 1/(m + 1), q = 1 - p."""
    p = 0.5
    q = 1 - p
    limit = (-(p**2) + math.sqrt(p**4 + 16 * p * q * (1 + q))) / (4 * q)
    chances = [p * q**k for k in range(120)]
    assert sdde_covariances(SDDE(limit * 0.999, 1.0, 1.0, NONE), delay_probabilities=chances)[0].lower > 100
    with pytest.raises(NotStableError):
        sdde_covariances(SDDE(limit * 1.001, 1.0, 1.0, NONE), delay_probabilities=chances)


def test_what_is_not_stable_has_no_covariance() -> None:
    with pytest.raises(NotStableError):
        sdde_covariances(SDDE(2.0, 1.0, 1 / 16, 16))
    with pytest.raises(ValueError, match="lags = 1"):
        sdde_covariances(SDDE(1.0, 1.0, 1.0, NONE), 1, delay_probabilities=(1.0,))
