"""Stage: native code. Input: C source of one function ``kernel``. Output: that function on arrays, or None."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.running.c_compiler import c_library

__all__ = ["NativeLoop", "checked_target", "native_loop"]

Array = NDArray[Any]


@dataclass(frozen=True)
class NativeLoop:
    """A compiled loop: ``loop(inputs, outputs)`` fills the outputs, all of one shape, from inputs that broadcast to it.

    Inputs are float64 or complex128, outputs too; it holds no lock of Python's while it runs.
    """

    path: Path
    _function: Any

    def __call__(self, inputs: Sequence[Array], outputs: Sequence[Array]) -> None:
        shape = outputs[0].shape
        taken = [_points(value, shape) for value in inputs]
        given = [_points(value, shape) for value in outputs]
        steps = [0 if value.size == 1 else value.strides[0] // 8 for value in taken]
        self._function(
            ctypes.c_int64(outputs[0].size),
            *_table([value.ctypes.data for value in taken], steps),
            *_table([value.ctypes.data for value in given], [value.strides[0] // 8 for value in given]),
        )
        for value, result in zip(given, outputs, strict=True):
            if not np.may_share_memory(value, result):
                result[...] = value.reshape(shape)


def _points(value: Array, shape: tuple[int, ...]) -> Array:
    """The values as a row of points, without a copy where they lie evenly; one value stands for all."""
    if value.size == 1:
        return value.reshape(1)
    if value.shape == shape:
        if value.ndim == 1 and value.strides[0] % 8 == 0 and value.flags.aligned:
            return value
        if value.flags.c_contiguous and value.flags.aligned:
            return value.reshape(-1)
    return np.array(np.broadcast_to(value, shape), order="C").reshape(-1)


def _table(addresses: list[int], steps: list[int]) -> tuple[Any, Any]:
    return (ctypes.c_void_p * len(addresses))(*addresses), (ctypes.c_int64 * len(steps))(*steps)


def checked_target(target: str) -> str:
    """``target``; raises ``ValueError`` unless it is "numpy" or "c".

    Example: ``checked_target("c") == "c"``.
    """
    if target not in ("numpy", "c"):
        raise ValueError(f"target is {target!r}; allowed: 'numpy', 'c'")
    return target


@lru_cache(maxsize=256)
def native_loop(source: str) -> NativeLoop | None:
    """The compiled ``source``, from the cache where it was compiled before; None where that cannot be done."""
    found = c_library(source)
    if found is None:
        return None
    path, library = found
    library.kernel.restype = None
    return NativeLoop(path, library.kernel)
