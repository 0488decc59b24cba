"""The search for the fastest damping: where critical damping is the best, and where it is not."""

from __future__ import annotations

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation, transform_equation
from derive.laws import Gamma
from numeric.roots.fastest import fastest_damping


def seldom_late(damping: sp.Expr) -> CharacteristicEquation:
    """No delay with probability .9, else a delay of 1."""
    return transform_equation(sp.sympify(damping), sp.Rational(9, 10) + sp.exp(-y.s) / 10, -sp.oo, {})


def test_gamma_delays_are_fastest_at_critical_damping() -> None:
    found = fastest_damping(lambda a: delay_equation(a, Gamma(2, 1)), sp.Rational(1, 10), sp.Integer(2), 9)
    assert found is not None
    assert abs(found.damping - sp.Rational(8, 27)) < sp.Rational(1, 1000)
    assert sp.Rational("0.66") < found.decay_rate.lower
    assert found.decay_rate.upper < sp.Rational("0.66667")


def test_where_gradients_are_seldom_late_a_far_larger_damping_wins() -> None:
    critical = fastest_damping(seldom_late, sp.Rational(1, 2), sp.Integer(2), 9)
    beyond = fastest_damping(seldom_late, sp.Rational(1, 2), sp.Rational("61.167"), 12)
    assert critical is not None
    assert beyond is not None
    assert sp.Rational("2.100") < critical.decay_rate.upper < sp.Rational("2.10101")
    assert beyond.decay_rate.lower > sp.Rational("2.1588")
    assert beyond.damping > 40
    assert beyond.latex().startswith("r = ")


def test_a_range_without_a_stable_damping_has_a_negative_rate() -> None:
    found = fastest_damping(lambda a: delay_equation(a, Gamma(8, 1)), sp.Integer(2), sp.Integer(3), 3)
    assert found is not None
    assert found.decay_rate.upper < 0
