"""Stage: rightmost roots. Input: arrays of damping and delay. Output: the rightmost root of s + a e^(-s tau), each.

    x = a tau,  w = W_0(-x),  s = w/tau:   w e^w = -x

From a start w_0 whose own x_0 is known in closed form (on the curve w_0 = -v cot v + i v for x > 1/e), one step of
fourth order in z = log(x/x_0). Next to x = 1/e the series in sqrt(2 (1 - e x)), from x with all its digits. No branch:
the same lines run on NumPy arrays and print as C (numeric/kernels/loops.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numeric.kernels.arrays import doubles, handed_back, is_single, numbers, results, workplace
from numeric.kernels.functions import product_error
from numeric.kernels.lines import Lines
from numeric.kernels.loops import loop_source
from numeric.kernels.native import NativeLoop, checked_target, native_loop

__all__ = ["rightmost_roots"]

Array = NDArray[Any]

INVERSE_E = ("0x1.78b56362cef38p-2", "-0x1.ca8a4270fadf5p-57", "-0x1.837912b3fd2aap-111")  # 1/e to three doubles
BLOCK = 1 << 12
NEAR = 0.2  # |2 (1 - e x)| below which the series is used
TERMS = 28
FAR = 50.0  # -x above which the start is a function of log(-x)
HUGE = 1e300  # |x| above which only its logarithm is used
SCALE = 540  # binary digits by which either factor of a huge product is made smaller

# Starts, fitted to 2e-4: P(x)/Q(x), lowest power first. Which start it was does not show in the root.
TURNED = (
    (1.43323, 0.729707, 0.611464, -0.0913667, 0.185824),
    (1.0, 0.607583, 0.256624, 0.250811, -0.0289973, 0.0591487),
)
FALLING = ((2.71975, 0.41978, 0.00214683), (1.0, 1.15765, 0.317729, 0.0158994))
GROWING = ((0.576143, 0.424647, 0.1771, 0.00197739), (1.0, 0.189351, 0.00197957))


def rightmost_roots(damping: ArrayLike, delay: ArrayLike, *, target: str = "c", out: Any = None) -> Any:
    """The rightmost root of s + a e^(-s tau) = 0, the one with Im s >= 0 of a pair, for arrays that broadcast.

    ``damping`` a in 1/s: finite, of either sign; ``delay`` tau in s: finite and >= 0. Result: complex128 (complex64
    where both are float32), kind: doubles, with a forward error of a few ulps of s, and of Im s next to the double root
    a tau = 1/e; NaN outside. ``target``: "c" (where a compiler is found) or "numpy"; ``out``: where to write.
    Raises ``TypeError`` for what is not real, ``ValueError`` for shapes that do not fit.

    Example: ``abs(rightmost_roots(1.0, 1.0) - (-0.31813150520476413 + 1.3372357014306895j)) < 1e-15``.
    """
    given = (damping, delay)
    arrays = [numbers(value, name) for value, name in zip(given, ("damping", "delay"), strict=True)]
    shape = np.broadcast_shapes(*(value.shape for value in arrays))
    filled = results(shape, ("c16", "c8")[is_single(given, arrays)], out)
    loop = _loop() if checked_target(target) == "c" else None
    work, values = workplace(filled, arrays, "c16"), doubles(arrays)
    if loop is not None:
        loop(values, work)
    else:
        _fill(values, work[0])
    handed_back(work, filled)
    return out if out is not None else filled[0][()]


def _fill(values: Sequence[Array], found: Array) -> None:
    a, tau = (np.broadcast_to(value, found.shape).reshape(-1) for value in values)
    row = np.empty(a.shape, found.dtype)
    with np.errstate(all="ignore"):
        for start in range(0, len(row), BLOCK):
            part = slice(start, start + BLOCK)
            row.real[part], row.imag[part] = _root(a[part], tau[part], _ARRAYS)
    found[...] = row.reshape(found.shape)


@cache
def _loop() -> NativeLoop | None:
    """The same in C; None without a compiler."""
    lines = Lines()
    root = _root(lines.argument("a"), lines.argument("tau"), lines)
    return native_loop(loop_source([root], [("a",), ("tau",)]))


def _root(a: Any, tau: Any, do: Any) -> tuple[Any, Any]:
    """The real and the imaginary part of the root, on arrays or on lines."""
    where, product = do.where, a * tau
    huge = do.absolute(product) > HUGE  # infinite, too: there only the logarithm is needed
    x = where(huge, where(a > 0, HUGE, -HUGE), product)
    scaled = do.absolute(a) * 2.0**-SCALE * (tau * 2.0**-SCALE)
    log_x = do.log(where(huge, scaled, do.absolute(x))) + where(huge, 2 * SCALE * math.log(2), 0.0)
    # 1/e - a tau: the first difference is exact near the double root, where the rounding of the product matters.
    high, middle, low = map(float.fromhex, INVERSE_E)
    lost = where(do.absolute(x) < 1, do.product_error(a, tau), 0.0)
    y = 2 * math.e * (((high - x) + (middle - lost)) + low)
    turned, near, far = y < 0, do.absolute(y) < NEAR, x < -FAR

    kinds = (turned, near, far)
    # One root and one quotient for all starts: these are what costs.
    root = do.sqrt(where(near, do.absolute(y), where(turned, log_x + 1, where(far, 1.0, y))))
    re, im, ratio = _start((x, log_x, root), kinds, do)
    grown_re, grown_im = _step(re, im, where(turned | far, log_x, 0.0) - re - do.log(ratio))
    even, odd = _polynomial(_series()[::2], y), root * _polynomial(_series()[1::2], y)
    w_re = where(near, even + where(turned, 0.0, odd), re + (re * grown_re - im * grown_im))
    w_im = where(near, odd, im + (re * grown_im + im * grown_re))
    # Elsewhere s = -a (w/-x), which is right for the smallest delays and for none.
    real = where(turned | far | near, w_re / tau, -a * (ratio * (1 + grown_re))) + 0.0
    inside = (do.absolute(a) < math.inf) & (tau >= 0) & (tau < math.inf)
    return where(inside, real, math.nan), where(inside, where(turned, w_im / tau, 0.0), math.nan)


def _start(at: tuple[Any, Any, Any], kinds: tuple[Any, Any, Any], do: Any) -> tuple[Any, Any, Any]:
    """w_0, and the number whose logarithm is log(x_0) - w_0 (log(x_0/x) - w_0 on the branch of small x)."""
    where, (x, log_x, root), (turned, _, far) = do.where, at, kinds
    above, below = (
        where(turned, root * one if not n else one, where(far, other, last))
        for n in (0, 1)
        for one, other, last in [
            (_polynomial(TURNED[n], root), _polynomial(GROWING[n], log_x), _polynomial(FALLING[n], root))
        ]
    )
    start = above / below  # v, w_0 or -w_0/x
    over = start / do.sin(start)
    re = where(turned, -(do.cos(start) * over), where(far, start, -x * start))
    return re, where(turned, start, 0.0), where(turned, over, start)


def _step(re: Any, im: Any, z: Any) -> tuple[Any, Any]:
    """w/w_0 - 1 for z = log(x/x_0), real, to fourth order: z (q - z)/((1 + w_0) (q - 2 z)).

    q = 2 (1 + w_0) (1 + w_0 + 2 z/3): Fritsch, Shafer, Crowley, Communications of the ACM 16 (1973), Algorithm 443.
    """
    b = 1 + re
    c = b + z * (2 / 3)
    q_re, q_im = 2 * (b * c - im * im), 2 * im * (b + c)
    above_re, above_im = z * (q_re - z), z * q_im
    rest = q_re - 2 * z
    below_re, below_im = b * rest - im * q_im, b * q_im + im * rest
    size = below_re * below_re + below_im * below_im
    inverse = 1 / size
    return (above_re * below_re + above_im * below_im) * inverse, (above_im * below_re - above_re * below_im) * inverse


@cache
def _series() -> tuple[float, ...]:
    """The coefficients of W in powers of p = sqrt(2 (e z + 1)) (Corless et al. 1996, eq. 4.23-4.24)."""
    mu, alpha = [Fraction(-1), Fraction(1)], [Fraction(2), Fraction(-1)]
    for k in range(2, TERMS):
        alpha.append(sum((mu[j] * mu[k + 1 - j] for j in range(2, k)), Fraction(0)))
        before = Fraction(k - 1, k + 1) * (mu[k - 2] / 2 + alpha[k - 2] / 4)
        mu.append(before - alpha[k] / 2 - mu[k - 1] / (k + 1))
    return tuple(map(float, mu))


def _polynomial(coefficients: Sequence[float], x: Any) -> Any:
    value: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = value * x + coefficient
    return value


_ARRAYS = SimpleNamespace(
    where=np.where, absolute=np.abs, sqrt=np.sqrt, log=np.log, sin=np.sin, cos=np.cos, product_error=product_error
)
