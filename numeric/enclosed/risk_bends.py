"""Stage: transients. Input: second moments at two learning rates. Output: a lower bound for every one between them.

As a function of x = ln eta, a value V(x) between two ends w apart is at least the lesser end minus w^2/8 sup |V''|.
Let D = d/dx. The fundamental solution has D r = -a F * r * r, so that with S >= |r|, L >= int |r| and b = a L

    |D r| <= b S,   |D^2 r| <= (b + 2 b^2) S,   int |D r| <= b L,   int |D^2 r| <= (b + 2 b^2) L,
    |D m| <= x0 b S,   |D^2 m| <= x0 (b + 2 b^2) S,

and Volterra's equation V = f + k * V (numeric/enclosed/second_moment.py) gives, in these norms,

    |D V| (1 - |k|) <= |D f| + |V| |D k|,   |D^2 V| (1 - |k|) <= |D^2 f| + 2 |D V| |D k| + |V| |D^2 k|.

Another learning rate, at which a differs by d with d L < 1, has norms at most 1/(1 - d L) times as large.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.models.linear import LinearModel
from numeric.enclosed.fundamental_solution import fundamental
from numeric.enclosed.law_lattice import Floats
from numeric.enclosed.second_moment import SecondMoment, of_square, within_digits
from numeric.enclosure import Unevaluable

_ROUNDING = 1e-9  # of the doubles of a bound, relative


@dataclass(frozen=True)
class Mode:
    """One mode at one learning rate up to a horizon: its path, and the norms of r that bound how V bends.

    ``damping`` a, ``step`` eta h, ``rate`` Lambda, ``noise`` sigma^2/h^2, ``start`` |x0|, ``half`` h/2; ``size`` S,
    ``length`` L, ``square`` int r^2, ``mean`` sup |m|.
    """

    path: SecondMoment
    damping: float
    step: float
    rate: float
    noise: float
    start: float
    half: float
    size: float
    length: float
    square: float
    mean: float

    @classmethod
    def of(cls, model: LinearModel, start: sp.Expr, horizon: Fraction, digits: int = 4) -> Mode:
        """That of a model; raises ``Unevaluable`` where no path is proven."""
        path = within_digits(model, start, horizon, digits)
        a, h, x0 = (float(one) for one in (model.damping_coefficient, model.curvature, abs(start)))
        r = fundamental(model.law, a, path.width, len(path.times) - 1)
        gained, step = of_square(r), float(path.width)
        taken = np.concatenate([[0.0], np.cumsum(r.values[1:] + r.values[:-1]) * step / 2])
        off = a * (r.error * float(path.times[-1]) + r.size * step / 2)  # at the points, and between them
        mean = x0 * (float(np.abs(1 - a * taken).max()) + off)
        noise = (float(model.gradient_noise) / h) ** 2
        square = float(gained.whole[-1]) + gained.error
        numbers = float(model.learning_rate) * h, float(model.values[y.arrival_rate]), noise, x0, h / 2
        return cls(path, a, *numbers, r.size, r.length, square, mean)


def bend(low: Mode, high: Mode) -> float:
    """An upper bound on |D^2 V| between two learning rates, ``low`` <= ``high``; infinite where they are too far apart.

    Kind: a bound, on the horizon of both paths.
    """
    length = max(low.length, high.length)
    apart = (high.damping - low.damping) / 2 * length  # d L of any between: no farther than half from one of the two
    if not apart < 1:
        return float("inf")
    grown = 1 / (1 - apart)
    size, length, square = max(low.size, high.size) * grown, length * grown, max(low.square, high.square) * grown**2
    b, x0 = high.damping * length, high.start
    mean = max(low.mean, high.mean) + x0 * apart * size
    weight = high.step**2 * high.rate  # c h^2
    over = size * length  # bounds int |r D r|/b and its like
    first, second = 2 * square + 2 * b * over, 4 * square + 8 * b * over + over * (2 * b + 6 * b * b)  # of c r^2
    returned = weight * square
    if not returned < 1:
        return float("inf")
    forced = weight * (high.noise + x0**2)
    shift, turn = x0 * b * size, x0 * (b + 2 * b * b) * size
    most = (mean**2 + forced * square) / (1 - returned)
    slope = (2 * mean * shift + forced * first + most * weight * first) / (1 - returned)
    bent = 2 * shift**2 + 2 * mean * turn + forced * second + 2 * slope * weight * first + most * weight * second
    return bent / (1 - returned) * (1 + _ROUNDING)


def least_risk(low: tuple[Mode, ...], high: tuple[Mode, ...], time: float) -> float:
    """A lower bound on the largest risk from ``time`` (s) on, for every learning rate between those of two systems.

    ``low`` and ``high``: all modes at the lower and at the higher learning rate, on one horizon beyond ``time``. Kind:
    a bound; minus infinity where nothing is known.
    """
    width = log(high[0].step / low[0].step)
    off = sum(one.half * bend(one, other) for one, other in zip(low, high, strict=True)) * width**2 / 8
    ends = [_least(modes, time) for modes in (low, high)]
    return float(np.minimum(*ends).max() * (1 - _ROUNDING) - off * (1 + _ROUNDING))


def _least(modes: tuple[Mode, ...], time: float) -> Floats:
    """Lower bounds on the risk at evenly spaced times from ``time`` to the end of the shortest path."""
    last = min(float(mode.path.times[-1]) for mode in modes)
    if not time < last:
        raise Unevaluable(f"a horizon of {last:g} s ends before {time:g} s")
    times = np.linspace(time, last, 256)
    lower = (mode.half * (np.interp(times, mode.path.times, mode.path.values) - mode.path.error) for mode in modes)
    return np.sum(list(lower), axis=0)


def slow_start(dampings: tuple[float, ...], halves: tuple[float, ...], starts: tuple[float, ...], time: float) -> float:
    """A lower bound on the risk at ``time`` for these learning rates and all smaller ones.

    r stays in [0, 1] up to 1/a, so that m >= x0 (1 - a t) there. ``halves`` h/2 of every mode.

    Example: ``slow_start((0.25,), (0.5,), (2.0,), 2.0) < 0.5``.
    """
    left = (max(0.0, 1 - a * time) * x0 for a, x0 in zip(dampings, starts, strict=True))
    return sum(half * one**2 for half, one in zip(halves, left, strict=True)) * (1 - _ROUNDING)
