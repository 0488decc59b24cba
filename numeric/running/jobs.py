"""Stage: jobs. Input: a system, a seed and the amount of work. Output: parts that can be run anywhere, in any order.

A part is a range of replicas. What comes of it depends on the job and the part alone: every replica has its own random
stream. Its text says every bit, so that what is kept is what would be simulated again.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from numeric.event_loop import compiled as loops
from numeric.event_loop import lane_draws, lane_source, lane_streams, lanes
from numeric.event_loop.compiled import Looks, Replica, System, event_loop, generator
from numeric.event_loop.features import Recording
from numeric.event_loop.lanes import TOGETHER, LaneLoop, lane_loop
from numeric.event_loop.objectives import UserGradient
from numeric.running.replica_text import read_replicas, text_of_replicas
from numeric.simulation import pilot
from numeric.simulation.pilot import pilot_burn_in

Array = NDArray[np.float64]
Part = tuple[int, int]  # the first replica, and how many
PART_UPDATES = 2**18  # arrivals of one part, about 8 ms: little is lost with it, and keeping it costs little
LANE_UPDATES = 2**27  # arrivals from which on compiling lanes of replicas is worth its second or two
FEWEST = 4  # replicas that are faster in eight lanes than one by one
BATCHES = 64  # groups of replicas between which the standard error of a mean path is measured
PACKAGES = ("numpy", "numba", "llvmlite")  # whose versions may change a bit


class Job(Protocol):
    """Something that can be run in parts; picklable, and equal where its outcome is."""

    @property
    def kind(self) -> str:
        """What it is, in one word."""

    def parts(self) -> tuple[Part, ...]:
        """Ranges of replicas that make up the whole, in order."""

    def runner(self) -> Callable[[Part], Any]:
        """Compile what is needed; the function then runs one part, in any thread."""

    def identity(self) -> tuple[Any, ...]:
        """Texts, numbers and arrays on which the outcome of a part depends, beside the part."""

    def text(self, outcome: Any) -> str:
        """The outcome of a part as text, every bit of it."""

    def read(self, text: str) -> Any:
        """The outcome that ``text`` says."""

    def __hash__(self) -> int:
        """Equal jobs have equal hashes."""


@dataclass(frozen=True)
class StationaryRuns:
    """``replicas`` runs of ``updates`` arrivals, the first ``burn_in`` unmeasured; an outcome is a list of replicas."""

    system: System
    seed: int
    replicas: int
    updates: int
    burn_in: int
    looks: Looks = field(default_factory=Looks)
    kind: str = field(default="replicas", init=False)

    def parts(self) -> tuple[Part, ...]:
        """As many replicas as come to about 2^18 arrivals, at least one."""
        return equal_parts(self.replicas, max(1, PART_UPDATES // self.updates))

    def runner(self) -> Callable[[Part], list[Replica]]:
        """Compile the loops; a part gives its replicas in order, in lock step or one by one the same bits."""
        loop, side_by_side = event_loop(self.system, looks=self.looks), self._lanes()

        def run(part: Part) -> list[Replica]:
            numbers, work = range(part[0], part[0] + part[1]), (self.updates, self.burn_in)
            if side_by_side is not None and FEWEST <= part[1] <= TOGETHER:
                found = side_by_side.replicas([generator(self.seed, k) for k in numbers], *work)
                if found is not None:
                    return found
            return [loop.replica(generator(self.seed, k), *work) for k in numbers]

        return run

    @property
    def together(self) -> int:
        """How many replicas one call runs faster than many calls do."""
        return 1 if self._lanes() is None else TOGETHER

    def _lanes(self) -> LaneLoop | None:
        worth = not self.looks.names and self.replicas * self.updates >= LANE_UPDATES
        return lane_loop(self.system) if worth else None

    def identity(self) -> tuple[Any, ...]:
        """The printed loop with its numbers, the streams, the amount of work."""
        looks = self.looks.arguments
        return (*printed(self.system, "averages", self.looks), self.seed, self.updates, self.burn_in, *looks)

    def text(self, outcome: list[Replica]) -> str:
        """One JSON list; Python writes a double with as many digits as name it alone."""
        return text_of_replicas(outcome)

    def read(self, text: str) -> list[Replica]:
        """The replicas that ``text`` says."""
        return read_replicas(text)


@dataclass(frozen=True)
class Pilot:
    """The burn-in of runs of ``updates`` arrivals, chosen by short runs; one part."""

    system: System
    seed: int
    updates: int
    kind: str = field(default="pilot", init=False)

    def parts(self) -> tuple[Part, ...]:
        """One part."""
        return ((0, 1),)

    def runner(self) -> Callable[[Part], int]:
        """Nothing to prepare: the pilot compiles its own loops."""
        return lambda part: pilot_burn_in(self.system, self.seed, self.updates)

    def identity(self) -> tuple[Any, ...]:
        """Both printed loops with their numbers, the streams, the length."""
        loops_of_pilot = (*printed(self.system, "averages"), *printed(self.system, "path"))
        return (_source(pilot), *loops_of_pilot, self.seed, self.updates)

    def text(self, outcome: int) -> str:
        """The number."""
        return json.dumps(outcome)

    def read(self, text: str) -> int:
        """The number."""
        return int(json.loads(text))


@dataclass(frozen=True)
class PathSums:
    """Sums of x(t) over groups of the ``replicas``; ``times`` ascending seconds; an outcome is one row a mode."""

    system: System
    seed: int
    replicas: int
    times: tuple[float, ...] = field(repr=False)
    batches: int = BATCHES
    kind: str = field(default="path", init=False)

    def parts(self) -> tuple[Part, ...]:
        """Up to ``batches`` groups of nearly equal size."""
        size, larger = divmod(self.replicas, groups := min(self.batches, self.replicas))
        firsts = [k * size + min(k, larger) for k in range(groups + 1)]
        return tuple((first, end - first) for first, end in pairwise(firsts))

    def runner(self) -> Callable[[Part], Array]:
        """Compile the loop; a part gives its sum."""
        loop, grid = event_loop(self.system, "path"), np.array(self.times, np.float64)

        def run(part: Part) -> Array:
            total = np.zeros((loop.modes, len(grid)))
            for replica in range(part[0], part[0] + part[1]):
                total += loop.path(generator(self.seed, replica), grid)
            return total

        return run

    def identity(self) -> tuple[Any, ...]:
        """The printed loop with its numbers, the streams, the times."""
        return (*printed(self.system, "path"), self.seed, np.array(self.times, np.float64))

    def text(self, outcome: Array) -> str:
        """One JSON list a mode."""
        return json.dumps(outcome.tolist())

    def read(self, text: str) -> Array:
        """The sums that ``text`` says."""
        return np.array(json.loads(text), np.float64)


def equal_parts(replicas: int, size: int) -> tuple[Part, ...]:
    """Parts of ``size`` >= 1 replicas, the last one of what is left.

    Example: ``equal_parts(5, 2) == ((0, 2), (2, 2), (4, 1))``.
    """
    return tuple((first, min(size, replicas - first)) for first in range(0, replicas, size))


def content_address(job: Job) -> str:
    """The SHA-256 of everything a part's outcome depends on: what is run, its numbers, the streams, the versions.

    The processor is not part of it: results are bitwise equal on one machine, and agree within their errors across
    machines.

    Example: ``len(content_address(Pilot(System(1, DrawRecipe(sp.Integer(1)), 0.1, (1.0,), (0.0,)), 1, 10))) == 64``.
    """
    code = map(_source, (loops, lanes, lane_draws, lane_source, lane_streams, sys.modules[__name__]))
    parts = (job.kind, *job.identity(), *_versions(), *code)
    digest = hashlib.sha256()
    for part in parts:
        content = part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
        digest.update(f"{type(part).__name__} {len(content)} ".encode() + content)
    return digest.hexdigest()


def printed(system: System, recording: Recording, looks: Looks | None = None) -> tuple[Any, ...]:
    """The text of a system's loop, and its arguments: numbers and arrays of doubles.

    Raises ``ValueError`` for a gradient given as a function: what it does stands in no text.
    """
    if isinstance(system.objective, UserGradient):
        raise ValueError("a gradient given as a function cannot be kept in a store; allowed: no store")
    return (loops.printed_loop(system, recording, looks), *loops.loop_arguments(system))


@lru_cache
def _versions() -> tuple[str, ...]:
    return tuple(importlib.metadata.version(name) for name in PACKAGES)


@lru_cache
def _source(module: ModuleType) -> str:
    """The text of a module of ours whose code is part of every outcome."""
    return inspect.getsource(module)
