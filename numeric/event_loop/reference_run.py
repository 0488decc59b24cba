"""Stage: one realisation of the reference. Input: a system, a generator, a law to draw. Output: its events in order.

The next event is found with a heap of (time, worker): of simultaneous ones the lower index first. Rules and modifiers
are read off the system whenever they matter; nothing is prepared.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from numeric.event_loop.reference_draws import Draw
from numeric.event_loop.reference_gradients import noisy_gradient
from numeric.event_loop.system import ROUNDS, System

Fate = Literal["applied", "dropped", "lost", "suppressed"]  # a gradient that waits to be applied counts as applied


@dataclass(frozen=True)
class Event:
    """One arrival: time in seconds, worker, staleness, the gradient's age in seconds, x just after it per mode.

    ``applied``: staleness and delay in seconds of every gradient that an update at this arrival applied.
    """

    time: float
    worker: int
    staleness: int
    age: float
    x: tuple[float, ...]
    fate: Fate = "applied"
    applied: tuple[tuple[int, float], ...] = ()


@dataclass
class Worker:
    """What a worker holds: the parameter and version it read, when and how its cycle ends."""

    index: int
    read: tuple[float, ...]
    version: int = 0
    age: float = 0.0  # of its gradient, in seconds, at its next event
    abandons: bool = False
    sent: list[float] | None = None  # the gradient on its way through the shared uplink


@dataclass
class Waiting:
    """A gradient at the server: weighted, with the worker, staleness and age it came with."""

    gradient: list[float]
    worker: Worker
    staleness: int
    age: float
    time: float


@dataclass
class Run:
    """The state of one realisation."""

    system: System
    rng: np.random.Generator
    draws: list[Draw]  # of every worker
    x: list[float] = field(default_factory=list)
    velocity: list[float] = field(default_factory=list)
    time: float = 0.0
    version: int = 0
    round_began: float = 0.0
    uplink_free: float = 0.0
    workers: list[Worker] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    heap: list[tuple[float, int]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def begin(self, worker: Worker, cycle: float, rest: float | None = None) -> None:
        """A worker that has pulled is in a cycle, its ``rest`` to come; one too long ends when it is abandoned."""
        limit = self.system.age_threshold
        worker.abandons = self.system.age_action == "abandon" and limit is not None and cycle > limit
        worker.age = limit if worker.abandons and limit is not None else cycle
        heapq.heappush(self.heap, (self.time + (worker.age if rest is None else min(rest, worker.age)), worker.index))

    def restart(self, worker: Worker) -> None:
        """The worker pulls the parameter and starts anew."""
        worker.read, worker.version = tuple(self.x), self.version
        self.begin(worker, self.draws[worker.index](self.rng))

    def gradient(self, worker: Worker) -> list[float]:
        """The noisy gradient, at the parameter that the worker read."""
        if self.system.objective is not None:
            return noisy_gradient(self.system.objective, worker.read, self.rng)
        modes = zip(self.system.curvature, self.system.gradient_noise, worker.read, strict=True)
        return [h * read + (sigma * self.rng.standard_normal() if sigma > 0 else 0.0) for h, sigma, read in modes]

    def too_small(self, gradient: list[float]) -> bool:
        """Whether the worker keeps the gradient to itself."""
        noise = self.system.gradient_noise
        if self.system.event_trigger == 0 or min(noise) == 0:
            return False
        squares = [(g / s) * (g / s) for g, s in zip(gradient, noise, strict=True)]
        return math.sqrt(sum(squares[1:], squares[0])) < self.system.event_trigger

    def fate(self, worker: Worker) -> Fate:
        """What becomes of a gradient that was sent."""
        if self.system.dropout > 0 and self.rng.random() < self.system.dropout:
            return "lost"
        return self.judged(worker)

    def judged(self, worker: Worker) -> Fate:
        """What the server does with a gradient that reached it, by its age and staleness."""
        system = self.system
        if system.age_threshold is not None and worker.age > system.age_threshold:
            return "dropped"
        limit = system.staleness_threshold
        return "dropped" if limit is not None and self.version - worker.version > limit else "applied"

    def queue(self, worker: Worker, gradient: list[float]) -> None:
        """The gradient waits for the shared uplink and is transmitted: first come, first served."""
        assert self.system.uplink_capacity is not None
        worker.sent = gradient
        transmission = self.rng.standard_exponential() / self.system.uplink_capacity
        self.uplink_free = max(self.uplink_free, self.time) + transmission
        worker.age += self.uplink_free - self.time
        heapq.heappush(self.heap, (self.uplink_free, worker.index))

    def receive(self, worker: Worker, gradient: list[float], staleness: int) -> tuple[tuple[int, float], ...]:
        """The server takes a gradient and makes an update if it has enough of them; what it applied."""
        system = self.system
        weight = math.pow(system.staleness_discount, staleness)
        age = self.time - self.round_began if system.rule in ROUNDS else worker.age
        self.waiting.append(Waiting([weight * g for g in gradient], worker, staleness, age, self.time))
        if len(self.waiting) < system.gathered:
            return ()
        for mode in range(len(self.x)):
            step = sum(one.gradient[mode] for one in self.waiting) / system.gathered
            self.velocity[mode] = system.momentum * self.velocity[mode] - system.learning_rate * step
            self.x[mode] += self.velocity[mode]
        self.version += 1
        return tuple((one.staleness, one.age + (self.time - one.time)) for one in self.waiting)

    def settle(self, worker: Worker, fate: Fate) -> None:
        """Who starts anew after an arrival, in which order; who does not is idle."""
        rule, complete = self.system.rule, len(self.waiting) == self.system.gathered
        finished = [one.worker for one in self.waiting]
        if complete:
            self.waiting, self.round_began = [], self.time
        if complete and rule in ROUNDS:
            self.heap = []  # of cycles under way, which are cancelled
            for one in self.workers:
                self.restart(one)
        elif complete and rule == "k-async":
            for one in finished:
                self.restart(one)
        elif fate != "applied" or rule in ("asynchronous", "k-batch-async", "k-batch-sync"):
            self.restart(worker)

    def step(self) -> None:
        """One event: an arrival, a cycle abandoned, or a gradient that reaches the shared uplink's queue."""
        self.time, index = heapq.heappop(self.heap)
        worker = self.workers[index]
        if worker.abandons:
            self.restart(worker)
            return
        gradient: list[float] | None = worker.sent
        fate: Fate | None = None
        if gradient is None:
            gradient = self.gradient(worker)
            fate = "suppressed" if self.too_small(gradient) else None
            if fate is None and self.system.uplink_capacity is not None:
                self.queue(worker, gradient)
                return
        worker.sent = None
        staleness, age = self.version - worker.version, worker.age
        known = fate or self.fate(worker)
        applied = self.receive(worker, gradient, staleness) if known == "applied" else ()
        self.events.append(Event(self.time, index, staleness, age, tuple(self.x), known, applied))
        self.settle(worker, known)
