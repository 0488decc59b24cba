"""Kernels beside SymPy's own ``lambdify(cse=True)``: nanoseconds an element, ``python bench/kernels.py``.

The kernel also checks its domain and flags what lies outside; lambdify does not. Ratio of medians, both warm.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.kernels.compiling import compile_kernel, kernel_of

ELEMENTS = 1 << 18
REPEATS = 15


def nanoseconds(work: Callable[[], object]) -> float:
    """The median time of one call per element, after one call that warms up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) / ELEMENTS * 1e9


def main() -> None:
    """Print one row a kernel: ours, lambdify's, the ratio."""
    rng = np.random.default_rng(1)
    variance = CLAIMS["delay.stationary-variance.constant"]
    ours, names = kernel_of(variance), list(variance.arguments.values())
    theirs = sp.lambdify(names, variance.expression, cse=True)
    points = [rng.uniform(0.1, 1, ELEMENTS) for _ in names]
    rows: list[tuple[str, Any, Any, list[Any]]] = [("constant-delay variance", ours, theirs, points)]
    function = y.s + y.damping * sp.exp(-y.s * y.mean_delay)
    arguments = [y.s, y.damping, y.mean_delay]
    complex_points = [rng.uniform(-1, 1, ELEMENTS) + 1j * rng.uniform(-3, 3, ELEMENTS), points[0], points[1]]
    both = compile_kernel(sp.Tuple(function, sp.diff(function, y.s)), arguments)
    pair = sp.lambdify(arguments, [function, sp.diff(function, y.s)], cse=True)
    rows.append(("H(s) and H'(s), complex", both, pair, complex_points))
    single = sp.lambdify(arguments, function, cse=True)
    rows.append(("H(s), complex", compile_kernel(function, arguments), single, complex_points))
    for name, mine, other, values in rows:
        one, two = nanoseconds(partial(mine, *values)), nanoseconds(partial(other, *values))
        print(f"{name:28} {one:7.1f} ns   lambdify {two:7.1f} ns   ratio {one / two:5.2f}")


if __name__ == "__main__":
    main()
