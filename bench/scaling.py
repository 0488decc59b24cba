"""What it costs to run in parts: keeping them, and each engine, against the same replicas in a plain loop.

Parts of about 50 ms of work, one worker, so that what is measured is the overhead and not the cores. Peers that are not
installed print a dash. Run it with nothing else on the machine: ``python bench/scaling.py``.
"""

from __future__ import annotations

import importlib
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import event_loop, generator
from numeric.event_loop.system import System
from numeric.running.engines import Engine, Submitting, Threads, run_part
from numeric.running.jobs import Part, StationaryRuns, content_address
from numeric.running.resuming import Running
from numeric.running.store import Store

SYSTEM = System(16, DrawRecipe(standard_exponential), 0.02, (1.0,), (1.0,))
UPDATES = 2_000_000  # a replica, a part: about 50 ms
PARTS, ROUNDS = 24, 5
JOB = StationaryRuns(SYSTEM, 1, PARTS, UPDATES, 1000)


def plain() -> None:
    """The replicas one after the other, nothing around them."""
    loop = event_loop(SYSTEM)
    for k in range(PARTS):
        loop.replica(generator(1, k), UPDATES, 1000)


def on(engine: Engine, store: Store | None = None) -> Callable[[], None]:
    """The replicas on an engine; a store is emptied first."""

    def run() -> None:
        if store is not None:
            store.prune([one.address for one in store.entries()])
        Running(engine, store).run([JOB])

    return run


def timed(run: Callable[[], None]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def part(part: Part) -> object:
    """One part, where joblib's worker runs it."""
    return run_part(JOB, part)


def joblib_run() -> Callable[[], None] | None:
    """The replicas by joblib in one worker process; None where it is not installed."""
    try:
        joblib = importlib.import_module("joblib")
    except ModuleNotFoundError:
        return None
    parallel = joblib.Parallel(n_jobs=2, batch_size=1)  # one job would run in this process

    def run() -> None:
        parallel(joblib.delayed(part)(one) for one in JOB.parts())

    return run


def dask_client() -> Any:
    """A dask.distributed client with one worker process; None where it is not installed."""
    try:
        distributed = importlib.import_module("distributed")
    except ModuleNotFoundError:
        return None
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    return distributed.Client(cluster)


def main() -> None:
    """Print the overhead of each way: the median of five rounds, each beside a plain round of its own."""
    folder = tempfile.TemporaryDirectory()
    store = Store(Path(folder.name) / "runs.sqlite")
    pool = ProcessPoolExecutor(1)
    rows: list[tuple[str, Callable[[], None] | None, int]] = [
        ("threads", on(Threads(1)), 1),
        ("threads, kept in the store", on(Threads(1), store), 1),
        ("a process pool, kept in the store", on(Submitting(pool), store), 1),
        ("joblib, two processes", joblib_run(), 2),
    ]
    client = dask_client()
    dask = None if client is None else on(Submitting(client.get_executor(pure=False), workers=1), store)
    rows.append(("dask, one worker, kept in the store", dask, 1))
    print(f"{PARTS} parts of {timed(plain) / PARTS * 1000:.0f} ms; overhead over a plain loop, median of {ROUNDS}")
    for label, run, workers in rows:
        if run is None:
            print(f"{label:<40}       -")
            continue
        run()  # workers start and compile
        ratios = []
        for _ in range(ROUNDS):
            ratios.append(timed(run) * workers / timed(plain))
        print(f"{label:<40}{100 * (statistics.median(ratios) - 1):7.1f} %", flush=True)
    store.close()
    pool.shutdown()
    print_constants(client, Path(folder.name) / "more.sqlite")


def print_constants(client: Any, path: Path) -> None:
    """What RUNNING.md reckons with."""
    outcome = JOB.runner()((0, 1))
    text = JOB.text(outcome)
    fresh = [StationaryRuns(replace(SYSTEM, learning_rate=0.001 * k), 1, 1, 1, 0) for k in range(1, 21)]
    rows = {
        "updates simulated in a second": f"{UPDATES / (timed(plain) / PARTS) / 1e6:.0f} million",
        "one part committed": f"{keeping_cost(path, text) * 1e6:.0f} us",
        "characters kept a replica": str(len(text)),
        "a job's address": milliseconds(lambda: content_address(JOB), 200),
        "its outcome as text": milliseconds(lambda: JOB.text(outcome), 200),
        "and back": milliseconds(lambda: JOB.read(text), 200),
        "a new study in a worker that has run one": milliseconds(lambda: fresh.pop().runner(), 20),
        "a task through dask, of ten": "-" if client is None else milliseconds(lambda: dask_tasks(client), 20, 10),
    }
    for label, figure in rows.items():
        print(f"{label:<44}{figure:>12}")


def milliseconds(run: Callable[[], object], times: int, each: int = 1) -> str:
    """The median of many calls, over what each holds."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return f"{statistics.median(seconds) / each * 1000:.2f} ms"


def dask_tasks(client: Any) -> None:
    """Ten tasks that do nothing."""
    client.gather([client.submit(int, pure=False) for _ in range(10)])


def keeping_cost(path: Path, text: str) -> float:
    """Seconds to commit one part of one replica, over 2000 of them."""
    with Store(path) as store:
        store.begin("a", "replicas", "", "", "", 2000)
        began = time.perf_counter()
        for k in range(2000):
            store.keep("a", (k, 1), text)
        return (time.perf_counter() - began) / 2000


if __name__ == "__main__":
    main()
