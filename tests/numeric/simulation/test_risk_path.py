"""The mean square in time: exact where nothing is random, the second moments of few workers where they are known."""

import numpy as np
import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.system import System
from numeric.simulation.risk_path import simulate_square_path

FOUR = System(4, DrawRecipe(standard_exponential), 0.3, (1.0,), (1 / 3,), "together", (3.0,))


def test_constant_cycles_without_noise_take_their_steps() -> None:
    system = System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (0.0,), "together", (8.0,))
    path = simulate_square_path(system, seed=1, replicas=3, times=[0.5, 1.5, 2.5])
    assert path.mean.tolist() == [64.0, 16.0, 4.0]
    assert path.standard_error.tolist() == [0.0, 0.0, 0.0]


def test_four_workers_have_the_second_moment_that_their_equations_give() -> None:
    # X' = A - 2eB + e^2 C + s2 with e = .3, s2 = .01, x = 3 when it starts
    path = simulate_square_path(FOUR, seed=5, replicas=20_000, times=[0.5, 1.0])
    exact = np.array([2.96967, 1.10596])
    assert np.all(np.abs(path.mean - exact) < 4.5 * path.standard_error)
    assert np.all(np.abs(path.mean - 1.05 * exact) > 2 * path.standard_error)


def test_times_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="ascending"):
        simulate_square_path(FOUR, seed=1, replicas=2, times=[1.0, 0.5])
