"""The event loop beside discrete-event simulators, SimPy and Ciw; and its memory. Median of five runs, in turn.

Sixteen workers, exponential cycles, one mode. Ciw simulates the arrivals alone, a closed network of as many customers
as workers at a node of infinitely many servers; SimPy takes the gradients, too. What is not installed prints a dash;
NumPy in lock step stands in ``bench/simulation.py``. Seconds are those of the processor:
``python bench/simulators.py``.
"""

from __future__ import annotations

import gc
import importlib
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import event_loop, generator
from numeric.event_loop.system import System

RUNS = 5
WORKERS, RATE = 16, 0.02
SYSTEM = System(WORKERS, DrawRecipe(standard_exponential), RATE, (1.0,), (1.0,))


def loop_speed(updates: int = 4_000_000) -> float:
    """Updates per second of the compiled loop, everything measured."""
    loop = event_loop(SYSTEM)
    began = time.process_time()
    loop.replica(generator(1, 0), updates, 1000)
    return updates / (time.process_time() - began)


def simpy_speed(seconds: float = 2000.0) -> float:
    """Updates per second of workers that are processes of SimPy; x alone is kept."""
    simpy = importlib.import_module("simpy")
    rng, environment = generator(1, 0), simpy.Environment()
    x, made = 0.0, 0

    def worker() -> Iterator[Any]:
        nonlocal x, made
        read = x
        while True:
            yield environment.timeout(rng.standard_exponential())
            x -= RATE * (read + rng.standard_normal())
            read, made = x, made + 1

    for _ in range(WORKERS):
        environment.process(worker())
    began = time.process_time()
    environment.run(until=seconds)
    return made / (time.process_time() - began)


def ciw_speed(seconds: float = 500.0) -> float:
    """Arrivals per second of Ciw, without gradients."""
    ciw = importlib.import_module("ciw")
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([0.0] * WORKERS + [float("inf")])],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[float("inf")],
        routing=[[1.0]],
    )
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_time(seconds)
    return WORKERS * seconds / (time.process_time() - began)


def memory(system: System, replicas: int = 200) -> float:
    """Bytes kept of one replica, in the mean; beside them each thread has one histogram of 64 KB at a time."""
    loop = event_loop(system)
    loop.replica(generator(1, 0), 20_000, 1000)
    gc.collect()
    tracemalloc.start()
    kept = [loop.replica(generator(1, k), 20_000, 1000) for k in range(replicas)]
    size = tracemalloc.get_traced_memory()[0] / len(kept)
    tracemalloc.stop()
    return size


def row(label: str, speed: Callable[[], float]) -> None:
    """Print one line: the median and its share of the compiled loop's, runs of both in turn; or a dash."""
    try:
        speed()
    except ModuleNotFoundError:
        print(f"{label:<44}       -")
        return
    pairs = [(speed(), loop_speed()) for _ in range(RUNS)]
    middle = statistics.median(one for one, _ in pairs) / 1e6
    times = statistics.median(ours / one for one, ours in pairs)
    print(f"{label:<44}{middle:9.3f} M updates/s   the loop is {times:.1f} times as fast", flush=True)


def main() -> None:
    """Print the table."""
    row("SimPy, processes", simpy_speed)
    row("Ciw, arrivals alone", ciw_speed)
    for workers, modes in ((16, 1), (16, 10), (64, 1)):
        ones = (1.0,) * modes
        system = replace(
            SYSTEM, workers=workers, learning_rate=0.3 / workers, curvature=ones, gradient_noise=ones, initial=ones
        )
        limit = workers * (16 + 8 * modes) + 8 * modes + 4096
        print(f"memory, {workers} workers, {modes} modes: {memory(system):.0f} bytes a replica; asked for: {limit}")


if __name__ == "__main__":
    main()
