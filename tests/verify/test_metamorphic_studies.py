"""Metamorphic relations of whole studies: one system written in two ways has the same theory and the same samples.

Neutral modifiers, classes of workers that are alike, and their order: each relation holds for the predictions, for the
certified roots and for the samples, bit for bit. A control beside it is another system, which differs or is refused.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from derive.scheme import keys
from derive.schemes import SCHEMES, Asynchronous
from derive.studies.schema import StudyError
from derive.studies.study import Study, study_from_table
from numeric.roots.records import Root
from numeric.simulation.tasks import Simulation
from tests.budgets import some
from verify.predicting.predictions import ModePredictions
from verify.sampling.simulating import simulate_study

GAMMA = {"law": "gamma", "shape": 4, "mean": "3/2"}
CONSTANT = {"law": "constant", "value": "3/2"}
TABLE: dict[str, dict[str, Any]] = {
    "workers": {"count": 4, "compute": GAMMA},
    "scheme": {"rule": "asynchronous"},
    "optimizer": {"learning_rate": "1/10"},
    "objective": {"curvature": [1], "gradient_noise": "1/2"},
    "run": {"replicas": 4, "updates": 3000, "burn_in": 100, "seed": 5},
}


def study(**changed: Any) -> Study:
    """The study with the keys of its sections changed; a section ``workers`` is replaced as a whole."""
    table = {name: {**body, **changed.get(name, {})} for name, body in TABLE.items()}
    table["workers"] = changed.get("workers", TABLE["workers"])
    return study_from_table(table).cases[0].study


def theory(one: Study) -> tuple[dict[Any, Any], tuple[Root, ...]] | str:
    """Every prediction and the certified roots, or the key that the theory does not cover."""
    try:
        mode = ModePredictions(one, 0)
        return {(each.claim, each.quantity, each.average): each.value for each in mode.all}, mode.spectrum.roots
    except StudyError as refusal:
        return refusal.key


def samples(one: Study) -> dict[Any, Any] | str:
    """Every sample of the simulation, or the key that the event loop does not know."""
    try:
        found: Simulation = simulate_study(one)
    except StudyError as refusal:
        return refusal.key
    return {(each.quantity, each.mode, each.average): each.samples for each in found.quantities}


@cache
def plain() -> tuple[Any, Any]:
    """Theory and samples of the study as it stands."""
    return theory(study()), samples(study())


NEUTRAL = {  # what leaves each modifier without effect; one whose absence alone does has no row
    "scheme.staleness_discount": (1, "9/10"),
    "scheme.dropout": (0, "1/10"),
    "scheme.event_trigger": (0, "1/2"),
    "optimizer.momentum": (0, "1/2"),
}
ABSENT = {"staleness_threshold", "age_threshold", "age_action", "uplink_capacity"}


def test_every_modifier_says_what_leaves_it_without_effect() -> None:
    named = {name.removeprefix("scheme.") for name in NEUTRAL if name.startswith("scheme.")}
    assert named | ABSENT == set(keys(Asynchronous))
    assert not named & ABSENT
    assert all(keys(Asynchronous)[name].default is None for name in ABSENT - {"age_action"})


@pytest.mark.parametrize(("key", "values"), some(NEUTRAL.items(), 2, lambda case: str(case[0])))
def test_a_modifier_without_effect_changes_no_prediction_no_root_and_no_bit(key: str, values: tuple[Any, Any]) -> None:
    section, name = key.split(".")
    neutral, other = (study(**{section: {name: value}}) for value in values)
    assert neutral == study()
    assert theory(neutral) == plain()[0]
    assert samples(neutral) == plain()[1]
    assert other != study()
    assert theory(other) != plain()[0]
    assert samples(other) != plain()[1]


def in_classes(*classes: tuple[int, dict[str, Any]]) -> Study:
    return study(workers={"class": [{"count": count, "compute": law} for count, law in classes]})


@pytest.mark.parametrize("counts", [(4,), (2, 2), (1, 3), (1, 1, 1, 1)], ids=str)
def test_workers_split_into_classes_that_are_alike_are_the_same_workers(counts: tuple[int, ...]) -> None:
    split = in_classes(*((count, GAMMA) for count in counts))
    assert theory(split) == plain()[0]
    assert samples(split) == plain()[1]
    more = in_classes(*((count, GAMMA) for count in counts), (1, GAMMA))
    assert theory(more) != plain()[0]
    assert samples(more) != plain()[1]


def test_one_worker_of_another_law_makes_another_system() -> None:
    mixed = in_classes((3, GAMMA), (1, CONSTANT))
    assert theory(mixed) != plain()[0]
    assert samples(mixed) != plain()[1]


@pytest.mark.parametrize("rule", some(sorted(SCHEMES), 3))
def test_a_link_that_takes_no_time_is_none_whatever_the_rule(rule: str) -> None:
    def with_link(link: Any) -> Study:
        scheme = {"rule": rule, **({"batch": 2} if "batch" in keys(SCHEMES[rule]) else {})}
        workers = {**TABLE["workers"], **({} if link is None else {"uplink": {"law": "constant", "value": link}})}
        return study(workers=workers, scheme=scheme)

    assert with_link(0) == with_link(None)
    assert theory(with_link(0)) == theory(with_link(None))
    assert samples(with_link(0)) == samples(with_link(None))
    assert with_link("1/2") != with_link(None)
    if rule == "asynchronous":
        assert theory(with_link("1/2")) != plain()[0]
        assert samples(with_link("1/2")) != plain()[1]
