"""Metamorphic relations of schemes: rules and modifiers that have no effect leave every bit of the simulation alone.

A system under such a scheme is simulated by another loop than the plain one; both are read as Python here and must list
the same events. Beside each relation stands a control: the same scheme with an effect lists other events.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Mixture, Uniform
from numeric.event_loop.compiled import Replica, generator, interpreted
from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.features import Features
from numeric.event_loop.source import loop_source
from numeric.event_loop.system import System, WorkerClass
from numeric.simulation.tasks import simulate

WORKERS, UPDATES, BURN_IN = 5, 400, 50
GAMMA = Gamma("5/2", 1)


def system(law: Law = GAMMA, workers: int = WORKERS, **changed: Any) -> System:
    settings = {"learning_rate": 0.1, "curvature": (1.0, 0.3), "gradient_noise": (1.0, 0.5), **changed}
    return System(workers, law.draw, **settings)


def listed(one: System) -> tuple[list[Any], Replica]:
    """Every event with time, worker, staleness and parameter, and what was measured."""
    loop = interpreted(loop_source(print_cycle(one), Features.of(one, "events")), one)
    events, replica = loop.events(generator(3, 0), UPDATES, BURN_IN)
    return [each.tolist() for each in (events.time, events.worker, events.staleness, events.x)], replica


def measured(replica: Replica) -> tuple[Any, ...]:
    x = (replica.time_sums.tolist(), replica.event_sums.tolist())
    arrivals = (replica.age_sums, replica.staleness_histogram.tolist(), replica.updates, replica.duration)
    return (*x, *arrivals, replica.made)


PLAIN_EVENTS, PLAIN = listed(system())

NEUTRAL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {  # without effect, and with one
    "threshold at infinity": ({"staleness_threshold": 2**53}, {"staleness_threshold": 4}),
    "threshold no staleness reaches": ({"staleness_threshold": UPDATES}, {"staleness_threshold": 4}),
    "age threshold no age reaches": ({"age_threshold": 1e300}, {"age_threshold": 1.5}),
    "age no worker abandons": (
        {"age_threshold": 1e300, "age_action": "abandon"},
        {"age_threshold": 1.5, "age_action": "abandon"},
    ),
    "batch 1, k-batch-async": ({"rule": "k-batch-async", "batch": 1}, {"rule": "k-batch-async", "batch": 2}),
    "batch 1, k-async": ({"rule": "k-async", "batch": 1}, {"rule": "k-async", "batch": 2}),
    "momentum 0": ({"momentum": 0.0}, {"momentum": 0.3}),
    "dropout 0": ({"dropout": 0.0}, {"dropout": 0.1}),
    "trigger 0": ({"event_trigger": 0.0}, {"event_trigger": 0.5}),
    "discount 1": ({"staleness_discount": 1.0}, {"staleness_discount": 0.9}),
    "two equal classes": (
        {"classes": (WorkerClass(2, GAMMA.draw), WorkerClass(3, GAMMA.draw))},
        {"classes": (WorkerClass(2, GAMMA.draw), WorkerClass(3, Gamma("5/2", 2).draw))},
    ),
}


@pytest.mark.parametrize(("neutral", "other"), NEUTRAL.values(), ids=list(NEUTRAL))
def test_a_scheme_without_effect_changes_no_event_and_no_measurement(
    neutral: dict[str, Any], other: dict[str, Any]
) -> None:
    events, replica = listed(system(**neutral))
    assert events == PLAIN_EVENTS
    assert measured(replica) == measured(PLAIN)
    assert replica.rejected.total == 0
    changed, seen = listed(system(**other))
    assert changed != PLAIN_EVENTS
    assert measured(seen) != measured(PLAIN)


@pytest.mark.parametrize("name", ["momentum", "dropout", "event_trigger"])
def test_a_modifier_that_is_all_but_off_takes_another_loop_to_nearly_the_same_events(name: str) -> None:
    """Dropout costs a uniform a gradient, and with it the stream; momentum and a trigger of 1e-12 cost nothing."""
    one = system(**{name: 1e-12})
    assert Features.of(one).has(name)
    events, replica = listed(one)
    assert replica.rejected.total == 0
    if name == "dropout":
        assert events != PLAIN_EVENTS
        return
    assert events[1:3] == PLAIN_EVENTS[1:3]
    for mode in range(2):
        assert events[3][mode] == pytest.approx(PLAIN_EVENTS[3][mode], abs=1e-10)
    assert (events == PLAIN_EVENTS) == (name == "event_trigger")


@pytest.mark.parametrize("rule", ["k-sync", "synchronous"])
def test_a_batch_of_all_workers_is_a_synchronous_round(rule: str) -> None:
    """k-sync that waits for everybody is the synchronous rule, bit for bit; one that waits for all but one is not."""
    whole = {"k-sync": system(rule="k-sync", batch=WORKERS), "synchronous": system(rule="synchronous")}
    events, replica = listed(whole[rule])
    again, same = listed(whole["synchronous"])
    assert events == again
    assert measured(replica) == measured(same)
    assert listed(system(rule="k-sync", batch=WORKERS - 1))[0] != again


def test_one_worker_makes_every_rule_the_same() -> None:
    alone = listed(system(workers=1))
    for rule in ("synchronous", "k-sync", "k-batch-sync", "k-async", "k-batch-async"):
        batch = {} if rule == "synchronous" else {"batch": 1}
        events, replica = listed(system(workers=1, rule=rule, **batch))
        assert events == alone[0], rule
        assert measured(replica)[:2] == measured(alone[1])[:2], rule  # a round's ages are rounded otherwise
    assert listed(system(workers=2, rule="synchronous"))[0] != listed(system(workers=2))[0]


def test_a_mixture_of_one_part_is_the_part_bit_for_bit() -> None:
    assert listed(system(Mixture([(1, GAMMA)])))[0] == PLAIN_EVENTS
    assert listed(system(Mixture([("1/2", GAMMA), ("1/2", GAMMA)])))[0] == PLAIN_EVENTS  # equal parts are one
    other = Mixture([("1/2", GAMMA), ("1/2", Exponential(1))])
    assert listed(system(other))[0] != PLAIN_EVENTS  # a uniform is drawn to choose


def test_classes_in_another_order_are_the_same_system_in_law() -> None:
    """The indices of the workers change, and with them every event; the statistics do not."""
    fast, slow = WorkerClass(2, Exponential("1/2").draw), WorkerClass(3, Exponential(2).draw)
    small = {"workers": 5, "curvature": (1.0,), "gradient_noise": (1.0,)}
    one = system(Exponential("1/2"), classes=(fast, slow), **small)
    other = system(Exponential(2), classes=(slow, fast), **small)
    stranger = system(Exponential(2), classes=(replace(slow, count=2), replace(fast, count=3)), **small)
    assert listed(one)[0] != listed(other)[0]
    assert near(found(one, 1), found(other, 2))
    assert not near(found(one, 1), found(stranger, 3))


@pytest.mark.parametrize("narrow", [2**10, 2**20])
def test_a_uniform_law_of_little_width_is_simulated_nearly_like_the_constant(narrow: int) -> None:
    """Without noise, whose draws share the stream, from a start of even spacing; the distance falls with the width."""
    settings = {"gradient_noise": (0.0, 0.0), "initial": (1.0, -2.0), "start": "staggered"}
    exact = listed(system(Constant(1), **settings))[0]
    width = 1 / narrow
    near_it = listed(system(Uniform(f"{2 * narrow - 1}/{2 * narrow}", f"{2 * narrow + 1}/{2 * narrow}"), **settings))[0]
    cycles = UPDATES / WORKERS
    gap = max(abs(a - b) for a, b in zip(near_it[0], exact[0], strict=True))
    assert width / 10 < gap < cycles * width
    wide = listed(system(Uniform(0, 2), **settings))[0]
    assert max(abs(a - b) for a, b in zip(wide[0], exact[0], strict=True)) > 0.5


Statistics = dict[Any, Any]


def found(one: System, seed: int) -> Statistics:
    run = simulate(one, seed=seed, replicas=64, updates=10_000, burn_in=1000)
    skipped = ("staleness_mean", "applied_fraction")  # pinned by the ends of a run, and by the scheme
    return {(e.quantity, e.average): e.value for e in run.quantities if e.quantity not in skipped}


def near(one: Statistics, other: Statistics) -> bool:
    """Whether all quantities of two independent runs agree at |z| < 4.5."""
    assert set(one) == set(other)
    gaps = (
        abs(value.mean - other[key].mean) / (value.standard_error**2 + other[key].standard_error ** 2) ** 0.5
        for key, value in one.items()
    )
    return max(gaps) < 4.5
