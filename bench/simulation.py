"""Speed of the event loop: millions of simulated updates per second, everything measured. Median of five runs.

Run it with nothing else on the machine: ``python bench/simulation.py``.
"""

from __future__ import annotations

import statistics
from time import perf_counter

import numpy as np
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential, standard_gamma, standard_uniform, table
from numeric.event_loop.compiled import System, generator
from numeric.event_loop.objectives import logistic_regression
from numeric.simulation.tasks import simulate

RUNS = 5
MEASURED = (sp.Rational(4, 5), sp.Integer(1), sp.Rational(6, 5), sp.Integer(2))
CYCLES = {
    "exponential": DrawRecipe(standard_exponential),
    "gamma, shape 4": DrawRecipe(standard_gamma(sp.Integer(4)) / 4),
    "gamma, shape 3/2": DrawRecipe(standard_gamma(sp.Rational(3, 2))),
    "constant": DrawRecipe(sp.Integer(1)),
    "measured values": DrawRecipe(table[sp.floor(4 * standard_uniform)], MEASURED),
}


def speeds(system: System, replicas: int, updates: int, threads: int) -> list[float]:
    """Updates per second of five runs, slowest first; compilation and burn-in's choice are not timed."""
    runs = (
        simulate(system, seed=k, replicas=replicas, updates=updates, burn_in=1000, threads=threads) for k in range(RUNS)
    )
    return sorted(run.updates_per_second for run in runs)


def lock_step_speeds(workers: int = 16, replicas: int = 2048, updates: int = 500) -> list[float]:
    """The plain system in NumPy, one update of every replica at a time; x^2 alone is measured."""
    rng, speeds, rows = generator(1, 0), [], np.arange(replicas)
    for _ in range(RUNS):
        arrival, read = rng.standard_exponential((replicas, workers)), np.zeros((replicas, workers))
        x, time, total = np.zeros(replicas), np.zeros(replicas), 0.0
        began = perf_counter()
        for _ in range(updates):
            i = arrival.argmin(axis=1)
            soonest = arrival[rows, i]
            total += (x * x) @ (soonest - time)
            time = soonest
            x = x - 0.02 * (read[rows, i] + rng.standard_normal(replicas))
            read[rows, i] = x
            arrival[rows, i] = time + rng.standard_exponential(replicas)
        speeds.append(replicas * updates / (perf_counter() - began))
    return sorted(speeds)


def row(label: str, values: list[float]) -> None:
    """Print one line: label, median, slowest and fastest run in millions of updates per second."""
    low, middle, high = (value / 1e6 for value in (values[0], statistics.median(values), values[-1]))
    print(f"{label:<60}{middle:8.1f} M updates/s   (5 runs: {low:.1f} to {high:.1f})", flush=True)


def main() -> None:
    """Print the table of speeds and the gain from a second thread."""
    for name, draw in CYCLES.items():
        row(f"{name}, 16 workers", speeds(System(16, draw, 0.02, (1.0,), (1.0,)), 2, 4_000_000, 1))
    row("exponential, 16 workers, NumPy in lock step", lock_step_speeds())
    exponential = CYCLES["exponential"]
    for workers in (4, 64, 65, 1024):
        row(
            f"exponential, {workers} workers",
            speeds(System(workers, exponential, 0.3 / workers, (1.0,), (1.0,)), 2, 4_000_000, 1),
        )
    for modes in (3, 10):
        ones = (1.0,) * modes
        row(
            f"exponential, 16 workers, {modes} modes",
            speeds(System(16, exponential, 0.02, ones, ones), 2, 2_000_000, 1),
        )
    rng = np.random.default_rng(1)
    features, labels = rng.normal(size=(569, 30)), rng.choice([-1.0, 1.0], 569)  # of the size of breast_cancer
    for batch in (1, 32):
        objective = logistic_regression(features, labels, 0.001, batch)
        row(
            f"exponential, 16 workers, logistic, 30 modes, batch {batch}",
            speeds(System(16, exponential, 0.02, (), (), objective=objective), 2, 2_000_000 // batch, 1),
        )
    system = System(16, exponential, 0.02, (1.0,), (1.0,))
    pairs = []
    for _ in range(RUNS):  # one and two threads alternate, so that a busy machine slows both
        one, two = (statistics.median(speeds(system, 4, 2_000_000, threads)) for threads in (1, 2))
        pairs.append(two / one)
    print(f"two threads against one, exponential, 16 workers: {statistics.median(pairs):.2f} times (median of {RUNS})")


if __name__ == "__main__":
    main()
