"""Derivatives of transforms from points on a circle, against closed derivatives."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.law import Law
from derive.laws import Constant, Empirical, Exponential, Gamma, InverseGaussian, Uniform
from numeric.balls.transform_derivatives import transform_derivative


@pytest.mark.parametrize("order", [0, 1, 5, 23])
@pytest.mark.parametrize("law", [Constant(2), Exponential(1), Gamma("5/2", 1)], ids=str)
def test_the_circle_gives_the_closed_derivative(law: Law, order: int) -> None:
    at, transform = sp.Rational(22, 3), law.laplace_transform(y.s)
    found = transform_derivative(transform, y.s, at, order)
    exact = sp.diff(transform, y.s, order).subs(y.s, at)
    assert found.contains(exact)
    assert not found.contains(exact * (1 + sp.Rational(1, 10**15)))


@pytest.mark.parametrize("law", [InverseGaussian(1, 4), Uniform(0, 2), Empirical([1, 2, 4])], ids=str)
def test_poisson_counts_of_every_law_have_probabilities_that_sum_to_one(law: Law) -> None:
    """P(K = j) = (-lam)^j/j! L^(j)(lam), lam = 2: forty of them miss less than 1e-6."""
    transform, lam = law.laplace_transform(y.s), sp.Integer(2)
    chances = [
        transform_derivative(transform, y.s, lam, j, law.arrays) * (-lam) ** j / sp.factorial(j) for j in range(40)
    ]
    assert all(chance.lower > 0 for chance in chances)
    assert float(sum(map(float, chances))) == pytest.approx(1, abs=1e-6)


def test_a_point_outside_the_half_plane_is_refused() -> None:
    with pytest.raises(ValueError, match="not positive"):
        transform_derivative(1 / (1 + y.s), y.s, sp.Integer(0), 1)
