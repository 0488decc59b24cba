"""Goals: what a study reaches of each, per second, and what is best."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive.laws import Exponential, Gamma
from derive.schemes import KAsync, KBatchSync, KSync
from derive.studies.records import Study, Workers
from derive.studies.schema import StudyError
from derive.studies.study import load_study
from numeric.enclosure import Enclosure, Unevaluable
from verify.policies.goals import DecayRate, ExcessRisk, TrainingTime, seconds_per_update

ROOT = Path(__file__).parents[3]


def textbook(case: int = 1) -> Study:
    return load_study(str(ROOT / "reports/studies/textbook.toml")).cases[case].study


def waiting(scheme: KSync | KAsync | KBatchSync, law: Exponential | Gamma = Exponential(3)) -> Study:  # noqa: B008
    return replace(textbook().with_workers(Workers.alike(int(scheme.workers), law)), scheme=scheme)


def test_a_rule_that_waits_decays_per_update_over_its_own_time() -> None:
    found = DecayRate().reached(waiting(KSync(4, batch=2)))
    step = sp.Rational(1, 20)  # eta h of the textbook; two of four exponential workers take 3 (1/4 + 1/3) s
    assert found is not None
    assert found.contains(-sp.log(1 - step) / (3 * sp.Rational(7, 12)))
    assert DecayRate().rung(waiting(KSync(4, batch=2))) == "Rd"
    assert seconds_per_update(textbook()).contains(1)


def test_a_time_that_is_only_bounded_is_not_made_up() -> None:
    with pytest.raises(Unevaluable, match="no time per update"):
        seconds_per_update(waiting(KAsync(4, batch=2), Gamma("1/2", 1)))
    bounded = seconds_per_update(waiting(KBatchSync(4, batch=2), Gamma(2, 1)))
    assert float(bounded.radius) > 0.01


def test_what_is_unstable_reaches_nothing() -> None:
    study = textbook(0)
    assert study.optimizer is not None
    wild = replace(study, optimizer=replace(study.optimizer, learning_rate=sp.Integer(1)))
    assert [goal.reached(wild) for goal in (DecayRate(), TrainingTime(), ExcessRisk())] == [None] * 3


def test_best_and_worse_follow_the_goal() -> None:
    one, two = Enclosure.of(1), Enclosure.of(2)
    speed, time = DecayRate(), TrainingTime()
    assert speed.best_of(one, two) is two
    assert time.best_of(one, two) is one
    assert speed.worse(one, two, sp.S.Zero)
    assert not speed.worse(two, one, sp.S.Half)
    assert time.worse(two, one, sp.S.Zero)
    assert time.seconds(two) is two
    assert ExcessRisk(budget=sp.Integer(3)).words()["seconds"]["value"] == "3"


def test_no_second_moment_in_time_of_other_rules() -> None:
    with pytest.raises(StudyError) as refused:
        TrainingTime().reached(waiting(KSync(4, batch=2)))
    assert refused.value.key == "scheme.rule"


def test_a_study_at_the_optimum_starts_away_from_it() -> None:
    study = textbook()
    assert TrainingTime().starts(study) == (1,)
    elsewhere = replace(study, run=replace(study.run, initial=(sp.Integer(3),)))
    assert TrainingTime().starts(elsewhere) == (3,)
