"""Every value tried: the best against closed forms, goals against each other, prices, what is not proven."""

from __future__ import annotations

from dataclasses import replace
from math import log
from pathlib import Path

import pytest
import sympy as sp

from derive.laws import Constant, Exponential, Gamma
from derive.scheme import Scheme
from derive.schemes import Asynchronous, KAsync, KBatchAsync, KSync
from derive.studies.records import Study, Workers
from derive.studies.schema import StudyError
from derive.studies.study import load_study
from numeric.roots.characteristic import spectrum
from verify.policies.choices import Price, told_key
from verify.policies.choosing import best_choice
from verify.policies.goals import DecayRate, ExcessRisk, TrainingTime
from verify.predicting.spectra import characteristic_equations

ROOT = Path(__file__).parents[3]


def study(scheme: Scheme, law: Constant | Exponential | Gamma, step: str) -> Study:
    """Workers of one mode h = 2 with eta h = ``step``."""
    textbook = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[1].study
    alike = replace(textbook.with_workers(Workers.alike(int(scheme.workers), law)), scheme=scheme)
    assert alike.optimizer is not None
    return replace(alike, optimizer=replace(alike.optimizer, learning_rate=sp.Rational(step) / 2))


def test_the_best_rule_of_exponential_workers_by_hand() -> None:
    found = best_choice(study(Asynchronous(3), Exponential(1), "1/2"), "scheme")
    decay = log(2) * 3  # one of three fresh gradients a third of a second each: the mean halves at every update
    assert found.best.option.keys == (("rule", "k-sync"), ("batch", 1))
    assert float(found.best.reached or 0) == pytest.approx(decay, rel=1e-12)
    assert found.best.rung == "Rd"
    assert found.certified
    assert found.gain is not None
    assert (found.gain - 1).is_positive()


def test_the_best_batch_is_that_of_every_batch_tried_alone() -> None:
    given = study(KBatchAsync(6, batch=1), Gamma(2, 1), "1/5")
    found = best_choice(given, "batch")
    rates = {}
    for batch in range(1, 7):
        alone = replace(given, scheme=KBatchAsync(6, batch=batch))
        rate = spectrum(characteristic_equations(alone)[0]).decay_rate
        rates[batch] = float("-inf") if rate is None else float(rate)
    assert found.best.option.keys == (("batch", max(rates, key=lambda one: rates[one])),)
    assert found.certified
    assert 1 < int(found.best.option.keys[0][1]) < 6  # neither end


@pytest.mark.slow
def test_a_threshold_that_drops_the_longest_delays_is_faster_than_none() -> None:
    found = best_choice(study(Asynchronous(6), Exponential(1), "1/6"), "staleness_threshold", high=sp.Integer(3))
    assert found.best.option.keys[0][1] is not None
    assert told_key(found.given.option) == "none"
    assert found.gain is not None
    assert (found.gain - 1).is_positive()


def test_behind_a_full_uplink_more_workers_only_add_delay() -> None:
    found = best_choice(study(Asynchronous(4, uplink_capacity=2), Exponential(1), "1/4"), "workers")
    assert int(found.best.option.keys[0][1]) < 4
    assert found.certified


def test_training_time_and_risk_are_each_other_s_question() -> None:
    found = best_choice(study(Asynchronous(6), Constant(1), "1/10"), "workers", TrainingTime(level=sp.Rational(1, 10)))
    assert found.certified
    assert found.best.reached is not None
    assert found.best.rung == "R1"
    until = sp.Rational(str(round(float(found.best.reached), 4)))
    risk = ExcessRisk(budget=until).reached(found.best.option.study)
    assert risk is not None
    assert float(risk) == pytest.approx(0.1, rel=0.02)


def test_what_workers_may_cost_excludes_the_dear_ones() -> None:
    given = study(Asynchronous(6), Exponential(1), "1/100")  # more workers are faster here, up to 25
    free, bound = (best_choice(given, "workers", price=Price(sp.Integer(2), most)) for most in (None, sp.Rational(9)))
    assert [one.best.option.keys[0][1] for one in (free, bound)] == [6, 4]
    assert bound.best.cost is not None
    assert bound.best.cost.contains(8)
    assert {one.why for one in bound.refused} == {"too dear"}


def test_what_the_theory_does_not_cover_is_named() -> None:
    found = best_choice(study(Asynchronous(3), Constant(1), "1/4"), "scheme")
    assert {one.option.keys[0][1] for one in found.uncovered} == {"k-async"}
    assert "unlike" not in {one.why for one in found.uncovered}


def test_no_value_that_is_allowed_is_a_refusal() -> None:
    with pytest.raises(StudyError) as refused:
        best_choice(study(KSync(3, batch=1), Exponential(1), "9/4"), "batch")
    assert "none is allowed" in str(refused.value)
    assert best_choice(study(KAsync(3, batch=2), Exponential(1), "1/4"), "batch", DecayRate()).certified
