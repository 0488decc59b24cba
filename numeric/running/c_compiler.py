"""Stage: native code. Input: C source. Output: the library that the machine's compiler makes of it, or None.

    source, flags, processor -> hash -> the cached library, else the compiler

Never -ffast-math: it would round subnormals to zero in the whole process, and no sum would be what it says. Where no
compiler is found, or it fails, one note goes to stderr, and whoever asked does without. $CC names the compiler; an
empty one says that there is none.
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
from functools import lru_cache
from pathlib import Path

from numeric.running.folders import cache_folder

FLAGS = ("-O3", "-march=native", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off")
ATTEMPTS = (("-DVECTOR_MATH", "-lmvec", "-lm"), ("-lm",))  # with the vector math library, and without it
SECONDS = 120


def c_library(source: str) -> tuple[Path, ctypes.CDLL] | None:
    """The library of ``source`` and its file, from the cache where it was made before; None where that cannot be done.

    Example: ``c_library("int one(void) { return 1; }") is None or c_library("int one(void) { return 1; }")[1].one() ==
    1``.
    """
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
            return path, ctypes.CDLL(str(path))
        except OSError:  # cut short, or of another system
            path.unlink(missing_ok=True)
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
