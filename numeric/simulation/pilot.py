"""Stage: the pilot run. Input: a system. Output: how many updates to discard before measuring.

No formula of the theory is used: the burn-in is read off the sample autocorrelation of short pilot paths.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from numeric.event_loop.compiled import System, event_loop, generator
from numeric.event_loop.features import DIVERGED

PILOTS = 8
GRID = 4096  # points of one pilot path
LONGEST_PILOT = 2**16  # updates of one pilot path
FIRST_PILOT = 2**40  # replica numbers of the pilots: far from those of the measured replicas
FORGOTTEN = 0.1  # the autocorrelation below which a pilot's own noise hides it
MULTIPLE = 10  # of the time to fall to a tenth: what is left of the start is a factor 1e-10
CYCLES = 20  # cycles a worker completes before anything is measured


def pilot_burn_in(system: System, seed: int, updates: int) -> int:
    """Choose the burn-in of runs of ``updates`` arrivals: at most half of them (kind: a choice, no estimate).

    The burn-in is 10 times the time after which the pilot's autocorrelation stays below 0.1, longer by the
    logarithm of the starting distance, and at least 20 cycles of every worker. A pilot too short to see its
    autocorrelation decay, or one that diverges, gives half of the updates.

    Example: ``pilot_burn_in(System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (1.0,)), seed=1,
    updates=100_000) <= 50_000``.
    """
    length = min(updates, LONGEST_PILOT)
    clock = event_loop(system).replica(generator(seed, FIRST_PILOT), length, 0)
    if clock.diverged_at is not None or clock.updates < 2:
        return updates // 2
    if clock.duration == 0:
        return updates // 2  # the measured replicas' own clock is judged where it is read
    interval = clock.duration / clock.updates
    step = clock.duration / GRID
    times = step * np.arange(1.0, GRID + 1)
    loop = event_loop(system, "path")
    paths = np.array([loop.path(generator(seed, FIRST_PILOT + 1 + k), times) for k in range(PILOTS)])
    wanted = CYCLES * system.workers
    for mode, start in enumerate(system.initial):
        settled = paths[:, mode, GRID // 2 :]
        if not np.abs(settled).max() < DIVERGED:  # inf and NaN, too
            return updates // 2
        distance = math.log1p(abs(start) / spread) if (spread := float(settled.std())) > 0 else 0.0
        lags = _lags_remembered(settled) + 1
        wanted = max(wanted, math.ceil((MULTIPLE + distance) * lags * step / interval))
    return min(updates // 2, wanted)


def _lags_remembered(paths: NDArray[np.float64]) -> int:
    """The last lag, in grid steps, at which the autocorrelation about the optimum 0 exceeds 0.1 in size."""
    length = paths.shape[1]
    scale = np.abs(paths).max()
    if scale == 0:
        return 0
    spectrum = np.abs(np.fft.rfft(paths / scale, 2 * length, axis=1)) ** 2
    products = np.fft.irfft(spectrum, axis=1)[:, :length].sum(axis=0) / np.arange(length, 0, -1)
    # Lags beyond half the path average over too few pairs to tell memory from noise.
    beyond = np.flatnonzero(np.abs(products[: length // 2]) > FORGOTTEN * products[0])
    return int(beyond[-1]) if len(beyond) else 0
