"""Stage: renewals on a lattice. Input: the distribution function of a cycle. Output: the renewal overlap G, enclosed.

    G = (1/theta) sum_k u_k W(k h),   u_k = sum_n P(S_n = k h),   W(t) = E (T - t)^+

Cycles rounded up to the lattice arrive later and give a lower bound, rounded down an upper one. What lies beyond the
last point is bounded by Lorden's inequality U(t) + 1 <= t/theta + E T^2/theta^2.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.relational import Relational

from numeric.enclosed.renewal import between
from numeric.enclosure import Arrays, Enclosure, Unevaluable, acb, compile_ball, fmpq, precision

CELLS = 8192
FARTHEST = 2**12  # mean cycles: a heavier tail than that is left to the bound
BEYOND = 1e-5  # share of the cycles that may be longer than the lattice
NEGLIGIBLE = 2.0**-50
_BITS = 96
_ROUNDING = 2.0**-53

Floats = NDArray[np.float64]
Distribution = Callable[[Fraction], tuple[float, float]]


def overlap_of_cdf(
    cdf: sp.Expr, time: sp.Symbol, mean: sp.Expr, moments: tuple[sp.Expr, sp.Expr], arrays: Arrays | None = None
) -> Enclosure:
    """G of cycles with distribution function ``cdf`` of ``time`` >= 0; ``mean`` > 0 in seconds. Kind: enclosure.

    ``moments`` are E T^2 and E T^4 in seconds^2 and seconds^4, finite. Raises ``Unevaluable`` where the cdf cannot be
    enclosed between 0 and 1.
    """
    branches = Branches(cdf, time, arrays)

    def enclosed(at: Fraction) -> tuple[float, float]:
        with precision(_BITS):
            value = branches.at(at)(acb(fmpq(at.numerator, at.denominator)))
            if not value.is_finite():
                raise Unevaluable(f"no finite enclosure of {cdf} at {at}")
            ball = Enclosure(value.real)
            if not (ball.upper >= 0 and ball.lower <= 1):
                raise Unevaluable(f"{cdf} is no probability at {at}")
            return max(ball.lower, 0.0), min(ball.upper, 1.0)

    return _overlap(enclosed, (_rational(mean), _rational(moments[0]), _rational(moments[1])))


def overlap_of_masses(masses: Mapping[sp.Expr, sp.Expr]) -> Enclosure:
    """G of cycles of finitely many values, given the probability of each (rationals). Kind: enclosure."""
    chances = sorted((_rational(value), _rational(chance)) for value, chance in masses.items())
    values = [value for value, _ in chances]
    below = [float(total) for total in accumulate((chance for _, chance in chances), initial=Fraction(0))]

    def enclosed(at: Fraction) -> tuple[float, float]:
        share = below[bisect_right(values, at)]
        return max(share - _ROUNDING, 0.0) if share < 1 else 1.0, min(share + _ROUNDING, 1.0)

    theta, second, fourth = (sum(value**n * chance for value, chance in chances) for n in (1, 2, 4))
    return _overlap(enclosed, (Fraction(theta), Fraction(second), Fraction(fourth)))


def _overlap(enclosed: Distribution, moments: tuple[Fraction, Fraction, Fraction]) -> Enclosure:
    """The two lattices' bounds, and what lies beyond their end."""
    theta = moments[0]
    width = _reach(enclosed, theta) / CELLS
    low, high = (np.array(column) for column in zip(*(enclosed(width * k) for k in range(CELLS + 1)), strict=True))
    stop_low, stop_high = _stop_loss(low, high, width, theta)
    least = np.concatenate([[low[0]], np.maximum(low[1:] - high[:-1], 0.0)])  # rounded up: at k h
    most = high[1:] - low[:-1]  # rounded down: from ((k - 1) h, k h] to (k - 1) h
    most[0] = high[1]
    slack = 1 + 4 * float(CELLS) ** 2 * _ROUNDING
    below = float(_renewals(least) @ np.maximum(stop_low, 0.0)) / slack
    above = float(_renewals(most) @ stop_high[:-1]) * slack
    rest = _beyond(enclosed, width * CELLS, moments)
    return between(Fraction(below) / theta, (Fraction(above) + rest) / theta)


class Branches:
    """A distribution function in pieces: its conditions are decided exactly, each between two thresholds only once."""

    def __init__(self, cdf: sp.Expr, time: sp.Symbol, arrays: Arrays | None) -> None:
        self._cdf, self._time, self._arrays = cdf, time, arrays
        self._conditions = cdf.atoms(Relational)
        if any(one.has(sp.Indexed) for one in self._conditions):
            raise Unevaluable(f"the conditions of {cdf} depend on data")
        roots = (root for one in self._conditions for root in _thresholds(one, time))
        self._thresholds = sorted({_rational(root) for root in roots})
        self._programs: dict[tuple[int, bool], Callable[..., Any]] = {}

    def at(self, point: Fraction) -> Callable[..., Any]:
        """The program that holds at ``point``; a threshold itself is a branch of its own."""
        index = bisect_left(self._thresholds, point)
        key = (index, index < len(self._thresholds) and self._thresholds[index] == point)
        if key not in self._programs:
            here = sp.Rational(point.numerator, point.denominator)
            decided = {one: one.subs(self._time, here) for one in self._conditions}
            self._programs[key] = compile_ball(self._cdf.xreplace(decided), (self._time,), self._arrays)
        return self._programs[key]

    def same_piece(self, low: Fraction, high: Fraction) -> bool:
        """Whether no threshold lies above ``low`` and up to ``high``, where the function may jump."""
        return bisect_right(self._thresholds, low) == bisect_right(self._thresholds, high)


def _thresholds(condition: Relational, time: sp.Symbol) -> list[sp.Expr]:
    if condition.lhs == time and condition.rhs.is_number:
        return [condition.rhs]
    return list(sp.solve(condition.lhs - condition.rhs, time))


def _rational(number: sp.Expr) -> Fraction:
    """An exact rational, or one within a relative 2^-90, which the slack covers."""
    value = sp.Rational(sp.N(number, 30)) if not number.is_Rational else number
    return Fraction(int(value.p), int(value.q))


def _reach(enclosed: Distribution, theta: Fraction) -> Fraction:
    """How far the lattice goes: until next to no cycle is longer, but no farther than some thousand means."""
    times = 2
    while times < FARTHEST and 1 - enclosed(times * theta)[0] > BEYOND:
        times *= 2
    finer = [Fraction(times * part, 8) for part in (5, 6, 7)]
    return theta * next((part for part in finer if 1 - enclosed(part * theta)[0] <= BEYOND), Fraction(times))


def _stop_loss(low: Floats, high: Floats, width: Fraction, theta: Fraction) -> tuple[Floats, Floats]:
    """Bounds on W(k h) = theta - int_0^{kh} (1 - F), F between its values at the ends of each cell."""
    step, mean, slack = float(width), float(theta), 4 * CELLS * _ROUNDING * float(theta)
    least = np.concatenate([[0.0], np.cumsum(1 - high[1:])]) * step
    most = np.concatenate([[0.0], np.cumsum(1 - low[:-1])]) * step
    return mean - most - slack, np.maximum(mean - least, 0.0) + slack


def _renewals(masses: Floats) -> Floats:
    """u_k = sum over n >= 1 of the n-fold masses at k, term by term from the renewal equation u = f + f u."""
    found = np.zeros_like(masses)
    scale = 1 / (1 - masses[0])
    for k in range(len(masses)):
        found[k] = (masses[k] + float(masses[1 : k + 1] @ found[:k][::-1])) * scale
    return found


def _beyond(enclosed: Distribution, reach: Fraction, moments: tuple[Fraction, Fraction, Fraction]) -> Fraction:
    """Renewals after R, the end of the lattice: at most E ((T - R)^+)^2/theta + (E T^2/theta^2) W(R).

    Both are integrals of 1 - F beyond R, bounded on ever wider cells; what is left at their end X is at most
    sqrt(E T^4 P(T > X)) and sqrt(E T^2 P(T > X)), by Cauchy and Schwarz.
    """
    theta, second, fourth = moments
    here, width, loss, square = reach, theta / 64, Fraction(0), Fraction(0)
    while True:
        longer = Fraction(1 - enclosed(here)[0])
        if longer < NEGLIGIBLE or here > FARTHEST * theta:
            break
        loss += longer * width
        square += 2 * longer * width * (here + width - reach)
        here, width = here + width, width * Fraction(5, 4)
    loss += Fraction(math.sqrt(second * longer) * (1 + 1e-12))
    square += Fraction(math.sqrt(fourth * longer) * (1 + 1e-12))
    return square / theta + second / theta**2 * loss
