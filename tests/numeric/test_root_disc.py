"""Roots of equations that are entire in 1/z: against the Lambert function, an argument integral, and other engines."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, update_equation
from derive.integer_laws import Geometric, Poisson, UniformInteger
from numeric.characteristic_roots import spectrum
from numeric.root_disc import disc_spectrum, reciprocal
from numeric.winding import Budget


def zeros_within(mean: float, step: float, radius: float) -> int:
    """Turns of 1 - w + step w e^(mean (w - 1)) along |w| = radius, by quadrature of G'/G."""

    def around(angle: mpmath.mpf) -> mpmath.mpc:
        w = radius * mpmath.expj(angle)
        tilted = step * mpmath.exp(mean * (w - 1))
        return w * (-1 + tilted * (1 + mean * w)) / (1 - w + w * tilted) / (2 * mpmath.pi)

    return round(float(mpmath.quad(around, mpmath.linspace(0, 2 * mpmath.pi, 33)).real))


@pytest.mark.parametrize(("mean", "step"), [(1, "3/2"), (3, "2/5"), (7, "1/10"), (15, "1/4"), (40, "1/20")])
def test_as_many_roots_as_the_argument_principle_counts(mean: int, step: str) -> None:
    found = spectrum(update_equation(step, Poisson(mean)), right_of="9/10")
    assert found.certified
    assert sum(root.counted for root in found.roots) == zeros_within(mean, float(sp.Rational(step)), 10 / 9)
    assert found.unstable_count == zeros_within(mean, float(sp.Rational(step)), 1)
    h = sp.lambdify(y.z, update_equation(step, Poisson(mean)).function, "mpmath")
    for root in found.roots:
        assert abs(h(mpmath.mpc(float(root.re), float(root.im)))) < 1e-11


def test_many_workers_have_the_roots_of_the_constant_delay() -> None:
    """Mean m, step a/m: m (z - 1) tends to W(-a), the root of a constant delay of 1."""
    for damping in (sp.Rational(1, 5), sp.Integer(1)):
        mean = 2000
        found = spectrum(update_equation(damping / mean, Poisson(mean)))
        assert found.certified
        expected = complex(mpmath.lambertw(-float(damping)))
        moved = mean * (complex(found.roots[0]) - 1)
        assert abs(complex(moved.real, abs(moved.imag)) - expected) < 3 * abs(expected) ** 2 / mean


def test_digits_momentum_and_a_real_root_far_out() -> None:
    found = spectrum(update_equation("1/2", Poisson(3), "1/2"), count=6, digits=25)
    assert found.certified
    assert sum(root.counted for root in found.roots) == 6
    assert all(float(root.radius) < 1e-24 for root in found.roots)
    far = spectrum(update_equation(20, Poisson(1)))
    assert far.unstable_count == 1
    assert float(far.roots[0].re) == pytest.approx(-5.0314101256640516)


def test_a_double_root_is_not_called_simple() -> None:
    """G = G' = 0 at w = 2 for mean 1, step e^-1/2 times a matching factor: the answer is a proof or says it is none."""
    w = (1 + sp.sqrt(5)) / 2  # (1 - w)(1 + m w) + w = 0 with m = 1
    step = (w - 1) / w * sp.exp(1 - w)
    found = spectrum(
        CharacteristicEquation(
            y.z - 1 + step * sp.exp(1 / y.z - 1), y.z, sp.Integer(4), sp.Integer(0), "update-indexed"
        )
    )
    assert not found.certified or found.roots[0].counted == 2


def test_what_is_not_entire_in_the_reciprocal_is_left_alone() -> None:
    assert reciprocal(update_equation("1/2", Geometric(2))) is None
    assert reciprocal(update_equation("1/2", UniformInteger(0, 2))) is None
    odd = CharacteristicEquation(y.z - 1 + sp.log(y.z), y.z, sp.Integer(3), sp.Integer(0), "update-indexed")
    found = disc_spectrum(odd, budget=Budget(1))
    assert not found.certified
    assert "entire" in str(found.reason)


def test_a_spent_budget_is_said() -> None:
    found = disc_spectrum(update_equation("1/2", Poisson(10**7)), count=50, budget=Budget(0.01))
    assert not found.certified
    assert "budget" in str(found.reason)
