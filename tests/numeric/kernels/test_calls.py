"""Calls of kernels: shapes, blocks, dtypes, names of arguments, where values go, arrays of data."""

from functools import cache

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.kernels.compiling import Kernel, NotCompilableError, compile_kernel, kernel_of


@cache
def kernel(claim_id: str) -> Kernel:
    return kernel_of(CLAIMS[claim_id])


def test_shapes_broadcast_and_constants_keep_the_shape() -> None:
    used = kernel("delay.stationary-variance.constant")
    grid = used(np.ones((3, 1)), np.linspace(0.1, 1, 4), 1)
    assert grid.shape == (3, 4)
    assert grid[2, 1] == used(1, np.linspace(0.1, 1, 4)[1], 1)
    assert used(np.zeros((0, 2)), 1, 1).shape == (0, 2)
    assert np.ndim(used(1, 1, 1)) == 0
    one = compile_kernel(sp.Integer(1), [y.damping])
    assert one(np.ones((2, 3))).tolist() == [[1.0] * 3] * 2
    assert np.isnan(one(np.array([-1.0, 1.0]))).tolist() == [True, False]
    with pytest.raises(ValueError, match="broadcast"):
        used(np.ones(3), np.ones(4), 1)


def test_blocks_do_not_show() -> None:
    used, rng = kernel("delay.stationary-variance.constant"), np.random.default_rng(4)
    damping = rng.uniform(0.1, 2, (70, 301))
    value = used(1.0, damping, 2.0)
    rows = np.array([[used(1.0, x, 2.0) for x in row[:3]] for row in damping])
    np.testing.assert_array_equal(value[:, :3], rows)
    np.testing.assert_array_equal(used(1.0, damping.T, 2.0), value.T)


def test_dtypes() -> None:
    used = kernel("delay.stationary-variance.constant")
    single = used(np.float32(1), np.array([0.1, 0.7, 1.5], np.float32), 2)
    assert single.dtype == np.float32
    double = used(1, np.array([0.1, 0.7, 1.5], np.float32).astype(float), 2)
    np.testing.assert_array_equal(single, double.astype(np.float32))
    assert used(np.array([1, 2]), 0.5, 1).dtype == np.float64
    assert kernel("law.transform.gamma")(np.float32(1), np.float32(2), np.complex64(1j)).dtype == np.complex64
    assert kernel("law.transform.gamma")(1, 2, 1).dtype == np.complex128
    for wrong in (1j, "1", True, None, [[1], [1, 2]]):
        with pytest.raises((TypeError, ValueError)):
            used(wrong, 1, 1)


def test_arguments_may_be_named_and_must_be_complete() -> None:
    used = kernel("law.cdf.exponential")
    assert used(mean_delay=2, time=1) == used(2, 1) == used(2, time=1)
    for arguments_, named in (((1,), {}), ((1, 2, 3), {}), ((1, 2), {"time": 3}), ((1,), {"tme": 3})):
        with pytest.raises(TypeError, match="allowed"):
            used(*arguments_, **named)


def test_out_receives_the_values() -> None:
    used, out = kernel("law.cdf.exponential"), np.zeros((2, 2))
    assert used(1.0, np.array([1.0, 2.0]), out=out[0]) is not None
    np.testing.assert_array_equal(out[0], used(1.0, np.array([1.0, 2.0])))
    np.testing.assert_array_equal(out[1], 0)
    for wrong in (np.zeros(3), np.zeros(2, np.int64)):
        with pytest.raises(ValueError, match="out"):
            used(1.0, np.array([1.0, 2.0]), out=wrong)


def test_a_measured_law_is_one_sum_in_bounded_memory() -> None:
    data = np.random.default_rng(5).exponential(size=200_001)
    points_ = 1j * np.linspace(0, 3, 11)
    used = kernel("law.transform.empirical")
    value = used(measured_values=data, laplace_variable=points_, atom_count=len(data))
    np.testing.assert_allclose(value, [np.exp(-s * data).mean() for s in points_], rtol=1e-13)
    assert "for" not in used.source
    assert len(used.source) < 1000
    assert np.isnan(used(measured_values=data[:10], laplace_variable=1.0, atom_count=11))
    assert np.isnan(used(measured_values=-data[:10], laplace_variable=1.0, atom_count=10))
    with pytest.raises(ValueError, match="dimensions"):
        used(measured_values=data[None], laplace_variable=1.0, atom_count=3)
    with pytest.raises(ValueError, match="scalar limits"):
        used(measured_values=data, laplace_variable=1.0, atom_count=np.array([3, 4]))


def test_data_may_be_fixed_when_the_kernel_is_made() -> None:
    expression = sp.Sum(sp.exp(-y.s * y.atoms[y.j]), (y.j, 0, 2))
    used = compile_kernel(expression, [y.s], arrays={y.atoms: (sp.Integer(1), sp.Rational(1, 2), 3)})
    assert used(2.0) == pytest.approx(sum(np.exp(-2.0 * x) for x in (1, 0.5, 3)))
    with pytest.raises(NotCompilableError, match="no data"):
        compile_kernel(expression, [y.s])
