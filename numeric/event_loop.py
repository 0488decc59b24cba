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
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from derive.draws import DrawRecipe
from numeric.draw_printer import print_draw
from numeric.event_loop_source import LARGEST_SCAN, Features, Recording, Start, loop_source


@dataclass(frozen=True)
class System:
    """Asynchronous SGD on a diagonal quadratic objective (rung R0).

    ``workers`` >= 1; ``draw`` one cycle in seconds; ``learning_rate`` > 0; one ``curvature`` (any sign),
    ``gradient_noise`` (s.d., >= 0) and ``initial`` parameter per mode, all finite; ``start``: phases of the
    first cycles, "stationary", "together" (all pull at 0) or "staggered" (evenly spaced). Errors: ``ValueError``.

    Example: ``System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,)).initial == (0.0,)``.
    """

    workers: int
    draw: DrawRecipe
    learning_rate: float
    curvature: tuple[float, ...]
    gradient_noise: tuple[float, ...]
    start: Start = "stationary"
    initial: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.initial:
            object.__setattr__(self, "initial", (0.0,) * len(self.curvature))
        if self.workers < 1:
            raise ValueError(f"workers = {self.workers}; allowed: at least 1")
        if not 1 <= len(self.curvature) == len(self.gradient_noise) == len(self.initial):
            raise ValueError("curvature, gradient_noise and initial need one number per mode, at least one mode")
        numbers = (self.learning_rate, *self.curvature, *self.gradient_noise, *self.initial)
        if not all(map(math.isfinite, numbers)) or self.learning_rate <= 0 or min(self.gradient_noise) < 0:
            raise ValueError(f"{numbers}: allowed: finite numbers, learning_rate > 0, gradient_noise >= 0")
        if self.start not in ("stationary", "together", "staggered"):
            raise ValueError(f"start = {self.start}; allowed: stationary, together, staggered")


@dataclass(frozen=True)
class Replica:
    """What one replica did after its burn-in; sums run over the measured updates.

    ``time_sums[p - 1][mode]`` is the integral of x^p dt, ``event_sums[p - 1][mode]`` the sum of x^p just after
    the updates; ``age_sums`` are those of (delay - ``age_origin``)^p, p = 1, 2; ``duration`` in seconds;
    ``diverged_at`` is the time in seconds at which |x| passed 1e150, None if it never did.
    """

    updates: int
    duration: float
    time_sums: NDArray[np.float64]
    event_sums: NDArray[np.float64]
    age_origin: float
    age_sums: tuple[float, float]
    staleness_histogram: NDArray[np.int64]
    diverged_at: float | None


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

    def replica(self, rng: np.random.Generator, updates: int, burn_in: int) -> Replica:
        """Run one replica of ``updates`` arrivals, of which the first ``burn_in`` are not measured."""
        outcome = self.function(rng, *self.arguments, updates, burn_in)
        return _replica(outcome, self.modes, burn_in)

    def events(self, rng: np.random.Generator, updates: int, burn_in: int = 0) -> tuple[Events, Replica]:
        """Run one replica and keep its event list (a loop made for recording "events")."""
        events = Events(
            np.zeros(updates), np.zeros(updates, np.int64), np.zeros(updates, np.int64), np.zeros((self.modes, updates))
        )
        outcome = self.function(
            rng, *self.arguments, updates, burn_in, events.time, events.worker, events.staleness, events.x
        )
        return events, _replica(outcome, self.modes, burn_in)

    def path(self, rng: np.random.Generator, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """x at each of the ascending ``times`` in seconds, one row per mode (a loop made for "path")."""
        return cast("NDArray[np.float64]", self.function(rng, *self.arguments, times))


def _replica(outcome: tuple[Any, ...], modes: int, burn_in: int) -> Replica:
    totals, histogram, origin, done, begin, end, begin_pulled, end_pulled, lowest, diverged = outcome
    used = np.flatnonzero(histogram)
    histogram = histogram[: used[-1] + 1 if len(used) else 0].copy()
    measured = done - burn_in
    if not diverged:
        _check(histogram, measured, end_pulled - begin_pulled, lowest, end - begin)
    sums = totals[: 4 * modes].reshape(2, 2, modes)
    ages = (float(totals[-2]), float(totals[-1]))
    return Replica(measured, end - begin, sums[0], sums[1], origin, ages, histogram, end if diverged else None)


def _check(histogram: NDArray[np.int64], measured: int, pulled: int, lowest: float, duration: float) -> None:
    """Hold a finished replica to what must be true of it.

    A version pulled is applied once: the staleness summed over n updates is the growth of the versions held by
    the workers minus n, exactly.
    """
    if not (lowest >= 0 and math.isfinite(duration)):
        raise OverflowError(f"shortest interval {lowest} s: the law drew a negative, infinite or NaN duration")
    if int(histogram.sum()) != measured or int(histogram @ np.arange(len(histogram))) != pulled - measured:
        raise ArithmeticError("the staleness histogram does not add up: a defect of the event loop")


def event_loop(system: System, recording: Recording = "averages") -> EventLoop:
    """Compile (or load) the loop for a system; ``recording`` chooses averages, events or a path.

    Example: ``event_loop(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,))).replica(
    generator(seed=1, replica=0), updates=1000, burn_in=100).updates == 900``.
    """
    draw = print_draw(system.draw)
    noisy = tuple(sigma > 0 for sigma in system.gradient_noise)
    features = Features(noisy, system.start, system.workers <= LARGEST_SCAN, recording)
    loop = EventLoop(_load(loop_source(draw, features)), loop_arguments(system), len(noisy))
    _warm(loop, recording)
    return loop


def loop_arguments(system: System) -> tuple[Any, ...]:
    """The numbers of a system in the order in which every printed loop takes them."""
    draw = print_draw(system.draw)
    arrays = (system.curvature, system.gradient_noise, system.initial, draw.parameters, draw.table)
    return (system.workers, float(system.learning_rate), *(np.array(numbers, np.float64) for numbers in arrays))


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
def _load(source: str) -> Callable[..., Any]:
    """Import the source from a file named by its content, so that Numba can keep its machine code beside it."""
    name = f"staleproof_loop_{hashlib.sha256(source.encode()).hexdigest()[:24]}"
    path = _written(_cache_folder(), name, source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return cast("Callable[..., Any]", module.run)


def _written(folder: Path, name: str, source: str) -> Path:
    path = folder / f"{name}.py"
    if not (path.is_file() and path.read_text(encoding="utf-8") == source):
        # Write beside and rename: another process may be reading or writing the same file.
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".new", delete=False, encoding="utf-8") as file:
            file.write(source)
        os.replace(file.name, path)
    return path


@lru_cache(maxsize=1)
def _cache_folder() -> Path:
    """$STALEPROOF_CACHE, else the platform's per-user cache, else (unwritable) a temporary folder."""
    try:
        if "STALEPROOF_CACHE" in os.environ:
            folder = Path(os.environ["STALEPROOF_CACHE"])
        elif sys.platform == "win32":
            folder = Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "staleproof" / "cache"
        elif sys.platform == "darwin":
            folder = Path("~/Library/Caches/staleproof").expanduser()
        else:
            folder = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "staleproof"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return Path(tempfile.mkdtemp(prefix="staleproof-"))
