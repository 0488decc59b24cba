"""The noise gain against closed forms and an independent integration; outside stability it refuses."""

import math

import pytest
import sympy as sp
from scipy import integrate

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation
from derive.exact import exact
from derive.laws import Uniform
from derive.symbols import s
from numeric.enclosed.quadrature import cuts_on_axis, noise_gain, tail_error
from numeric.enclosure import arb, evaluate, precision
from numeric.roots.function import analytic


def equation(a: object, transform: sp.Expr, abscissa: object = -sp.oo, **more: object) -> CharacteristicEquation:
    gain = exact(a)  # type: ignore[arg-type]
    return CharacteristicEquation(s + gain * transform, s, gain * transform, sp.sympify(abscissa), **more)  # type: ignore[arg-type]


CONSTANT = [("1", ".5", 0.842898), ("1", "1", 1.704112), ("1", "1.4", 5.840687), ("2", ".3", 0.473941)]


@pytest.mark.parametrize(("a", "tau", "listed"), CONSTANT)
def test_constant_delays_have_their_closed_form(a: str, tau: str, listed: float) -> None:
    gain, delay = exact(a), exact(tau)
    found = noise_gain(equation(a, sp.exp(-s * delay)))
    closed = evaluate((1 + sp.sin(gain * delay)) / (2 * gain * sp.cos(gain * delay)))
    assert found.overlaps(closed)
    assert found.relative_radius < 1e-8
    assert float(found) == pytest.approx(listed, abs=1e-6)


@pytest.mark.parametrize(("a", "mu"), [("1", "1"), ("1/2", "3")])
def test_exponential_delays_have_their_closed_form(a: str, mu: str) -> None:
    gain, rate = exact(a), exact(mu)
    found = noise_gain(equation(a, rate / (rate + s), -rate), digits=6)
    assert found.contains((gain + rate) / (2 * gain * rate))
    assert found.relative_radius < 1e-6


@pytest.mark.parametrize("digits", [11, 13, 16, 20, 25])
def test_many_digits_are_reached(digits: int) -> None:
    stages, angle = (1 + s / 2) ** -2, sp.Rational(1, 2)
    closed = [
        (equation(2, 1 / (1 + s), -1), sp.Rational(3, 4)),
        (equation(1, stages, -2), sp.Rational(7, 6)),
        (equation(1, sp.exp(-s / 2)), (1 + sp.sin(angle)) / (2 * sp.cos(angle))),
    ]
    for known, exactly in closed:
        found = noise_gain(known, digits)
        assert found.contains(exactly)
        assert not found.contains(exactly * (1 + sp.Rational(10) ** -digits))
        assert found.relative_radius < 10.0**-digits
    spread = noise_gain(delay_equation(1, Uniform("1/2", 1)), digits)
    assert spread.relative_radius < 10.0**-digits


def test_where_cuts_lie() -> None:
    shape = sp.Rational(5, 2)
    assert cuts_on_axis(analytic(equation(1, (1 + s) ** -shape, -1)))
    assert cuts_on_axis(analytic(equation(1, 1 / (1 + s + s**2), -sp.Rational(1, 2))))  # poles tell themselves
    assert not cuts_on_axis(analytic(equation(1, (1 + s + s**2) ** -shape, -sp.Rational(1, 2))))
    assert not cuts_on_axis(analytic(equation(1, 1 / (1 + sp.sqrt(1 + s**2)), 0)))


@pytest.mark.parametrize("shape", [4, 2.5])
def test_gamma_delays_agree_with_an_independent_integration(shape: float) -> None:
    def density(w: float) -> float:
        return 1 / abs(1j * w + (1 + 1j * w / shape) ** -shape) ** 2

    near, _ = integrate.quad(density, 0, 20, limit=400, epsabs=1e-11)
    far, _ = integrate.quad(lambda v: density(1 / v) / v**2, 1e-9, 1 / 20, limit=400, epsabs=1e-11)
    k = exact(shape)
    found = noise_gain(equation(1, (1 + s / k) ** -k, -k))
    assert float(found) == pytest.approx((near + far) / math.pi, rel=1e-7)
    assert found.relative_radius < 1e-8


def test_a_measured_law_is_integrated() -> None:
    atoms = tuple(sp.Rational(300 + 9 * k, 100) for k in range(50))
    transform = sp.Sum(sp.exp(-s * y.atoms[y.j]), (y.j, 0, 49)) / 50
    found = noise_gain(equation("1/5", transform, arrays={y.atoms: atoms}), digits=4)
    unrolled = sum((sp.exp(-s * atom) for atom in atoms), sp.Integer(0)) / 50
    assert found.overlaps(noise_gain(equation("1/5", unrolled), digits=4))


def test_the_tail_bound_covers_the_true_tail() -> None:
    # Constant delay: the true tail is I pi minus the finite part, here by a fine independent integration.
    gain = equation(1, sp.exp(-s))
    with precision(64):
        bound = float(tail_error(analytic(gain), arb(8)))
        assert not tail_error(analytic(gain), arb("0.5")).is_finite()

    def density(w: float) -> float:
        return 1 / (w**2 - 2 * w * math.sin(w) + 1)

    finite, _ = integrate.quad(density, 0, 8, limit=400, epsabs=1e-12)
    true = math.pi * (1 + math.sin(1)) / (2 * math.cos(1)) - finite - 1 / 8
    assert 1e-5 < abs(true) < bound


@pytest.mark.parametrize("a", ["1.6", "10", "-1"])
def test_beyond_the_stability_limit_it_refuses(a: str) -> None:
    with pytest.raises(ValueError, match="stable"):
        noise_gain(CharacteristicEquation(s + exact(a) * sp.exp(-s), s, abs(exact(a)) * sp.exp(-s), -sp.oo))


def test_on_the_limit_and_for_another_form_it_refuses() -> None:
    with pytest.raises(ValueError, match="limit"):
        noise_gain(equation(4, (1 + s / 2) ** -2, -2))
    with pytest.raises(ValueError, match="form"):
        noise_gain(CharacteristicEquation(s**2 + s + sp.exp(-s), s, sp.Integer(2), -sp.oo))
