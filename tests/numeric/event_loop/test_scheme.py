"""Event loops under every scheme: the printed loop against the plain reference, bit for bit.

Longer than 250 lines: the systems that are drawn, and every feature of a scheme that they must have met.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.draws import DrawRecipe, standard_exponential, standard_gamma, standard_uniform, table
from numeric.event_loop import scheme as loop_scheme
from numeric.event_loop.compiled import EventLoop, Rejected, event_loop, generator, interpreted
from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.draw_printer import print_draw
from numeric.event_loop.features import LARGEST_SCAN, Features
from numeric.event_loop.reference import averages, simulate_events
from numeric.event_loop.source import loop_source
from numeric.event_loop.system import Correlation, System, WorkerClass

EXPONENTIAL = DrawRecipe(standard_exponential)
DRAWS = {
    "constant": DrawRecipe(sp.Integer(1)),
    "exponential": EXPONENTIAL,
    "gamma": DrawRecipe(standard_gamma(sp.Integer(3)) / 3),
    "measured": DrawRecipe(table[sp.floor(3 * standard_uniform)], (sp.Rational(1, 2), sp.Integer(1), sp.Integer(2))),
}
RULES = ("asynchronous", "synchronous", "k-sync", "k-batch-sync", "k-async", "k-batch-async")
MODIFIERS = {
    "staleness_threshold": st.integers(0, 12),
    "staleness_discount": st.sampled_from([0.5, 0.9, 0.99]),
    "dropout": st.sampled_from([0.1, 0.5, 0.9]),
    "event_trigger": st.sampled_from([0.3, 1.0, 2.0]),
    "momentum": st.sampled_from([0.3, 0.9]),
    "age_threshold": st.sampled_from([0.6, 1.0, 2.5]),
    "uplink_capacity": st.sampled_from([0.5, 4.0, 100.0]),
}

REFUSED = {
    "synchronous": {"dropout", "event_trigger", "age_threshold"},
    "k-sync": {"dropout", "event_trigger", "age_threshold", "uplink_capacity"},
    "k-batch-sync": {"age_threshold", "uplink_capacity"},
}
PAIRS = [(rule, name) for rule in RULES for name in MODIFIERS if name not in REFUSED.get(rule, ())]


def loop(system: System, recording: str = "events") -> EventLoop:
    """The printed source without Numba: no compilation, so that many shapes of the loop can be tried."""
    return interpreted(loop_source(print_cycle(system), Features.of(system, recording)), system)


def assert_equal(run: EventLoop, system: System, seed: int, updates: int, burn_in: int) -> set[str]:
    """Every event of the loop is the reference's to the last bit, and its averages are the same sums; all fates met."""
    fast, replica = run.events(generator(seed, 0), updates, burn_in)
    slow = simulate_events(system, generator(seed, 0), updates)
    assert fast.time.tolist() == [event.time for event in slow]
    assert fast.worker.tolist() == [event.worker for event in slow]
    assert fast.staleness.tolist() == [event.staleness for event in slow]
    assert fast.x.T.tolist() == [list(event.x) for event in slow]
    expected = averages(system, slow, burn_in)
    counts = replica.staleness_histogram.tolist()
    assert {k: n for k, n in enumerate(counts) if n} == expected.staleness_counts
    assert replica.made == expected.made
    assert replica.rejected == Rejected(*(expected.fates.get(fate, 0) for fate in ("dropped", "lost", "suppressed")))
    assert replica.time_sums[1] / replica.duration == pytest.approx(expected.time, rel=1e-9)
    assert replica.event_sums[1] / max(replica.made, 1) == pytest.approx(expected.event, rel=1e-9)
    if replica.applied:
        delay = replica.age_origin + replica.age_sums[0] / replica.applied
        assert delay == pytest.approx(expected.delay_mean, rel=1e-9)
    return set(expected.fates)


@st.composite
def classes(draw: st.DrawFn, workers: int, first: str) -> tuple[WorkerClass, ...]:
    """One to three classes, some with links."""
    sizes = draw(st.sampled_from([(workers,), (1, workers - 1), (workers // 2, 1, workers - workers // 2 - 1)]))
    laws = [first, *(draw(st.sampled_from(["exponential", "measured", first])) for _ in sizes[1:])]
    links = st.sampled_from([None, None, DRAWS["measured"], DRAWS["exponential"]])
    return tuple(
        WorkerClass(size, DRAWS[law], draw(links), draw(links), law == "measured" and draw(st.booleans()))
        for size, law in zip(sizes, laws, strict=True)
    )


@st.composite
def systems(draw: st.DrawFn, rule: str | None = None, *wanted: str) -> System:
    """Any rule with any modifiers that a system takes; a rule and some of them may be given."""
    rule = rule or draw(st.sampled_from(RULES))
    workers = draw(st.integers(1, 9) | st.integers(63, 70))
    modes = draw(st.integers(1, 2))
    names = draw(st.sets(st.sampled_from(sorted(MODIFIERS)), max_size=4))
    changes = {name: draw(MODIFIERS[name]) for name in sorted(names.union(wanted))}
    if "age_threshold" in changes and "uplink_capacity" not in changes:
        changes["age_action"] = draw(st.sampled_from(["drop", "abandon"]))
    if rule.startswith("k-"):
        changes["batch"] = draw(st.integers(1, workers))
    refused = REFUSED.get(rule, set())
    if "age_threshold" in refused:
        changes.pop("age_action", None)
    changes = {name: value for name, value in changes.items() if name not in refused}
    law = draw(st.sampled_from(sorted(DRAWS if changes.get("age_threshold") != 0.6 else {"exponential", "gamma"})))
    if workers > 2 and draw(st.booleans()):
        changes["classes"] = draw(classes(workers, law))
        if changes.get("age_action") == "abandon":
            changes["age_threshold"] = 2.5  # links and what is computed between them seldom take less than 1
    if not any(one.replay for one in changes.get("classes", ())) and draw(st.booleans()):
        changes["correlation"] = Correlation(*(draw(st.sampled_from([0.0, 0.3, 0.8])) for _ in range(2)))
    start = draw(st.sampled_from(["stationary", "together", "staggered"]))
    noise = draw(st.sampled_from([(1.0, 0.5), (1.0, 0.0)]))[:modes]
    return System(
        workers, DRAWS[law], 0.4 / workers, (1.0, 0.25)[:modes], noise, start, (1.0, -2.0)[:modes], rule=rule, **changes
    )


def drawn_features(system: System) -> set[str]:
    """What of the event loop a system is a test of, in words."""
    legs = [(f"{leg} of a class", getattr(one, leg)) for one in system.classes for leg in ("uplink", "downlink")]
    correlation = system.correlation or Correlation()
    flags = {
        "several modes": system.modes > 1,
        "a mode without noise": 0 in system.gradient_noise,
        "a tournament": system.workers > LARGEST_SCAN,
        "one worker": system.workers == 1,
        "unlike classes": len(system.classes) > 1,
        "correlated cycles": correlation.cycles > 0,
        "a round in common": correlation.common > 0,
        "a trace replayed": system.replays,
        f"age {system.age_action}": system.age_threshold is not None,
        **{name: leg is not None for name, leg in legs},
    }
    pairs = {f"{name} under {system.rule}" for name in system.modifiers}
    return {system.rule, f"start {system.start}", *pairs, *(name for name, holds in flags.items() if holds)}


FEATURES = {
    *RULES,
    *(f"{name} under {rule}" for rule, name in PAIRS),
    *("start stationary", "start together", "start staggered"),
    *("several modes", "a mode without noise", "a tournament", "one worker", "unlike classes"),
    *(
        "uplink of a class",
        "downlink of a class",
        "correlated cycles",
        "a round in common",
        "a trace replayed",
        "age drop",
        "age abandon",
    ),
}
FATES = {"applied", "dropped", "lost", "suppressed"}


def test_every_rule_with_any_modifiers_equals_the_reference_event_by_event() -> None:
    drawn: set[str] = set()
    fates: set[str] = set()

    @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data(), seed=st.integers(0, 1000), burn_in=st.integers(0, 60))
    def compare(pair: tuple[str, ...], data: st.DataObject, seed: int, burn_in: int) -> None:
        system = data.draw(systems(*pair))
        fates.update(assert_equal(loop(system), system, seed, 150, burn_in))
        drawn.update(drawn_features(system))

    for pair in [*PAIRS, *((rule,) for rule in RULES)]:
        compare(pair)
    assert sorted(FEATURES - drawn) == []  # nothing that a system may have was left out
    assert fates == FATES


MANY = (
    {"rule": "k-async", "batch": 3, "uplink_capacity": 9.0, "event_trigger": 0.5, "staleness_discount": 0.9},
    {
        "age_threshold": 1.0,
        "age_action": "abandon",
        "staleness_threshold": 9,
        "dropout": 0.1,
        "momentum": 0.5,
        "classes": (WorkerClass(4, EXPONENTIAL), WorkerClass(6, DRAWS["measured"], replay=True)),
    },
    {
        "rule": "k-sync",
        "batch": 4,
        "classes": (WorkerClass(4, EXPONENTIAL, EXPONENTIAL), WorkerClass(6, DRAWS["gamma"])),
        "correlation": Correlation(0.6, 0.4),
    },
)


@pytest.mark.parametrize("changes", MANY, ids=str)
def test_the_compiled_loops_do_so(changes: dict[str, Any]) -> None:
    system = System(10, EXPONENTIAL, 0.05, (1.0,), (1.0,), initial=(1.0,), **changes)
    assert_equal(event_loop(system, "events"), system, 3, 3000, 1000)


def _replica(updates: int = 2000, workers: int = 8, **changes: Any) -> tuple[Any, Any]:
    system = System(workers, EXPONENTIAL, 0.02, (1.0, 0.5), (1.0, 0.5), initial=(1.0, 1.0), **changes)
    return loop(system).events(generator(7, 0), updates, 200)


@pytest.mark.parametrize(
    "neutral",
    [
        {"staleness_threshold": 10**12},
        {"age_threshold": 1e9},
        {"age_threshold": 1e9, "age_action": "abandon"},
        {"rule": "k-batch-async", "batch": 1},
        {"rule": "k-async", "batch": 1},
        {"classes": (WorkerClass(8, EXPONENTIAL),)},
        {"classes": (WorkerClass(4, EXPONENTIAL),) * 2},
        {"classes": (WorkerClass(3, EXPONENTIAL), WorkerClass(5, EXPONENTIAL, DrawRecipe(sp.Integer(0))))},
        {"staleness_threshold": 10**12, "rule": "k-async", "batch": 1, "age_threshold": 1e9},
    ],
    ids=str,
)
def test_a_scheme_that_changes_nothing_gives_the_plain_run_to_the_last_bit(neutral: dict[str, Any]) -> None:
    (plain, totals), (scheme, others) = _replica(), _replica(**neutral)
    for name in ("time", "worker", "staleness", "x"):
        assert getattr(plain, name).tolist() == getattr(scheme, name).tolist()
    for name in ("time_sums", "event_sums", "staleness_histogram"):
        assert getattr(totals, name).tolist() == getattr(others, name).tolist()
    assert (totals.age_sums, totals.made, totals.updates) == (others.age_sums, others.made, others.updates)
    assert _replica(staleness_threshold=7)[0].x.tolist() != plain.x.tolist()


@pytest.mark.parametrize("changes", [{"staleness_discount": 1.0}, {"momentum": 0}, {"event_trigger": 0.0}], ids=str)
def test_neutral_values_are_not_printed(changes: dict[str, Any]) -> None:
    plain = System(4, EXPONENTIAL, 0.1, (1.0,), (1.0,))
    same = System(4, EXPONENTIAL, 0.1, (1.0,), (1.0,), **changes)
    assert Features.of(same) == Features.of(plain)
    assert Features.of(plain).is_plain


@pytest.mark.parametrize(
    "system", [{"dropout": 0.2}, {"rule": "k-async", "batch": 3}, {"uplink_capacity": 3.0}], ids=str
)
def test_a_path_is_the_event_list_read_at_the_times(system: dict[str, Any]) -> None:
    made = System(70, EXPONENTIAL, 0.01, (1.0,), (1.0,), initial=(3.0,), momentum=0.5, **system)
    events, _ = loop(made).events(generator(9, 0), 400)
    times = np.linspace(0, 0.99 * events.time[-1], 57)
    path = loop(made, "path").path(generator(9, 0), times)
    x = np.concatenate([[3.0], events.x[0]])
    assert path[0].tolist() == x[np.searchsorted(events.time, times, side="right")].tolist()


def test_the_source_holds_only_what_is_in_force() -> None:
    plain = System(4, EXPONENTIAL, 0.1, (1.0,), (1.0,))
    source = loop_source(print_draw(EXPONENTIAL), Features.of(plain))
    assert not any(word in source for word in ("fate", "version +=", "slot", "momentum", "batch"))
    lost = loop_source(print_draw(EXPONENTIAL), Features.of(replace(plain, dropout=0.5)))
    assert "dropout" in lost
    assert not any(word in lost for word in ("slot", "momentum", "age_threshold", "sending"))


def test_gradients_that_are_never_finished_in_time_are_refused() -> None:
    system = System(2, DrawRecipe(sp.Integer(2)), 0.1, (1.0,), (1.0,), age_threshold=1.0, age_action="abandon")
    with patch.object(loop_scheme, "STILL", 100), pytest.raises(OverflowError, match="age_threshold"):
        loop(system).events(generator(1, 0), 10)


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "fastest"},
        {"classes": (WorkerClass(3, EXPONENTIAL),)},
        {"classes": (WorkerClass(4, DRAWS["gamma"]),)},
        {"rule": "k-sync"},
        {"rule": "k-sync", "batch": 0},
        {"rule": "k-async", "batch": 5},
        {"batch": 2},
        {"rule": "synchronous", "batch": 2},
        {"staleness_threshold": -1},
        {"staleness_threshold": 1.5},
        {"staleness_discount": 0.0},
        {"dropout": 1.0},
        {"event_trigger": -1.0},
        {"momentum": 1.0},
        {"age_threshold": 0.0},
        {"age_action": "abandon"},
        {"age_action": "sleep"},
        {"age_action": "abandon", "age_threshold": 1.0, "uplink_capacity": 1.0},
        {"uplink_capacity": float("inf")},
        {"rule": "synchronous", "dropout": 0.1},
        {"rule": "k-sync", "batch": 2, "uplink_capacity": 1.0},
        {"rule": "k-batch-sync", "batch": 2, "age_threshold": 1.0},
    ],
    ids=str,
)
def test_impossible_schemes_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="allowed"):
        System(4, EXPONENTIAL, 0.1, (1.0,), (1.0,), **changes)


SLIPS = (
    ({"staleness_threshold": 3}, "staleness > staleness_threshold", "staleness >= staleness_threshold"),
    ({"staleness_threshold": 3}, "if fate == 0:\n", "if fate < 2:\n"),
    ({"staleness_discount": 0.9}, "float(staleness)", "float(staleness + 1)"),
    ({"dropout": 0.3}, "rng.random() < dropout", "rng.random() > dropout"),
    ({"momentum": 0.5}, "v0 = momentum * v0 -", "v0 = momentum * x0 -"),
    ({"age_threshold": 1.0}, "cycle[i] > age_threshold", "time > age_threshold"),
    ({"age_threshold": 1.0, "age_action": "abandon"}, "duration = min(duration, age_threshold)", "pass"),
    ({"event_trigger": 1.0}, "(g0 / s0) * (g0 / s0)", "g0 * (g0 / s0)"),
    ({"uplink_capacity": 4.0}, "max(free, time)", "time"),
    ({"rule": "k-batch-async", "batch": 3}, "sum0 / batch", "sum0"),
    ({"rule": "k-async", "batch": 3}, "i = slot_worker[j]", "i = j"),
    ({"rule": "k-sync", "batch": 3}, "round_began = time", "round_began = 0.0"),
    ({"rule": "k-batch-sync", "batch": 3}, "complete = True", "complete = False"),
    ({"classes": (WorkerClass(2, EXPONENTIAL), WorkerClass(3, DRAWS["gamma"]))}, "if i < p", "if i <= p"),
)


@pytest.mark.parametrize(("changes", "old", "new"), SLIPS, ids=[f"{old} > {new}" for _, old, new in SLIPS])
def test_a_slip_in_a_scheme_is_noticed(changes: dict[str, Any], old: str, new: str) -> None:
    system = System(5, EXPONENTIAL, 0.05, (1.0,), (0.5,), initial=(1.0,), **changes)
    text = loop_source(print_cycle(system), Features.of(system, "events"))
    assert_equal(interpreted(text, system), system, 1, 300, 50)
    assert old in text
    with pytest.raises((AssertionError, ArithmeticError)):
        assert_equal(interpreted(text.replace(old, new), system), system, 1, 300, 50)
