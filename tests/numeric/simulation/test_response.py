"""Responses to small displacements and excess losses, against what is known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.objectives import logistic_regression
from numeric.event_loop.system import System
from numeric.simulation.response import simulate_excess_risk, simulate_response

RNG = np.random.default_rng(5)
PROBLEM = logistic_regression(RNG.normal(size=(40, 2)), RNG.choice([-1, 1], 40), 0.25, 4)


def test_a_quadratic_answers_as_its_noise_free_mean_does() -> None:
    system = System(2, DrawRecipe(standard_exponential), 0.25, (1.0,), (3.0,))
    found = simulate_response(system, seed=1, replicas=4000, times=[0.0, 1.0])
    # M = 2, eta h = 1/4, mu = 1: s^2 + s (1 + 1/4) + 1/2 = 0, from a constant history
    assert found.mean[0, 0] == pytest.approx(1, abs=1e-9)
    e, workers = 0.25, 2
    slope, roots = -workers * e, np.roots([1, 1 + e, workers * e]).astype(complex)
    weights = np.linalg.solve(np.array([[1, 1], roots]), [1, slope])
    exact = float((weights * np.exp(roots)).sum().real)
    assert abs(found.mean[0, 1] - exact) < 4.5 * found.standard_error[0, 1]
    assert abs(found.mean[0, 1] - 1.1 * exact) > 4.5 * found.standard_error[0, 1]  # the control


def test_the_noise_of_a_quadratic_cancels() -> None:
    quiet, loud = (System(3, DrawRecipe(standard_exponential), 0.1, (1.0,), (sigma,)) for sigma in (1e-3, 9.0))
    first, second = (simulate_response(one, seed=1, replicas=8, times=[2.0]).mean for one in (quiet, loud))
    assert first == pytest.approx(second, rel=1e-6)


@pytest.mark.slow
def test_the_excess_loss_is_that_of_the_path() -> None:
    system = System(3, DrawRecipe(standard_exponential), 0.1, (), (), initial=(1.0, -1.0), objective=PROBLEM)
    (first, _) = simulate_excess_risk(system, seed=1, replicas=2, times=[0.0])
    # at t = 0 nothing has arrived yet
    assert first == pytest.approx(float(PROBLEM.loss(np.array([1.0, -1.0])) - PROBLEM.loss(np.zeros(2))), rel=1e-12)


def test_only_a_regression_has_a_loss_to_read() -> None:
    plain = System(2, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,))
    with pytest.raises(ValueError, match="allowed: a regression"):
        simulate_excess_risk(plain, seed=1, replicas=2, times=[1.0])
