"""Stage: small displacements and losses. Input: a system with an objective. Output: mean responses, excess losses.

Two runs that share every random number and start a little apart differ by the response to that displacement: what both
were drawn to do cancels, whatever the objective.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from numeric.event_loop.compiled import event_loop, generator
from numeric.event_loop.objectives import Regression
from numeric.event_loop.system import System
from numeric.running.jobs import BATCHES
from numeric.simulation.decay import Array, MeanPath, simulate_mean_path

DISPLACEMENT = 1e-6  # of every mode: squares of it are lost in no double, and change no curvature
FIRST_REPLICA = 2**41  # of the runs whose loss is read: far from those of the measured replicas


def simulate_response(
    system: System, *, seed: int, replicas: int, times: Sequence[float] | Array, batches: int = BATCHES
) -> MeanPath:
    """The mean response of every mode to a displacement of all modes by 1, in the limit of small ones (an estimate).

    The system is run from ``system.initial`` and from 1e-6 beside it, with common random numbers; arguments and errors
    as in ``simulate_mean_path``.

    Example: ``simulate_response(System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (1.0,)), seed=1, replicas=2,
    times=[0.0]).mean[0, 0] == 1``.
    """
    beside = replace(system, initial=tuple(x + DISPLACEMENT for x in system.initial))
    asked = {"seed": seed, "replicas": replicas, "times": times, "batches": batches}
    here, there = (simulate_mean_path(one, **asked) for one in (system, beside))  # type: ignore[arg-type]
    return MeanPath(here.times, (there.mean - here.mean) / DISPLACEMENT, (there.batches - here.batches) / DISPLACEMENT)


def simulate_excess_risk(
    system: System, *, seed: int, replicas: int, times: Sequence[float] | Array
) -> tuple[float, ...]:
    """The loss of a regression above that at x = 0, averaged over ``times``: one value a replica (kind: samples).

    ``times``: ascending seconds >= 0, beyond the burn-in. Errors: ``ValueError`` for another objective.

    Example: ``simulate_excess_risk(System(4, DrawRecipe(standard_exponential), 0.1, (), (), objective=
    logistic_regression([[1.0], [2.0]], [-1, 1], 0.1, 2)), seed=1, replicas=2, times=[9.0])[0] > -1``.
    """
    objective = system.objective
    if not isinstance(objective, Regression):
        raise ValueError(f"objective = {objective}; allowed: a regression")
    loop, grid = event_loop(system, "path"), np.asarray(times, np.float64)
    least = float(objective.loss(np.zeros(objective.modes)))

    def one(replica: int) -> float:
        path = loop.path(generator(seed, FIRST_REPLICA + replica), grid)
        return float(np.mean(objective.loss(path.T)) - least)

    with ThreadPoolExecutor() as threads:
        return tuple(threads.map(one, range(replicas)))
