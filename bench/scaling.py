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
from pathlib import Path

from derive.draws import DrawRecipe, standard_exponential
from numeric.engines import Engine, Submitting, Threads, run_part
from numeric.event_loop import event_loop, generator
from numeric.jobs import Part, StationaryRuns
from numeric.running import Running
from numeric.store import Store
from numeric.system import System

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


def dask_client() -> object:
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
    dask = None if client is None else on(Submitting(client.get_executor(pure=False)), store)  # type: ignore[attr-defined]
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
    one = keeping_cost(Path(folder.name) / "more.sqlite")
    print(f"one part committed: {one * 1e6:.0f} us; bytes kept a replica: {len(JOB.text(JOB.runner()((0, 1))))}")
    pool.shutdown()


def keeping_cost(path: Path) -> float:
    """Seconds to commit one part of one replica, over 2000 of them."""
    text = JOB.text(JOB.runner()((0, 1)))
    with Store(path) as store:
        store.begin("a", "replicas", "", "", "", 2000)
        began = time.perf_counter()
        for k in range(2000):
            store.keep("a", (k, 1), text)
        return (time.perf_counter() - began) / 2000


if __name__ == "__main__":
    main()
