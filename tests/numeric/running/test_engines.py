"""Engines: where and in which order parts run changes no bit; lost workers are replaced or named."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.system import System
from numeric.running.engines import (
    Engine,
    Finished,
    Parcel,
    Processes,
    Submitting,
    Threads,
    _tasks,
    available_cores,
    engine_named,
)
from numeric.running.jobs import StationaryRuns
from numeric.running.resuming import Running
from numeric.simulation.tasks import Task, simulate_all

SYSTEM = System(4, DrawRecipe(standard_exponential), 0.3, (1.0,), (1.0,))
TASK = Task(SYSTEM, 1, 12, 2**17, 1000)


class Backwards:
    """Finishes the last part first."""

    def run(self, parcels: Iterable[Parcel]) -> Iterator[Finished]:
        for job, part in reversed(list(parcels)):
            yield job, part, job.runner()(part)


class Broken(Executor):
    """An executor whose workers are gone."""

    def submit(self, *call: Any, **words: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("the workers are gone"))
        return future


@pytest.fixture(scope="module")
def plain() -> Any:
    return simulate_all([TASK])


@pytest.mark.parametrize("engine", [Threads(1), Threads(5), Backwards()], ids=lambda engine: type(engine).__name__)
def test_threads_and_the_order_of_completion_change_no_bit(engine: Engine, plain: Any) -> None:
    assert simulate_all([TASK], Running(engine)) == plain


def test_any_executor_gives_the_same(plain: Any) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert simulate_all([TASK], Running(Submitting(pool, ahead=2))) == plain
        assert simulate_all([TASK, TASK], Running(Submitting(pool, workers=1))) == plain * 2
    assert simulate_all([Task(SYSTEM, 2, 12, 2**17, 1000)]) != plain


def test_a_killed_process_is_replaced_and_changes_no_bit(plain: Any) -> None:
    killed = []

    def kill_one(more: int) -> None:
        children = multiprocessing.active_children()
        if more and not killed and children:
            os.kill(children[0].pid or 0, signal.SIGKILL)
            killed.append(children[0].pid)

    assert simulate_all([TASK], Running(Processes(2)), advance=kill_one) == plain
    assert killed


def test_a_broken_executor_is_named() -> None:
    with pytest.raises(ConnectionError, match="the workers are gone"):
        simulate_all([TASK], Running(Submitting(Broken())))


def test_leaving_early_calls_off_what_has_not_begun() -> None:
    job, begun = StationaryRuns(SYSTEM, 1, 64, 2**18, 0), []

    class Counting(ThreadPoolExecutor):
        def submit(self, *call: Any, **words: Any) -> Future[Any]:
            begun.append(call)
            return super().submit(*call, **words)

    with Counting(1) as pool:
        finished = Submitting(pool, ahead=2).run([(job, part) for part in job.parts()])
        next(finished)
        finished.close()  # type: ignore[attr-defined]
    assert len(begun) <= 3


def test_engines_have_names() -> None:
    with engine_named("threads") as engine:
        assert engine == Threads()
    with engine_named("processes") as engine:
        assert engine == Processes()
    with pytest.raises(ValueError, match="engine = ray; allowed: threads, processes, dask"):
        engine_named("ray")
    assert available_cores() >= 1


def test_short_parts_travel_together_and_every_worker_gets_four_tasks() -> None:
    jobs = [object(), object()]
    parcels = [(job, (k, 1)) for job in jobs for k in range(5)]
    tasks = list(_tasks(parcels, 3))  # type: ignore[arg-type]
    assert [(job, len(parts)) for job, parts in tasks] == [(job, n) for job in jobs for n in (3, 2)]
    assert [(job, part) for job, parts in tasks for part in parts] == parcels
