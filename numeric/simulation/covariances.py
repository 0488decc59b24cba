"""Stage: covariances over time. Input: a system, a grid of times. Output: E x(t) x(t + lag) in every mode, estimated.

Paths are read at equally spaced times after a burn-in: the mean over them is that of the time average, whatever the
updates do in between.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np

from numeric.event_loop.compiled import System, event_loop, generator
from numeric.running.engines import Threads
from numeric.running.jobs import Part, equal_parts, printed
from numeric.running.resuming import Running
from numeric.simulation.measured import Measured, measured

PART_POINTS = 2**15  # points of one part


@dataclass(frozen=True)
class PathCovariances:
    """A job: ``points`` times, ``spacing`` seconds apart from ``burn_in`` on; an outcome is one mean a mode and lag."""

    system: System
    seed: int
    replicas: int
    spacing: float
    points: int
    burn_in: float
    lags: tuple[int, ...]
    kind: str = field(default="covariances", init=False)

    def parts(self) -> tuple[Part, ...]:
        """As many replicas as come to about 2^15 points, at least one."""
        return equal_parts(self.replicas, max(1, PART_POINTS // self.points))

    def runner(self) -> Callable[[Part], list[list[list[float]]]]:
        """Compile the loop; a part gives its replicas in order."""
        loop = event_loop(self.system, "path")
        grid = self.burn_in + self.spacing * np.arange(float(self.points + max(self.lags)))

        def one(replica: int) -> list[list[float]]:
            path = loop.path(generator(self.seed, replica), grid)
            with np.errstate(over="ignore", invalid="ignore"):
                products = [path[:, : self.points] * path[:, lag : lag + self.points] for lag in self.lags]
                return np.array(products).mean(axis=2).T.tolist()

        return lambda part: [one(replica) for replica in range(part[0], part[0] + part[1])]

    def identity(self) -> tuple[Any, ...]:
        """The printed loop with its numbers, the streams, the times."""
        return (*printed(self.system, "path"), self.seed, self.spacing, self.points, self.burn_in, self.lags)

    def text(self, outcome: list[list[list[float]]]) -> str:
        """One JSON list a replica."""
        return json.dumps(outcome)

    def read(self, text: str) -> list[list[list[float]]]:
        """The means that ``text`` says."""
        found: list[list[list[float]]] = json.loads(text)
        return found


def simulate_covariances(
    system: System,
    lags: Sequence[int],
    *,
    spacing: float,
    points: int,
    burn_in: float,
    seed: int,
    replicas: int,
    running: Running | None = None,
) -> tuple[Measured, ...]:
    """E x(t) x(t + lag) over time, mode by mode and lag by lag (rung R0, kind: estimates over replicas).

    ``lags`` >= 0 in units of ``spacing`` > 0 seconds, at which paths are read ``points`` >= 1 times from ``burn_in``
    >= 0 seconds on; ``running``: where replicas run and are kept. Each result is a ``stationary_covariance`` with its
    lag in seconds. Raises ``ValueError`` for numbers out of range, ``OverflowError`` where a path diverges.

    Example: ``simulate_covariances(System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (0.0,)), [2], spacing=0.5,
    points=10, burn_in=0.0, seed=1, replicas=2)[0].lag == 1``.
    """
    good = spacing > 0 and points >= 1 and 0 <= burn_in < math.inf and seed >= 0 and replicas >= 2
    if not (good and lags and all(lag == int(lag) >= 0 for lag in lags)):
        numbers = f"spacing = {spacing}, points = {points}, burn_in = {burn_in}, replicas = {replicas}, lags = {lags}"
        raise ValueError(f"{numbers}; allowed: spacing > 0, points >= 1, burn_in >= 0, replicas >= 2, lags >= 0")
    job = PathCovariances(system, seed, replicas, spacing, points, burn_in, tuple(map(int, lags)))
    (parts,) = (running or Running(Threads())).run([job]).outcomes
    means = np.array(list(chain.from_iterable(parts)))
    if not np.isfinite(means).all():
        raise OverflowError("a path diverged: an unstable system has no stationary covariance")
    return tuple(
        replace(measured("stationary_covariance", means[:, mode, k].tolist(), mode, "time"), lag=lag * spacing)
        for mode in range(system.modes)
        for k, lag in enumerate(job.lags)
    )
