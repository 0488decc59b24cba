"""Complex arithmetic by parts agrees with NumPy's (log(1 + z) with ours), next to cuts and where squares overflow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from numeric.kernels.complex_lines import ComplexLines, Parts
from numeric.kernels.functions import log1p
from numeric.kernels.lines import Lines
from numeric.kernels.loops import loop_source
from numeric.kernels.native import native_loop

Array = NDArray[np.complex128]
METHODS: dict[str, tuple[Callable[[ComplexLines, Parts, Parts], Parts], Callable[[Array, Array], Array]]] = {
    "sum": (lambda do, z, w: do.sum(z, w), lambda z, w: z + w),
    "product": (lambda do, z, w: do.product(z, w), lambda z, w: z * w),
    "quotient": (lambda do, z, w: do.quotient(z, w), lambda z, w: z / w),
    "power": (lambda do, z, w: do.power(z, 5), lambda z, w: z * z * z * z * z),
    "exp": (lambda do, z, w: do.exp(z), lambda z, w: np.exp(z)),
    "log": (lambda do, z, w: do.log(z), lambda z, w: np.log(z)),
    "root": (lambda do, z, w: do.root(z), lambda z, w: np.sqrt(z)),
    "modulus": (lambda do, z, w: Parts(do.modulus(z), do.lines.number(0)), lambda z, w: np.abs(z) + 0j),
    "expm1": (lambda do, z, w: do.expm1(z), lambda z, w: np.expm1(z)),
    "log1p": (lambda do, z, w: do.log1p(z), lambda z, w: log1p(z)),
}


@pytest.fixture(scope="module")
def values() -> dict[str, tuple[Array, Array, Array, Array]]:
    """All results from one compiled loop: those of complex, and of real numbers."""
    rng = np.random.default_rng(1)
    z, w = (10 ** rng.uniform(-8, 2, 2000) * np.exp(1j * rng.uniform(-np.pi, np.pi, 2000)) for _ in range(2))
    z[:8] = [1, -1, 1j, -1j, -2 + 1e-300j, 1 + 1e-9j, 3e200 + 4e200j, -1e-200 + 1e-200j]
    lines = Lines()
    arguments = [("z", "y"), ("w", "v")]
    both = [Parts(*map(lines.argument, parts)) for parts in arguments]
    do, results = ComplexLines(lines), []
    for method, _ in METHODS.values():
        results.append(method(do, *both))
        real = method(do, *(Parts(parts.re) for parts in both))
        results.append(Parts(real.re, lines.number(0.0) if real.im is None else real.im))
    loop = native_loop(loop_source([[p for p in parts if p is not None] for parts in results], arguments))
    if loop is None:
        pytest.skip("no C compiler")
    found = [np.empty(z.shape, complex) for _ in results]
    loop([z, w], found)
    return {name: (z, w, found[2 * n], found[2 * n + 1]) for n, name in enumerate(METHODS)}


@pytest.mark.parametrize("name", METHODS)
def test_each_operation_agrees_with_numpy(name: str, values: dict[str, tuple[Array, Array, Array, Array]]) -> None:
    z, w, found, real = values[name]
    with np.errstate(all="ignore"):
        known, plain = METHODS[name][1](z, w), METHODS[name][1](z.real, w.real)
    usable = np.isfinite(known)
    assert usable[-1900:].all()
    np.testing.assert_allclose(found[usable], known[usable], rtol=3e-15)
    np.testing.assert_allclose(real, plain, rtol=3e-15)
