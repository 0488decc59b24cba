"""Stage: kernel functions. Input: arrays of doubles. Output: transforms without an elementary form, by quadrature.

    E_nu(x) = e^-x int_0^oo e^(-x t) (1 + t)^-nu dt,   t = e^(-i arg(x)/2) exp(v - e^-v)/(1 + |x| + nu)

The path is turned half-way to where e^(-x t) falls fastest; in v both ends fall double exponentially, or as the power
nu - 1, and the trapezoid rule converges like exp(-2 pi d/h) with d >= pi/4 where Re x >= 0. Nodes are added one by one:
memory does not grow with their number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["exponential_integral"]

Array = NDArray[Any]

STEP = 0.1  # exp(-2 pi (pi/4)/STEP) is 4e-22
FALL = 40.0  # e-foldings to below an ulp
LOWEST = -3.8  # exp(-exp(3.8)) is 4e-20
LONGEST = 750.0  # beyond, exp(v) is no double


def exponential_integral(order: Array | float, x: Array | float) -> Array:
    """E_nu(x) for a real ``order`` nu and Re x >= 0 (kind: doubles); at 0 it is 1/(nu - 1), infinite for nu <= 1.

    Example: ``abs(exponential_integral(2.5, 1.0) - 0.12648781959325) < 1e-13``.
    """
    real = not np.iscomplexobj(x)
    order, x = np.broadcast_arrays(np.asarray(order, float), np.asarray(x))
    size = np.abs(x)
    inside = (size > 0) & np.isfinite(size) & (np.real(x) >= 0)
    used = np.where(inside, x, 1.0)
    turn = np.exp(-0.5j * np.angle(used)) if not real else np.ones(x.shape)
    scale = 1 + np.abs(used) + np.abs(order)
    turn = turn / scale
    total = np.zeros(x.shape, turn.dtype)
    for v in np.arange(LOWEST, _highest(order, np.where(inside, size, 1.0), scale), STEP):
        small = np.exp(-v)
        t = turn * np.exp(v - small)
        total += t * (1 + small) * np.exp(-used * t - order * np.log1p(t))
    with np.errstate(divide="ignore"):
        at_zero = np.where(order > 1, 1 / (order - 1), np.inf)
    found = np.where(inside, STEP * np.exp(-used) * total, np.where(size == 0, at_zero, np.nan))
    return np.where(np.isposinf(np.real(x)), 0.0, found)[()]


def _highest(order: Array, size: Array, scale: Array) -> float:
    """Where every integrand has fallen below an ulp."""
    by_power = np.where(order > 1, FALL / np.maximum(order - 1, 1e-9), LONGEST)
    by_argument = np.log(1.5 * FALL / size)
    return float(np.clip(np.max(np.minimum(by_power, by_argument) + np.log(scale), initial=1.0), 1.0, LONGEST))
