"""Stage: transients by simulation. Input: a system started away from the optimum. Output: its mean square in time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from numeric.event_loop.compiled import System, event_loop, generator

Array = NDArray[np.float64]
FIRST_REPLICA = 2**42  # far from those of the measured replicas and of the losses


@dataclass(frozen=True)
class SquarePath:
    """E x(t)^2 of one mode on a grid: ``times`` in seconds, ``mean`` and its ``standard_error`` over replicas."""

    times: Array
    mean: Array = field(repr=False)
    standard_error: Array = field(repr=False)


def simulate_square_path(
    system: System, *, seed: int, replicas: int, times: Sequence[float] | Array, mode: int = 0
) -> SquarePath:
    """Average x(t)^2 of a mode over ``replicas`` >= 2 runs from ``system.initial`` (kind: an estimate at every time).

    ``times``: ascending seconds >= 0. Errors: ``ValueError`` for replicas or times out of range.

    Example: ``simulate_square_path(System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (0.0,), initial=(2.0,)), seed=1,
    replicas=2, times=[0.0]).mean[0] == 4``.
    """
    grid = np.asarray(times, np.float64)
    if replicas < 2 or len(grid) == 0 or grid[0] < 0 or not (np.diff(grid) > 0).all():
        raise ValueError(f"replicas = {replicas}, times = {times}; allowed: at least 2, ascending times >= 0")
    loop = event_loop(system, "path")

    def one(replica: int) -> Array:
        return np.asarray(loop.path(generator(seed, FIRST_REPLICA + replica), grid)[mode] ** 2)

    with ThreadPoolExecutor() as threads:
        squares = np.array(list(threads.map(one, range(replicas))))
    return SquarePath(grid, squares.mean(axis=0), squares.std(axis=0, ddof=1) / replicas**0.5)
