"""Stage: the reference. Input: a system and a random generator. Output: its events, one by one, in plain Python.

Written to be read, not to be fast. It consumes the random stream in the same order as the event loop, so the
two must agree bit for bit, event by event.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add

import numpy as np

from numeric.event_loop.features import START_DRAWS
from numeric.event_loop.looks import Looks
from numeric.event_loop.reference_correlation import (
    Remembering,
    correlated_workers,
    first_correlated,
    met_correlated,
)
from numeric.event_loop.reference_draws import Draw, recipe_reader
from numeric.event_loop.reference_draws import reader as reader
from numeric.event_loop.reference_replay import replaying_workers
from numeric.event_loop.reference_run import Event, Run, Worker
from numeric.event_loop.system import IDLING, System


@dataclass(frozen=True)
class Averages:
    """Averages over the measured events; the second moments are those of x about the optimum 0, per mode."""

    event: tuple[float, ...]
    time: tuple[float, ...]
    staleness_mean: float
    staleness_counts: dict[int, int]
    delay_mean: float
    duration: float
    made: int
    fates: dict[str, int]


def simulate_events(system: System, rng: np.random.Generator, updates: int) -> list[Event]:
    """Simulate ``updates`` >= 1 arrivals from the start and list them (kind: one realisation).

    Example: ``simulate_events(System(1, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,)), generator(1, 0),
    100)[-1].staleness == 0``.
    """
    draws, first = _begun(system, rng)
    run = Run(system, rng, draws, list(system.initial), [0.0] * len(system.initial))
    run.workers = [Worker(index, system.initial) for index in range(system.workers)]
    for worker, (rest, cycle) in zip(run.workers, first, strict=True):
        run.begin(worker, cycle, rest)
    while len(run.events) < updates:
        run.step()
        _check_workers(run)
    _check(run)
    return run.events


def _check_workers(run: Run) -> None:
    """Each worker is in one place: in a cycle or on its way, or idle while its gradient waits for a batch."""
    idle = [one.worker.index for one in run.waiting] if run.system.rule in IDLING else []
    assert sorted([*idle, *(index for _, index in run.heap)]) == list(range(run.system.workers))


def _check(run: Run) -> None:
    """The clock never runs backwards, each gradient applied came in, and under the plain scheme is one version."""
    events = run.events
    assert all(earlier.time <= later.time for earlier, later in pairwise(events))
    taken = sum(event.fate == "applied" for event in events)
    assert taken == sum(len(event.applied) for event in events) + len(run.waiting)
    if run.system.rule == "asynchronous" and run.system.age_action == "drop":
        held = sum(worker.version for worker in run.workers)
        assert sum(event.staleness for event in events) == held - run.version


def averages(system: System, events: list[Event], burn_in: int) -> Averages:
    """Average over the events after the first ``burn_in``: sums rounded once, at the end."""
    measured = events[burn_in:]
    before = events[burn_in - 1] if burn_in else Event(0.0, 0, 0, 0.0, system.initial)
    duration = measured[-1].time - before.time
    modes = range(system.modes)
    intervals = list(pairwise([before, *measured]))
    weighted = (math.fsum(a.x[m] ** 2 * (b.time - a.time) for a, b in intervals) / duration for m in modes)
    made = [event for event in measured if event.applied]
    applied = [one for event in made for one in event.applied]
    return Averages(
        event=tuple(math.fsum(event.x[m] ** 2 for event in made) / max(len(made), 1) for m in modes),
        time=tuple(weighted),
        staleness_mean=sum(staleness for staleness, _ in applied) / max(len(applied), 1),
        staleness_counts=dict(Counter(staleness for staleness, _ in applied)),
        delay_mean=math.fsum(delay for _, delay in applied) / max(len(applied), 1),
        duration=duration,
        made=len(made),
        fates=dict(Counter(event.fate for event in measured)),
    )


def looked(system: System, events: list[Event], burn_in: int, looks: Looks) -> tuple[list[list[float]], list[int]]:
    """Products of x and of x some updates before, per mode and lag; how many delays lie in each bin."""
    path, counts = [system.initial], [0] * (looks.bins + 1)
    products, width = [[0.0] * len(looks.lags) for _ in range(system.modes)], looks.delay_bin or 0.0
    for number, event in enumerate(events):
        path += [event.x] if event.applied else []
        for mode, sums in enumerate(products if event.applied and number >= burn_in else []):
            for k, lag in enumerate(looks.lags):
                sums[k] += event.x[mode] * path[max(len(path) - 1 - lag, 0)][mode]
        for _, delay in event.applied if width > 0 and number >= burn_in else ():
            slot = delay * (1 / width)
            counts[int(slot) if slot < looks.bins else looks.bins] += 1
    return products, counts


def worker_draws(system: System) -> list[Draw]:
    """How to draw a cycle of each worker."""
    if not system.classes:
        return [recipe_reader(system.draw)] * system.workers
    return [draw for one in system.classes for draw in [_cycle(list(map(recipe_reader, one.legs)))] * one.count]


def _cycle(legs: list[Draw]) -> Draw:
    return lambda rng: reduce(add, [leg(rng) for leg in legs])


def _begun(system: System, rng: np.random.Generator) -> tuple[list[Draw], list[tuple[float, float]]]:
    """How to draw each worker's next cycle, and its first one: what is left of it, and how long it is in all."""
    if system.correlation is None and not system.replays:
        draws = worker_draws(system)
        return draws, _first_cycles(system, draws, rng)
    workers: Sequence[Remembering] = replaying_workers(system)
    if system.correlation is not None:
        workers = correlated_workers(system, system.correlation)
    if system.start == "stationary":
        return list(workers), [met_correlated(worker, _limit(system), rng) for worker in workers]
    cycles = first_correlated(system, workers, rng)
    return list(workers), list(zip(cycles, cycles, strict=True))


def _limit(system: System) -> float:
    """The longest cycle in seconds."""
    abandoned = system.age_threshold if system.age_action == "abandon" else None
    return math.inf if abandoned is None else abandoned


def _first_cycles(system: System, draws: list[Draw], rng: np.random.Generator) -> list[tuple[float, float]]:
    """What is left of each worker's first cycle, and how long it is in all."""
    if system.start == "stationary":
        return [_met(draw, _limit(system), rng) for draw in draws]
    if system.start == "together":
        cycles = [draw(rng) for draw in draws]
    else:
        mean = sum(draws[k * system.workers // START_DRAWS](rng) for k in range(START_DRAWS)) / START_DRAWS
        cycles = [(worker + 1) / system.workers * mean for worker in range(system.workers)]
    return list(zip(cycles, cycles, strict=True))


def _met(draw: Draw, limit: float, rng: np.random.Generator) -> tuple[float, float]:
    """The cycle that contains a point of a long line of them: an independence sampler, weights their lengths."""
    met = 0.0
    for _ in range(START_DRAWS):
        proposed = draw(rng)
        met = proposed if rng.random() * min(met, limit) < min(proposed, limit) else met
    return rng.random() * min(met, limit), met
