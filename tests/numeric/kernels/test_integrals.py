"""Quadrature kernels: right to the last digits on the right half-plane, NaN elsewhere."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.laws import Pareto
from derive.standard_integrals import bounded_exponential_integral as named_bounded
from derive.standard_integrals import lognormal_integral as named_lognormal
from derive.standard_integrals import weibull_integral as named_weibull
from numeric.enclosure import evaluate_complex
from numeric.kernels.compiling import compile_kernel
from numeric.kernels.integrals import (
    bounded_exponential_integral,
    exponential_integral,
    lognormal_integral,
    weibull_integral,
)


@pytest.mark.parametrize("order", [0.5, 1.0, 1.1, 2.5, 30.0])
def test_the_digits_are_those_of_mpmath(order: float) -> None:
    generator = np.random.default_rng(3)
    size, angle = 10 ** generator.uniform(-6, 1.5, 24), generator.uniform(-np.pi / 2, np.pi / 2, 24)
    x = np.concatenate([size * np.exp(1j * angle), 1j * size])
    x = np.maximum(x.real, 0) + 1j * x.imag
    with mpmath.workdps(30):
        expected = np.array([complex(mpmath.expint(order, complex(z))) for z in x])
    assert np.max(np.abs(exponential_integral(order, x) / expected - 1)) < 1e-14
    real = exponential_integral(order, size)
    assert real.dtype == np.float64
    with mpmath.workdps(30):
        assert np.allclose(real, [float(mpmath.expint(order, z)) for z in size], rtol=1e-14, atol=0)


def test_its_ends_and_what_lies_outside() -> None:
    found = exponential_integral(np.array([2.5, 0.5, 2.5, 2.5]), np.array([0.0, 0.0, np.inf, -1.0]))
    assert found[:3].tolist() == [2 / 3, np.inf, 0.0]
    assert np.isnan(found[3])


def test_the_kernel_of_a_pareto_transform() -> None:
    kernel = compile_kernel(Pareto("5/2", 2).laplace_transform(y.s), [y.s])
    assert kernel.is_complex
    at = np.array([0, 0.5, 1j])
    expected = [2.5 * complex(mpmath.expint(3.5, 2 * complex(s))) for s in at]
    assert np.allclose(kernel(at), expected, rtol=1e-14)


@pytest.mark.parametrize("at", [0.0, 0.7, 30.0, 1j, 2 - 3j, 1e-6j, -40j])
def test_weibull_and_lognormal_kernels_have_the_digits_of_the_balls(at: complex) -> None:
    point = sp.Rational(np.real(at)) + sp.I * sp.Rational(np.imag(at))
    for shape in (0.25, 0.9, 1.7, 6.0):
        expected = evaluate_complex(named_weibull(0, sp.Rational(shape), y.s).subs(y.s, point), digits=15)
        assert abs(weibull_integral(0, shape, at) - complex(expected)) < 1e-13
    for spread in (0.0625, 1.0, 3.0):
        expected = evaluate_complex(named_lognormal(sp.Rational(spread), y.s).subs(y.s, point), digits=15)
        assert abs(lognormal_integral(spread, at) - complex(expected)) < 1e-13
    assert np.isnan(weibull_integral(0, 0.5, -1.0))


@pytest.mark.parametrize("at", [0.0, 1e-7, 0.7, 30.0, 1j, 2 - 3j, 1e-6j, -40j, 900.0])
def test_bounded_integrals_have_the_digits_of_the_balls(at: complex) -> None:
    point = sp.Rational(np.real(at)) + sp.I * sp.Rational(np.imag(at))
    for order, end in ((0.5, 1.25), (1.0, 3.0), (3.5, 20.0), (6.0, 1e6)):
        name = named_bounded(sp.Rational(order), sp.Rational(end), y.s).subs(y.s, point)
        expected = complex(evaluate_complex(name, digits=15))
        assert abs(bounded_exponential_integral(order, end, at) - expected) <= 1e-13 * abs(expected)
    assert np.isnan(bounded_exponential_integral(2.0, [3.0, 0.5], [-1.0, 1.0])).all()
    assert bounded_exponential_integral(2.0, 3.0, np.inf) == 0
    assert isinstance(bounded_exponential_integral(2.0, 3.0, 1.0), float)
