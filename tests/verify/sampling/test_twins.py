"""Twins are one system written in two ways: they agree replica by replica, and a loop with a slip is caught by them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential, standard_uniform, table
from numeric.event_loop.system import System, WorkerClass
from tests.verify.interpreted import interpreted_loops
from verify.mutants.loop_slips import LoopMutant
from verify.mutants.scheme_slips import SCHEME_SLIPS
from verify.sampling.twins import NEUTRAL, OUT_OF_REACH, judge_twins, twins_of
from verify.verdict import Verdict

SLIPS = {slip.what: slip for slip in SCHEME_SLIPS}
FAST, SLOW = DrawRecipe(standard_exponential), DrawRecipe(3 + 2 * standard_uniform)
TRACE = DrawRecipe(table[sp.floor(4 * standard_uniform)], tuple(map(sp.Integer, (1, 1, 3, 2))))
UPDATES = 400


def system(**changed: Any) -> System:
    numbers = {"curvature": (1.0, 0.5), "gradient_noise": (1.0, 2.0), "initial": (0.0, 3.0), **changed}
    return System(changed.get("workers", 5), FAST, 0.05, **{k: v for k, v in numbers.items() if k != "workers"})


def verdicts(one: System, slip: LoopMutant | None = None) -> dict[str, Verdict]:
    with interpreted_loops(slip):
        return {found.claim: found for found in judge_twins(twins_of(one), "a case", 3, UPDATES)}


@pytest.mark.parametrize(
    "one",
    [
        system(),
        system(age_threshold=0.7, age_action="abandon", staleness_threshold=4),
        system(event_trigger=1.0, dropout=0.2, momentum=0.5),
        system(classes=(WorkerClass(2, FAST, uplink=SLOW), WorkerClass(3, FAST, downlink=FAST))),
        system(classes=(WorkerClass(2, FAST), WorkerClass(3, TRACE, SLOW, replay=True))),
        system(rule="k-async", batch=2, staleness_discount=0.75),
        system(rule="synchronous", momentum=0.25),
        system(uplink_capacity=2.0, age_threshold=3.0),
    ],
    ids=lambda one: " ".join((one.rule, *one.modifiers)),
)
def test_twins_agree(one: System) -> None:
    found = verdicts(one)
    assert {verdict.outcome for verdict in found.values()} == {"pass"}
    assert {"invariant.units", "invariant.split-class"} <= set(found)
    named = {f"invariant.without.{name.replace('_', '-')}" for name in one.modifiers if name in OUT_OF_REACH}
    assert named <= set(found)
    assert all("failed as it must" in verdict.negative_control for verdict in found.values())


@pytest.mark.parametrize(
    ("slip", "claim", "one"),
    [
        (
            "the trigger's norm not in units of the noise",
            "invariant.units",
            system(event_trigger=0.8, curvature=(1.0,), gradient_noise=(2.0,), initial=(0.0,)),
        ),
        ("a lost gradient counted as a version", "", system(dropout=0.5)),
    ],
)
def test_a_slip_that_minds_its_units_is_refuted(slip: str, claim: str, one: System) -> None:
    found = verdicts(one, SLIPS[slip])
    assert {name for name, verdict in found.items() if verdict.outcome == "refuted"} == ({claim} if claim else set())


def test_a_modifier_that_acts_where_nothing_reaches_it_is_refuted() -> None:
    slip = LoopMutant("a modifier drops what it should not", (("cycle[i] > age_threshold", "cycle[i] > 0.5"),))
    found = verdicts(system(age_threshold=0.7), slip)
    refuted = {name for name, verdict in found.items() if verdict.outcome == "refuted"}
    assert refuted == {"invariant.units", "invariant.without.age-threshold"}


def test_workers_that_know_their_number_are_not_split() -> None:
    slip = LoopMutant("a worker's gradient depends on its class", (("p1:", "p1 or True:"),))
    apart = system(classes=(WorkerClass(2, FAST), WorkerClass(3, SLOW)))
    assert len([one for one in twins_of(apart) if one.claim == "invariant.split-class"]) == 1
    assert verdicts(apart)["invariant.split-class"].outcome == "pass"
    assert verdicts(apart, slip)["invariant.units"].outcome == "pass"


def test_what_does_nothing_is_named_for_every_modifier_that_has_such_a_value() -> None:
    assert set(OUT_OF_REACH) == set(NEUTRAL)
    lone = system(workers=1, classes=())
    assert {one.claim for one in twins_of(lone)} == {"invariant.units"}


def test_a_twin_that_diverges_alone_is_refuted() -> None:
    calm, wild = system(), system(curvature=(400.0, 1.0))
    first, *_ = twins_of(calm)
    (found,) = judge_with(replace(first, second=wild))
    assert found.outcome == "refuted"
    assert float(found.observed) == 1.0
    assert found.predicted.to_json()["value"] == str(sp.S.Zero)


def judge_with(twin: Any) -> list[Verdict]:
    with interpreted_loops():
        return list(judge_twins((twin,), "", 3, UPDATES))
