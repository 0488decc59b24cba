"""Certified verdicts: overlap within a width passes, disjoint balls refute, wide ones prove nothing."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from numeric.enclosure import Enclosure, evaluate
from numeric.values import Estimate, Exact
from verify.agreement import enclosed, judge_agreement, judge_certified_bound

NAMES = ("delay.critical-damping.any-law", "constant delay", "two routes agree")


def ball(mid: str, radius: str) -> Enclosure:
    return Enclosure.from_json({"kind": "enclosure", "mid": mid, "radius": radius})


def test_two_routes_to_one_number_agree() -> None:
    x = sp.Rational(7, 5)
    verdict = judge_agreement(*NAMES, Exact(sp.tan(sp.pi / 4 + x / 2)), evaluate((1 + sp.sin(x)) / sp.cos(x)))
    assert (verdict.outcome, verdict.relation, verdict.evidence) == ("pass", "equal", "certified agreement")
    assert verdict.smallest_bias_noticed is not None
    assert verdict.smallest_bias_noticed < 1e-25
    assert verdict.negative_control.startswith("failed as it must")


def test_disjoint_balls_refute() -> None:
    assert judge_agreement(*NAMES, Exact(sp.pi), ball("3.1415926", "1e-9")).outcome == "refuted"
    wrong = sp.pi + sp.Rational(1, 10**25)
    assert judge_agreement(*NAMES, Exact(sp.pi), Exact(wrong)).outcome == "refuted"


def test_wide_balls_prove_nothing() -> None:
    verdict = judge_agreement(*NAMES, Exact(sp.pi), ball("3.14", "0.01"))
    assert verdict.outcome == "unproven"
    assert "wide" in verdict.note
    assert judge_agreement(*NAMES, Exact(sp.pi), ball("3.14", "0.01"), 0.01).outcome == "pass"


def test_zero_is_compared_absolutely() -> None:
    assert judge_agreement(*NAMES, Exact(sp.Integer(0)), ball("1e-12", "1e-11")).outcome == "pass"
    assert judge_agreement(*NAMES, Exact(sp.Integer(0)), ball("1e-12", "1e-13")).outcome == "refuted"


@pytest.mark.parametrize("value", ["1e-300", "-2.5", "1e200"])
def test_scale_and_sign_do_not_matter(value: str) -> None:
    number = sp.Rational(value)
    assert judge_agreement(*NAMES, Exact(number), Exact(number)).outcome == "pass"
    near = number * (1 + sp.Rational(1, 10**15))
    assert judge_agreement(*NAMES, Exact(number), Exact(near)).outcome == "refuted"


def test_the_distance_quoted_is_provable() -> None:
    verdict = judge_agreement(*NAMES, ball("2", "1e-10"), ball("2", "3e-10"))
    assert verdict.smallest_bias_noticed == pytest.approx(2e-10)
    moved = judge_agreement(*NAMES, ball("2.0000000009", "1e-10"), ball("2", "3e-10"))
    assert moved.outcome == "refuted"


def test_bounds_are_proven_refuted_or_open() -> None:
    rate, damping = evaluate(-sp.LambertW(-sp.Rational(1, 5))), Exact(sp.Rational(1, 5))
    proven = judge_certified_bound(*NAMES, damping, rate, direction="at least")
    assert (proven.outcome, proven.relation) == ("pass", "at least")
    assert proven.negative_control.startswith("failed as it must")
    assert judge_certified_bound(*NAMES, damping, rate, direction="at most").outcome == "refuted"
    assert judge_certified_bound(*NAMES, damping, ball("0.2", "1e-20"), direction="at least").outcome == "unproven"


def test_an_exact_bound_that_is_attained_is_kept() -> None:
    attained = Exact((sp.sqrt(2) + 1) * (sp.sqrt(2) - 1))
    for direction in ("at least", "at most"):
        verdict = judge_certified_bound(*NAMES, Exact(sp.Integer(1)), attained, direction=direction)  # type: ignore[arg-type]
        assert verdict.outcome == "pass"


def test_estimates_and_directions_that_are_none_are_refused() -> None:
    with pytest.raises(TypeError, match="no certain bounds"):
        enclosed(Estimate(1, 0.1, 5))
    with pytest.raises(ValueError, match="at least"):
        judge_certified_bound(*NAMES, Exact(sp.pi), Exact(sp.pi), direction="near")  # type: ignore[arg-type]


def test_enclosed_holds_the_exact_value() -> None:
    third = enclosed(Exact(sp.Rational(1, 3)))
    assert third.contains(sp.Rational(1, 3))
    assert third.lower < third.upper
    assert math.isclose(float(third), 1 / 3)
