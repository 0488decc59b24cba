"""Classical rules beside an advice: numbers that are known by hand, and who is near."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import sympy as sp

from derive.schemes import KSync
from derive.studies.study import load_study
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure
from verify.policies.classical import Compared, compared
from verify.policies.goals import DecayRate, TrainingTime

STUDY = load_study(str(Path(__file__).parents[3] / "reports/studies/textbook.toml")).cases[1].study
BEST = Enclosure.of(sp.Rational(1, 3))  # of exponential cycles of 1.5 s: no learning rate decays faster


def by_name(goal: DecayRate | TrainingTime, best: Enclosure) -> dict[str, Compared]:
    return {one.policy.name: one for one in compared(STUDY, goal, best)}


def test_every_rule_is_there_with_its_number_or_its_reason() -> None:
    found = by_name(DecayRate(), BEST)
    divided = found["learning-rate-over-staleness"]
    assert divided.reached is not None
    # s + a/(1 + 3 s/2) = 0 at a = eta h/theta = 1/30: 3 s^2/2 + s + 1/30 = 0
    assert divided.reached.contains((1 - sp.sqrt(1 - sp.Rational(1, 5))) / 3)
    assert divided.near is False
    fresh = found["batch-of-fresh-gradients"]
    assert fresh.number == 1
    assert fresh.share is not None
    assert fresh.share.contains(-sp.log(1 - sp.Rational(1, 20)) * 16 / sp.Rational(3, 2) * 3)
    assert fresh.near is True
    assert found["batch-of-stale-gradients"].share is not None
    assert found["weight-over-staleness"].why
    assert {one.policy.source for one in found.values()} >= {"Gupta2016", "Tyurin2023", "Maranjyan2025", "Dutta2018"}
    assert found["k-async"].to_json()["near"] is True


def test_a_share_between_bounds_is_neither_near_nor_far() -> None:
    """Cycles that are not exponential have bounds alone on the time of a batch of fresh gradients."""
    policy = next(iter(by_name(DecayRate(), BEST).values())).policy
    for low, high, near in (("1/2", "19/20", None), ("1/2", "4/5", False), ("23/25", 1, True)):
        share = between(Fraction(low), Fraction(high))
        assert Compared(policy, None, share, share).near is near


def test_a_target_gives_the_rules_their_own_number() -> None:
    found = by_name(TrainingTime(level=sp.Rational(1, 10)), Enclosure.of(sp.Rational(3, 2)))
    divided = found["learning-rate-over-staleness"]
    assert divided.share is not None
    assert divided.share.upper < 0.1
    assert found["drop-beyond-a-staleness"].why == "no closed second moment in time"


def test_other_schemes_are_compared_with_nothing() -> None:
    assert compared(replace(STUDY, scheme=KSync(16, batch=2)), DecayRate(), BEST) == ()
