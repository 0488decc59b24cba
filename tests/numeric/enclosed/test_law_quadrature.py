"""Quadrature over a law: what is known in closed form lies in the ball, ends and singular densities included."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.laws import Gamma
from numeric.enclosed.law_quadrature import integral_over_density

R = sp.Rational


@pytest.mark.parametrize("law", [Gamma(4, R(3, 2)), Gamma(R(1, 2), 3), Gamma(R(73, 10), R(1, 5))], ids=str)
def test_the_transform_of_a_gamma_law_lies_in_the_ball(law: Gamma) -> None:
    ends = (law.mean * R(1, 10**40), 60 * law.mean)
    found = integral_over_density(law.density(y.u), sp.exp(-2 * y.u), y.u, ends)
    exact = law.laplace_transform(sp.Integer(2))
    assert abs(float(found) - float(exact)) < 1e-14
    assert float(found.radius) < 1e-14


def test_a_proper_integral_is_enclosed() -> None:
    half = R(1, 2)
    found = integral_over_density(sp.exp(-y.u), y.u, y.u, (half, sp.Integer(1)))
    assert found.contains(R(3, 2) * sp.exp(-half) - 2 / sp.E)
    assert not found.contains(R(3, 2) * sp.exp(-half) - 2 / sp.E + R(1, 10**12))


def test_other_ends_and_kinks_are_refused() -> None:
    with pytest.raises(ValueError, match="low < high"):
        integral_over_density(sp.exp(-y.u), y.u, y.u, (sp.Integer(0), sp.Integer(1)))
    with pytest.raises(ValueError, match="not analytic"):
        integral_over_density(sp.Abs(y.u - 1), y.u, y.u, (R(1, 2), sp.Integer(2)))
