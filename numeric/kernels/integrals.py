"""Stage: kernel functions. Input: arrays of doubles. Output: transforms without an elementary form, by quadrature.

    E_nu(x) = e^-x int_0^oo e^(-x t) (1 + t)^-nu dt,   t = e^(-i arg(x)/2) exp(v - e^-v)/(1 + |x| + nu)

The path is turned half-way to where e^(-x t) falls fastest; in v both ends fall double exponentially, or as the power
nu - 1, and the trapezoid rule converges like exp(-2 pi d/h) with d >= pi/4 where Re x >= 0. Nodes are added one by one:
memory does not grow with their number. The others are trapezoid sums on the logarithmic scale along a line that is
turned half-way, too (numeric/balls/log_trapezoid.py says why).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numeric.kernels.functions import log1p

__all__ = ["bounded_exponential_integral", "exponential_integral", "lognormal_integral", "weibull_integral"]

Array = NDArray[Any]

STEP = 3 / 32  # exp(-2 pi (pi/4)/STEP) is 1e-23; its multiples are exact
FALL = 40.0  # e-foldings to below an ulp
LOWEST = -41 * STEP  # exp(-exp(3.8)) is 4e-20
NODES, PANELS = 32, 4  # of Gauss rules that share 40 e-foldings at most
LONGEST = 750.0  # beyond, exp(v) is no double
MOST = 1000.0  # spread of a lognormal law, or inverse shape of a Weibull law: beyond, nodes are too many


def exponential_integral(order: Array | float, x: Array | float) -> Array:
    """E_nu(x) for a real ``order`` nu and Re x >= 0 (kind: doubles); at 0 it is 1/(nu - 1), infinite for nu <= 1.

    Example: ``abs(exponential_integral(2.5, 1.0) - 0.12648781959325) < 1e-13``.
    """
    real = not np.iscomplexobj(x)
    order, x = np.broadcast_arrays(np.asarray(order, float), np.asarray(x))
    size = np.abs(x)
    inside, size = (size > 0) & np.isfinite(size) & (np.real(x) >= 0), np.where(np.isfinite(order), size, np.nan)
    inside, order = inside & np.isfinite(order), np.where(np.isfinite(order), order, 2.0)  # no neighbour may notice
    used = np.where(inside, x, 1.0)
    turn = np.exp(-0.5j * np.angle(used)) if not real else np.ones(x.shape)
    scale = 1 + np.abs(used) + np.abs(order)
    turn = turn / scale
    total = np.zeros(x.shape, turn.dtype)
    for v in np.arange(LOWEST, _highest(order, np.where(inside, size, 1.0), scale), STEP):
        small = np.exp(-v)
        t = turn * np.exp(v - small)
        total += t * (1 + small) * np.exp(-used * t - order * log1p(t))
    with np.errstate(divide="ignore"):
        at_zero = np.where(order > 1, 1 / (order - 1), np.inf)
    found = np.where(inside, STEP * np.exp(-used) * total, np.where(size == 0, at_zero, np.nan))
    return np.where(np.isposinf(np.real(x)), 0.0, found)[()]


def bounded_exponential_integral(order: Array | float, end: Array | float, x: Array | float) -> Array:
    """int_1^b e^(-x v) v^-nu dv for ``end`` b > 1 and Re x >= 0 (kind: doubles).

    Example: ``abs(bounded_exponential_integral(3.0, 2.0, 0.0) - 0.375) < 1e-15``.
    """
    order, end, x = np.broadcast_arrays(np.asarray(order, float), np.asarray(end, float), np.asarray(x))
    inside = np.isfinite(np.abs(x)) & (np.real(x) >= 0) & (end > 1)
    width, used = np.log(np.where(inside, end, 2.0)), np.where(inside, x, 1.0)
    total = np.zeros(x.shape, used.dtype if np.iscomplexobj(used) else float)
    for (node, weight), panel in product(zip(*np.polynomial.legendre.leggauss(NODES), strict=True), range(PANELS)):
        v = width * (panel + (1 + node) / 2) / PANELS
        total += weight * np.exp(v * (1 - order) - used * np.exp(v))
    falls = np.abs(used) * np.where(inside, end - 1, 1.0) > FALL  # beyond, the two ends no longer cancel
    far, rate = np.where(falls, end, 1.0), np.where(falls, used, 1.0)
    apart = exponential_integral(order, rate) - far ** (1 - order) * exponential_integral(order, far * rate)
    found = np.where(falls, apart, total * width / (2 * PANELS))
    return np.where(inside, found, np.where(np.isposinf(np.real(x)), 0.0, np.nan))[()]


def _highest(order: Array, size: Array, scale: Array) -> float:
    """Where every integrand has fallen below an ulp."""
    by_power = np.where(order > 1, FALL / np.maximum(order - 1, 1e-9), LONGEST)
    by_argument = np.log(1.5 * FALL / size)
    return float(np.clip(np.max(np.minimum(by_power, by_argument) + np.log(scale), initial=1.0), 1.0, LONGEST))


def weibull_integral(order: Array | float, shape: Array | float, x: Array | float) -> Array:
    """int_0^oo v^n e^(-x v) k v^(k-1) e^(-v^k) dv for n >= 0, ``shape`` k >= 1/1000 and Re x >= 0 (kind: doubles).

    Example: ``abs(weibull_integral(0, 1.0, 1.0) - 0.5) < 1e-14``.
    """
    order, shape, x = np.broadcast_arrays(np.asarray(order, float), np.asarray(shape, float), np.asarray(x))
    usable = (order >= 0) & (shape >= 1 / MOST) & np.isfinite(order) & np.isfinite(shape)
    order, shape = np.where(usable, order, 0.0), np.where(usable, shape, 1.0)  # no neighbour may notice
    power, slow = 1 + order / shape, float(np.min(shape, initial=1.0))
    step = 2 * np.pi * slow * np.pi / 4 / FALL
    size = np.where(np.isfinite(np.abs(x)), np.abs(x), 1.0)
    low = -FALL - float(np.max(shape * np.log(np.maximum(size, 1.0)), initial=0.0))  # the value is about size^-shape
    high = float(np.log(2 * FALL + np.max(power, initial=1.0) * np.log(FALL * np.max(power, initial=1.0))))
    apart = _short(step / shape)  # in log v, whose nodes are exact: log v may be hundreds, and is an exponent

    def term(j: float, turn: Array) -> Array:
        u = j * apart - turn
        return shape * np.exp((order + shape) * u - np.exp(shape * u) - x * np.exp(u))

    turned = np.minimum(1, 1 / shape) / 2
    found = _trapezoid(x, term, turned, (np.floor(low / step), np.ceil(high / step)))
    return np.where(usable, found * apart, np.nan)[()]


def _short(step: Array) -> Array:
    """A step of 20 bits at most as large: its multiples are exact."""
    mantissa, exponent = np.frexp(step)
    return np.ldexp(np.floor(mantissa * 2**20) / 2**20, exponent)


def lognormal_integral(spread: Array | float, x: Array | float) -> Array:
    """E e^(-x V), log V normal of mean 0 and standard deviation 0 < ``spread`` <= 1000, for Re x >= 0 (kind: doubles).

    Example: ``abs(lognormal_integral(1.0, 1.0) - 0.38175646476) < 1e-10``.
    """
    spread, x = np.broadcast_arrays(np.asarray(spread, float), np.asarray(x))
    usable = (spread > 0) & (spread <= MOST)
    spread = np.where(usable, spread, 1.0)
    turned = np.minimum(1 / (2 * spread), 2 / np.pi)
    width = float(np.min(turned, initial=1.0)) * np.pi / 2
    apart = _short(np.asarray(2 * np.pi * width / (FALL + 2 * width**2)))
    end = np.ceil(np.sqrt(2 * FALL + 3) / apart)
    size = np.where(np.isfinite(np.abs(x)), np.abs(x), 1.0)
    peak = np.ceil(np.log(1 + size * spread**2) / (spread * apart))  # how far below the middle it is at most
    beyond = float(np.max(peak, initial=0.0))

    def term(j: float, turn: Array) -> Array:
        y = j * apart - turn
        return np.exp(-y * y / 2 - x * np.exp(spread * y)) / np.sqrt(2 * np.pi)

    return np.where(usable, _trapezoid(x, term, turned, (-end - beyond, end)) * apart, np.nan)[()]


def _trapezoid(x: Array, term: Callable[[float, Array], Array], turned: Array, ends: tuple[float, float]) -> Array:
    """The sum of ``term`` over the nodes from one to the other on the line Im y = -turned x arg(x)."""
    real = not np.iscomplexobj(x)
    inside = np.isfinite(np.abs(x)) & (np.real(x) >= 0)
    turn = np.zeros(x.shape) if real else np.asarray(1j * turned * np.angle(np.where(inside, x, 1.0)))
    total = np.zeros(x.shape, turn.dtype)
    with np.errstate(all="ignore"):
        for j in np.arange(*ends):
            total += term(j, turn)
    return np.where(inside, total, np.where(np.isposinf(np.real(x)), 0.0, np.nan))[()]
