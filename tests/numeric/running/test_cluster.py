"""A cluster: the same bits, also where a worker dies; a lost or absent scheduler is named, and the store resumes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.system import System
from numeric.running import cluster
from numeric.running.engines import engine_named
from numeric.running.resuming import Running
from numeric.running.store import Store
from numeric.simulation.tasks import Task, simulate_all

pytest.importorskip("distributed", reason="the extra dask is not installed")

TASK = Task(System(4, DrawRecipe(standard_exponential), 0.3, (1.0,), (1.0,)), 1, 24, 2**20, 1000)
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        print(cluster.scheduler_address, *(worker.pid for worker in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def running_cluster(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, list[int]]]:
    (tmp_path / "cluster.py").write_text(CLUSTER)
    command = [sys.executable, str(tmp_path / "cluster.py")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    assert process.stdout is not None
    address, *workers = process.stdout.readline().split()
    pids = [int(pid) for pid in workers]
    yield process, address, pids
    process.kill()
    process.wait()
    for pid in pids:  # of a killed scheduler the workers would go on for a while
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


class Killer:
    """Kills once, when the fourth replica is done."""

    def __init__(self, pid: int) -> None:
        self.pid, self.done, self.killed = pid, 0, False

    def __call__(self, more: int) -> None:
        self.done += more
        if self.done >= 4 and not self.killed:
            os.kill(self.pid, signal.SIGKILL)
            self.killed = True


@pytest.mark.slow
def test_a_killed_worker_changes_no_bit(running_cluster: tuple[subprocess.Popen[str], str, list[int]]) -> None:
    _, address, workers = running_cluster
    killer = Killer(workers[0])
    with engine_named("dask", address) as engine:
        assert simulate_all([TASK], Running(engine), advance=killer) == simulate_all([TASK])
    assert killer.killed


@pytest.mark.slow
def test_a_lost_scheduler_is_named_and_the_store_resumes(
    running_cluster: tuple[subprocess.Popen[str], str, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 3)
    process, address, _ = running_cluster
    with Store(tmp_path / "runs.sqlite") as store:
        with pytest.raises(ConnectionError, match="the workers were lost"), engine_named("dask", address) as engine:
            simulate_all([TASK], Running(engine, store), advance=Killer(process.pid))
        (entry,) = store.entries()
        assert 4 <= entry.done < 24
        assert simulate_all([TASK], Running(store=store)) == simulate_all([TASK])


def test_an_absent_scheduler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(ConnectionError, match="no scheduler answers"), engine_named("dask", "tcp://127.0.0.1:1"):
        pass
