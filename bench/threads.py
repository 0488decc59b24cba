"""What a second thread brings: the time of one over the time of two, in turn, median of five.

Of the same replicas, by the clock on the wall, which is what a second core is to shorten; so nothing else may run:
``python bench/threads.py``. Each pair also says how many seconds of the processor the two took over those of the one:
1.00 where neither hindered the other. It ends with 1 where a median is below ``WANTED``.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.system import System
from numeric.running.engines import Threads, available_cores
from numeric.running.jobs import Job, StationaryRuns
from numeric.running.resuming import Running
from numeric.simulation.sdde import SDDE, SDDERuns

RUNS, WANTED = 5, 1.9
SYSTEM = System(16, DrawRecipe(standard_exponential), 0.02, (1.0,), (1.0,))
JOBS: dict[str, Callable[[], Job]] = {  # a second or two each; parts come out even on both threads
    "one replica at a time, exponential, 16 workers": lambda: StationaryRuns(SYSTEM, 1, 24, 4_000_000, 1000),
    "replicas in lock step, exponential, 16 workers": lambda: StationaryRuns(SYSTEM, 1, 128, 1_500_000, 1000),
    "the SDDE, a constant delay": lambda: SDDERuns(SDDE(1.0, 1.0, 1 / 100, 100), 1, 24, 10_000_000, 1000),
}


def seconds(job: Job, threads: int) -> tuple[float, float]:
    """Of the clock and of the processor, that a job takes on so many threads; what it compiles is there already."""
    clock, processor = time.perf_counter(), time.process_time()
    Running(Threads(threads)).run([job])
    return time.perf_counter() - clock, time.process_time() - processor


def gain(job: Job) -> tuple[float, float]:
    """One pair: how much sooner two threads are done, and how much more of the processor they take."""
    (alone, work), (both, more) = seconds(job, 1), seconds(job, 2)
    return alone / both, more / work


def main() -> int:
    """Print the table."""
    if available_cores() < 2:
        print("one core: nothing to measure")
        return 0
    medians = []
    for name, make in JOBS.items():
        job = make()
        seconds(job, 2)
        pairs = [gain(job) for _ in range(RUNS)]
        gains, work = (sorted(values) for values in zip(*pairs, strict=True))
        medians.append(statistics.median(gains))
        told = f"{medians[-1]:6.2f} times as fast   ({RUNS} pairs: {gains[0]:.2f} to {gains[-1]:.2f}"
        print(f"{name:<50}{told}; {statistics.median(work):.2f} of the work)", flush=True)
    return int(min(medians) < WANTED)


if __name__ == "__main__":
    sys.exit(main())
