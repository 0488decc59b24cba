"""Stage: the event loop. Input: a system as plain numbers and a draw recipe. Output: what one replica did.

The loop is printed for the system's law and features, kept as a real source file in the user's cache, and
compiled by Numba without the GIL. It knows no formula of the theory. Rung R0: M workers, renewal cycles of
one law, one server; of simultaneous arrivals the worker with the lower index comes first.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.features import Features, Recording
from numeric.event_loop.looks import Looks as Looks
from numeric.event_loop.objectives import UserGradient
from numeric.event_loop.source import loop_source
from numeric.event_loop.system import System as System
from numeric.event_loop.system import WorkerClass as WorkerClass
from numeric.running.folders import cache_folder as _cache_folder


@dataclass(frozen=True)
class Rejected:
    """How many gradients came to nothing: too stale or too old, lost on the way, too small to be sent."""

    dropped: int = 0
    lost: int = 0
    suppressed: int = 0

    @property
    def total(self) -> int:
        """How many they are in all."""
        return self.dropped + self.lost + self.suppressed


@dataclass(frozen=True)
class Replica:
    """What one replica did after its burn-in; ``updates`` counts gradient arrivals, ``made`` updates of the parameter.

    ``time_sums[p - 1][mode]`` is the integral of x^p dt, ``event_sums[p - 1][mode]`` the sum of x^p just after
    the updates made; ``age_sums`` are those of (delay - ``age_origin``)^p, p = 1, 2, over the gradients applied, which
    ``staleness_histogram`` counts; ``duration`` in seconds; ``diverged_at`` is the time in seconds at which |x| passed
    1e150, None if it never did. Where they are asked for, ``products[mode, k]`` is the sum of x x_before over the
    updates made, x_before just after the update lags[k] earlier, and ``delay_counts`` those of the delays' bins.
    """

    updates: int
    duration: float
    time_sums: NDArray[np.float64]
    event_sums: NDArray[np.float64]
    age_origin: float
    age_sums: tuple[float, float]
    staleness_histogram: NDArray[np.integer[Any]]
    diverged_at: float | None
    made: int
    rejected: Rejected
    products: NDArray[np.float64] | None = None
    delay_counts: NDArray[np.int64] | None = None

    @property
    def applied(self) -> int:
        """How many gradients were applied."""
        return int(self.staleness_histogram.sum())


@dataclass(frozen=True)
class Events:
    """The event list of a short run: time in seconds, worker, staleness, and x just after, one row per mode."""

    time: NDArray[np.float64]
    worker: NDArray[np.int64]
    staleness: NDArray[np.int64]
    x: NDArray[np.float64]


def generator(seed: int, replica: int) -> np.random.Generator:
    """The random stream of one replica: SFC64 on the seed sequence's child ``replica`` (both >= 0)."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(replica,))))


@dataclass(frozen=True)
class EventLoop:
    """A compiled loop for one system; ``arguments`` follow the random generator in its call."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    modes: int
    looks: Looks = field(default_factory=Looks)

    def replica(self, rng: np.random.Generator, updates: int, burn_in: int) -> Replica:
        """Run one replica of ``updates`` arrivals, of which the first ``burn_in`` are not measured."""
        outcome = self.function(rng, *self.arguments, updates, burn_in, *self.looks.arguments)
        return self._replica(outcome, burn_in)

    def events(self, rng: np.random.Generator, updates: int, burn_in: int = 0) -> tuple[Events, Replica]:
        """Run one replica and keep its event list (a loop made for recording "events")."""
        events = Events(
            np.zeros(updates), np.zeros(updates, np.int64), np.zeros(updates, np.int64), np.zeros((self.modes, updates))
        )
        kept = (events.time, events.worker, events.staleness, events.x)
        outcome = self.function(rng, *self.arguments, updates, burn_in, *self.looks.arguments, *kept)
        return events, self._replica(outcome, burn_in)

    def path(self, rng: np.random.Generator, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """x at each of the ascending ``times`` in seconds, one row per mode (a loop made for "path")."""
        return cast("NDArray[np.float64]", self.function(rng, *self.arguments, times))

    def _replica(self, outcome: tuple[Any, ...], burn_in: int) -> Replica:
        names = self.looks.names
        first = len(outcome) - len(names)
        found = dict(zip(names, outcome[first:], strict=True))
        plain = measured_replica(outcome[:first], self.modes, burn_in)
        return replace(plain, products=found.get("lags"), delay_counts=found.get("delays")) if names else plain


def measured_replica(outcome: tuple[Any, ...], modes: int, burn_in: int) -> Replica:
    """The replica that a loop returned as ``outcome``, held to what must be true of it."""
    totals, histogram, origin, done, begin, end, begin_books, end_books, lowest, diverged, *scheme = outcome
    used = np.flatnonzero(histogram)
    histogram = narrow(histogram[: used[-1] + 1 if len(used) else 0])
    measured = done - burn_in
    books = end_books - begin_books
    # A version pulled is applied once: the plain loop's books are the versions held, which grow by one more.
    fates, made, waiting = scheme or ((measured, 0, 0, 0), measured, 0)
    books -= 0 if scheme else measured
    applied, dropped, lost, suppressed = map(int, fates)
    if not diverged:
        _check(histogram, applied - waiting, books, lowest, end - begin)
        if applied + dropped + lost + suppressed != measured:
            raise ArithmeticError("the gradients' fates do not add up: a defect of the event loop")
    sums = totals[: 4 * modes].reshape(2, 2, modes)
    ages = (float(totals[-2]), float(totals[-1]))
    rejected = Rejected(dropped, lost, suppressed)
    when = end if diverged else None
    return Replica(measured, end - begin, sums[0], sums[1], origin, ages, histogram, when, int(made), rejected)


def narrow(counts: NDArray[np.int64]) -> NDArray[np.integer[Any]]:
    """A copy of the counts, in four bytes each where they fit: most of what a replica keeps is these."""
    return counts.astype(np.uint32 if counts.max(initial=0) < 2**32 else np.int64)


def _check(histogram: NDArray[np.integer[Any]], applied: int, books: int, lowest: float, duration: float) -> None:
    """Hold a finished replica to what must be true of it.

    The staleness summed over the gradients applied is, exactly, what the loop's books of versions say.
    """
    if not (lowest >= 0 and math.isfinite(duration)):
        raise OverflowError(f"shortest interval {lowest} s: the law drew a negative, infinite or NaN duration")
    if int(histogram.sum()) != applied or int(histogram @ np.arange(len(histogram))) != books:
        raise ArithmeticError("the staleness histogram does not add up: a defect of the event loop")


def event_loop(system: System, recording: Recording = "averages", looks: Looks | None = None) -> EventLoop:
    """Compile (or load) the loop for a system; ``recording`` chooses averages, events or a path, ``looks`` what else.

    The loop of a gradient that Numba has not compiled is run as Python.

    Example: ``event_loop(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,))).replica(
    generator(seed=1, replica=0), updates=1000, burn_in=100).updates == 900``.
    """
    looks = looks or Looks()
    source = printed_loop(system, recording, looks)
    if isinstance(system.objective, UserGradient) and not system.objective.compiled:
        return interpreted(source, system, looks)
    loop = EventLoop(compiled_source(source).run, loop_arguments(system), system.modes, looks)
    _warm(loop, recording)
    return loop


def printed_loop(system: System, recording: Recording, looks: Looks | None = None) -> str:
    """The source text of the loop for a system; systems that differ only in their numbers share it.

    Example: ``"def run(" in printed_loop(System(1, DrawRecipe(sp.Integer(1)), 0.1, (1.0,), (0.0,)), "path")``.
    """
    return loop_source(print_cycle(system), Features.of(system, recording, (looks or Looks()).names))


def interpreted(source: str, system: System, looks: Looks | None = None) -> EventLoop:
    """The loop of a printed source, run as Python: slow, but nothing is compiled."""
    names: dict[str, Any] = {}
    plain = source.replace("from numba import njit", "njit = lambda **options: lambda function: function")
    exec(compile(plain, "event loop", "exec"), names)
    run = np.errstate(over="ignore", invalid="ignore")(names["run"])  # divergence is a result, as it is when compiled
    return EventLoop(run, loop_arguments(system), system.modes, looks or Looks())


def loop_arguments(system: System) -> tuple[Any, ...]:
    """The numbers of a system in the order in which every printed loop takes them."""
    draw = print_cycle(system)
    parameters = (*draw.parameters, *system.scheme_numbers.values())
    arrays = (system.curvature, system.gradient_noise, system.initial, parameters, draw.table)
    numbers = (np.array(one, np.float64) for one in arrays)
    objective = () if system.objective is None else system.objective.arguments
    return (system.workers, float(system.learning_rate), *numbers, *objective)


def _warm(loop: EventLoop, recording: Recording) -> None:
    """Compile now, in this thread: Numba's compiler holds a lock that would serialise the replicas' threads."""
    rng = generator(0, 0)
    if recording == "averages":
        loop.replica(rng, 0, 0)
    elif recording == "events":
        loop.events(rng, 0)
    else:
        loop.path(rng, np.zeros(0))


@lru_cache(maxsize=256)
def compiled_source(source: str) -> ModuleType:
    """Import the source from a file named by its content, so that Numba can keep its machine code beside it."""
    name = f"staleproof_loop_{hashlib.sha256(source.encode()).hexdigest()[:24]}"
    path = _written(_cache_folder(), name, source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _written(folder: Path, name: str, source: str) -> Path:
    path = folder / f"{name}.py"
    if not (path.is_file() and path.read_text(encoding="utf-8") == source):
        # Write beside and rename: another process may be reading or writing the same file.
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".new", delete=False, encoding="utf-8") as file:
            file.write(source)
        os.replace(file.name, path)
    return path
