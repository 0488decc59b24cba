"""Stage: uncertified maps. Input: H with two open parameters, a grid of them. Output: decay rates in doubles.

Newton's method from a fan of starting points at once, over the whole grid; of the zeros it ends at, the rightmost (of
an update-indexed equation the largest) is taken. Nothing proves that none was missed: this is for the eye alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis
from numeric.kernels.compiling import Kernel, compile_kernel

Grid = NDArray[Any]
_STEPS = 24
_APART = 2.0**-24  # of z: how far the slope looks, for a derivative may have no kernel
_SMALL = 1e-9  # a last step of this size, relative, ends at a zero
_RIGHT = (-1.5, -0.6, -0.2, 0.0, 0.4)  # starting points, in bounds on the roots right of 0
_UP = (0.0, 0.3, 0.6, 0.9, 1.3, 2.2)
_MODULI = (0.3, 0.6, 0.85, 1.0, 1.2)
_ANGLES = tuple(np.linspace(0, np.pi, 9))


def decay_map(
    equations: Sequence[CharacteristicEquation], axes: tuple[Axis, Axis], shape: tuple[int, int] = (81, 81)
) -> tuple[Grid, Grid, Grid]:
    """Columns, rows and -max Re s of the slowest equation over a grid (kind: doubles, uncertified; NaN: none found).

    Of an update-indexed equation -log |z|, per update. ``shape``: rows, columns. Raises ``NotCompilableError`` where
    NumPy cannot evaluate H.

    Example: ``decay_map([delay_equation(y.damping, Constant(1))], (Axis(y.damping, "1/10", 1), Axis(y.delay, 1, 2)),
    (2, 2))[2].shape == (2, 2)``.
    """
    x, y = (
        np.linspace(float(axis.low), float(axis.high), count) for axis, count in zip(axes, reversed(shape), strict=True)
    )
    wide, high = np.meshgrid(x, y)
    rates = [_rates(equation, axes, wide, high) for equation in equations]
    return x, y, np.min(rates, axis=0)


def _rates(equation: CharacteristicEquation, axes: tuple[Axis, Axis], x: Grid, y: Grid) -> Grid:
    s = equation.variable
    turning = equation.plane == "update-indexed"
    plain = {axis.symbol: sp.Dummy(f"p{number}", real=True) for number, axis in enumerate(axes)}
    function = equation.function.xreplace(plain)
    symbols = [s, *plain.values()]
    kernel = compile_kernel(function, symbols)
    if turning:
        starts = np.array([m * np.exp(1j * angle) for m in _MODULI for angle in _ANGLES])
        z = np.multiply.outer(starts, np.ones(x.shape))
    else:
        bound = np.broadcast_to(_real(equation.modulus_bound.subs(s, 0).xreplace(plain), symbols[1:], x, y), x.shape)
        starts = np.array([complex(right, up) for right in _RIGHT for up in _UP])
        z = np.multiply.outer(starts, bound + 1e-12)
    ended = _newton(kernel, z, *(np.broadcast_to(one, z.shape).ravel() for one in (x, y)))
    with np.errstate(all="ignore"):
        size = -np.log(np.abs(z)) if turning else -z.real
        ended &= (np.abs(z) if turning else z.real) > _edge(equation, plain, symbols[1:], x, y)
        rate = np.where(ended, size, np.inf).min(axis=0)
    return np.where(np.isfinite(rate), rate, np.nan)


def _newton(kernel: Kernel, z: Grid, x: Grid, y: Grid) -> Grid:
    """Move ``z`` to zeros in place, those that have arrived no further; where it did."""
    flat, ended = z.reshape(-1), np.zeros(z.size, dtype=bool)
    moving = np.arange(z.size)
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            here, at, beside = flat[moving], x[moving], y[moving]
            apart = _APART * (np.abs(here) + 1e-6)
            value = kernel(here, at, beside)
            step = value * apart / (kernel(here + apart, at, beside) - value)
            flat[moving] = here = here - step
            arrived = np.abs(step) < _SMALL * (np.abs(here) + 1e-6)
            ended[moving[arrived]] = True
            moving = moving[~arrived & np.isfinite(here)]
    return ended.reshape(z.shape)


def _edge(equation: CharacteristicEquation, plain: Any, symbols: list[sp.Symbol], x: Grid, y: Grid) -> Any:
    """Where H ends to converge."""
    abscissa = equation.abscissa_of_convergence
    return -np.inf if abscissa == -sp.oo else _real(abscissa.xreplace(plain), symbols, x, y)


def _real(expression: sp.Expr, symbols: list[sp.Symbol], x: Grid, y: Grid) -> Any:
    return compile_kernel(expression, symbols)(x, y)
