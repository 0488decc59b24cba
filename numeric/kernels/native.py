"""Stage: native code. Input: C source of one function ``kernel``. Output: that function on arrays, or None.

    source, flags, processor -> hash -> the cached library, else the compiler -> a loop over arrays

Never -ffast-math: it would round subnormals to zero in the whole process. Where no compiler is found, or it fails, one
note goes to stderr and everything runs in NumPy. $CC names the compiler; an empty one says that there is none.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.running.folders import cache_folder

__all__ = ["NativeLoop", "checked_target", "native_loop"]

Array = NDArray[Any]

FLAGS = ("-O3", "-march=native", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off")
ATTEMPTS = (("-DVECTOR_MATH", "-lmvec", "-lm"), ("-lm",))  # with the vector math library, and without it
SECONDS = 120


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
    compiler = _compiler()
    if compiler is None:
        return None
    name = hashlib.sha256("\0".join((source, *FLAGS, *ATTEMPTS[0], compiler, _processor())).encode()).hexdigest()
    path = cache_folder() / "kernels" / f"{name[:40]}.so"
    for _ in range(2):
        if not path.exists():
            trouble = _compiled(source, compiler, path)
            if trouble:
                _say(f"{compiler} cannot compile kernels ({trouble}): they run in NumPy")
                return None
        try:
            function = ctypes.CDLL(str(path)).kernel
        except OSError:  # cut short, or of another system
            path.unlink(missing_ok=True)
            continue
        function.restype = None
        return NativeLoop(path, function)
    return None


def _compiled(source: str, compiler: str, path: Path) -> str:
    """Compile into ``path``, all at once so that no other process sees half of it; what went wrong, or nothing."""
    trouble = ""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        text, library = Path(folder) / "kernel.c", Path(folder) / "kernel.so"
        text.write_text(source)
        for libraries in ATTEMPTS:
            command = [compiler, *FLAGS, "-shared", "-fPIC", str(text), "-o", str(library), *libraries]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
            except (OSError, subprocess.TimeoutExpired) as error:
                return type(error).__name__
            if done.returncode == 0:
                os.replace(library, path)
                return ""
            trouble = trouble or (done.stderr.strip().splitlines() or ["no message"])[-1]
    return trouble


@lru_cache(maxsize=1)
def _compiler() -> str | None:
    names = [os.environ["CC"]] if "CC" in os.environ else ["cc", "gcc", "clang"]
    found = next((path for path in map(shutil.which, filter(None, names)) if path), None)
    if found is None:
        _say("no C compiler found (cc, gcc, clang, or what CC names): kernels run in NumPy")
    return found


@lru_cache(maxsize=1)
def _processor() -> str:
    """What -march=native stands for here."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    kinds = ("model name", "flags", "Features")
    found = {line.split(":")[0].strip(): line for line in lines if line.startswith(kinds)}
    return "\n".join([platform.system(), platform.machine(), platform.processor(), *found.values()])


@lru_cache(maxsize=1)
def _say(note: str) -> None:
    print(f"staleproof: {note}", file=sys.stderr)
