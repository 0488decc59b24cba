"""The reference, told what happens: hand-worked lists, the printed loop's own list, and lists that cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

import numeric
from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import generator, interpreted, printed_loop
from numeric.event_loop.event_list import Arrival, given_events
from numeric.event_loop.reference import simulate_events
from numeric.event_loop.system import System

EXPONENTIAL = DrawRecipe(standard_exponential)
SYSTEM = System(2, EXPONENTIAL, 0.5, (1.0,), (1.0,), initial=(8.0,))


def test_a_list_worked_by_hand() -> None:
    events = given_events(SYSTEM, [Arrival(1.0, 1, (2.0,)), Arrival(3.0, 0), Arrival(3.5, 1)])
    assert [event.x for event in events] == [(3.0,), (-1.0,), (-2.5,)]  # 8 - 10/2, 3 - 8/2, -1 - 3/2
    assert [event.staleness for event in events] == [0, 1, 1]
    assert [event.age for event in events] == [1.0, 3.0, 2.5]


def test_lost_dropped_and_gathered_gradients() -> None:
    lost = given_events(SYSTEM, [Arrival(1.0, 0, lost=True), Arrival(2.0, 0)])
    assert [(event.fate, event.x) for event in lost] == [("lost", (8.0,)), ("applied", (4.0,))]
    late = [Arrival(1.0, 0), Arrival(2.0, 1), Arrival(2.5, 1)]
    stale = given_events(replace(SYSTEM, staleness_threshold=0), late)
    assert [event.fate for event in stale] == ["applied", "dropped", "applied"]
    gathered = given_events(replace(SYSTEM, rule="k-async", batch=2), late[:2])
    assert [event.x for event in gathered] == [(8.0,), (4.0,)]
    with pytest.raises(ValueError, match="not sent since"):  # worker 0 waits for worker 1
        given_events(replace(SYSTEM, rule="k-async", batch=2), [late[0], Arrival(1.5, 0)])


@pytest.mark.parametrize("changes", [{}, {"momentum": 0.5}, {"rule": "k-batch-async", "batch": 3}])
def test_the_printed_loops_own_list_gives_its_path(changes: dict[str, Any]) -> None:
    system = System(5, EXPONENTIAL, 0.05, (1.0, 0.5), (0.0, 0.0), initial=(1.0, -2.0), **changes)
    loop = interpreted(printed_loop(system, "events"), system)
    events, _ = loop.events(generator(3, 0), 200)
    listed = [Arrival(float(time), int(who)) for time, who in zip(events.time, events.worker, strict=True)]
    told = given_events(system, listed)
    assert [event.staleness for event in told] == events.staleness.tolist()
    assert [event.x for event in told] == list(map(tuple, events.x.T.tolist()))
    swapped = [replace(one, worker=(one.worker + 1) % 5 if k == 100 else one.worker) for k, one in enumerate(listed)]
    assert [event.x for event in given_events(system, swapped)] != [event.x for event in told]


def test_noise_that_is_listed_is_noise_that_is_drawn() -> None:
    system = System(3, DrawRecipe(sp.Integer(1)), 0.1, (1.0,), (2.0,), "together")
    rng, drawn = generator(4, 0), simulate_events(system, generator(4, 0), 60)
    listed = [Arrival(event.time, event.worker, (2.0 * rng.standard_normal(),)) for event in drawn]
    assert given_events(system, listed) == drawn


@pytest.mark.parametrize(
    ("changes", "arrivals", "match"),
    [
        ({}, [Arrival(2.0, 0), Arrival(1.0, 1)], "in the order of time"),
        ({}, [Arrival(1.0, 1), Arrival(1.0, 0)], "simultaneous"),
        ({}, [Arrival(1.0, 2)], "workers 0 to 1"),
        ({}, [Arrival(1.0, 0, (1.0, 1.0))], "noise of 1 modes"),
        ({"uplink_capacity": 1.0}, [], "uplink_capacity"),
    ],
)
def test_lists_that_cannot_be_are_refused(changes: dict[str, Any], arrivals: list[Arrival], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        given_events(replace(SYSTEM, **changes), arrivals)
    with pytest.raises(ValueError, match="finite seconds"):
        Arrival(float("nan"), 0)


def test_it_is_public() -> None:
    assert (numeric.given_events, numeric.Arrival) == (given_events, Arrival)
