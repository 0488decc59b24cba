"""Stage: direct sampling. Input: a draw recipe and numbers. Output: the arrivals of stationary workers in windows.

Beside the event loop: workers that renew and nothing else, begun long before the first window at uniform phases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from derive.draws import DrawRecipe
from numeric.event_loop.compiled import generator
from numeric.simulation.shots import REPLICAS, STREAMS, durations

BEFORE = 40  # mean cycles before the first window
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class WindowCounts:
    """Arrivals in adjacent windows, one row per replica: of all workers, of the first one; and long intervals.

    ``late`` is the share of the arrivals after which none comes for mean/workers seconds.
    """

    counts: Ints
    own: Ints
    late: NDArray[np.float64]


@lru_cache(maxsize=8)
def window_counts(draw: DrawRecipe, workers: int, window: float, mean: float, seed: int, windows: int) -> WindowCounts:
    """Arrivals of ``workers`` >= 1 workers in ``windows`` windows of ``window`` > 0 seconds (rung R0, kind: samples).

    ``mean`` > 0 is that of a cycle, in seconds; stationary but for what is left of the first phase after ``BEFORE``
    cycles. Constant cycles show a replica its own phases in every window.
    """
    rows = [_replica(draw, workers, window, windows, mean, generator(seed, 5 * STREAMS + k)) for k in range(REPLICAS)]
    counts, own, late = zip(*rows, strict=True)
    return WindowCounts(np.array(counts), np.array(own), np.array(late))


def _replica(
    draw: DrawRecipe, workers: int, window: float, windows: int, mean: float, rng: np.random.Generator
) -> tuple[Ints, Ints, float]:
    end = windows * window
    times = [_arrivals(draw, mean, end, rng) for _ in range(workers)]
    merged = np.sort(np.concatenate(times))
    counts = np.bincount((merged / window).astype(np.int64), minlength=windows)[:windows]
    own = np.bincount((times[0] / window).astype(np.int64), minlength=windows)[:windows]
    return counts, own, float((np.diff(merged) > mean / workers).mean())


def _arrivals(draw: DrawRecipe, mean: float, end: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """One worker's arrivals in [0, end)."""
    start, found = -(BEFORE + rng.random()) * mean, []
    while start < end:
        batch = start + np.cumsum(durations(draw, rng, 64 + int((end - start) / mean)))
        found.append(batch)
        start = batch[-1]
    times = np.concatenate(found)
    return times[(times >= 0) & (times < end)]
