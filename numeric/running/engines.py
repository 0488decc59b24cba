"""Stage: engines. Input: jobs and the parts of them to run. Output: each part's outcome, as it is finished.

Threads of this process by default (the event loop holds no lock), processes of this machine, or any
``concurrent.futures`` executor, such as that of a dask.distributed client or of mpi4py. Where a part runs changes no
bit of its outcome.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures import ThreadPoolExecutor as ThreadPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby, islice, pairwise
from typing import Any, Protocol

from numeric.running.jobs import Job, Part

AHEAD = 4  # parts handed over for each worker: none waits for its next one
TOGETHER = 8  # parts of one task at most, where a task costs milliseconds
LANES = 8  # replicas of the smallest group that runs in lock step
RESTARTS = 5  # of a pool whose workers die; more would hide a part that kills them
Parcel = tuple[Job, Part]
Finished = tuple[Job, Any, Any]
Submit = Callable[[Job, Any], Future[Any]]


class Engine(Protocol):
    """Runs parts of jobs somewhere."""

    def run(self, parcels: Iterable[Parcel]) -> Iterator[Finished]:
        """Every parcel with its outcome, in the order in which they are finished.

        Closing the iterator calls off what has not begun.
        """


def available_cores() -> int:
    """The number of processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Threads:
    """``count`` threads of this process (None: one for every core).

    Example: ``Threads(2).count == 2``.
    """

    count: int | None = None

    def run(self, parcels: Iterable[Parcel]) -> Iterator[Finished]:
        """As ``Engine.run``; loops are compiled before the threads begin, because Numba's compiler holds a lock."""
        runners: dict[int, Callable[[Part], Any]] = {}
        parcels = list(parcels)
        tasks: list[tuple[Job, tuple[Part, ...]]] = []
        count = self.count or available_cores()
        for _, several in groupby(parcels, key=lambda parcel: id(parcel[0])):
            own = list(several)
            if id(own[0][0]) not in runners:
                runners[id(own[0][0])] = own[0][0].runner()
            tasks += _tasks(own, side_by_side(own[0][0], [part for _, part in own], count))
        with ThreadPool(count) as pool:
            finished = _finished(
                lambda job, parts: pool.submit(_together, runners[id(job)], parts), tasks, AHEAD * count
            )
            for job, parts, outcomes in finished:
                yield from ((job, part, outcome) for part, outcome in zip(parts, outcomes, strict=True))


@dataclass(frozen=True)
class Submitting:
    """Any executor of the user's, who also closes it; at most ``ahead`` tasks are in its hands at a time.

    Where the number of ``workers`` is given, up to eight parts make one task, and each worker still gets four tasks or
    more: for executors whose tasks cost milliseconds. Raises ``ConnectionError`` where the executor breaks.

    Example: ``Submitting(Executor()).ahead == 64``.
    """

    executor: Executor
    ahead: int = 64
    workers: int | None = None

    def run(self, parcels: Iterable[Parcel]) -> Iterator[Finished]:
        """As ``Engine.run``; every worker compiles its loop once."""
        parcels = list(parcels)
        size = 1 if self.workers is None else max(1, min(TOGETHER, len(parcels) // (4 * self.workers)))
        tasks = _tasks(parcels, size)
        running = _finished(lambda job, parts: self.executor.submit(run_parts, job, parts), tasks, self.ahead)
        try:
            for job, parts, outcomes in running:
                yield from ((job, part, outcome) for part, outcome in zip(parts, outcomes, strict=True))
        except (BrokenExecutor, CancelledError, OSError) as problem:
            what = str(problem) or type(problem).__name__
            raise ConnectionError(f"the workers were lost: {what}") from problem
        finally:
            running.close()


@dataclass(frozen=True)
class Processes:
    """``count`` processes of this machine (None: one for every core); a killed one is replaced, its parts run again.

    Raises ``ConnectionError`` where processes die time and again without finishing a part.

    Example: ``Processes(2).count == 2``.
    """

    count: int | None = None

    def run(self, parcels: Iterable[Parcel]) -> Iterator[Finished]:
        """As ``Engine.run``."""
        left, restarts = dict.fromkeys(parcels), 0
        count = self.count or available_cores()
        while left:
            # Spawned, not forked: a fork would copy locks that other threads hold.
            pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
            try:
                for finished in _finished(_submitter(pool), list(left), AHEAD * count):
                    del left[finished[:2]]
                    restarts = 0
                    yield finished
            except BrokenExecutor as problem:
                restarts += 1
                if restarts > RESTARTS:
                    raise ConnectionError(f"worker processes die before they finish a part: {problem}") from problem
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def side_by_side(job: Any, parts: list[Part], workers: int) -> int:
    """How many parts of a job one worker had better run at once: as many lanes as leave each worker two tasks.

    Example: ``side_by_side(None, [(0, 1), (1, 1)], workers=2) == 1``.
    """
    together = getattr(job, "together", 1)  # said by a job whose outcome is a list of replicas
    if together == 1:
        return 1
    replicas = sum(count for _, count in parts)
    lanes = min(together, LANES * max(1, replicas // (2 * LANES * workers)))
    return max(1, lanes // parts[0][1])


def _together(runner: Callable[[Part], Any], parts: tuple[Part, ...]) -> list[Any]:
    """The outcomes of parts; those of replicas that follow each other come of one call."""
    adjacent = all(first + count == following for (first, count), (following, _) in pairwise(parts))
    if len(parts) == 1 or not adjacent:
        return [runner(part) for part in parts]
    outcome = runner((parts[0][0], sum(count for _, count in parts)))
    ends = list(accumulate(count for _, count in parts))
    return [outcome[begin:end] for begin, end in pairwise([0, *ends])]


def run_part(job: Job, part: Part) -> Any:
    """Run a part where nothing is prepared yet; a process prepares each job once."""
    return _runner(job)(part)


def run_parts(job: Job, parts: tuple[Part, ...]) -> list[Any]:
    """Run several parts, one after the other."""
    return [run_part(job, part) for part in parts]


def _tasks(parcels: list[Parcel], size: int) -> Iterator[tuple[Job, tuple[Part, ...]]]:
    """Parts of the same job that follow each other, at most ``size`` together."""
    for _, several in groupby(parcels, key=lambda parcel: id(parcel[0])):
        waiting = list(several)
        for first in range(0, len(waiting), size):
            together = waiting[first : first + size]
            yield together[0][0], tuple(part for _, part in together)


@lru_cache(maxsize=32)
def _runner(job: Job) -> Callable[[Part], Any]:
    return job.runner()


def _submitter(executor: Executor) -> Submit:
    return lambda job, part: executor.submit(run_part, job, part)


def _finished(submit: Submit, parcels: Iterable[tuple[Job, Any]], ahead: int) -> Generator[Finished, None, None]:
    waiting = iter(parcels)
    running = {submit(*parcel): parcel for parcel in islice(waiting, ahead)}
    try:
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                parcel = running.pop(future)
                yield (*parcel, future.result())
                running.update((submit(*one), one) for one in islice(waiting, 1))
    finally:
        for future in running:
            future.cancel()


@contextmanager
def dask_engine(scheduler: str | None = None) -> Iterator[Engine]:
    """The workers of a dask.distributed cluster at ``scheduler``, or of one started on this machine.

    Dask runs the parts of a lost worker again. Raises ``ModuleNotFoundError`` without the extra ``dask``, and
    ``ConnectionError`` where the scheduler cannot be reached or is lost.
    """
    from numeric.running.cluster import executor_at

    with executor_at(scheduler) as (executor, workers):
        yield Submitting(executor, AHEAD * workers, workers)


def engine_named(name: str, scheduler: str | None = None) -> AbstractContextManager[Engine]:
    """The engine called "threads", "processes" or "dask", to be used in a with statement.

    Raises ``ValueError`` for another name.
    """
    if name == "dask":
        return dask_engine(scheduler)
    if name == "threads":
        return nullcontext(Threads())
    if name == "processes":
        return nullcontext(Processes())
    raise ValueError(f"engine = {name}; allowed: threads, processes, dask")
