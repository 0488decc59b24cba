"""Balls of named integrals: mpmath's digits lie in them, wide balls hold their points, bounds hold."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.standard_integrals import (
    bounded_exponential_integral,
    exponential_integral,
    lognormal_integral,
    weibull_integral,
)
from numeric.enclosure import Ball, acb, arb, compile_ball, fmpq, precision

ORDERS = [sp.Rational(11, 10), sp.Rational(5, 2), sp.Integer(3), sp.Rational(41, 2)]


def exact(number: mpmath.mpf) -> Ball:
    sign, mantissa, exponent, _ = number._mpf_
    return arb(fmpq(int(-mantissa if sign else mantissa))) * arb(2) ** int(exponent)


def ball(value: mpmath.mpc) -> Ball:
    """The ball of a 60-digit number, wide enough for its last digits."""
    slack = arb(0, 1e-50)
    return acb(exact(mpmath.mpf(value.real)) + slack, exact(mpmath.mpf(value.imag)) + slack)


def points(seed: int, count: int) -> list[complex]:
    """Random points of the right half-plane and its edge, of every size."""
    generator = np.random.default_rng(seed)
    size, angle = 10 ** generator.uniform(-6, 2, count), generator.uniform(-np.pi / 2, np.pi / 2, count)
    made = [complex(r * np.cos(phi), r * np.sin(phi)) for r, phi in zip(size, angle, strict=True)]
    return [complex(0.0, z.imag) if k % 4 == 0 else z for k, z in enumerate(made)]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_the_digits_of_mpmath_lie_in_the_balls(order: sp.Rational) -> None:
    program = compile_ball(exponential_integral(order, y.s), [y.s])
    with precision(256), mpmath.workdps(60):
        for z in points(1, 24):
            found = program(acb(z))
            expected = ball(mpmath.mpc(mpmath.expint(mpmath.mpmathify(order), mpmath.mpmathify(z))))
            assert found.overlaps(expected)
            assert not (found * (1 + acb(1) / 10**20)).overlaps(expected) or abs(expected) < 1e-9
            assert max(found.real.rad(), found.imag.rad()) < arb(10) ** -25


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_a_wide_ball_holds_the_values_at_its_points(order: sp.Rational) -> None:
    """On the axis, across it, around 0 on the right, and left of it."""
    program = compile_ball(exponential_integral(order, y.s), [y.s])
    wide = [
        (acb(0, arb(1, 0.5)), [acb(0, 0.5), acb(0, 1.5), acb(0, 1.25)]),
        (acb(0, arb(0.5, 0.5)), [acb(0, 0), acb(0, 1), acb(0, 0.125)]),
        (acb(arb(2, 1), arb(0, 1)), [acb(1, -1), acb(3, 0), acb(2, 0.5)]),
        (acb(arb(2, 1)), [acb(1), acb(3)]),
        (acb(arb(0, 0.25), arb(3, 0.5)), [acb(-0.25, 2.5), acb(0.25, 3.5), acb(0, 3)]),
    ]
    for square, inside in wide:
        found = program(square)
        assert found.is_finite()
        assert all(found.contains(program(point).mid()) for point in inside)
        assert found.imag.is_zero() == square.imag.is_zero()
        assert float(found.real.rad()) < 11


def test_a_wide_ball_is_nearly_as_narrow_as_the_slope_allows() -> None:
    program = compile_ball(exponential_integral(sp.Rational(5, 2), y.s), [y.s])
    found = program(acb(0, arb(30, 1)))
    assert float(found.real.rad()) < 0.05, "an oscillation of size 1/30, and not the series' 1e10"


@pytest.mark.parametrize("order", [sp.Rational(7, 2), sp.Rational(5, 3)], ids=str)
@pytest.mark.parametrize("bits", [64, 81, 226])
def test_no_digits_are_lost_between_the_series_and_the_expansion_at_infinity(order: sp.Rational, bits: int) -> None:
    """Where e^|z| and its inverse cancel in the series, for a rounded order, too."""
    program = compile_ball(exponential_integral(order, y.s), [y.s])
    with precision(bits):
        points = [acb(x, w) for w in (5, 20, 44, 56, 100, 156) for x in (0, 1, w // 2)]
        assert all(program(point).rel_accuracy_bits() > bits - 24 for point in points)
    with precision(bits), mpmath.workdps(120):
        for point in points[::4]:
            z = mpmath.mpc(float(point.real), float(point.imag))
            expected = mpmath.mpc(mpmath.expint(mpmath.mpmathify(order), z))
            with precision(300):
                assert program(point).overlaps(ball(expected))
            assert program(point).overlaps(acb(exact(expected.real), exact(expected.imag)))


def integrand(z: complex, order: sp.Rational) -> Callable[[mpmath.mpf], mpmath.mpc]:
    return lambda v: mpmath.exp(-z * v) * v ** -mpmath.mpmathify(order)


@pytest.mark.parametrize("order", [sp.Rational(7, 2), sp.Integer(2), sp.Rational(1, 2)], ids=str)
def test_bounded_integrals_are_enclosed_in_the_whole_plane(order: sp.Rational) -> None:
    """Across the cut of either term, too, where both jump alike."""
    program = compile_ball(bounded_exponential_integral(order, 6, y.s), [y.s])
    with precision(192), mpmath.workdps(60):
        for z in (-3.0, -0.25 + 2j, -0.25 - 2j, 1e-9, 0.5, 40j, -1e-6 - 1e-6j):
            expected = ball(mpmath.mpc(mpmath.quad(integrand(z, order), mpmath.linspace(1, 6, 41))))
            found = program(acb(z))
            assert found.overlaps(expected)
            assert not (found * (1 + acb(1) / 10**20)).overlaps(expected)
            assert max(found.real.rad(), found.imag.rad()) < arb(10) ** -30
        wide = acb(arb(-0.5, 0.25), arb(0, 0.25))
        for inside in (acb(-0.25, 0.25), acb(-0.75, -0.25), acb(-0.5), acb(-0.75)):
            assert program(wide).contains(program(inside))
        assert program(wide).real.rad() < 60
    assert not program(acb("nan")).is_finite()


def test_a_bounded_integral_of_an_uncertain_bound_says_nothing() -> None:
    program = compile_ball(bounded_exponential_integral(2, y.z, y.s), [y.z, y.s])
    assert program(acb(arb(2, 0.5)), acb(1)).is_finite()
    assert not program(acb(arb(2, 1.5)), acb(1)).is_finite()


def test_a_wide_ball_far_on_the_right_is_as_narrow_as_the_weight_there_allows() -> None:
    program = compile_ball(weibull_integral(5, 4, y.s), [y.s])
    narrow, wide = program(acb(9)), program(acb(arb(9, 1e-3), arb(0, 1e-3)))
    assert wide.contains(narrow.mid())
    assert float(wide.real.rad()) < 2e-3 * float(narrow.real.mid()), "it falls like v^5 e^(-9 v), not like its moments"


@pytest.mark.parametrize(
    "transform",
    [weibull_integral(power, shape, y.s) for shape in (sp.Rational(3, 4), sp.Rational(3, 2), 4) for power in (0, 1)]
    + [lognormal_integral(sp.Rational(1, 2), y.s), lognormal_integral(2, y.s)],
    ids=str,
)
def test_far_up_the_axis_a_wide_ball_is_bounded_by_the_average_along_a_ray(transform: sp.Expr) -> None:
    """Above and below, on the axis and right of it; the moments, of the order of 1, bound nothing there."""
    program = compile_ball(transform, [y.s])
    generator = np.random.default_rng(5)
    for height in (3e2, 3e4, -3e4):
        for right in (0.0, 1.0):
            wide = acb(right, arb(height, abs(height) / 3))
            found = program(wide)
            inside = height * (1 + generator.uniform(-1, 1, 12) / 3)
            assert all(found.overlaps(program(acb(right, float(point)))) for point in inside)
            assert all(abs(program(acb(right, float(point)))) < 2 * found.real.rad() for point in inside)
            assert float(found.real.rad()) < 0.5
        farther = program(acb(0, arb(10 * height, height)))
        assert float(farther.real.rad()) < max(float(found.real.rad()) / 2, 1e-18)  # or only its rounding is left
