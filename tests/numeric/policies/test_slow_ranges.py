"""Ranges of a setting, proven to be slower than a rate, or not."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.laws import Constant, Exponential, Gamma
from numeric.charts.crossings import Effort
from numeric.policies.slow_ranges import SlowRange, box_between, moved_to
from numeric.roots.characteristic import spectrum

CONTINUOUS = [delay_equation(y.damping, law) for law in (Constant(1), Exponential(1), Gamma("3/2", 1))]
FAST = (Fraction(36, 100), Fraction(28, 100), Fraction(28, 100))


def test_a_moved_equation_counts_what_lies_beyond_the_edge() -> None:
    for equation, edge in ((delay_equation(2, Constant(1)), "-1/2"), (update_equation("1/2", 3), "4/5")):
        there = sp.Rational(edge)
        moved = spectrum(moved_to(there, equation), count=4)
        assert moved.certified
        beyond = spectrum(equation, right_of=there)
        assert moved.unstable_count == sum(root.counted for root in beyond.roots) > 0


@pytest.mark.parametrize(("equation", "fast"), list(zip(CONTINUOUS, FAST, strict=True)))
def test_a_range_is_slow_left_of_the_best_and_not_at_it(equation: CharacteristicEquation, fast: Fraction) -> None:
    slow = SlowRange(equation, y.damping, sp.Rational(-45, 100), Effort())
    assert slow.proven(Fraction(0), Fraction(1, 8))
    assert not slow.proven(Fraction(1, 8), Fraction(1))  # every law here decays at 1/2 somewhere in it
    assert slow.beyond(Fraction(1, 8)) is not None
    assert slow.beyond(fast) is None


def test_too_fast_a_damping_is_slow_though_roots_go_on_crossing() -> None:
    slow = SlowRange(CONTINUOUS[0], y.damping, sp.Rational(-1, 2), Effort())
    assert slow.proven(Fraction(47, 10), Fraction(48, 10))  # a second pair crosses the edge within


def test_the_line_between_double_roots_is_crossed_by_one_of_them() -> None:
    edge = sp.Rational(-1001, 1000)  # left of the double root -1 at 1/e
    slow = SlowRange(CONTINUOUS[0], y.damping, edge, Effort())
    assert slow.proven(Fraction(36787, 10**5), Fraction(3678790, 10**7))


def test_a_box_holds_both_ends() -> None:
    box = box_between(Fraction(1, 3), Fraction(2, 3))
    assert box.x.contains(box_between(Fraction(1, 3), Fraction(1, 3)).x)
    assert box.x.contains(box_between(Fraction(2, 3), Fraction(2, 3)).x)
