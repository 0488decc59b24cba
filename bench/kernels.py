"""Kernels beside their peers: nanoseconds an element on one core, ``python bench/kernels.py [LIMIT.c]``.

Every row runs ours and theirs in turn, so that what else the machine does falls on all of them; ratios are of medians.
Ours also check their domain and flag what lies outside; the others do not. LIMIT.c, if given, is a hand-written
``rightmost(a, tau, re, im, n, iterations)`` to compare with; a peer that is not installed is a dash.
"""

from __future__ import annotations

import ctypes
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp
from scipy.special import lambertw

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.kernels.compiling import compile_kernel, kernel_of
from numeric.kernels.rightmost import rightmost_roots
from numeric.running.c_compiler import ATTEMPTS, FLAGS

ELEMENTS = 1 << 18
REPEATS = 40

Work = Callable[[], object]


def taken(works: Mapping[str, Work]) -> dict[str, tuple[float, float]]:
    """Nanoseconds an element of each, median and least, run in turn after one call each that warms up."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(REPEATS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return {
        name: (statistics.median(all_) / ELEMENTS * 1e9, min(all_) / ELEMENTS * 1e9) for name, all_ in times.items()
    }


def told(title: str, works: Mapping[str, Work]) -> None:
    """One block: every work's median, its least, and how many times the median of the first one it is."""
    print(f"{title:38} {'median':>11} {'least':>11} {'ratio':>8}")
    found = taken(works)
    first, _ = next(iter(found.values()))
    for name, (median, least) in found.items():
        print(f"    {name:34} {median:8.2f} ns {least:8.2f} ns {median / first:8.2f}")


def kernel_works(expression: Any, arguments: list[sp.Symbol], points: list[Any], domain: Any) -> dict[str, Work]:
    """Ours in C and in NumPy into fresh and given arrays, SymPy's lambdify, and that compiled by Numba."""
    native = compile_kernel(expression, arguments, domain=domain, target="c")
    plain = compile_kernel(expression, arguments, domain=domain)
    made = native(*points)
    theirs = sp.lambdify(arguments, list(expression) if isinstance(expression, sp.Tuple) else expression, cse=True)
    works: dict[str, Work] = {
        f"kernel, target {native.target}, out=": partial(native, *points, out=made),
        f"kernel, target {native.target}": partial(native, *points),
        "kernel, target numpy": partial(plain, *points),
        "SymPy lambdify, cse": partial(theirs, *points),
    }
    if importlib.util.find_spec("numba") and not isinstance(expression, sp.Tuple):
        import numba

        works["the same in Numba"] = partial(numba.vectorize(theirs), *points)
    return works


def print_kernels() -> None:
    """The variance of the constant delay; H, and H with H', at complex points."""
    rng = np.random.default_rng(1)
    variance = CLAIMS["delay.stationary-variance.constant"]
    points = [rng.uniform(0.1, 1, ELEMENTS) for _ in variance.arguments]
    names = list(variance.arguments.values())
    assert kernel_of(variance).hash == compile_kernel(variance.expression, names, domain=variance.derived.domain).hash
    told(
        "variance of the constant delay, real",
        kernel_works(variance.expression, names, points, variance.derived.domain),
    )
    function = y.s + y.damping * sp.exp(-y.s * y.mean_delay)
    arguments = [y.s, y.damping, y.mean_delay]
    complex_points = [rng.uniform(-1, 1, ELEMENTS) + 1j * rng.uniform(-3, 3, ELEMENTS), points[0], points[1]]
    told("H(s) of the constant delay, complex", kernel_works(function, arguments, complex_points, sp.true))
    both = sp.Tuple(function, sp.diff(function, y.s))
    told("H(s) and H'(s), complex", kernel_works(both, arguments, complex_points, sp.true))


def limit_work(source: Path, points: list[Any]) -> Work:
    """A hand-written C function, compiled with the flags of ours."""
    library = Path(tempfile.mkdtemp()) / "limit.so"
    subprocess.run(["cc", *FLAGS, "-shared", "-fPIC", source, "-o", library, *ATTEMPTS[0]], check=True)
    parts = [np.empty(ELEMENTS), np.empty(ELEMENTS)]
    addresses = [ctypes.c_void_p(array.ctypes.data) for array in (*points, *parts)]
    function = ctypes.CDLL(str(library)).rightmost
    return partial(function, *addresses, ctypes.c_long(ELEMENTS), 4)


def print_roots(limit: Path | None) -> None:
    """The rightmost root for arrays of damping and delay in [.02, 4]."""
    rng = np.random.default_rng(1)
    points = [rng.uniform(0.02, 4, ELEMENTS) for _ in range(2)]
    out = np.empty(ELEMENTS, complex)
    works: dict[str, Work] = {
        "rightmost_roots, target c, out=": partial(rightmost_roots, *points, out=out),
        "rightmost_roots, target c": partial(rightmost_roots, *points),
        "rightmost_roots, target numpy": partial(rightmost_roots, *points, target="numpy"),
        "SciPy lambertw": lambda: lambertw(-points[0] * points[1]) / points[1],
    }
    if limit is not None:
        works["hand-written limit"] = limit_work(limit, points)
    told("rightmost root of the constant delay", works)


def main() -> None:
    """Print a block a kernel: who, nanoseconds an element, times ours."""
    print_kernels()
    print_roots(Path(sys.argv[1]) if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    main()
