"""Stage: kernel functions. Input: arrays of doubles. Output: special functions of them, right where SciPy is not.

    W e^W = z            Lambert W; near z = -1/e from p = sqrt(2 (e z + 1)), W = -1 + p - p^2/3 + ...
    sum_j f(x_j, ...)    one vectorised sum over measured values, in chunks of bounded memory

SciPy's ``lambertw(z, -1)`` is wrong by 1e-4 at worst within 1.8e-9 of -1/e and NaN at the double next to it; so
the neighbourhood of the branch point is evaluated here, from e z + 1 formed without cancellation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = [
    *(
        "beta_excess",
        "exponential_mean",
        "incomplete_beta",
        "lambert_w",
        "log1p",
        "log1p_modulus",
        "log_ratio",
        "product_error",
    ),
    *("real_lambert_w", "root_difference", "total"),
]

Array = NDArray[Any]

LARGEST_TEMPORARY = 1 << 20  # elements of one chunk's temporary
NEAR = 0.3  # |e z + 1| below which the branch point's own variable is used
SERIES = 2e-4  # |e z + 1| below which ten terms of the series are exact to a double

# Corless et al., On the Lambert W function (1996), eq. 4.22-4.24: mu_0 = -1, mu_1 = 1, alpha_0 = 2, alpha_1 = -1.
_COEFFICIENTS = (
    -1.0,
    1.0,
    -1 / 3,
    11 / 72,
    -43 / 540,
    769 / 17280,
    -221 / 8505,
    680863 / 43545600,
    -1963 / 204120,
    226287557 / 37623398400,
)
_INVERSE_E = (float.fromhex("0x1.78b56362cef38p-2"), float.fromhex("-0x1.ca8a4270fadf5p-57"))
_MOST_TERMS = 400
_SPLITTER = 134217729.0  # 2^27 + 1


def exponential_mean(z: Array) -> Array:
    """(e^z - 1)/z = 1F1(1; 2; z), 1 at z = 0, without cancellation.

    Example: ``exponential_mean(np.array([0.0]))[0] == 1``.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(z == 0, 1.0, np.expm1(z) / z)


def beta_excess(a: Array, b: Array) -> Array:
    """2 I(a, b + 1) - (1 + a/b) I(a, b) for a = b or a >= 2 b, I the regularised incomplete beta function at 1/2.

    With X and Y gamma variables of shapes b and a it is E(X - Y)^+/b, a series of positive terms (Euler's form),
    (1 + a/b) 2^(-a-b-1)/(a (a + 1) B(a, b)) sum_j (j + 1) (a + b + 1)_j/((a + 2)_j 2^j), or for a = b
    2^(1-2b)/(b B(b, b)).

    Example: ``abs(beta_excess(np.array([2.0]), np.array([1.0]))[0] - 0.25) < 1e-15``.
    """
    a, b = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(b, np.float64))
    inside = (b > 0) & (a >= b) & np.isfinite(a)
    a, b = np.where(inside, a, 2.0), np.where(inside, b, 1.0)
    total = term = np.ones_like(a)
    for j in range(_MOST_TERMS):
        term = term * ((a + b + 1 + j) * (j + 2)) / ((a + 2 + j) * (2 * j + 2))
        total = total + term
        if not np.any((term > 1e-17 * total) & (a > b)):
            break
    mean = (a + b) / 2
    # 2^(-a-b)/B(a, b) by Stirling's form, in which no large logarithms cancel.
    powers = -a * np.log1p((a - mean) / mean) - b * np.log1p((b - mean) / mean)
    front = np.sqrt(a * b / (4 * np.pi * mean)) * np.exp(powers + _beyond(a + b) - _beyond(a) - _beyond(b))
    value = np.where(a == b, 2 * front / b, (1 + a / b) * front / (2 * a * (a + 1)) * total)
    return np.where(inside, value, np.nan)


def _beyond(x: Array) -> Array:
    """log Gamma(x) less Stirling's (x - 1/2) log x - x + log(2 pi)/2, for x > 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        inverse = 1 / x
        square = inverse * inverse
        series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))))
    near = np.minimum(x, 20.0)
    direct = special.gammaln(near) - ((near - 0.5) * np.log(near) - near + np.log(2 * np.pi) / 2)
    return np.where(x > 20, series, direct)


def product_error(x: Array, y: Array) -> Array:
    """x y - fl(x y), exactly (Dekker 1971), for finite doubles, where it is not below the smallest double.

    Example: ``product_error(0.1, 10.0) == 2.0**-54`` is what rounds away when the double next to .1 is taken ten times.
    """
    (x, power), (y, more) = np.frexp(x), np.frexp(y)  # halves to ones: no step overflows
    x1, x2 = _split(x)
    y1, y2 = _split(y)
    return np.ldexp(((x1 * y1 - x * y) + x1 * y2 + x2 * y1) + x2 * y2, power + more)


def _split(x: Array) -> tuple[Array, Array]:
    high = _SPLITTER * x
    high = high - (high - x)
    return high, x - high


def lambert_w(z: Array, branch: Array | int = 0, low: Array | float = 0.0) -> Array:
    """W_branch(z + low), complex; on the cuts continuous from above, whatever the sign of a zero imaginary part.

    ``low`` is what rounding took from z (|low| <= ulp(z)/2): it decides between two real and two complex values
    next to z = -1/e. Kind: doubles, with a forward error of a few ulps near the branch point.

    Example: ``abs(lambert_w(-np.exp(-1.0), -1) + 1 + 8.22008e-9j) < 1e-14``.
    """
    shape = np.broadcast_shapes(np.shape(z), np.shape(branch), np.shape(low))
    z, branch, low = (np.broadcast_to(value, shape).reshape(-1) for value in (np.asarray(z) + 0j, branch, low))
    usable = np.isfinite(z) & np.isfinite(branch) & (branch == np.rint(branch))
    k = np.where(usable, branch, 0).astype(np.int64)
    # e z + 1 without cancellation: z + 1/e is exact near -1/e, and 1/e is known to two doubles.
    shifted = np.e * (((z + _INVERSE_E[0]) + _INVERSE_E[1]) + low)
    above = z.imag >= 0
    near = (np.abs(shifted) < NEAR) & ((k == 0) | ((k == -1) & above) | ((k == 1) & ~above))
    result = special.lambertw(np.where(near | ~usable, 1.0, z), k, tol=1e-14)
    if near.any():
        result[near] = _near_branch_point(shifted[near], np.where(k[near] == 0, 1.0, -1.0))
    return np.where(usable, result, complex(np.nan, np.nan)).reshape(shape)[()]


def _near_branch_point(shifted: Array, side: Array) -> Array:
    """W = -1 + v with (v - 1) e^v + 1 = e z + 1: the series, and beyond its reach Newton's iteration on v."""
    p = side * np.sqrt(2 * shifted)
    series = p * np.polynomial.polynomial.polyval(p, _COEFFICIENTS[1:])
    v, far = series, np.abs(shifted) >= SERIES
    w = np.where(far, series, 1.0)
    for _ in range(5):
        # v e^v - expm1(v) is (v - 1) e^v + 1 with an error of one ulp of v: no more than W's own.
        w = w - (w * np.exp(w) - np.expm1(w) - shifted) / (w * np.exp(w))
    return np.where(far, w, v) - 1.0


def real_lambert_w(z: Array, branch: Array | int = 0, low: Array | float = 0.0) -> Array:
    """``lambert_w`` where it is real, NaN elsewhere."""
    value = lambert_w(z, branch, low)
    return np.where(value.imag == 0, value.real, np.nan)


def log1p(z: Array) -> Array:
    """log(1 + z), for complex z, too, without cancellation where |1 + z| is close to 1; NaN for real z < -1."""
    if not np.iscomplexobj(z):
        return np.log1p(z)
    x, y = np.real(z), np.imag(z) + 0.0
    near = np.abs(z) < 0.5
    square = np.where(near, x * (2 + x) + y * y, 0.0)
    return np.where(near, np.log1p(square) / 2, np.log(np.hypot(1 + x, y))) + 1j * np.arctan2(y, 1 + x)


def log_ratio(gap: Array, ratio: Array) -> Array:
    """log(ratio) for ratio = 1 + gap, by the gap where that is small."""
    near = np.abs(gap) < 0.5
    return np.where(near, log1p(np.where(near, gap, 0.0)), np.log(ratio))


def log1p_modulus(x: Array) -> Array:
    """log|1 + x| for real x, without cancellation where x is small."""
    near = np.abs(x) < 0.5
    return np.where(near, np.log1p(np.where(near, x, 0.0)), np.log(np.abs(1 + x)))


def root_difference(root: Array, other: Array, gap: Array) -> Array:
    """root - other for other > 0 and gap = root^2 - other^2, without cancellation."""
    return np.where(np.real(root) > 0, gap / (root + other), root - other)


def incomplete_beta(a: Array, b: Array, low: Array, high: Array) -> Array:
    """The regularised incomplete beta function from ``low`` to ``high``, both in [0, 1]."""
    return special.betainc(a, b, high) - special.betainc(a, b, low)


def total(
    term: Callable[..., Array], columns: tuple[Array, ...], span: tuple[Array, Array], outer: tuple[Array, ...]
) -> Array:
    """The sum of ``term(j, *columns[j], *outer)`` for j from span[0] to span[1], vectorised over j and ``outer``.

    ``span`` must be two scalars. NaN where the columns do not reach; 0 for an empty span. Memory stays at about
    a million elements (or one row of ``outer``). Raises ``ValueError`` for limits that are arrays.
    """
    if any(np.size(limit) != 1 for limit in span):
        raise ValueError(f"a sum from {span[0]} to {span[1]}; allowed: scalar limits")
    shape = np.broadcast_shapes(*(np.shape(value) for value in outer))
    first, last = (float(np.reshape(limit, ())) for limit in span)
    if not (np.isfinite([first, last]).all() and first >= 0 and all(last < len(column) for column in columns)):
        return np.full(shape, np.nan)
    expanded = [np.asarray(value)[..., None] for value in outer]
    width = max(1, LARGEST_TEMPORARY // max(1, int(np.prod(shape))))
    begin, end = int(first), int(last) + 1
    result: Array = np.zeros(shape)
    for start in range(begin, end, width):
        stop = min(end, start + width)
        index = np.arange(start, stop, dtype=float)
        terms = term(index, *(column[start:stop] for column in columns), *expanded)
        result = result + np.broadcast_to(terms, (*shape, stop - start)).sum(axis=-1)
    return result
