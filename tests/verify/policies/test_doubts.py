"""How wrong inputs may be for any goal: closed cases, and what only changes the unit of time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive.laws import Exponential
from derive.schemes import Asynchronous
from derive.studies.records import Study, Workers
from derive.studies.study import load_study
from verify.policies.doubts import doubts
from verify.policies.goals import DecayRate, ExcessRisk, TrainingTime
from verify.policies.knobs import with_learning_rate
from verify.policies.sensitivity import SHAPES

CONSTANT, EXPONENTIAL = (
    load_study(str(Path(__file__).parents[3] / "reports/studies/textbook.toml")).cases[number].study
    for number in (0, 1)
)


def rate(study: Study, value: str) -> Study:
    return with_learning_rate(study, sp.Rational(value)).study


def test_the_curvature_of_constant_cycles_may_grow_up_to_the_limit_of_stability() -> None:
    found = doubts(CONSTANT, CONSTANT, DecayRate())
    assert found.below is None
    assert found.above is not None
    assert found.above.contains(sp.pi / 2 / sp.Rational(4, 5))
    assert found.to_json()["mean_factor"] is None
    assert [one.squared_variation for one in found.laws] == [1 / shape for shape in SHAPES]


def test_a_faster_setting_is_bad_where_the_slower_one_decays_faster() -> None:
    """Exponential cycles saturate at 4 eta h M = 1: from there on both decay at 1/(2 theta)."""
    found = doubts(rate(EXPONENTIAL, "1/1024"), rate(EXPONENTIAL, "1/256"), DecayRate())
    assert found.below is None
    assert found.above is None  # no slower at any factor


@pytest.mark.slow
def test_a_budget_counts_cycles() -> None:
    """Small learning rates are worse in a long training, better in none: the mean may only grow."""
    slow, fast = rate(CONSTANT, "1/400"), rate(CONSTANT, "1/80")
    found = doubts(slow, fast, ExcessRisk(budget=sp.Integer(3)))
    assert found.mean_matters
    told = found.to_json()["mean_factor"]
    assert told["above"] is None
    assert doubts(slow, fast, TrainingTime(level=sp.Rational(1, 5))).mean_matters is False


@pytest.mark.slow
def test_a_longer_cycle_empties_an_uplink() -> None:
    """Four workers behind an uplink for two: with shorter cycles it is fuller yet, and four lose more."""
    laws = Workers.alike(4, Exponential(1))
    many = replace(EXPONENTIAL.with_workers(laws), scheme=Asynchronous(4, uplink_capacity=2))
    found = doubts(rate(many, "1/8"), rate(many, "1/16"), DecayRate())
    assert found.mean_matters
    assert found.to_json()["mean_factor"] is not None


def test_an_advice_that_is_worse_is_not_called_better() -> None:
    found = doubts(rate(CONSTANT, "1/87"), rate(CONSTANT, "1/30"), DecayRate())
    assert found.below is not None
    assert found.below.contains(1)
    assert found.laws[0].advised is not None
