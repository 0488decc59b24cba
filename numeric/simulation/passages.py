"""Stage: first passage. Input: a system started away from the optimum. Output: when its paths first come near it.

A path's first passage is another thing than the training time of the mean, which a single path may be far from. It is
read off the event list of a replica: x changes at updates alone, so that the times are exact.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from numeric.event_loop.compiled import System, event_loop, generator
from numeric.event_loop.objectives import DenseQuadratic
from numeric.running.engines import Threads
from numeric.running.jobs import PART_UPDATES, Part, equal_parts, printed
from numeric.running.resuming import Running
from numeric.simulation.measured import estimate
from numeric.values import Estimate, ShownAsLatex, text_latex, worded

Array = NDArray[np.float64]
Of = Literal["excess_risk", "distance"]


@dataclass(frozen=True)
class FirstPassage(ShownAsLatex):
    """When each replica first came down to each of the ``levels``: ``times[replica, level]`` in seconds, inf if never.

    ``of`` says whether levels are of the excess risk sum_i h_i x_i^2/2 or of the distance |x| from the optimum.
    """

    levels: tuple[float, ...]
    of: Of
    times: Array = field(repr=False)

    def reached(self, level: int) -> float:
        """The share of the replicas that came down to the level of that number."""
        return float(np.isfinite(self.times[:, level]).mean())

    def time(self, level: int) -> Estimate:
        """The mean time to the level of that number (kind: an estimate over replicas).

        Raises ``ValueError`` where a replica never came down to it: such a mean would be too short.
        """
        if self.reached(level) < 1:
            raise ValueError(f"level {self.levels[level]}: reached by {self.reached(level):.0%}; allowed: by all")
        return estimate(self.times[:, level].tolist())

    def latex(self) -> str:
        """The mean time to each level, or the share of the replicas that reached it."""
        return worded((f"{self.of} {level:.12g}", self._told(at)) for at, level in enumerate(self.levels))

    def _told(self, level: int) -> str:
        share = self.reached(level)
        return self.time(level).latex() if share == 1 else text_latex(f"reached by {share:.0%}")


@dataclass(frozen=True)
class Passages:
    """A job: first passages of ``replicas`` runs of ``updates`` arrivals; an outcome is a list of times a replica."""

    system: System
    seed: int
    replicas: int
    updates: int
    levels: tuple[float, ...]
    of: Of
    kind: str = field(default="passage", init=False)

    def parts(self) -> tuple[Part, ...]:
        """As many replicas as come to about 2^18 arrivals, at least one."""
        return equal_parts(self.replicas, max(1, PART_UPDATES // self.updates))

    def runner(self) -> Callable[[Part], list[list[float]]]:
        """Compile the loop; a part gives its replicas' times in order."""
        loop, measure = event_loop(self.system, "events"), _measure(self.system, self.of)
        begun = float(measure(np.array(self.system.initial)[:, None])[0])

        def one(replica: int) -> list[float]:
            events, run = loop.events(generator(self.seed, replica), self.updates)
            seen = np.concatenate([[begun], measure(events.x)[: run.updates]])
            times = np.concatenate([[0.0], events.time])
            lowest = np.minimum.accumulate(np.where(np.isfinite(seen), seen, math.inf))
            first = np.searchsorted(-lowest, -np.array(self.levels), side="left")
            return [float(times[k]) if k < len(lowest) else math.inf for k in first]

        return lambda part: [one(replica) for replica in range(part[0], part[0] + part[1])]

    def identity(self) -> tuple[Any, ...]:
        """The printed loop with its numbers, the streams, the amount of work, the levels."""
        return (*printed(self.system, "events"), self.seed, self.updates, self.levels, self.of)

    def text(self, outcome: list[list[float]]) -> str:
        """One JSON list a replica; null where a level was not reached."""
        return json.dumps([[None if math.isinf(time) else time for time in row] for row in outcome])

    def read(self, text: str) -> list[list[float]]:
        """The times that ``text`` says."""
        return [[math.inf if time is None else time for time in row] for row in json.loads(text)]


def simulate_first_passage(
    system: System,
    levels: Sequence[float],
    *,
    seed: int,
    replicas: int,
    updates: int,
    of: Of = "excess_risk",
    running: Running | None = None,
) -> FirstPassage:
    """The times at which paths from ``system.initial`` first come down to ``levels`` (rung R0, kind: samples).

    ``levels`` > 0 of the excess risk or, with ``of`` "distance", of |x|; ``updates`` >= 1 arrivals a replica, after
    which what was not reached counts as never reached; ``running``: where replicas run and are kept. Raises
    ``ValueError`` for counts and levels out of range, and for the excess risk of an objective that is not quadratic.

    Example: ``simulate_first_passage(System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (0.0,), "together", (8.0,)),
    [1.0], of="distance", seed=1, replicas=2, updates=9).times.tolist() == [[3.0], [3.0]]``.
    """
    if seed < 0 or replicas < 2 or updates < 1 or not levels or not all(0 < level < math.inf for level in levels):
        counts = f"seed = {seed}, replicas = {replicas}, updates = {updates}, levels = {levels}"
        raise ValueError(f"{counts}; allowed: seed >= 0, replicas >= 2, updates >= 1, finite levels > 0")
    job = Passages(system, seed, replicas, updates, tuple(map(float, levels)), of)
    _measure(system, of)
    (parts,) = (running or Running(Threads())).run([job]).outcomes
    return FirstPassage(job.levels, of, np.array(list(chain.from_iterable(parts))))


def _measure(system: System, of: Of) -> Callable[[Array], Array]:
    """What is looked at, for an x with one row a mode."""
    if of == "distance":
        return lambda x: np.sqrt((x * x).sum(axis=0))
    if isinstance(system.objective, DenseQuadratic):
        hessian = system.objective.hessian.values
        return lambda x: (x * (hessian @ x)).sum(axis=0) / 2
    if system.objective is not None:
        raise ValueError('of = "excess_risk"; allowed: "distance" for an objective that is not quadratic')
    curvature = np.array(system.curvature)[:, None]
    return lambda x: (curvature * x * x).sum(axis=0) / 2
