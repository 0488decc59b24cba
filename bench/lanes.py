"""Speed of replicas in lock step, beside the loop that runs one at a time and a SIMD program. Median of five, in turn.

All in seconds of the processor that this process used, so that others on the machine disturb little. The SIMD program
is a library with ``lockb(updates, burn_in, damping, noise, seed, out)`` that advances 32 replicas of sixteen workers
with exponential cycles; without one its share is a dash: ``python bench/lanes.py [SIMD_LIBRARY]``.
"""

from __future__ import annotations

import ctypes
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential, standard_gamma, standard_uniform, table
from numeric.event_loop.compiled import EventLoop, event_loop, generator
from numeric.event_loop.lanes import TOGETHER, LaneLoop, lane_loop
from numeric.event_loop.system import System, WorkerClass

RUNS, UPDATES, BURN_IN, SIMD_REPLICAS = 5, 400_000, 992, 32
MEASURED = (sp.Rational(4, 5), sp.Integer(1), sp.Rational(6, 5), sp.Integer(2))
EXPONENTIAL = DrawRecipe(standard_exponential)
CASES = {
    "exponential, 16 workers": (16, (EXPONENTIAL,), 1),
    "gamma, shape 4, 16 workers": (16, (DrawRecipe(standard_gamma(sp.Integer(4)) / 4),), 1),
    "constant, 16 workers": (16, (DrawRecipe(sp.Integer(1)),), 1),
    "measured values, 16 workers": (16, (DrawRecipe(table[sp.floor(4 * standard_uniform)], MEASURED),), 1),
    "exponential with an uplink, 16 workers": (16, (EXPONENTIAL, EXPONENTIAL), 1),
    "exponential with both links, 16 workers": (16, (EXPONENTIAL, EXPONENTIAL, EXPONENTIAL), 1),
    "exponential, 4 workers": (4, (EXPONENTIAL,), 1),
    "exponential, 64 workers": (64, (EXPONENTIAL,), 1),
    "exponential, 16 workers, 10 modes": (16, (EXPONENTIAL,), 10),
}


def used(run: Callable[[], object]) -> float:
    """Seconds of this process's own that a run took."""
    began = time.process_time()
    run()
    return time.process_time() - began


def simd_program(path: str) -> Callable[[], object]:
    """The SIMD program's run."""
    library, out = ctypes.CDLL(path), np.zeros(4 * SIMD_REPLICAS)
    rate, noise = ctypes.c_double(0.02), ctypes.c_double(0.02)
    counts = (ctypes.c_long(UPDATES), ctypes.c_long(BURN_IN))
    return lambda: library.lockb(*counts, rate, noise, ctypes.c_uint64(1), ctypes.c_void_p(out.ctypes.data))


def measured(
    lanes: LaneLoop, alone: EventLoop, simd: Callable[[], object] | None, seed: int
) -> tuple[float, float, float, float]:
    """One run of each in turn: millions a second alone and in lanes, the gain, the share of the SIMD program's."""
    rngs = [generator(seed, k) for k in range(TOGETHER)]
    together = TOGETHER * UPDATES / used(lambda: lanes.replicas(rngs, UPDATES, BURN_IN))
    single = 5 * UPDATES / used(lambda: alone.replica(generator(seed, 0), 5 * UPDATES, BURN_IN))
    share = together / (SIMD_REPLICAS * UPDATES / used(simd)) if simd else 0.0
    return single / 1e6, together / 1e6, together / single, share


def main() -> None:
    """Print the table."""
    simd = simd_program(sys.argv[1]) if len(sys.argv) > 1 else None
    print(f"{'millions of updates a second of processor time':<48}{'alone':>8}{'lanes':>8}{'gain':>7}{'of SIMD':>9}")
    for name, (workers, (draw, *links), modes) in CASES.items():
        system = System(workers, draw, 0.32 / workers, (1.0,) * modes, (1.0,) * modes)
        if links:
            system = replace(system, classes=(WorkerClass(workers, draw, *links),))
        lanes, alone = lane_loop(system), event_loop(system)
        if lanes is None:
            print(f"{name:<48}       -: no C compiler")
            continue
        lanes.replicas([generator(1, k) for k in range(TOGETHER)], 1000, 100)
        rows = [measured(lanes, alone, simd, run) for run in range(RUNS)]
        single, together, gain, share = map(statistics.median, zip(*rows, strict=True))
        print(
            f"{name:<48}{single:8.1f}{together:8.1f}{gain:7.2f}{f'{share:9.2f}' if simd else '        -'}", flush=True
        )


if __name__ == "__main__":
    main()
