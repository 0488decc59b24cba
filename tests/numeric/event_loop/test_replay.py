"""Replayed compute times: the recorded values in their recorded order, from rows that a stationary start weighs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray
from scipy import stats

from derive.draws import DrawRecipe, standard_exponential, standard_uniform, table
from numeric.event_loop.compiled import EventLoop, System, generator, interpreted, printed_loop
from numeric.event_loop.replay import any_row, next_row
from numeric.event_loop.system import Correlation, WorkerClass

Array = NDArray[np.float64]
EXPONENTIAL = DrawRecipe(standard_exponential)


def measured(values: list[Any]) -> DrawRecipe:
    """Any row of a table."""
    return DrawRecipe(table[sp.floor(len(values) * standard_uniform)], tuple(map(sp.Rational, values)))


def autoregression(count: int) -> list[sp.Rational]:
    """A trace whose neighbours are alike, in 1/1024 s: sums of its values are exact as doubles."""
    rng, log, found = np.random.default_rng(8), 0.0, []
    for _ in range(count):
        log = 0.8 * log + 0.6 * rng.standard_normal()
        found.append(sp.Rational(int(1 + 1024 * np.exp(log)), 1024))
    return found


TRACE = autoregression(150)
RECORDED = np.array(TRACE, float)
TRACE_DRAW = measured(TRACE)
FOUR = measured([1, 2, 3, 4])  # every row has a value of its own


def system(draw: DrawRecipe, workers: int = 4, replay: bool = True, **changes: Any) -> System:
    classes = (WorkerClass(workers, draw, replay=replay),)
    numbers = {"gradient_noise": (0.0,), "initial": (1.0,), "start": "together", **changes}
    return System(workers, draw, 0.1 / workers, (1.0,), classes=classes, **numbers)


def loop(one: System) -> EventLoop:
    """The printed source without Numba."""
    return interpreted(printed_loop(one, "events"), one)


def cycles(one: System, updates: int) -> list[Array]:
    """The times between a worker's arrivals, in their order."""
    events, _ = loop(one).events(generator(5, 0), updates)
    return [np.diff(events.time[events.worker == i], prepend=0.0) for i in range(one.workers)]


def autocorrelation(times: Array, lag: int) -> float:
    """Around the end, of whole laps."""
    centred = times - times.mean()
    return float((centred * np.roll(centred, -lag)).mean() / times.var())


def test_replayed_cycles_are_the_trace_around_and_around() -> None:
    rows = []
    for times in cycles(system(TRACE_DRAW), 4 * 500):
        begun = [k for k in range(150) if (np.roll(RECORDED, -k)[:20] == times[:20]).all()]
        assert len(begun) == 1
        rows.append(begun[0])
        assert (times == np.resize(np.roll(RECORDED, -begun[0]), len(times))).all()
        assert len(times) > 300
    assert len(set(rows)) == 4  # each from a row of its own


def test_the_autocorrelation_is_that_of_the_trace_and_that_of_drawn_values_is_not() -> None:
    replayed = [times[:300] for times in cycles(system(TRACE_DRAW), 4 * 400)]
    drawn = [times[:300] for times in cycles(system(TRACE_DRAW, replay=False), 4 * 400)]
    for lag in (1, 2, 5, 10):
        own = autocorrelation(RECORDED, lag)
        assert [autocorrelation(times, lag) for times in replayed] == pytest.approx([own] * 4, rel=1e-9)
        if abs(own) > 0.3:
            assert all(abs(autocorrelation(times, lag) - own) > 0.1 for times in drawn)  # the control
    assert autocorrelation(RECORDED, 1) > 0.5


def test_the_law_of_whole_laps_is_the_empirical_law_exactly() -> None:
    for times in cycles(system(TRACE_DRAW), 4 * 400):
        assert sorted(times[:150]) == sorted(times[150:300]) == sorted(RECORDED)


def _first_rows(one: System) -> tuple[NDArray[np.int64], Array]:
    """The row of every worker's first cycle, from the second one's, and when that cycle ends."""
    events, _ = loop(one).events(generator(3, 0), 5 * one.workers)
    order = np.argsort(events.worker, kind="stable")
    ends = [events.time[each] for each in np.split(order, np.cumsum(np.bincount(events.worker))[:-1])]
    second = np.array([round(each[1] - each[0]) for each in ends])
    return (second - 2) % 4, np.array([each[0] for each in ends])


def test_a_stationary_start_meets_rows_by_their_length_and_another_start_any_row() -> None:
    uniform, by_length = np.full(4, 0.25), np.array([1, 2, 3, 4]) / 10
    for start, shares, other in (("stationary", by_length, uniform), ("together", uniform, by_length)):
        rows, ends = _first_rows(system(FOUR, 1500, start=start))
        counts = np.bincount(rows, minlength=4)
        assert stats.chisquare(counts, 1500 * shares).pvalue > 1e-3
        assert stats.chisquare(counts, 1500 * other).pvalue < 1e-9  # the control
        ages = ends / (rows + 1)
        assert (stats.kstest(ages, "uniform").pvalue > 1e-3) == (start == "stationary")
    assert (ages == 1).all()


def test_a_staggered_start_goes_on_anywhere() -> None:
    rows, ends = _first_rows(system(FOUR, 1500, start="staggered"))
    counts = np.bincount((rows + 1) % 4, minlength=4)
    assert stats.chisquare(counts).pvalue > 1e-3
    assert np.diff(ends) == pytest.approx(ends[0], rel=1e-6)


@pytest.mark.parametrize("start", ["together", "staggered"])
def test_a_trace_of_one_value_is_the_constant_bit_for_bit_where_no_noise_shares_the_stream(start: str) -> None:
    changes = {"start": start, "rule": "k-async", "batch": 2}
    constant = system(DrawRecipe(sp.Rational(1, 3)), replay=False, **changes)
    found = [
        loop(one).events(generator(1, 0), 200)[0]
        for one in (constant, system(measured(["1/3"]), **changes), system(measured(["1/3", "1/4"]), **changes))
    ]
    same = [(one.time == two.time).all() and (one.x == two.x).all() for one, two in pairwise(found)]
    assert same == [True, False]


def test_classes_walk_through_traces_of_their_own_and_others_draw() -> None:
    classes = (
        WorkerClass(1, EXPONENTIAL),
        WorkerClass(2, FOUR, downlink=measured([9, 9]), replay=True),
        WorkerClass(1, measured([5, 6]), replay=True),
    )
    times = cycles(replace(system(FOUR), draw=EXPONENTIAL, classes=classes), 400)
    for one in times[1:3]:
        assert set(np.diff(one - 9).round(9)) == {1.0, -3.0}
    assert set(np.diff(times[3]).round(9)) == {1.0, -1.0}
    assert len(set(times[0])) == len(times[0])


def test_a_system_without_replay_has_no_trace_of_it() -> None:
    assert "row[" not in printed_loop(system(FOUR, replay=False), "averages")
    source = printed_loop(system(FOUR), "averages")
    for line in (*any_row(1), *next_row(1)):
        assert line in source


def test_what_cannot_be_replayed_is_refused() -> None:
    with pytest.raises(ValueError, match="allowed: with a draw of any row of its table"):
        WorkerClass(2, EXPONENTIAL, replay=True)
    with pytest.raises(ValueError, match="allowed: with a draw of any row of its table"):
        WorkerClass(2, replace(FOUR, table=FOUR.table[:3]), replay=True)
    with pytest.raises(ValueError, match="allowed: without replay"):
        replace(system(FOUR), correlation=Correlation(0.5))
