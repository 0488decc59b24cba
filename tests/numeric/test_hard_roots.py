"""Hard input is answered with a proof or refused for a reason that is said: each root is put back by mpmath."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation, momentum_equation
from derive.law import Law
from derive.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    InverseGaussian,
    LogNormal,
    Mixture,
    OrderStatistic,
    Pareto,
    ShiftedExponential,
    Truncated,
    Uniform,
    Weibull,
)
from numeric.roots.characteristic import Spectrum, spectrum
from numeric.roots.records import precise_enough
from verify.hunting.hard_equations import through
from verify.hunting.root_judges import by_choice

HALF = sp.Rational(1, 2)
MIXED: list[Law] = [
    *(Exponential(1), Gamma("1/10", 1), Weibull("3/4", 1), Weibull("1/2", "1/2")),
    Hyperexponential(["1/2", "1/2"], ["1/100", 2]),
]
UNMIXED: list[Law] = [
    *(Gamma("5/2", 1), InverseGaussian(1, 1), LogNormal("-1/8", "1/2"), LogNormal(-2, 2), Weibull("3/2", 1)),
    *(Pareto("5/2", 1), Uniform(0, 2), ShiftedExponential("1/2", "1/2"), Truncated(Exponential(1), 3)),
    *(OrderStatistic(Exponential(1), 2, 4), Mixture([(HALF, Constant(1)), (HALF, Exponential(1))])),
]


def put_back(equation: CharacteristicEquation, found: Spectrum) -> None:
    """|H| at every listed root, relative to the root, in fifty digits."""
    whole = sp.lambdify([y.s], equation.function, [{"exponential_integral": mpmath.expint}, "mpmath"])
    with mpmath.workdps(50):
        for root in found.roots:
            s = mpmath.mpc(mpmath.mpf(root.re.mid), mpmath.mpf(root.im.mid))
            assert abs(whole(s)) <= abs(s) * mpmath.mpf(10) ** -10


@pytest.mark.parametrize("law", [Constant(1), Exponential(1), Gamma(4, 1), Uniform(0, 2), Pareto("5/2", 1)], ids=str)
def test_negative_damping_has_one_unstable_real_root(law: Law) -> None:
    found = spectrum(delay_equation("-1/2", law))
    assert found.certified
    assert found.unstable_count == 1
    assert found.roots[0].im.ball.is_zero()
    assert found.roots[0].re.is_positive()
    put_back(delay_equation("-1/2", law), found)


@pytest.mark.parametrize("rest", [Constant(1), Exponential(1), Gamma("5/2", 1)], ids=str)
@pytest.mark.parametrize("damping", ["1/2", "3", "100"])
def test_an_atom_at_zero_is_felt_at_once(rest: Law, damping: str) -> None:
    equation = delay_equation(damping, Mixture([("9/10", Constant(0)), ("1/10", rest)]))
    found = spectrum(equation)
    assert found.certified
    assert found.unstable_count == 0  # |a L/10| < 9 a/10 on the axis
    put_back(equation, found)


@pytest.mark.parametrize("law", [Constant(1), Exponential(1), Gamma(4, 1)], ids=str)
@pytest.mark.parametrize("friction", [0, "-1/10", "1/1000000"])
def test_without_friction_a_delay_makes_the_mean_oscillate_and_grow(law: Law, friction: object) -> None:
    equation = delay_equation("1/4", law, friction)  # type: ignore[arg-type]
    found = spectrum(equation)
    assert found.certified
    assert found.unstable_count == 2
    assert found.roots[0].re.is_positive()
    put_back(equation, found)


@pytest.mark.parametrize("power", [-12, -9, -6, -3, 0, 2, 3, 4, 6])
def test_products_of_damping_and_delay_over_eighteen_orders(power: int) -> None:
    product = sp.Rational(10) ** power
    found = spectrum(delay_equation(product, Constant(1)))
    assert found.certified
    with mpmath.workdps(40):
        expected = mpmath.lambertw(-(mpmath.mpf(10) ** power))
        assert abs(mpmath.mpf(found.roots[0].re.mid) - expected.real) <= abs(expected) * mpmath.mpf(10) ** -15
    assert found.unstable_count == 2 * int(sp.floor(product / (2 * sp.pi) + sp.Rational(3, 4)))


@pytest.mark.parametrize("law", [*MIXED, *UNMIXED], ids=str)
def test_tiny_and_huge_products_of_any_law(law: Law) -> None:
    """Mixtures of exponentials, Weibull delays of shape below 1 among them, are stable however large the damping."""
    for power in (-12, 6):
        equation = delay_equation(sp.Rational(10) ** power, law)
        found = spectrum(equation)
        assert found.certified, found.reason
        assert found.unstable_count is not None
        assert (found.unstable_count > 0) == (power > 0 and law not in MIXED)
        if not isinstance(law, Weibull | LogNormal):  # mpmath has no name for their transforms
            put_back(equation, found)


@pytest.mark.parametrize("damping", ["1/5", "1", "2", "20"])
def test_delays_four_decades_apart(damping: str) -> None:
    equation = delay_equation(damping, Mixture([(HALF, Constant(1)), (HALF, Constant("1/10000"))]))
    found = spectrum(equation, count=4)
    assert found.certified
    put_back(equation, found)


@pytest.mark.parametrize("shape", ["1/10", "1/2", 1, "3/2", "5/2", 20, 200, "401/2", 10_000, 100_000])
def test_gamma_shapes_from_a_tenth_to_a_hundred_thousand(shape: object) -> None:
    law = Gamma(shape, 1)  # type: ignore[arg-type]
    for damping, stable in (("1/5", True), ("8", None)):
        found = spectrum(delay_equation(damping, law))
        assert found.certified
        k = float(sp.Rational(shape))  # type: ignore[arg-type]
        limit = k * np.sin(np.pi / 2 / k) / np.cos(np.pi / 2 / k) ** (k + 1) if k > 1 else np.inf
        assert (found.unstable_count == 0) == (stable or limit > 8)
        assert found.roots or "half-plane of convergence" in (found.reason or "")
        put_back(delay_equation(damping, law), found)


def test_erlang_two_hundred_has_the_roots_of_its_stages() -> None:
    """v^200 (v - 1) = -a/200 with v = 1 + s/200: |v| is 1 nearly, and none of them is unstable below the limit."""
    found = spectrum(delay_equation("3/2", Gamma(200, 1)), count=6)
    assert found.certified
    assert found.unstable_count == 0
    with mpmath.workdps(40):
        for root in found.roots:
            v = 1 + mpmath.mpc(mpmath.mpf(root.re.mid), mpmath.mpf(root.im.mid)) / 200
            assert abs(v**200 * (v - 1) + mpmath.mpf(3) / 400) < mpmath.mpf(10) ** -16


@pytest.mark.parametrize("law", [Gamma("5/2", 10**8), Pareto("5/2", 10**7), Gamma("5/2", "1/100000000")], ids=str)
def test_cuts_of_transforms_at_every_time_scale(law: Law) -> None:
    """H is real right of its abscissa, however near to 0 that is."""
    equation = delay_equation(sp.Rational(6, 5) / law.mean, law)
    found = spectrum(equation)
    assert found.certified, found.reason
    put_back(equation, found)


@pytest.mark.parametrize("shape", ["11/10", "3/2", 3, 30])
def test_heavy_tails_decay_slower_than_any_exponential(shape: object) -> None:
    law = Pareto(shape, 1)  # type: ignore[arg-type]
    found = spectrum(delay_equation(sp.Rational(1, 5) / law.mean, law))
    assert found.certified
    assert found.roots == ()
    assert found.unstable_count == 0
    assert "slower than any exponential" in (found.reason or "")


def test_a_law_known_only_by_an_integral_is_refused_for_a_stated_reason() -> None:
    lost = sp.Integral(sp.exp(-y.s * y.t) * sp.exp(-(y.t**2)) * 2 / sp.sqrt(sp.pi), (y.t, 0, sp.oo))
    found = spectrum(CharacteristicEquation(y.s + lost, y.s, lost, -sp.oo))
    assert not found.certified
    assert found.roots == ()
    assert "Integral" in (found.reason or "")


@pytest.mark.parametrize("size", [1000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_trace_of_many_values(size: int) -> None:
    ticks = (np.random.default_rng(4).gamma(4, 2500, size)).astype(int)
    law = Empirical([sp.Rational(int(tick), 10_000) for tick in ticks])
    found = spectrum(delay_equation("3/2", law))
    assert found.certified
    assert found.unstable_count == 0
    s = complex(found.roots[0])
    assert abs(s + 1.5 * np.exp(-s * ticks / 10_000).mean()) < 1e-11


@pytest.mark.parametrize("law", [Constant(1), Gamma(4, 1), Gamma("5/2", 1), Uniform(0, 2)], ids=str)
@pytest.mark.parametrize(("gain", "unstable"), [("1/200", 0), ("1", 2)])
def test_momentum_has_roots_and_a_count(law: Law, gain: str, unstable: int) -> None:
    """s (s + Lambda (1 - beta)) + c (s + Lambda) L with Lambda = 16, beta = 9/10 and c = 16 times the gain."""
    transform = law.laplace_transform(y.s)
    function = y.s * (y.s + sp.Rational(16, 10)) + 16 * sp.Rational(gain) * (y.s + 16) * transform
    equation = momentum_equation(function, transform, delay_equation(1, law))
    found = spectrum(equation, count=3)
    assert found.certified
    assert found.unstable_count is not None
    assert (found.unstable_count > 0) == (unstable > 0)
    put_back(equation, found)


def test_zeros_that_newton_passes_by_are_found() -> None:
    """Eleven roots are counted; the two from which the equation was made were reached from no start."""
    law = Mixture([("9/10", Constant(0)), ("1/10", Constant("0.00049"))])
    unit = 1 / law.mean
    chosen = (-sp.Rational(4, 5) + sp.Rational(1, 1000)) * unit + sp.I * sp.Rational(157, 100) * unit
    re, im = chosen.as_real_imag()
    a, b = through(law, [(re, im), (re, -im)])
    equation = delay_equation(a, law, b)
    found = spectrum(equation, right_of=re - abs(re) / 7)
    assert found.certified
    assert sum(root.counted for root in found.roots) == 11
    assert by_choice([(re, im)])(found) is None
    put_back(equation, found)


def test_two_roots_a_hair_apart_are_both_known_to_the_digits_promised() -> None:
    """10^-8 apart: the second was once given to nine digits only, found again and again beside the first."""
    law = Truncated(Gamma(1, "4.269e-8"), "8.538e-8")
    near = sp.Rational(61, 1000) / law.mean
    other = near * (1 + sp.Rational(1, 10**8))
    a, b = through(law, [(near, sp.Integer(0)), (other, sp.Integer(0))])
    found = spectrum(delay_equation(a, law, b), right_of="1782881")
    assert found.certified
    assert found.reason is None
    assert len(found.roots) == 2
    assert all(precise_enough(root, 15) for root in found.roots)
    assert by_choice([(near, sp.Integer(0)), (other, sp.Integer(0))])(found) is None


def test_a_zero_already_known_to_all_bits_stays_one() -> None:
    """Newton's steps at a converged zero are rounding of one size, and were taken for a climb."""
    law = Gamma(100_000, "413.4")
    near = -sp.Rational("0.0004088050314056603773584905660377358490566")
    chosen = [(near, sp.Integer(0)), (near * (1 + sp.Rational(1, 10**10)), sp.Integer(0))]
    a, b = through(law, chosen)
    found = spectrum(delay_equation(a, law, b), right_of="-0.0004672")
    assert found.certified
    assert [root.multiplicity for root in found.roots] == [1, 1]
    assert by_choice(chosen)(found) is None
