"""Lanes in lock step: every replica is, bit for bit, what it is alone, drawn by NumPy's own generator."""

from __future__ import annotations

import inspect
from dataclasses import fields, replace
from itertools import pairwise
from unittest import mock

import numpy as np
import pytest
import sympy as sp

from derive.draws import DrawRecipe, independent_sum, standard_exponential, standard_normal, standard_uniform, table
from numeric.event_loop import lanes
from numeric.event_loop.compiled import EventLoop, Replica, generator, interpreted, printed_loop
from numeric.event_loop.features import LARGEST_SCAN
from numeric.event_loop.lane_source import Rows
from numeric.event_loop.lanes import LaneLoop, lane_loop
from numeric.event_loop.system import System, WorkerClass
from numeric.running import jobs
from numeric.running.c_compiler import c_library
from numeric.running.engines import Threads
from numeric.running.resuming import Running
from numeric.simulation.tasks import Task, simulate_all

EXPONENTIAL = DrawRecipe(standard_exponential)
WEIBULL = sp.Rational(5, 4) * (-sp.log(1 - standard_uniform)) ** sp.Rational(2, 3)
LOOKED_UP = table[sp.floor(3 * standard_uniform)]
TABLE = DrawRecipe(LOOKED_UP, (sp.Integer(1), sp.Integer(2), sp.Integer(4)))
COMPOSED = DrawRecipe(
    independent_sum(WEIBULL, LOOKED_UP, sp.exp(standard_normal / 8)), (sp.Integer(1), sp.Rational(1, 3), sp.Integer(2))
)
PLAIN = System(5, EXPONENTIAL, 0.05, (1.0,), (1.0,))
SYSTEMS = {
    "composed": System(7, COMPOSED, 0.05, (1.0, -0.1), (0.0, 0.5), "together", (2.0, 1.0)),
    "ties": System(6, DrawRecipe(sp.Integer(1)), 0.05, (1.0,), (1.0,), "together"),
    "exponential": PLAIN,
}


def _lanes(system: System, prelude: str = "") -> LaneLoop:
    if c_library("int one(void) { return 1; }") is None:
        pytest.skip("no C compiler")
    found = lane_loop(system, prelude)
    assert found is not None
    if system.start == "stationary":
        return found
    start = inspect.unwrap(_alone(system).function).__globals__["first_cycles"]  # a few draws are not worth compiling
    return replace(found, first_cycles=start)


def _alone(system: System) -> EventLoop:
    return interpreted(printed_loop(system, "averages"), system)


def _same(one: Replica, other: Replica) -> bool:
    pairs = ((getattr(one, name.name), getattr(other, name.name)) for name in fields(one))
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)


@pytest.mark.parametrize(
    ("name", "prelude"), [("composed", ""), ("ties", ""), ("exponential", ""), ("exponential", "#define GENERIC\n")]
)
def test_a_replica_in_a_lane_is_the_replica_alone(name: str, prelude: str) -> None:
    system, work = SYSTEMS[name], (700, 45)
    loop, alone = _lanes(system, prelude), _alone(system)
    found = loop.replicas([generator(3, k) for k in range(10)], *work)
    assert found is not None
    assert all(_same(one, alone.replica(generator(3, k), *work)) for k, one in enumerate(found))
    assert not _same(found[0], found[1])


def test_a_gradient_may_be_staler_than_any_before_it() -> None:
    # One cycle in fifty lasts a thousand times as long: the histogram grows while all lanes run.
    rare = DrawRecipe(table[sp.floor(50 * standard_uniform)], (*(sp.Integer(1),) * 49, sp.Integer(1000)))
    system = System(5, rare, 0.02, (1.0,), (1.0,), "together")
    with mock.patch.object(lanes, "CHUNK", 16):
        found = _lanes(system).replicas([generator(1, k) for k in range(3)], 1500, 40)
    assert found is not None
    assert max(len(one.staleness_histogram) for one in found) > 4 * 16
    for k, one in enumerate(found):
        alone = _alone(system).replica(generator(1, k), 1500, 40)
        assert one.staleness_histogram.tolist() == alone.staleness_histogram.tolist()
        assert one.duration == alone.duration


def test_lanes_that_do_not_end_well_are_left_to_the_loop() -> None:
    diverging = System(2, DrawRecipe(sp.Integer(1)), 10.0, (1.0,), (0.0,), "together", (1.0,))
    negative = System(3, DrawRecipe(standard_normal), 0.1, (1.0,), (1.0,), "together")
    for system in (diverging, negative):
        assert _lanes(system).replicas([generator(1, 0)], 3000, 0) is None


@pytest.mark.parametrize(
    "system",
    [
        System(4, EXPONENTIAL, 0.05, (1.0,), (1.0,), dropout=0.1),
        System(4, EXPONENTIAL, 0.05, (1.0,), (1.0,), rule="synchronous"),
        System(LARGEST_SCAN + 1, EXPONENTIAL, 0.001, (1.0,), (1.0,)),
        System(3, EXPONENTIAL, 0.05, (1.0,), (1.0,), classes=(WorkerClass(1, EXPONENTIAL), WorkerClass(2, COMPOSED))),
        System(3, TABLE, 0.05, (1.0,), (1.0,), classes=(WorkerClass(3, TABLE, replay=True),)),
    ],
    ids=["dropout", "synchronous", "many workers", "classes", "replay"],
)
def test_what_lanes_cannot_do_alike_has_none(system: System) -> None:
    assert lane_loop(system) is None


def test_rows_do_not_overlap() -> None:
    rows = Rows(workers=3, modes=2)
    starts = [rows.x, rows.sums, rows.arrival, rows.cycle, rows.pulled, rows.read, rows.count]
    assert [end - first for first, end in pairwise(starts)] == [2, 10, 3, 3, 3, 6]


def test_a_simulation_is_the_same_in_lanes_and_out_of_them() -> None:
    tasks = [Task(PLAIN, 1, 21, 2000, 100), Task(SYSTEMS["ties"], 1, 3, 2000, 100)]
    alone = simulate_all(tasks, Running(Threads(2)))
    calls: list[int] = []
    through = LaneLoop.replicas

    def counted(loop: LaneLoop, rngs: list[np.random.Generator], *work: int) -> list[Replica] | None:
        calls.append(len(rngs))
        return through(loop, rngs, *work)

    _lanes(PLAIN)
    with mock.patch.object(jobs, "LANE_UPDATES", 0), mock.patch.object(LaneLoop, "replicas", counted):
        together = simulate_all(tasks, Running(Threads(2)))
    assert together == alone
    assert sum(calls) == 21  # three replicas are fewer than pay
