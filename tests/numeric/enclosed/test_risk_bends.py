"""Risk between two learning rates: the bound against many between them, and how near it comes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma
from derive.models.linear import LinearModel
from derive.schemes import Asynchronous
from numeric.enclosed.risk_bends import Mode, bend, least_risk, slow_start
from numeric.enclosed.second_moment import excess_risk
from numeric.enclosure import Unevaluable

HORIZON = Fraction(6)


def model(law: Law, step: str) -> LinearModel:
    return LinearModel(law, Asynchronous(8), sp.Rational(step), sp.Integer(1), sp.S.Half)


def mode(law: Law, step: str) -> Mode:
    return Mode.of(model(law, step), sp.Integer(1), HORIZON)


@pytest.mark.parametrize("law", [Constant(1), Exponential(1), Gamma(4, 1)])
def test_no_learning_rate_between_has_less_risk_than_the_bound(law: Law) -> None:
    low, high = (mode(law, step) for step in ("1/20", "3/50"))
    for step in ("1/20", "13/250", "11/200", "29/500", "3/50"):
        path = mode(law, step).path
        for time in (0.5, 1.0, 2.0, 4.0):
            largest = float(path.values[path.times >= time].max() + path.error) / 2
            assert least_risk((low,), (high,), time) <= largest
            assert least_risk((low,), (low,), time) > largest / 2  # it says something


def test_the_second_derivative_is_bounded_and_not_by_far_too_much() -> None:
    """V at three learning rates in geometric progression: the second difference against the bound."""
    ratio, law = sp.Rational(51, 50), Constant(1)
    steps = [sp.Rational(1, 20) * ratio**n for n in range(3)]
    modes = [Mode.of(replace(model(law, "1/20"), learning_rate=one), sp.Integer(1), HORIZON, 6) for one in steps]
    low, middle, high = (one.path.values for one in modes)
    second = float(np.abs(high - 2 * middle + low).max()) / float(np.log(float(ratio))) ** 2
    bound = bend(modes[0], modes[2])
    assert second < bound < 60 * second


def test_the_bound_comes_near_as_the_ends_do() -> None:
    law = Gamma(4, 1)
    one = mode(law, "1/20")
    gaps = []
    for step in ("11/200", "21/400", "41/800"):
        other = mode(law, step)
        ends = min(least_risk((end,), (end,), 1.0) for end in (one, other))
        gaps.append(ends - least_risk((one,), (other,), 1.0))
    assert gaps[0] > 3 * gaps[1] > 9 * gaps[2] > 0  # halved, a width leaves a fourth


def test_far_ends_say_nothing_and_short_horizons_are_refused() -> None:
    law = Constant(1)
    assert bend(mode(law, "1/200"), mode(law, "3/50")) == float("inf")
    with pytest.raises(Unevaluable, match="ends before"):
        least_risk((mode(law, "1/20"),), (mode(law, "1/20"),), 100.0)


def test_slow_learning_rates_leave_what_they_must() -> None:
    slow = model(Constant(1), "1/200")
    (risk,) = excess_risk(slow, [2], start=1)
    bound = slow_start((float(slow.damping_coefficient),), (0.5,), (1.0,), 2.0)
    assert 0.8 * float(risk.upper) < bound <= float(risk.upper)
    assert slow_start((2.0,), (0.5,), (1.0,), 2.0) == 0
