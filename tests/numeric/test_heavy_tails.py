"""Laws without an exponential moment: H lives on Re s >= 0, and whether it has a root there is proven."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive.characteristic import delay_equation
from derive.law import Law
from derive.laws import Gamma, LogNormal, Mixture, Pareto, Weibull
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import arb
from numeric.kernels import integrals as kernel_integrals
from numeric.roots.characteristic import spectrum
from numeric.roots.proof import region_right_of
from numeric.roots.thresholds import stability_limit
from numeric.roots.winding import Unproved

HEAVY: list[Law] = [Pareto("5/2", 1), Pareto("3/2", "1/2"), Mixture([("1/8", Pareto(2, 1)), ("7/8", Gamma("5/2", 1))])]
SLOWER: list[Law] = [LogNormal("1/3", "1/2"), Weibull("3/4", 2)]


@pytest.mark.parametrize("law", [*HEAVY, *SLOWER], ids=str)
def test_a_slow_feedback_has_no_root_where_the_transform_converges(law: Law) -> None:
    found = spectrum(delay_equation(sp.Rational(3, 10) / law.mean, law))
    assert (found.certified, found.roots, found.unstable_count, found.spectral_abscissa) == (True, (), 0, None)
    assert found.proof is not None
    assert (float(found.proof.region[0].left), found.proof.winding_numbers) == (0.0, (0,))
    assert "no root: a stable mean, whose decay is slower than any exponential" in (found.reason or "")
    assert found.to_json()["roots"] == []


@pytest.mark.parametrize("law", [*HEAVY, SLOWER[0]], ids=str)
def test_a_fast_feedback_has_unstable_roots_that_solve_the_equation(law: Law) -> None:
    damping = 6 / law.mean
    found = spectrum(delay_equation(damping, law), right_of=0)
    assert found.certified
    assert found.unstable_count == sum(root.counted for root in found.roots) > 0
    for root in found.roots:
        s = mpmath.mpmathify(complex(root))
        transform = mpmath.mpmathify(sp.N(law.laplace_transform(sp.sympify(complex(root))), 30))
        assert abs(s + mpmath.mpmathify(sp.N(damping, 30)) * transform) < 1e-11


def test_a_positive_feedback_grows_and_none_at_all_stays() -> None:
    assert spectrum(delay_equation(-1, HEAVY[0])).unstable_count == 1
    assert [float(root.re) for root in spectrum(delay_equation(0, HEAVY[0])).roots] == [0.0]


def test_the_limit_is_where_the_loop_gains_its_frequency() -> None:
    """At the crossing a |L(i w)| = w and arg L(i w) = -pi/2, solved by mpmath apart from any root."""
    law = Pareto("5/2", 1)
    found = stability_limit(lambda a: delay_equation(a, law), sp.Integer(1), 1e-5)

    def transform(w: mpmath.mpf) -> mpmath.mpc:
        return mpmath.mpf("2.5") * mpmath.expint(mpmath.mpf("3.5"), 1j * w)

    crossing = mpmath.findroot(lambda w: transform(w).real, 1.1)
    assert found is not None
    assert found.lower <= crossing / abs(transform(crossing)) <= found.upper


def test_a_line_left_of_the_abscissa_is_refused() -> None:
    with pytest.raises(Unproved, match="left of the abscissa"):
        region_right_of(delay_equation(1, HEAVY[0]), arb(-1))
    assert region_right_of(delay_equation(1, HEAVY[0]), arb(0)) is not None


def test_a_gain_that_is_infinite_on_the_line_is_refused_there() -> None:
    with pytest.raises(Unproved, match="no finite bound"):
        region_right_of(delay_equation(1, Gamma(4, 1)), arb(-4))


@pytest.mark.parametrize(("damping", "law"), [("0.3", HEAVY[0]), ("1", HEAVY[0]), ("0.3", HEAVY[1])], ids=str)
def test_the_noise_gain_is_the_integral_over_frequencies(damping: str, law: Pareto) -> None:
    """The fluctuations of a heavy-tailed delay are finite, and mpmath finds the same integral to eight digits."""
    found = noise_gain(delay_equation(damping, law), 6)
    shape, scale, a = (mpmath.mpmathify(part) for part in (law.shape, law.scale, sp.Rational(damping)))

    def integrand(w: mpmath.mpf) -> mpmath.mpf:
        return 1 / abs(1j * w + a * shape * mpmath.expint(shape + 1, 1j * w * scale)) ** 2

    ends = [0, 1e-6, 1e-3, 0.01, 0.1, 0.5, 1, 2, 4, 8, 16, 32, 64, 256, 4096, 1e6]
    assert abs(float(found) - float((mpmath.quad(integrand, ends) + 1e-6) / mpmath.pi)) < 2e-7
    assert found.relative_radius < 1e-6


def test_the_noise_gain_of_an_unstable_feedback_is_refused() -> None:
    with pytest.raises(ValueError, match="not proven stable"):
        noise_gain(delay_equation(5, HEAVY[0]))


def test_the_noise_gain_of_a_lognormal_delay() -> None:
    """Held against mpmath's quadrature of the claimed transform on the imaginary axis."""
    law, a = LogNormal(0, 1), sp.Rational(1, 5)
    found = noise_gain(delay_equation(a, law), 5)
    transform = kernel_integrals.lognormal_integral
    w = np.concatenate([np.geomspace(1e-9, 1e3, 40_001)])
    values = 1 / np.abs(1j * w + float(a) * transform(1.0, 1j * w)) ** 2
    total = np.trapezoid(values * w, np.log(w)) + w[0] / float(a) ** 2 + 1 / w[-1]
    assert abs(float(found) - total / np.pi) < 1e-5
    assert found.relative_radius < 1e-5


def test_an_entire_transform_has_its_roots_left_of_the_axis() -> None:
    """A Weibull delay of shape 3: the rightmost root, put back in with mpmath's digits."""
    law = Weibull(3, 1)
    found = spectrum(delay_equation("0.3", law))
    assert found.certified
    assert found.unstable_count == 0
    s = sp.Rational(str(found.roots[0].re.mid))
    assert abs(complex(s + sp.Rational(3, 10) * sp.N(law.laplace_transform(s), 30))) < 1e-13
