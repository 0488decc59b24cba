"""Running: what is kept is not run again, what is new is kept, several jobs share an engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.system import System
from numeric.running.engines import Finished, Parcel, Threads
from numeric.running.resuming import Labels, Running
from numeric.running.store import Store
from numeric.simulation.decay import simulate_mean_path
from numeric.simulation.tasks import Task, simulate_all

SYSTEM = System(4, DrawRecipe(standard_exponential), 0.3, (1.0,), (1.0,))


class Counting:
    """Threads that count the parts they run, and may break after some."""

    def __init__(self, last: int | None = None) -> None:
        self.parts, self.last = 0, last

    def run(self, parcels: Iterable[Parcel]) -> Iterator[Finished]:
        for finished in Threads(1).run(parcels):
            if self.parts == self.last:
                raise ConnectionError("gone")
            self.parts += 1
            yield finished


def _tasks(replicas: int) -> list[Task]:
    return [Task(SYSTEM, seed, replicas, 2**17, None) for seed in (1, 2)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.sqlite") as store:
        yield store


def test_what_is_kept_is_not_run_again(store: Store) -> None:
    first, second, third = Counting(), Counting(), Counting()
    once = simulate_all(_tasks(6), Running(first, store))
    assert simulate_all(_tasks(6), Running(second, store)) == once == simulate_all(_tasks(6))
    assert first.parts == 2 * (1 + 3)  # a pilot and three parts of two replicas each
    assert second.parts == 0
    more = simulate_all(_tasks(8), Running(third, store))
    assert third.parts == 2
    assert more == simulate_all(_tasks(8)) != once


def test_a_broken_run_goes_on_where_it_stopped(store: Store) -> None:
    broken, resumed, seen = Counting(last=5), Counting(), []
    with pytest.raises(ConnectionError):
        simulate_all(_tasks(6), Running(broken, store))
    assert simulate_all(_tasks(6), Running(resumed, store), advance=seen.append) == simulate_all(_tasks(6))
    assert broken.parts + resumed.parts == 8
    assert sum(seen) == 12


def test_mean_paths_are_kept_too(store: Store) -> None:
    quiet = System(4, DrawRecipe(standard_exponential), 0.1, (1.0,), (0.0,), initial=(1.0,))
    first, second = Counting(), Counting()
    work = {"seed": 1, "replicas": 100, "times": [0.0, 1.0, 2.0]}
    one, two = (
        simulate_mean_path(quiet, **work, running=Running(engine, store), labels=Labels("path"))  # type: ignore[arg-type]
        for engine in (first, second)
    )
    assert (one.batches == two.batches).all()
    assert (first.parts, second.parts) == (64, 0)
    assert [entry.title for entry in store.entries()] == ["path"]


def test_a_diverging_run_is_resumed_with_its_arrivals(store: Store) -> None:
    wild = [Task(System(8, DrawRecipe(standard_exponential), 5.0, (1.0,), (1.0,)), 1, 4, 2000, 0)]
    first, second = Counting(), Counting()
    once = simulate_all(wild, Running(first, store), [Labels("wild", "", "case")])
    assert once[0].unstable
    assert simulate_all(wild, Running(second, store), [Labels("wild", "", "case")]) == once
    assert second.parts == 0
    assert {entry.case for entry in store.entries()} == {"case", "case, x at the optimum"}
