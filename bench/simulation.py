"""Speed of the event loop on one core: millions of simulated updates a second of the processor, median of five runs.

Everything is measured on the way. Seconds are this process's own, so that others on the machine disturb little; what
two threads bring stands in ``bench/threads.py``, replicas in lock step in ``bench/lanes.py``:
``python bench/simulation.py``.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import process_time

import numpy as np
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential, standard_gamma, standard_uniform, table
from numeric.event_loop.compiled import System, WorkerClass, event_loop, generator
from numeric.event_loop.objectives import logistic_regression

RUNS = 5
MEASURED = (sp.Rational(4, 5), sp.Integer(1), sp.Rational(6, 5), sp.Integer(2))
CYCLES = {
    "exponential": DrawRecipe(standard_exponential),
    "gamma, shape 4": DrawRecipe(standard_gamma(sp.Integer(4)) / 4),
    "gamma, shape 3/2": DrawRecipe(standard_gamma(sp.Rational(3, 2))),
    "constant": DrawRecipe(sp.Integer(1)),
    "measured values": DrawRecipe(table[sp.floor(4 * standard_uniform)], MEASURED),
}


def used(run: Callable[[], object]) -> float:
    """Seconds of this process's own that a run took."""
    began = process_time()
    run()
    return process_time() - began


def speeds(system: System, updates: int) -> list[float]:
    """Updates per second of five replicas, slowest first; compilation is not timed."""
    loop = event_loop(system)
    loop.replica(generator(0, 0), 1000, 100)
    runs = (generator(1, k) for k in range(RUNS))
    return sorted(updates / used(partial(loop.replica, rng, updates, 1000)) for rng in runs)


def lock_step_speeds(workers: int = 16, replicas: int = 2048, updates: int = 500) -> list[float]:
    """The plain system in NumPy, one update of every replica at a time; x^2 alone is measured."""
    rng, speeds, rows = generator(1, 0), [], np.arange(replicas)
    for _ in range(RUNS):
        arrival, read = rng.standard_exponential((replicas, workers)), np.zeros((replicas, workers))
        x, time, total = np.zeros(replicas), np.zeros(replicas), 0.0
        began = process_time()
        for _ in range(updates):
            i = arrival.argmin(axis=1)
            soonest = arrival[rows, i]
            total += (x * x) @ (soonest - time)
            time = soonest
            x = x - 0.02 * (read[rows, i] + rng.standard_normal(replicas))
            read[rows, i] = x
            arrival[rows, i] = time + rng.standard_exponential(replicas)
        speeds.append(replicas * updates / (process_time() - began))
    return sorted(speeds)


def row(label: str, values: list[float]) -> None:
    """Print one line: label, median, slowest and fastest run in millions of updates per second."""
    low, middle, high = (value / 1e6 for value in (values[0], statistics.median(values), values[-1]))
    print(f"{label:<60}{middle:8.1f} M updates/s   (5 runs: {low:.1f} to {high:.1f})", flush=True)


def systems() -> dict[str, tuple[System, int]]:
    """What is timed, and over how many updates."""
    found = {f"{name}, 16 workers": (plain(16, draw), 8_000_000) for name, draw in CYCLES.items()}
    half = DrawRecipe(standard_exponential / 2)
    for name, links in {"an uplink": (half, None), "an up- and a downlink": (half, half)}.items():
        linked = replace(plain(16, half), classes=(WorkerClass(16, half, *links),))
        found[f"exponential with {name}, 16 workers"] = (linked, 8_000_000)
    for workers in (4, 64, 65, 1024):
        found[f"exponential, {workers} workers"] = (plain(workers), 8_000_000)
    for modes in (3, 10):
        found[f"exponential, 16 workers, {modes} modes"] = (plain(16, modes=modes), 4_000_000)
    rng = np.random.default_rng(1)
    features, labels = rng.normal(size=(569, 30)), rng.choice([-1.0, 1.0], 569)  # of the size of breast_cancer
    for batch in (1, 32):
        objective = logistic_regression(features, labels, 0.001, batch)
        regression = System(16, CYCLES["exponential"], 0.02, (), (), objective=objective)
        found[f"exponential, 16 workers, logistic, 30 modes, batch {batch}"] = (regression, 4_000_000 // batch)
    return found


def plain(workers: int, draw: DrawRecipe = CYCLES["exponential"], modes: int = 1) -> System:
    """Asynchronous workers on a quadratic objective."""
    return System(workers, draw, 0.32 / workers, (1.0,) * modes, (1.0,) * modes)


def main() -> None:
    """Print the table of speeds."""
    for name, (system, updates) in systems().items():
        row(name, speeds(system, updates))
    row("exponential, 16 workers, NumPy in lock step", lock_step_speeds())


if __name__ == "__main__":
    main()
