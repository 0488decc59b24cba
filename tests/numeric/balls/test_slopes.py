"""Derivatives made for ball programs, against SymPy's."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.laws import LAWS, Constant, Gamma, IndependentSum, Mixture, Pareto, Uniform
from numeric.balls.slopes import slope
from numeric.enclosure import acb, arb, compile_ball, precision

s = y.s
WRITTEN = [
    sp.Integer(3), sp.pi * s, s**2 + 3 * s - 1, (s**2 + 1) ** -3, sp.sqrt(1 + 2 * s), sp.exp(-s) * (s + 1) / (s + 2),
    sp.exp(sp.exp(-s) - 1), sp.log(1 + s) * sp.gamma(s), 2 ** (3 * s), (1 + s) ** s, s * (s + 1) * (s + 2) * sp.exp(s),
]  # fmt: skip
OF_LAWS = [
    Constant(2), Gamma("5/2", 3), Gamma(200, 1), Uniform(0, 2), Pareto("5/2", 1), LAWS["lognormal"](1, 1),
    LAWS["weibull"]("3/4", 1), Mixture([("1/2", Constant(1)), ("1/2", Gamma(2, 1))]),
    IndependentSum([Constant(1), Gamma("5/2", 1)]),
]  # fmt: skip


def meets(one: sp.Expr, other: sp.Expr) -> bool:
    """Both agree at complex points to 40 digits."""
    with precision(192):
        first, second = (compile_ball(each, [s]) for each in (one, other))
        for at in (acb("0.37", "0.81"), acb("1.9", "-2.3")):
            difference, allowed = first(at) - second(at), (abs(first(at)) + 1) * arb(10) ** -40
            if not (difference.contains(0) and abs(difference) <= allowed):
                return False
    return True


@pytest.mark.parametrize("function", WRITTEN, ids=str)
def test_first_and_second_derivatives_are_those_of_sympy(function: sp.Expr) -> None:
    assert meets(slope(function, s), sp.diff(function, s))
    assert meets(slope(slope(function, s), s), sp.diff(function, s, 2))


@pytest.mark.parametrize("law", OF_LAWS, ids=lambda law: type(law).__name__)
def test_those_of_characteristic_functions_too(law: object) -> None:
    function = delay_equation("3/7", law, "1/9").function  # type: ignore[arg-type]
    assert meets(slope(function, s), sp.diff(function, s))


def test_what_does_not_depend_on_the_variable_has_none() -> None:
    assert slope(sp.exp(y.damping) * sp.gamma(3), s) == 0
    assert slope(y.damping * s, s) == y.damping
