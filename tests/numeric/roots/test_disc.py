"""Roots of equations that are entire in 1/z: against the Lambert function, an argument integral, and other engines."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, update_equation
from derive.integer_laws import Geometric, Poisson, UniformInteger
from numeric.roots.characteristic import spectrum
from numeric.roots.disc import disc_spectrum, reciprocal
from numeric.roots.recursion import polynomial_spectrum
from numeric.roots.winding import Budget


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


@pytest.mark.parametrize(("staleness", "step"), [(150, "1/450"), (150, "1/2"), (200, "1/700")])
@pytest.mark.parametrize("momentum", [0, "1/2"])
def test_long_staleness_has_the_roots_of_its_whole_polynomial(staleness: int, step: str, momentum: object) -> None:
    equation = update_equation(step, staleness, momentum)  # type: ignore[arg-type]
    few, every = spectrum(equation, count=8), polynomial_spectrum(equation, count=8)
    assert few.certified
    assert few.unstable_count == every.unstable_count
    assert len(few.roots) == len(every.roots)
    for one, other in zip(few.roots, every.roots, strict=True):
        assert one.re.overlaps(other.re)
        assert abs(one.im).overlaps(abs(other.im))


def test_a_staleness_of_a_hundred_thousand_needs_no_matrix() -> None:
    """The unstable ones: |z - 1| < step on |z| = 1 holds for a share arcsin(step/2)/(pi/2) of the circle, nearly."""
    found = spectrum(update_equation("1/2", 100_000), count=4)
    assert found.certified
    assert found.unstable_count is not None
    assert abs(found.unstable_count - 200_001 * math.asin(0.25) / math.pi) < 2
    for root in found.roots:
        z = mpmath.mpc(mpmath.mpf(root.re.mid), mpmath.mpf(root.im.mid))
        assert abs(z**100_000 * (z - 1) + 0.5) < 1e-9
    # a = K step = 1/3: the constant delay of 1, up to 1/K
    slow = complex(spectrum(update_equation("1/300000", 100_000)).roots[0])
    assert 100_000 * (slow.real - 1) == pytest.approx(float(mpmath.lambertw(-1 / 3).real), rel=1e-4)


def test_a_double_root_of_a_long_polynomial_has_its_exact_multiplicity() -> None:
    staleness = 100  # double at K/(K + 1) for the step K^K/(K + 1)^(K + 1)
    found = spectrum(update_equation(sp.Rational(staleness**staleness, 101**101), staleness))
    assert found.certified
    assert [root.multiplicity for root in found.roots] == [2]
    assert found.roots[0].re.contains(sp.Rational(100, 101))


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
    assert found.certified
    assert found.roots[0].counted == 2
    assert "cluster" in (found.reason or "")


def test_what_is_not_entire_in_the_reciprocal_is_left_alone() -> None:
    assert reciprocal(update_equation("1/2", Geometric(2))) is None
    turned = reciprocal(update_equation("1/2", UniformInteger(0, 2)))
    assert turned is not None  # a polynomial read backwards
    assert sp.expand(turned.function - (1 - y.z + y.z * (1 + y.z + y.z**2) / 6)) == 0
    odd = CharacteristicEquation(y.z - 1 + sp.log(y.z), y.z, sp.Integer(3), sp.Integer(0), "update-indexed")
    found = disc_spectrum(odd, budget=Budget(1))
    assert not found.certified
    assert "entire" in str(found.reason)


def test_a_spent_budget_is_said() -> None:
    found = disc_spectrum(update_equation("1/2", Poisson(10**7)), count=50, budget=Budget(0.01))
    assert not found.certified
    assert "budget" in str(found.reason)


def test_a_pair_beside_one_is_found() -> None:
    """Beyond critical damping two roots lie so near to 1 that Newton's iteration led to the next pair only."""
    found = spectrum(update_equation("0.009305", 108))
    assert found.certified
    assert complex(found.roots[0]) == pytest.approx(0.997057052838756 + 0.012341062308895j, rel=1e-12)


def test_a_pair_just_beyond_critical_damping_is_no_cluster() -> None:
    found = spectrum(update_equation("0.0033292374", 110))
    assert found.certified
    assert found.reason is None
    assert found.roots[0].multiplicity == 1
