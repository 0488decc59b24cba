"""Stage: compute times that depend on each other, slowly. Input: a system. Output: each worker's way to draw cycles.

Written apart from numeric/event_loop/correlation.py, to be held against what that prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any, Protocol

import numpy as np

from numeric.event_loop.features import START_DRAWS
from numeric.event_loop.reference_draws import Draw, recipe_reader
from numeric.event_loop.system import Correlation, System, WorkerClass


@dataclass
class Round:
    """As many cycles as a class has workers; ``compute`` is the compute time they share, once somebody drew it."""

    workers: int
    begun: int = 0
    compute: float | None = None


@dataclass
class CorrelatedWorker:
    """A worker that remembers its last compute time: a call draws its next cycle in seconds."""

    links: tuple[list[Draw], list[Draw]]  # before and behind the computation
    draw: Draw
    correlation: Correlation
    round: Round
    last: float | None = field(default=None)

    def __call__(self, rng: np.random.Generator) -> float:
        """The next cycle: the last compute time again, or a new one, which may be the round's."""
        return self._around(self._next, rng)

    def alone(self, rng: np.random.Generator) -> float:
        """A cycle that depends on nothing."""
        return self._around(self.draw, rng)

    def _around(self, compute: Draw, rng: np.random.Generator) -> float:
        down, up = self.links
        times = [link(rng) for link in down]
        self.last = compute(rng)
        return reduce(add, [*times, self.last, *(link(rng) for link in up)])

    def _next(self, rng: np.random.Generator) -> float:
        again = self.last is not None and rng.random() < self.correlation.cycles
        time = self.last if again and self.last is not None else self._new(rng)
        self.round.begun += 1
        if self.round.begun == self.round.workers:
            self.round.begun, self.round.compute = 0, None
        return time

    def _new(self, rng: np.random.Generator) -> float:
        if self.correlation.common == 0 or rng.random() >= self.correlation.shares:
            return self.draw(rng)
        if self.round.compute is None:
            self.round.compute = self.draw(rng)
        return self.round.compute


def correlated_workers(system: System, correlation: Correlation) -> list[CorrelatedWorker]:
    """The workers of a system whose compute times depend on each other, in the order of the indices."""
    found = []
    for one in system.classes or (WorkerClass(system.workers, system.draw),):
        links = tuple([] if link is None else [recipe_reader(link)] for link in (one.downlink, one.uplink))
        shared, draw = Round(one.count), recipe_reader(one.draw)
        found += [CorrelatedWorker((links[0], links[1]), draw, correlation, shared) for _ in range(one.count)]
    return found


class Remembering(Protocol):
    """A worker whose next cycle, a call, follows from what it remembers as its ``last`` one; ``alone`` it does not."""

    last: Any

    def __call__(self, rng: np.random.Generator) -> float: ...

    def alone(self, rng: np.random.Generator) -> float: ...


def first_correlated(system: System, workers: Sequence[Remembering], rng: np.random.Generator) -> list[float]:
    """The first cycles, all begun together or evenly spaced; phases are no compute times to be repeated."""
    if system.start == "together":
        return [worker(rng) for worker in workers]
    mean = sum(workers[k * system.workers // START_DRAWS].alone(rng) for k in range(START_DRAWS)) / START_DRAWS
    for worker in workers:
        worker.last = None
    return [(index + 1) / system.workers * mean for index in range(system.workers)]


def met_correlated(worker: Remembering, limit: float, rng: np.random.Generator) -> tuple[float, float]:
    """What is left of the cycle that contains a point of a long line of them, and this cycle, which is remembered."""
    met, last = 0.0, None
    for _ in range(START_DRAWS):
        proposed = worker.alone(rng)
        if rng.random() * min(met, limit) < min(proposed, limit):
            met, last = proposed, worker.last
    worker.last = last
    return rng.random() * min(met, limit), met
