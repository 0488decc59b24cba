"""Stage: proven charts. Input: a criterion, the cells where the mean is stable. Output: where it is below 1.

The criterion Q is linear in the gain I (of the shot model eta^2 h^2 Lambda I): a mode is stable in mean square iff the
mean is and Q < 1. I is evaluated in closed form where the law has one, else by quadrature over the box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis, Cell
from numeric.charts.crossings import BITS, Box, Effort, OpenEquation, box_of
from numeric.charts.noise_gains import BEYOND, Spread, integrated
from numeric.charts.records import Layer
from numeric.charts.subdivision import UNDECIDED, ChartBudget, Progress, Spending, subdivide
from numeric.enclosure import arb, compile_balls, precision

Gain: TypeAlias = sp.Expr | None  # closed, or by quadrature
_COARSE, _FINE = 0.5, 2.0**-14  # relative error of a piece of the integral


def mean_square_layer(
    mean: Layer,
    axes: tuple[Axis, Axis],
    criteria: Sequence[tuple[CharacteristicEquation, sp.Expr, Gain]],
    budget: ChartBudget,
    progress: Progress | None = None,
) -> Layer:
    """Where every criterion is below 1, proven, within the cells where the ``mean`` is stable (kind: exact cells).

    ``criteria``: an equation, its criterion in the symbols of the ``axes`` and ``derive.symbols.second_moment_gain``,
    and that gain in closed form or None. Where the mean is unstable, so is the second moment.
    """
    stable = mean.cells["stable"]
    spending = Spending(budget, progress=progress, open_share=sum((cell.share for cell in stable), Fraction(0)))
    judges = [Criterion(*one, axes, spending.effort) for one in criteria]

    def judge(cell: Cell) -> str | int:
        box = box_of(cell, axes)
        answers = (one.judge(cell, box) for one in judges)
        return next((answer for answer in answers if answer != "stable"), "stable")

    with precision(BITS):
        decided = subdivide(stable, judge, spending)
    for status in ("unstable", UNDECIDED, "outside"):
        decided.setdefault(status, []).extend(mean.cells[status])
    return Layer.of(decided, spending)


class Criterion:
    """Q = weight x I over a chart, I closed or by quadrature of the open equation."""

    def __init__(
        self, equation: CharacteristicEquation, criterion: sp.Expr, gain: Gain, axes: tuple[Axis, Axis], effort: Effort
    ) -> None:
        self._opened = OpenEquation(equation, axes, effort)
        self._weight = _spread_of(sp.cancel(criterion / y.second_moment_gain), axes, effort)
        self._gain = None if gain is None else _spread_of(gain, axes, effort)

    def judge(self, cell: Cell, box: Box) -> str | int:
        """ "stable", "unstable", or the direction in which to halve the cell."""
        error = _COARSE
        while True:
            weight = self._weight(box)
            enough = arb.pos_inf() if not weight.rough > 0 else (1 / weight.rough).upper()
            gain = self._gain(box) if self._gain else integrated(self._opened, box, error, enough)
            if gain == BEYOND:
                return "unstable"
            if gain is None or not gain.middle.is_finite():
                return cell.longer
            found = _product(weight, gain, box)
            value = found.over(box)
            if value < 1:
                return "stable"
            if value > 1:
                return "unstable"
            across, up = (abs(part).upper() for part in found.parts(box))
            if self._gain or error <= _FINE or not found.middle.rad() > (across + up) / 8:
                return (0 if across >= up else 1) if across.is_finite() and up.is_finite() else cell.longer
            error /= 8


def _product(weight: Spread, gain: Spread, box: Box) -> Spread:
    wide, much = weight.over(box), gain.over(box)
    first, second = (wide * g + w * much for g, w in zip(gain.slopes, weight.slopes, strict=True))
    return Spread(weight.middle * gain.middle, (first, second), wide * much)


def _spread_of(expression: sp.Expr, axes: tuple[Axis, Axis], effort: Effort) -> Callable[[Box], Spread]:
    symbols = tuple(axis.symbol for axis in axes)
    strangers = expression.free_symbols - set(symbols)
    if strangers:
        raise ValueError(f"further free parameters: {strangers}")
    program = compile_balls([expression, *(sp.diff(expression, symbol) for symbol in symbols)], symbols)

    def spread(box: Box) -> Spread:
        effort.evaluations += 2
        rough, across, up = (ball.real for ball in program(*box.sides))
        return Spread(program(*box.middles)[0].real, (across, up), rough)

    return spread
