"""Quadrature over the unit circle: integrals worked by hand, known limits in mean square."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.integer_laws import Geometric, Poisson, UniformInteger
from numeric.enclosed.circle import half_circle_integral, mean_square_margin, mean_square_step

SHIFTS = (-sp.Rational(1, 10**5), sp.Rational(1, 10**5))


def test_an_integral_worked_by_hand() -> None:
    """int_0^pi d phi/(5/4 - cos phi) = 4 pi/3."""
    assert half_circle_integral(1 / (sp.Rational(5, 4) - sp.cos(y.angle))).contains(4 * sp.pi / 3)
    assert not half_circle_integral(1 / (sp.Rational(5, 4) - sp.cos(y.angle))).contains(sp.pi)


@pytest.mark.parametrize(("mean", "limit"), [(1, "0.99319"), (3, "0.50762"), (7, "0.23436"), (15, "0.10843")])
def test_the_limits_of_poisson_staleness_in_mean_square(mean: int, limit: str) -> None:
    below, beyond = (mean_square_margin(sp.Rational(limit) + shift, Poisson(mean)) for shift in SHIFTS)
    assert below is not None
    assert beyond is not None
    assert below.upper < 1 < beyond.lower


def test_a_limit_is_found_by_bisection() -> None:
    found = mean_square_step(Geometric(3), 1e-5)
    assert found is not None
    assert found.contains((sp.sqrt(1 + 16 * 3 * 4 * 7) - 1) / 48)


def test_a_fixed_staleness_is_stable_in_mean_square_where_its_mean_is() -> None:
    margin = mean_square_margin(sp.Rational(2, 5), UniformInteger(2, 2))
    assert margin is not None
    assert margin.contains(0)
    assert mean_square_margin(sp.Rational(7, 10), UniformInteger(2, 2)) is None  # beyond .618034
