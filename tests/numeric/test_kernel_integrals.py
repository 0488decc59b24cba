"""Quadrature kernels: right to the last digits on the right half-plane, NaN elsewhere."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from derive import symbols as y
from derive.laws import Pareto
from numeric.kernel_integrals import exponential_integral
from numeric.kernels import compile_kernel


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
