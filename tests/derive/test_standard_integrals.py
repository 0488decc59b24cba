"""Named integrals: values against mpmath's own quadrature, derivatives, what they stand for."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from sympy.core.function import ArgumentIndexError

from derive import symbols as y
from derive.standard_integrals import (
    StandardIntegral,
    bounded_exponential_integral,
    exponential_integral,
    lognormal_integral,
    weibull_integral,
)

R = sp.Rational
NAMES = [
    *(exponential_integral(R(7, 2), y.s), exponential_integral(R(3, 2), y.s)),
    *(weibull_integral(0, R(3, 2), y.s), weibull_integral(1, R(1, 2), y.s), lognormal_integral(R(1, 2), y.s)),
]


@pytest.mark.parametrize("name", NAMES, ids=str)
@pytest.mark.parametrize("at", [R(1, 3), 2 + sp.I, 7 * sp.I / 5], ids=str)
def test_the_digits_are_those_of_the_integral_written_out(name: StandardIntegral, at: sp.Expr) -> None:
    integral = name.subs(y.s, at).rewrite(sp.Integral)
    variable, low, high = integral.limits[0]
    function = sp.lambdify(variable, integral.function, "mpmath")
    with mpmath.workdps(40):
        oscillating = abs(sp.im(at))
        nodes = [float(low) + k / (1 + float(oscillating)) for k in range(40)]
        found = mpmath.quad(function, [*nodes, 400 if sp.re(at) > 0 else 1e30])
        if sp.re(at) > 0:
            assert abs(found - mpmath.mpmathify(sp.N(name.subs(y.s, at), 30))) < 1e-25
    assert high == sp.oo


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_the_derivative_is_the_slope_of_the_digits(name: StandardIntegral) -> None:
    with mpmath.workdps(40):
        slope = mpmath.diff(lambda s: mpmath.mpmathify(sp.N(name.subs(y.s, sp.Float(str(s), 60)), 60)), 1.25, h=1e-12)
        assert abs(slope - mpmath.mpmathify(sp.N(sp.diff(name, y.s).subs(y.s, R(5, 4)), 40))) < 1e-15


@pytest.mark.parametrize("order", [R(1, 2), R(1), R(7, 2)], ids=str)
@pytest.mark.parametrize("at", [R(1, 3), 7 * sp.I / 5, R(-5), -2 - sp.I], ids=str)
def test_a_bounded_integral_is_entire(order: sp.Expr, at: sp.Expr) -> None:
    name = bounded_exponential_integral(order, 3, y.s)
    integral = name.subs(y.s, at).rewrite(sp.Integral)
    variable, low, high = integral.limits[0]
    with mpmath.workdps(40):
        found = mpmath.quad(sp.lambdify(variable, integral.function, "mpmath"), [float(low), 2.0, float(high)])
        assert abs(found - mpmath.mpmathify(sp.N(name.subs(y.s, at), 30))) < 1e-25
    total = sp.integrate(y.u**-order, (y.u, 1, 3))
    assert sp.simplify(name.subs(y.s, 0) - total) == 0
    assert sp.simplify(sp.diff(name, y.s) + bounded_exponential_integral(order - 1, 3, y.s)) == 0


def test_at_zero_stands_the_total() -> None:
    assert exponential_integral(R(7, 2), 0) == R(2, 5)
    assert exponential_integral(1, 0) == sp.oo
    assert weibull_integral(2, R(1, 2), 0) == 24
    assert weibull_integral(2, 1, y.s) == 2 / (1 + y.s) ** 3, "exponential"
    assert lognormal_integral(3, 0) == 1
    for name in (exponential_integral(y.tail_index, 1), bounded_exponential_integral(y.tail_index, 3, 1)):
        with pytest.raises(ArgumentIndexError):
            name.fdiff(1)


def test_a_transform_of_a_positive_argument_is_known_to_be_positive() -> None:
    assert exponential_integral(y.tail_index, y.scale).is_positive
    assert exponential_integral(y.tail_index, y.s).is_extended_real is None
    assert exponential_integral(y.tail_index, y.s).evalf().has(y.s)
