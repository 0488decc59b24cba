"""Arrays are taken by the rules of NumPy's own functions, and refused with what is allowed."""

from __future__ import annotations

import numpy as np
import pytest

from numeric.kernels.arrays import doubles, is_single, numbers, results


def test_numbers_are_taken_and_the_rest_is_refused() -> None:
    assert numbers(2, "delay").shape == ()
    assert numbers([1j], "root", real=False).dtype == np.complex128
    for wrong in (1j, "1", True, None, np.float128(1) if hasattr(np, "float128") else object()):
        with pytest.raises(TypeError, match=r"delay has dtype .*; allowed: integer, float32 or float64"):
            numbers(wrong, "delay")


def test_single_precision_is_kept_where_all_arrays_have_it() -> None:
    single, double = np.ones(2, "f4"), np.ones(2)
    for given, kept in (((single, 2), True), ((single, double), False), ((1, 2.5), False), ((np.float32(1),), True)):
        assert is_single(given, [np.asarray(value) for value in given]) == kept
    assert [value.dtype for value in doubles([single, np.ones(2, "c8"), np.arange(2)])] == ["f8", "c16", "f8"]
    assert doubles([double])[0] is double


def test_out_is_used_as_it_is_or_refused() -> None:
    out = np.zeros(3)
    assert results((3,), "f8", out)[0] is out
    assert [one.dtype for one in results((2,), "c8", None, 3)] == ["c8"] * 3
    assert results((3,), "f4", (out, out), 2)[1] is out
    for shape, kind in (((2,), "f8"), ((3,), "c16")):
        with pytest.raises(ValueError, match="out of shape"):
            results(shape, kind, out)
