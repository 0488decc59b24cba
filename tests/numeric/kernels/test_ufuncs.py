"""Kernels behave like NumPy's own functions, whatever the claim and the target: shapes, kinds, no numbers, ``out``."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from derive.claims import CLAIMS
from numeric.kernels.compiling import Kernel, NotCompilableError, kernel_of

Array = NDArray[Any]
EPS = float(np.finfo(float).eps)
NO_NUMBERS = (np.nan, np.inf, -np.inf)
SOME = (
    "delay.stationary-variance.constant",
    "delay.root.constant",
    "law.transform.gamma",
    "law.transform.pareto",
    "law.transform.weibull",
    "law.transform.lognormal",
    "momentum.mean-square-limit.any-law",
)
ALL = [pytest.param(one, marks=() if one in SOME else pytest.mark.slow) for one in CLAIMS]


@cache
def kernel(claim: str, target: str) -> Kernel:
    """The kernel, or the test is skipped: there is none in this target, it takes data, or nothing at all."""
    try:
        found = kernel_of(CLAIMS[claim], target)
    except NotCompilableError as problem:
        pytest.skip(str(problem))
    if found.target != target or found._data or not found.arguments:
        pytest.skip("no compiler, data of any length, or a constant without arguments")
    return found


def points(used: Kernel) -> list[Array]:
    rng = np.random.default_rng(1)
    whole, parts = rng.integers(1, 6, (3, 4)).astype(float), rng.uniform(0.1, 0.9, (len(used.arguments), 3, 4))
    return [whole if one.is_integer else part for one, part in zip(used.arguments, parts, strict=True)]


def parts(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def pairs(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    return zip(parts(one), parts(other), strict=True)


@pytest.fixture(autouse=True)
def _no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("target", ["numpy", "c"])
@pytest.mark.parametrize("claim", ALL)
def test_shapes_broadcast_down_to_no_dimension_and_to_nothing(claim: str, target: str) -> None:
    used = kernel(claim, target)
    at = points(used)
    whole = used(*at)
    crossed = used(*(value[:, :1] if not i else value[:1] for i, value in enumerate(at)))
    for value, one in pairs(whole, crossed):
        assert value.shape == (3, 4)
        assert one.shape == (3, 4 if len(at) > 1 else 1)
    spread = used(*(np.broadcast_to(value[:, :1] if not i else value[:1], (3, 4)) for i, value in enumerate(at)))
    for value, one in pairs(crossed, spread):
        np.testing.assert_array_equal(value, one[:, : value.shape[1]])
    for value, one in pairs(whole, used(*(value[1, 2] for value in at))):
        assert isinstance(one, np.generic)
        # NumPy's own powers of one number and of many differ by roundings
        np.testing.assert_allclose(one, value[1, 2], rtol=0 if target == "c" else 16 * EPS)
    for one in parts(used(*(np.empty((0, 3)) for _ in at))):
        assert one.shape == (0, 3)


@pytest.mark.parametrize("target", ["numpy", "c"])
@pytest.mark.parametrize("claim", ALL)
def test_integers_are_doubles_and_single_precision_stays(claim: str, target: str) -> None:
    used = kernel(claim, target)
    twos = [np.full(5, 2) for _ in used.arguments]
    for value, one in pairs(used(*twos), used(*(two.astype(float) for two in twos))):
        assert value.dtype in (np.float64, np.complex128)
        np.testing.assert_array_equal(value, one)
    single = [value.astype("f4") for value in points(used)]
    for value, one in pairs(used(*single), used(*(one.astype(float) for one in single))):
        assert value.dtype == (np.complex64 if used.is_complex else np.float32)
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(value, one.astype(value.dtype))


@pytest.mark.parametrize("target", ["numpy", "c"])
@pytest.mark.parametrize("claim", ALL)
def test_what_is_no_number_gives_none_and_harms_no_neighbour(claim: str, target: str) -> None:
    used = kernel(claim, target)
    at = points(used)
    whole = used(*at)
    for number in range(len(at)):
        for bad in NO_NUMBERS:
            spoilt = [value.copy() for value in at]
            spoilt[number][0, 0] = bad
            for value, one in pairs(whole, used(*spoilt)):
                np.testing.assert_allclose(one.ravel()[1:], value.ravel()[1:], rtol=16 * EPS)
                assert np.isnan(one[0, 0]) or not np.isnan(bad)


@pytest.mark.parametrize("target", ["numpy", "c"])
@pytest.mark.parametrize("claim", ALL)
def test_values_go_where_they_are_wanted(claim: str, target: str) -> None:
    used = kernel(claim, target)
    at = points(used)
    whole = used(*at)
    out = [np.zeros((3, 8), value.dtype) for value in parts(whole)]
    strided = tuple(one[:, ::2] for one in out)
    assert used(*at, out=strided if isinstance(whole, tuple) else strided[0]) is not None
    for value, one, every in zip(parts(whole), strided, out, strict=True):
        np.testing.assert_array_equal(one, value)
        assert not every[:, 1::2].any()
    if not isinstance(whole, tuple) and whole.dtype == at[0].dtype:
        first = at[0].copy()
        np.testing.assert_array_equal(used(first, *at[1:], out=first), whole)
