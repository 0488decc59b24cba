"""Stage: the reference, told what happens. Input: a system and a list of arrivals. Output: its events, nothing drawn.

The workers, the server and every rule are those of the reference (numeric/event_loop/reference_run.py); when gradients
arrive, how noisy they are and which are lost is said by a list: a log of a real run, one worked by hand, or the event
list of the compiled loop.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from numeric.event_loop.reference_run import Event, Fate, Run, Worker
from numeric.event_loop.system import System


@dataclass(frozen=True)
class Arrival:
    """One gradient's arrival at the server: ``time`` >= 0 in seconds, the ``worker``'s index from 0 on.

    ``noise``: the gradient's own, one number for every mode, added to curvature times the parameter read; none is no
    noise. ``lost``: whether it gets lost on the way. Errors: ``ValueError``.

    Example: ``Arrival(1.5, 0).noise == ()``.
    """

    time: float
    worker: int
    noise: tuple[float, ...] = ()
    lost: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.time < math.inf or self.worker < 0:
            raise ValueError(f"time = {self.time}, worker = {self.worker}; allowed: finite seconds >= 0, an index >= 0")


def given_events(system: System, arrivals: Sequence[Arrival]) -> list[Event]:
    """What a system does where gradients arrive as listed (kind: exact but for rounding; rung R0).

    All workers pull ``system.initial`` at time 0; after that, whoever starts anew has the next arrival listed for it,
    and a gradient's age counts from its pull. ``arrivals`` stand in the order of time, simultaneous ones in that of the
    workers. What a system says of laws, of the start, of noise and of loss is not asked. Errors:
    ``ValueError`` for another order, noise of another length, a worker that does not exist or cannot send, an objective
    whose gradient is drawn, a shared uplink, or cycles that are abandoned.

    Example: ``[event.staleness for event in given_events(System(2, DrawRecipe(standard_exponential), 0.1, (1.0,),
    (1.0,)), [Arrival(1.0, 0), Arrival(2.0, 1)])] == [0, 1]``.
    """
    _check(system, arrivals)
    run = _Told(system, np.random.default_rng(0), [], list(system.initial), [0.0] * system.modes)
    run.workers = [Worker(index, system.initial) for index in range(system.workers)]
    run.listed = [deque(one for one in arrivals if one.worker == index) for index in range(system.workers)]
    for worker in run.workers:
        run.begin(worker, 0.0)
    for arrival in arrivals:
        if not run.heap or run.heap[0] != (arrival.time, arrival.worker):
            raise ValueError(f"{arrival}; allowed: an arrival of a worker that has pulled before and not sent since")
        run.step()
    return run.events


@dataclass
class _Told(Run):
    """A realisation whose next arrivals stand in a list for every worker."""

    listed: list[deque[Arrival]] = field(default_factory=list)
    now: Arrival = field(default_factory=lambda: Arrival(0.0, 0))

    def begin(self, worker: Worker, cycle: float, rest: float | None = None) -> None:
        """The worker's next arrival is the next one listed."""
        if self.listed[worker.index]:
            time = self.listed[worker.index][0].time
            worker.age = time - self.time
            heapq.heappush(self.heap, (time, worker.index))

    def restart(self, worker: Worker) -> None:
        """The worker pulls the parameter and starts anew."""
        worker.read, worker.version = tuple(self.x), self.version
        self.begin(worker, 0.0)

    def gradient(self, worker: Worker) -> list[float]:
        """The gradient at the parameter that the worker read, with the noise listed."""
        self.now = self.listed[worker.index].popleft()
        noise = self.now.noise or (0.0,) * self.system.modes
        return [h * read + one for h, read, one in zip(self.system.curvature, worker.read, noise, strict=True)]

    def fate(self, worker: Worker) -> Fate:
        """As listed; else by the thresholds."""
        return "lost" if self.now.lost else self.judged(worker)


def _check(system: System, arrivals: Sequence[Arrival]) -> None:
    if system.objective is not None or system.uplink_capacity is not None or system.age_action == "abandon":
        raise ValueError(
            "an objective, uplink_capacity or age_action = abandon; allowed: none where arrivals are given"
        )
    for one in arrivals:
        if one.worker >= system.workers or len(one.noise) not in (0, system.modes):
            raise ValueError(
                f"{one}; allowed: workers 0 to {system.workers - 1}, noise of {system.modes} modes or none"
            )
    for one, other in pairwise(arrivals):
        if not (one.time, one.worker) < (other.time, other.worker):
            raise ValueError(f"{one} before {other}; allowed: in the order of time, simultaneous ones of the workers")
