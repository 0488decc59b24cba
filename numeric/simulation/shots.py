"""Stage: direct sampling. Input: a draw recipe and numbers. Output: samples of a cycle, of Poisson counts, of shots.

Three plain samplers beside the event loop: cycles on their own; Poisson arrivals counted over a cycle; and the shot
model itself (rung R1), x <- x - eta (h x(t - tau) + sigma N(0, 1)) at Poisson times t with independent delays tau. They
know the definitions of these models and no formula. Every replica has its own random stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.draws import DrawRecipe
from numeric.event_loop.compiled import System, event_loop, generator
from numeric.event_loop.draw_printer import print_draw

Array = NDArray[np.float64]

REPLICAS = 96
_TOGETHER = 384  # replicas of the shot model side by side, a few kB a shot in all
STREAMS = 1 << 20  # the samplers' streams begin here: no replica of a simulation has them


@dataclass(frozen=True)
class Counts:
    """Cycles in seconds and the Poisson arrivals counted over each, one row per replica."""

    cycles: Array
    counts: NDArray[np.int64]


def durations(draw: DrawRecipe, rng: np.random.Generator, count: int) -> Array:
    """``count`` >= 0 independent durations of a recipe, in seconds (kind: samples).

    Raises ``RecipeError`` for a recipe that cannot be drawn.

    Example: ``durations(DrawRecipe(sp.Integer(2)), generator(1, 0), 3).tolist() == [2.0, 2.0, 2.0]``.
    """
    printed = print_draw(draw)
    fill = _compiled(printed.lines, printed.result, len(printed.parameters))
    drawn = np.empty(count)
    fill(rng, printed.table, drawn, *printed.parameters)
    return drawn


@lru_cache(maxsize=64)
def _compiled(lines: tuple[str, ...], result: str, parameters: int) -> Callable[..., None]:
    names = "".join(f", p{k}" for k in range(parameters))
    body = "".join(f"        {line}\n" for line in lines)
    source = (
        f"def fill(rng, table, drawn{names}):\n    for i in range(len(drawn)):\n{body}        drawn[i] = {result}\n"
    )
    scope: dict[str, Any] = {}
    exec(compile(f"import math\nimport numpy as np\n{source}", "<durations>", "exec"), scope)
    fill: Callable[..., None] = scope["fill"]
    return fill


@lru_cache(maxsize=8)
def cycles(draw: DrawRecipe, seed: int, count: int) -> Array:
    """Cycles in seconds, ``REPLICAS`` rows of ``count`` (kind: samples)."""
    return np.array([durations(draw, generator(seed, STREAMS + k), count) for k in range(REPLICAS)])


@lru_cache(maxsize=8)
def poisson_counts(draw: DrawRecipe, rate: float, seed: int, count: int) -> Counts:
    """Cycles, and over each the number of independent Poisson arrivals of ``rate`` >= 0 per second (kind: samples)."""
    lasting = cycles(draw, seed, count)
    streams = (generator(seed, 2 * STREAMS + k) for k in range(REPLICAS))
    return Counts(lasting, np.array([rng.poisson(rate * row) for rng, row in zip(streams, lasting, strict=True)]))


def noise_increments(
    system: System, seed: int, window: float, windows: int, *, mode: int = 0, after: float = 0.0
) -> tuple[float, ...]:
    """The mean squared increment of x per second over windows of ``window`` s, of a mode at curvature 0, per replica.

    Without curvature only the noise moves x; the system's scheme is in force. The first window begins at ``after`` >= 0
    seconds (rung R0, kind: samples).
    """
    zero = (0.0,) * len(system.curvature)
    loop = event_loop(replace(system, curvature=zero, initial=zero), "path")
    grid = np.asarray(after + window * np.arange(windows + 1), np.float64)
    paths = (loop.path(generator(seed, 3 * STREAMS + k), grid)[mode] for k in range(REPLICAS))
    return tuple(float((np.diff(path) ** 2).mean() / window) for path in paths)


def shot_second_moments(
    system: System, arrival_rate: float, *, seed: int, replicas: int, shots: int, burn_in: int
) -> tuple[float, ...]:
    """The time average of x^2 of the shot model after ``burn_in`` of ``shots`` arrivals, one value per replica.

    ``system`` gives the law of the delays and mode 0; ``arrival_rate`` > 0 in 1/s (rung R1, kind: samples). x before
    the first arrival is 0. Raises ``ValueError`` unless 0 <= burn_in < shots - 1.
    """
    if not 0 <= burn_in < shots - 1:
        raise ValueError(f"burn_in = {burn_in}: allowed: 0 to {shots - 2}")
    groups = (range(first, min(first + _TOGETHER, replicas)) for first in range(0, replicas, _TOGETHER))
    return tuple(
        moment for group in groups for moment in _moments_of(system, arrival_rate, seed, group, shots, burn_in)
    )


def _moments_of(
    system: System, arrival_rate: float, seed: int, group: range, shots: int, burn_in: int
) -> Iterator[float]:
    """The averages of a group of replicas, by their numbers, side by side: as many as memory should hold."""
    times, reads, noise = (np.empty((len(group), shots)) for _ in range(3))
    for row, replica in enumerate(group):
        rng = generator(seed, 4 * STREAMS + replica)
        times[row] = np.cumsum(rng.standard_exponential(shots)) / arrival_rate
        reads[row] = np.searchsorted(times[row], times[row] - durations(system.draw, rng, shots), side="left")
        noise[row] = system.gradient_noise[0] * rng.standard_normal(shots)
    x, rows, index = np.zeros((shots + 1, len(group))), np.arange(len(group)), reads.T.astype(np.int64)
    for k in range(shots):
        x[k + 1] = x[k] - system.learning_rate * (system.curvature[0] * x[index[k], rows] + noise[:, k])
    lasting = np.diff(times, axis=1).T[burn_in:]
    yield from ((x[burn_in + 1 : -1] ** 2 * lasting).sum(axis=0) / lasting.sum(axis=0)).tolist()
