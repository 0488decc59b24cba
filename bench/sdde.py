"""Speed of the SDDE's loop on one core: millions of path-steps a second of the processor, beside NumPy in lock step.

Median of five runs; what two threads bring stands in ``bench/threads.py``: ``python bench/sdde.py``.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

import numpy as np

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import generator
from numeric.running.engines import Threads
from numeric.running.resuming import Running
from numeric.simulation.sdde import SDDE, simulate_sdde

RUNS = 5
STEPS = 100  # of a mean delay
WEIGHTS = tuple(math.exp(-k / STEPS) for k in range(4 * STEPS))
KINDS = {
    "constant": STEPS,
    "distributed, 400 weights": tuple(one / math.fsum(WEIGHTS) for one in WEIGHTS),
    "per arrival, exponential": DrawRecipe(standard_exponential),
}


def loop_speed(equation: SDDE, replicas: int, steps: int) -> float:
    """Path-steps per second of the compiled loop; compilation is not timed."""
    work = {"replicas": replicas, "steps": steps, "burn_in": 1000, "running": Running(Threads(1))}
    simulate_sdde(equation, seed=1, **{**work, "replicas": 2, "steps": 2000})
    began = time.process_time()
    simulate_sdde(equation, seed=1, **work)
    return replicas * steps / (time.process_time() - began)


def lock_step_speed(replicas: int = 4096, steps: int = 2000) -> float:
    """The same with a constant delay in NumPy: one step of all paths at a time, normals drawn together."""
    rng, gain, kick = generator(1, 0), 1 / STEPS, 1 / math.sqrt(STEPS)
    past, x, total = np.zeros((STEPS + 1, replicas)), np.zeros(replicas), 0.0
    began = time.process_time()
    for n in range(steps):
        past[n % (STEPS + 1)] = x
        total += x @ x
        x = x - gain * past[(n - STEPS) % (STEPS + 1)] + kick * rng.standard_normal(replicas)
    return replicas * steps / (time.process_time() - began)


def normals_speed(count: int = 8192, times: int = 1000) -> float:
    """Normals per second that NumPy alone draws with the same generator."""
    rng, drawn = generator(1, 0), np.empty(count)
    began = time.process_time()
    for _ in range(times):
        rng.standard_normal(out=drawn)
    return count * times / (time.process_time() - began)


def row(label: str, speed: Callable[[], float]) -> None:
    """Print one line: median, slowest and fastest of five runs in millions per second."""
    low, *_, high = values = sorted(speed() / 1e6 for _ in range(RUNS))
    print(f"{label:<44}{statistics.median(values):8.1f} M/s   (5 runs: {low:.1f} to {high:.1f})", flush=True)


def main() -> None:
    """Print the table."""
    row("normals alone, NumPy", normals_speed)
    row("constant, NumPy, 4096 paths in lock step", lock_step_speed)
    for name, delay in KINDS.items():
        equation = SDDE(1.0, 1.0, 1 / STEPS, delay)
        row(name, lambda equation=equation: loop_speed(equation, 4, 1_000_000))


if __name__ == "__main__":
    main()
