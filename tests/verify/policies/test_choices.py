"""The record of a choice: what it calls proven, and its JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import sympy as sp

from derive.laws import Constant
from derive.studies.records import Workers
from derive.studies.study import load_study
from numeric.enclosure import Enclosure
from verify.policies.choices import ChoiceAdvice, Tried
from verify.policies.goals import DecayRate
from verify.policies.knobs import Option

STUDY = load_study(str(Path(__file__).parents[3] / "reports/studies/textbook.toml")).cases[0].study
STUDY = STUDY.with_workers(Workers.alike(2, Constant(1)))
THOUSANDTH = sp.Rational(1, 1000)


def tried(number: int, rate: sp.Rational | int | None, why: str = "") -> Tried:
    reached = None if rate is None else Enclosure.of(sp.Rational(rate))
    return Tried(Option((("workers", sp.Integer(number)),), STUDY), reached, why)


def advice(*allowed: Tried, unproven: tuple[Tried, ...] = ()) -> ChoiceAdvice:
    given = tried(16, 1)
    return ChoiceAdvice(STUDY, "workers", DecayRate(), sp.S.Half, THOUSANDTH, given, allowed, (), unproven, ())


def test_the_best_is_proven_only_if_nothing_may_be_better() -> None:
    best = tried(2, 3)
    assert advice(best, tried(3, 2)).certified
    assert advice(best, tried(3, sp.Rational(3001, 1000))).certified  # within the tolerance
    assert not advice(best, tried(3, sp.Rational(302, 100))).certified
    assert not advice(best, unproven=(tried(4, None, "no root"),)).certified
    assert not replace(advice(best), name="learning_rate").certified  # a grid


def test_the_gain_is_advised_over_given() -> None:
    found = advice(tried(2, 3))
    assert found.gain is not None
    assert found.gain.contains(3)
    assert replace(found, given=tried(16, None)).gain is None


def test_json_names_what_is_out_and_why() -> None:
    told = advice(tried(2, 3), unproven=(tried(4, None, "no root"),)).to_json()
    assert told["proof"]["tried"] == 2
    assert told["proof"]["unproven"][0]["why"] == "no root"
    assert told["advised"]["choice"]["workers"]["value"] == "2"
