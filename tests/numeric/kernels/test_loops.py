"""The printed C computes what was recorded, wherever a point stands, and is printed the same every time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from numeric.kernels.lines import Lines
from numeric.kernels.loops import BLOCK, VECTOR_MATH, loop_source
from numeric.kernels.native import native_loop

N = 3 * BLOCK + 7


def printed() -> str:
    """Three stages, a shared product, a condition used in two stages, a complex argument and a complex result."""
    lines = Lines()
    x, re, im = (lines.argument(name) for name in ("x", "re", "im"))
    low = lines.log(x)
    small = x < 1
    first = lines.where(small, lines.sin(low * re), low) + x * im
    second = lines.where(small & (first > 0), lines.call("exp", first), -x) - x * x
    return loop_source([(first,), (second, lines.number(2.0)), (lines.call("fabs", im),)], [("x",), ("re", "im")])


def expected(x: NDArray[np.float64], z: NDArray[np.complex128]) -> list[NDArray[np.complex128]]:
    low, small = np.log(x), x < 1
    first = np.where(small, np.sin(low * z.real), low) + x * z.imag
    second = np.where(small & (first > 0), np.exp(first), -x) - x * x
    return [first, second + 2j, abs(z.imag)]


@pytest.fixture
def points() -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    rng = np.random.default_rng(1)
    return rng.uniform(0.1, 2, N), rng.uniform(-1, 1, N) + 1j * rng.uniform(-1, 1, N)


def run(x: NDArray[np.float64], z: NDArray[np.complex128]) -> list[NDArray[np.complex128]]:
    loop = native_loop(printed())
    if loop is None:
        pytest.skip("no C compiler")
    shape = np.broadcast_shapes(x.shape, z.shape)
    found = [np.empty(shape), np.empty(shape, complex), np.empty(shape)]
    loop([x, z], found)
    return found  # type: ignore[return-value]


def test_the_values_are_those_of_the_recorded_lines(
    points: tuple[NDArray[np.float64], NDArray[np.complex128]],
) -> None:
    for found, known in zip(run(*points), expected(*points), strict=True):
        np.testing.assert_allclose(found, known, rtol=1e-14, atol=1e-15)


def test_no_value_depends_on_where_a_point_stands(points: tuple[NDArray[np.float64], NDArray[np.complex128]]) -> None:
    x, z = points
    whole = run(x, z)
    for part in (slice(0, 1), slice(5, 12), slice(BLOCK - 1, BLOCK + 2), slice(None, None, -3), slice(0, 0)):
        for one, all_ in zip(run(x[part], z[part]), whole, strict=True):
            np.testing.assert_array_equal(one, all_[part])
    for one, all_ in zip(run(x[3:4], z), run(np.full(N, x[3]), z), strict=True):
        np.testing.assert_array_equal(one, all_)


def test_each_transcendental_function_has_its_own_loop() -> None:
    source = printed()
    assert source == printed()
    for line in source.splitlines():
        assert sum(line.count(f" {name}(") for name in VECTOR_MATH) <= 1
    assert source.count("= sin(") == source.count("= log(") == source.count("= exp(") == 1
    assert "FUSED(" in source


def test_numbers_of_every_kind_are_printed_exactly() -> None:
    lines = Lines()
    values = [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan, 1e22]
    loop = native_loop(loop_source([(lines.number(value),) for value in values], [("x",)]))
    if loop is None:
        pytest.skip("no C compiler")
    found = [np.empty(2) for _ in values]
    loop([np.ones(2)], found)
    for result, value in zip(found, values, strict=True):
        assert result.tobytes() == np.full(2, value).tobytes()
