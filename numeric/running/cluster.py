"""Stage: a cluster. Input: a scheduler's address, or none. Output: an executor that runs on the cluster's workers.

The door to dask.distributed. Without an address the cluster is one of processes on this machine, with one thread each.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import cast

PATIENCE = 10  # seconds to reach a scheduler, and to reach it again
RETRIES = 5  # of a part whose worker is lost


@contextmanager
def executor_at(scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    """An executor on the cluster, and its number of worker threads (at least 1).

    Raises ``ModuleNotFoundError`` without dask.distributed, ``ConnectionError`` where no scheduler answers.
    """
    import dask
    from distributed import Client, LocalCluster

    quiet = {"distributed.comm.timeouts.connect": f"{PATIENCE}s", "distributed.comm.retry.count": 0}
    with dask.config.set(quiet):
        for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost is said once, by us
        cluster = None
        try:
            if scheduler is None:
                cluster = LocalCluster(threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL)
            client = Client(cluster or scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as problem:
            raise ConnectionError(f"no scheduler answers: {problem}") from problem
        try:
            workers = sum(client.nthreads().values())
            yield cast("Executor", client.get_executor(retries=RETRIES, pure=False)), max(1, workers)
        finally:
            client.close(timeout=1)
            if cluster is not None:
                cluster.close(timeout=PATIENCE)
