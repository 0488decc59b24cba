"""Criteria in several gains: balls over boxes and at points against certified gains of weighted frequencies."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.laws import Exponential
from numeric.charts.cells import Axis, Cell
from numeric.charts.criteria import Gains, LinearCriterion, SeveralGains, SmoothCriterion
from numeric.charts.crossings import Effort, OpenEquation, box_of
from numeric.charts.noise_gains import BEYOND
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import acb, fmpq, precision

X, Y = (sp.Dummy(name, positive=True) for name in "xy")
AXES = Axis(X, "1.1", "1.14"), Axis(Y, "0.97", 1)
WEIGHTS = {
    y.second_moment_gain: sp.S.One,
    y.fast_gain: y.frequency**2 / (y.frequency**2 + X**2),
    y.band_gain: X**2 * y.frequency**2 / (y.frequency**2 + X**2) ** 2,
}
EQUATION = delay_equation(X, Exponential(Y))
MIXED = X * y.second_moment_gain - Y * y.fast_gain**2 + y.band_gain / X


def certified(x: sp.Rational, other: sp.Rational) -> sp.Expr:
    at = {X: x, Y: other}
    gains = {name: noise_gain(EQUATION.at(at), 7, weight.subs(at)) for name, weight in WEIGHTS.items()}
    return float(MIXED.subs(at).subs({name: sp.Float(float(gain)) for name, gain in gains.items()}))


def test_weighted_gains_split_the_whole() -> None:
    at = {X: sp.S.One, Y: sp.S.One}
    whole = noise_gain(EQUATION.at(at), 8)
    high = noise_gain(EQUATION.at(at), 8, WEIGHTS[y.fast_gain].subs(at))
    low = noise_gain(EQUATION.at(at), 8, 1 / (y.frequency**2 + 1))
    assert (high + low).overlaps(whole)
    assert float(high.radius) < 1e-7
    # H (1 + s) = s^2 + s + 1: (1/2 pi) int omega^2/|s^2 + s + 1|^2 = 1/2.
    assert high.contains(sp.Rational(1, 2))


def test_a_smooth_criterion_holds_its_values_its_bends_and_its_corners() -> None:
    opened = OpenEquation(EQUATION, AXES, Effort())
    with precision(64):
        judge = SmoothCriterion(SeveralGains(opened, AXES, Gains(WEIGHTS, sp.S.Zero)), MIXED, AXES)
        found = judge._anywhere(box_of(Cell(), AXES))
        assert not isinstance(found, int | str)
        values = {}
        for across in (Fraction(0), Fraction(1, 2), Fraction(1)):
            for up in (Fraction(0), Fraction(1, 2), Fraction(1)):
                point = [axis.at(share) for axis, share in zip(AXES, (across, up), strict=True)]
                known = certified(*(sp.Rational(one.numerator, one.denominator) for one in point))
                at = judge._value((across, up), *(acb(fmpq(one.numerator, one.denominator)) for one in point))
                assert abs(float(at.mid()) - known) <= float(at.rad()) + 1e-6
                assert abs(float(found.anywhere.mid()) - known) <= float(found.anywhere.rad()) + 1e-6
                values[across, up] = known
    half = Fraction(1, 2)
    side = 0.02
    slope = (values[Fraction(1), half] - values[Fraction(0), half]) / (2 * side)
    bend = (values[Fraction(1), half] - 2 * values[half, half] + values[Fraction(0), half]) / side**2
    assert abs(slope) <= float(found.slopes[0])
    assert abs(bend) <= float(found.bends[0]) + 1e-2


@pytest.mark.parametrize("scale", ["0.2", "2"])
def test_one_gain_is_judged_alike_by_both(scale: str) -> None:
    criterion = sp.Rational(scale) * X**2 * Y * y.second_moment_gain
    with precision(64):
        one = Gains({y.second_moment_gain: sp.S.One}, sp.S.Zero)
        gains = SeveralGains(OpenEquation(EQUATION, AXES, Effort()), AXES, one)
        linear = LinearCriterion(EQUATION, criterion, None, AXES, Effort())
        box = box_of(Cell(), AXES)
        answers = {one.judge(Cell(), box) for one in (linear, SmoothCriterion(gains, criterion, AXES))}
    assert len(answers) == 1
    assert answers <= {"stable", "unstable"}


def test_a_gain_beyond_those_of_any_stable_mode_ends_the_question() -> None:
    """Q itself is small everywhere: what decides is the factor of the first gain alone."""
    box = box_of(Cell(), AXES)
    with precision(64):
        for least, told in ((sp.Integer(10), BEYOND), (sp.S.Zero, "stable")):
            gains = SeveralGains(OpenEquation(EQUATION, AXES, Effort()), AXES, Gains(WEIGHTS, least))
            judge = SmoothCriterion(gains, y.second_moment_gain / 1000, AXES)
            assert (gains.over(box) == BEYOND) == (told == BEYOND)
            assert judge.exceeded(box) == (told == BEYOND)
            assert judge.judge(Cell(), box) == ("unstable" if told == BEYOND else "stable")
