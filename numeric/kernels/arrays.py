"""Stage: arrays. Input: what a caller hands to a kernel. Output: arrays of doubles, and where the results go.

The rules of NumPy's own functions: shapes broadcast, integers become float64, float32 stays float32, scalars give
scalars, and ``out`` receives the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["doubles", "handed_back", "is_single", "numbers", "results", "workplace"]

Array = NDArray[Any]

SINGLE = tuple(np.dtype(kind) for kind in ("f2", "f4", "c8"))


def numbers(value: Any, name: str, real: bool = True) -> Array:
    """``value`` as an array; raises ``TypeError`` for what is not numeric, complex where ``real``, or too precise.

    Example: ``numbers([1, 2], "delay").dtype.kind == "i"``.
    """
    array = np.asarray(value)
    if array.dtype.kind not in ("iuf" if real else "iufc") or array.dtype.itemsize > (8 if real else 16):
        kinds = "integer, float32 or float64" + ("" if real else ", complex64 or complex128")
        raise TypeError(f"{name} has dtype {array.dtype}; allowed: {kinds}")
    return array


def is_single(given: Sequence[Any], values: Sequence[Array]) -> bool:
    """Whether all are single precision; Python's own numbers have no say."""
    kinds = [v.dtype for g, v in zip(given, values, strict=True) if not isinstance(g, int | float | complex)]
    return bool(kinds) and all(kind in SINGLE for kind in kinds)


def doubles(values: Sequence[Array]) -> list[Array]:
    """The same in double precision."""
    return [value.astype(np.complex128 if np.iscomplexobj(value) else np.float64, copy=False) for value in values]


def results(shape: tuple[int, ...], kind: str, out: Any, count: int | None = None) -> list[Array]:
    """The arrays to fill: ``out`` (a tuple of them where there is a ``count``), else new ones.

    Raises ``ValueError`` for an ``out`` of another shape or too narrow a kind.
    """
    if out is None:
        return [np.empty(shape, kind) for _ in range(count or 1)]
    found = [out] if count is None else list(out)
    for result in found:
        if result.shape != shape or not np.can_cast(kind, result.dtype, "same_kind"):
            raise ValueError(f"out of shape {result.shape}, dtype {result.dtype}; allowed: {shape}, {kind}")
    return found


def workplace(filled: Sequence[Array], values: Sequence[Array], kind: str | None = None) -> list[Array]:
    """The arrays to write into: new ones for those that may overlap a value or are of another kind."""
    return [
        np.empty(one.shape, kind or one.dtype)
        if one.dtype != (kind or one.dtype) or any(np.may_share_memory(one, value) for value in values)
        else one
        for one in filled
    ]


def handed_back(work: Sequence[Array], filled: Sequence[Array]) -> None:
    """Copy what was worked out elsewhere."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for one, result in zip(work, filled, strict=True):
            if one is not result:
                np.copyto(result, one, casting="same_kind")
