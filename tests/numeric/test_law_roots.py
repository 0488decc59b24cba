"""Certified roots of the laws whose transforms are not rational: each root put back by another evaluation of L."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.law import Law
from derive.laws import InverseGaussian, ShiftedExponential, Uniform
from numeric.enclosure import acb, arb
from numeric.roots.characteristic import spectrum
from numeric.roots.function import analytic

LAWS = [Uniform(0, 2), Uniform("0.5", 3), ShiftedExponential(1, 2), InverseGaussian(1, 4)]


def transform(law: Law, s: mpmath.mpc) -> mpmath.mpc:
    """L(s) by quadrature of the density, apart from its closed form."""
    if isinstance(law, Uniform):
        low, high = (mpmath.mpmathify(end) for end in (law.low, law.high))
        return mpmath.quad(lambda u: mpmath.exp(-s * u), mpmath.linspace(low, high, 5)) / (high - low)
    if isinstance(law, InverseGaussian):
        density = sp.lambdify([y.t], law.density(y.t), "mpmath")
        ends = [0, 0.1, 0.3, 1, 3, 10, 30, 100]
        return mpmath.quad(lambda u: mpmath.exp(-s * u) * density(u) if u else mpmath.mpf(0), ends)
    assert isinstance(law, ShiftedExponential)
    shift, tail = (mpmath.mpmathify(part) for part in (law.shift, law.tail_mean))
    tail_part = mpmath.quad(lambda v: mpmath.exp(-(1 + s * tail) * v), [0, 2, 5, 20, 60, 200])
    return mpmath.exp(-s * shift) * tail_part


@pytest.mark.parametrize("law", LAWS, ids=str)
@pytest.mark.parametrize("damping", ["0.2", "1", "3"])
def test_certified_roots_solve_the_equation_by_quadrature(law: Law, damping: str) -> None:
    found = spectrum(delay_equation(damping, law), count=3)
    assert found.certified
    assert found.roots
    for root in found.roots:
        s = mpmath.mpmathify(complex(root))
        assert abs(s + mpmath.mpf(damping) * transform(law, s)) < 1e-11


def test_a_uniform_delay_has_no_spurious_root_at_zero() -> None:
    """Cleared of its denominator, s^2 + a (1 - e^{-2s})/2 would vanish at 0, right of every true root."""
    found = spectrum(delay_equation(1, Uniform(0, 2)), right_of=-1)
    assert found.certified
    assert found.unstable_count == 0
    assert [round(float(root.re), 6) for root in found.roots] == [-0.354211]


def test_a_uniform_transform_has_narrow_balls_around_zero() -> None:
    whole = analytic(delay_equation(1, Uniform(0, 2)))
    ball = acb(arb(0, 1e-3), arb(0, 1e-3))
    value, slope = whole.pair(ball)
    assert value.contains(1)
    assert abs(value - 1).upper() < 1e-2
    assert abs(slope).upper() < 1e-2  # 1 + a L'(0) = 0 at the mean 1
