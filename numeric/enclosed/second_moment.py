"""Stage: transients. Input: a model on rung R1, times. Output: E x^2 from a constant history, enclosed at all times.

    V = m^2 + c sigma^2 J + c h^2 x0^2 (J - P) + c h^2 int_0^t V(t - u) dP(u),   c = Lambda eta^2,
    m = x0 (1 - a int r),   J = int r^2,   P = F * r^2

is Volterra's equation of the second moment, r the fundamental solution. It is solved on a lattice of times by a path
that is linear between them. What the path lacks of the equation is bounded everywhere, by how slopes move within a
cell; it enters the error at most 1/(1 - c h^2 P(T)) times, as the measure dP is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.exact import Number, exact
from derive.law import Law
from derive.models.linear import LinearModel
from numeric.enclosed.fundamental_solution import Fundamental, fundamental
from numeric.enclosed.law_lattice import Floats
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, Unevaluable

FEWEST, MOST = 512, 8192  # cells; of longer sums linear algebra makes threads, which cost more than they give
_ROUNDING = 2.0**-50


@dataclass(frozen=True)
class SecondMoment:
    """V = E x^2 at ``times`` (s), within ``error`` of ``values`` there and of the lines between them.

    ``kept``: lower bounds on P at these times, the part of int r^2 that delays have let pass. ``width``: of a cell (s).
    """

    times: Floats
    values: Floats
    error: float
    kept: Floats
    width: Fraction

    def at(self, time: float) -> Enclosure:
        """The ball around V at a time within the lattice."""
        return _ball(float(np.interp(time, self.times, self.values)), self.error)

    def passed(self, time: float) -> float:
        """A lower bound on P at a time within the lattice: P never falls."""
        return float(self.kept[np.searchsorted(self.times, time, side="right") - 1])


def _ball(middle: float, radius: float) -> Enclosure:
    low, high = Fraction(middle) - Fraction(radius), Fraction(middle) + Fraction(radius)
    return between(low, high)


@lru_cache(maxsize=32)
def second_moment(model: LinearModel, start: sp.Expr, horizon: Fraction, cells: int) -> SecondMoment:
    """V up to ``horizon`` > 0 s, from x = ``start`` until time 0, of plain asynchronous workers on rung R1.

    Raises ``Unevaluable`` where the lattice is too coarse, or shots return more than they took by the horizon.

    Example: ``second_moment(LinearModel(Constant(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.Integer(1)), sp.Integer(1), Fraction(2), 256).values[0] == 1``.
    """
    width, count = _cells(model.law, horizon, cells)
    shots = _Shots.of(model, start)
    r = fundamental(model.law, shots.damping, width, count)
    gained, means = of_square(r), _mean(r, shots)
    forcing = means.values**2 + shots.noise * gained.whole + shots.share * shots.start * (gained.whole - gained.passed)
    values = _renewed(forcing, gained.passed, shots)
    returned = shots.share * (gained.passed[-1] + gained.error)
    if not returned < 1:
        raise Unevaluable(f"shots return {returned:.3g} of what they took by {float(horizon):g} s: not stable")
    lacks = _lacks_of_forcing(r, shots, gained, means) + _lacks_of_renewal(r, shots, gained, values)
    moved = float(np.abs(forcing).max()) + shots.share * (float(np.abs(np.diff(values)).sum()) + shots.start)
    error = (lacks + _ROUNDING * count * moved * (1 + float(gained.passed[-1]))) / (1 - returned)
    times = np.arange(count + 1, dtype=np.float64) * float(width)
    return SecondMoment(times, values, float(error), gained.passed - gained.error, width)


@dataclass(frozen=True)
class _Shots:
    """a, c h^2, c sigma^2 and x0^2 as doubles."""

    damping: float
    share: float
    noise: float
    start: float

    @classmethod
    def of(cls, model: LinearModel, start: sp.Expr) -> _Shots:
        """Those of a model; their rounding is far below the bounds' own allowance."""
        rate = model.values[y.arrival_rate] * model.learning_rate**2
        numbers = (model.damping_coefficient, rate * model.curvature**2, rate * model.gradient_noise**2, start**2)
        return cls(*(float(number) for number in numbers))


@dataclass(frozen=True)
class _Mean:
    """m at the lattice points, within ``error`` there."""

    values: Floats
    error: float


def _mean(r: Fundamental, shots: _Shots) -> _Mean:
    """m = x0 (1 - a int r): its error is the defect of r, averaged over r."""
    taken = np.concatenate([[0.0], np.cumsum((r.values[1:] + r.values[:-1]) * float(r.lattice.width) / 2)])
    x0 = shots.start**0.5
    return _Mean(x0 * (1 - shots.damping * taken), x0 * shots.damping * r.defect * r.length)


def _renewed(forcing: Floats, passed: Floats, shots: _Shots) -> Floats:
    """V of V = forcing + c h^2 int V(t - u) dP(u), linear between the points, P joined by lines."""
    middle = (passed[1:] + passed[:-1]) / 2
    jumps = np.concatenate([[middle[0]], np.diff(middle)])
    values, turned = np.full(len(forcing), shots.start), jumps[::-1].copy()
    for j in range(1, len(forcing)):
        history = float(values[1:j] @ turned[len(jumps) - j : -1]) + values[0] * (passed[j] - middle[j - 1])
        values[j] = (forcing[j] + shots.share * history) / (1 - shots.share * jumps[0])
    return values


def _lacks_of_forcing(r: Fundamental, shots: _Shots, gained: Gained, means: _Mean) -> float:
    """How far the forcing is from the lines between its points: m^2, J and P by what they and their slopes move."""
    step, slope = float(r.lattice.width), shots.damping * r.size
    most, x0 = float(np.abs(means.values).max()) + means.error, shots.start**0.5
    fall = x0 * shots.damping * r.size
    lacks = 2 * most * means.error + step**2 / 2 * (fall**2 + most * x0 * shots.damping * slope)
    lacks += (shots.noise + shots.share * shots.start) * (gained.error + step**2 / 2 * r.size * slope)
    return float(lacks + shots.share * shots.start * (gained.error + _inside_cell(r)))


def _inside_cell(r: Fundamental) -> float:
    """How far P is from a line inside a cell: F's rise and the slope of r^2 move its own slope."""
    step = float(r.lattice.width)
    return step / 4 * (r.lattice.rise + 4 * r.size**2 * r.damping * step)


def _lacks_of_renewal(r: Fundamental, shots: _Shots, gained: Gained, values: Floats) -> float:
    """How far the integral over dP is from the lines between its points, and from that over the lattice's P."""
    step, moves = float(r.lattice.width), np.abs(np.diff(values))
    inside = _inside_cell(r)
    turned = 1 + 2 * r.size * r.damping * r.length + r.size**2  # what r^2 moves in all, and its size
    lacks = shots.start * (gained.error + inside) + float(moves.sum()) * (gained.error + inside)
    return float(shots.share * (lacks + step / 4 * float(moves.max()) * turned))


@dataclass(frozen=True)
class Gained:
    """J and P at the lattice points, each within ``error``."""

    whole: Floats
    passed: Floats
    error: float


def of_square(r: Fundamental) -> Gained:
    """int r^2, and F * r^2, of the lines' squares; the squares joined by lines again."""
    step, ends = float(r.lattice.width), (r.values[:-1], r.values[1:])
    whole = np.concatenate([[0.0], np.cumsum((ends[0] ** 2 + ends[0] * ends[1] + ends[1] ** 2) * step / 3)])
    bent = float(((ends[1] - ends[0]) ** 2).sum()) * step / 6
    passed = r.lattice.average(r.values**2)
    apart = r.error * (2 * r.length + step * r.lattice.cells * r.error)
    rounding = _ROUNDING * len(whole) * float(whole[-1] + 1)
    return Gained(whole, passed, apart + bent + r.lattice.error * r.size**2 + rounding)


def _cells(law: Law, horizon: Fraction, cells: int) -> tuple[Fraction, int]:
    """The width of a cell, and how many reach the horizon: a single value lies on the lattice."""
    width = horizon / cells
    if law.masses is not None and len(law.masses) == 1:
        (value,) = law.masses
        value = Fraction(int(value.p), int(value.q))
        width = value / max(1, -(-value // width))
    return width, -(-horizon // width)


def excess_risk(
    model: LinearModel, times: Sequence[Number], *, start: Number = 0, digits: int = 4
) -> tuple[Enclosure, ...]:
    """h E x(t)^2/2 on rung R1, when every worker held x = ``start`` until time 0 (kind: enclosures, one a time).

    ``model``: plain asynchronous workers with 0 < h; ``times`` >= 0 in seconds and ``start`` are exact; ``digits``
    wanted relative to the largest risk on the way, as far as 8192 cells go. Raises ``ValueError`` for other models
    or times, ``Unevaluable`` with the reason where nothing is proven: no distribution function, no stability in mean
    square, a horizon too long.

    Example: ``excess_risk(LinearModel(Constant(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1), sp.Integer(1)),
    [0], start=2)[0].contains(2)``.
    """
    moments = [exact(time) for time in times]
    if not isinstance(model, LinearModel) or not model.curvature > 0 or not model.curvature.is_number:
        raise ValueError(f"model = {model}: allowed: plain asynchronous workers with numbers, curvature > 0")
    if any(not time.is_Rational or time < 0 for time in moments):
        raise ValueError(f"times = {times}; allowed: rational numbers >= 0")
    x0, last = exact(start), max(moments, default=sp.Integer(0))
    first = Enclosure.of(x0**2 * model.curvature / 2)
    if last == 0:
        return tuple(first for _ in moments)
    path = within_digits(model, x0, Fraction(int(last.p), int(last.q)), digits)
    half = model.curvature / 2
    return tuple(first if time == 0 else path.at(float(time)) * half for time in moments)


def within_digits(model: LinearModel, start: sp.Expr, horizon: Fraction, digits: int) -> SecondMoment:
    """V up to ``horizon``, on ever more cells until its error is below ``digits`` of its largest value."""
    cells, path, reason = FEWEST, None, ""
    while cells <= MOST:
        try:
            path = second_moment(model, start, horizon, cells)
        except Unevaluable as error:
            reason = str(error)
        if path is not None and path.error < 10.0**-digits * float(np.abs(path.values).max()):
            return path
        cells *= 4
    if path is None:
        raise Unevaluable(reason)
    return path
