"""A gradient of your own in place of the objective: ``python examples/own_gradient.py``.

A valley with two floors, F(x) = (x^2 - 1)^2/4, which no quadratic is. The function takes the parameter that the worker
read and NumPy's generator of the replica, and returns a new array of doubles. Any Python function will do; one compiled
by ``numba.njit`` runs a hundred times as fast and gives the same bits.
"""

from __future__ import annotations

import numpy as np

import derive
import numeric


def gradient(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """x^3 - x, and noise."""
    return x**3 - x + 0.1 * rng.standard_normal()


law = derive.Gamma(shape=4, mean=1)
for workers in (4, 64):
    system = numeric.System(workers, law.draw, 0.05, (1.0,), (1.0,), initial=(0.1,))
    run = numeric.simulate(system, gradient=gradient, seed=1, replicas=8, updates=2000, burn_in=500)
    if run.unstable:
        print(f"{workers} workers: diverges")
    else:
        print(f"{workers} workers: E x = {run.measured('stationary_mean', 0, 'time').value.mean:.3f}")
    assert run.unstable == (workers == 64)
