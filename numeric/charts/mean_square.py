"""Stage: proven charts. Input: a criterion, the cells where the mean may be stable. Output: where it is below 1.

The criterion Q is linear in the gain I (of the shot model eta^2 h^2 Lambda I): a mode is stable in mean square iff the
mean is and Q < 1. Between the corners of a cell with sides 2 x, 2 y, Q differs from the surface that joins its values
there, bilinear, by at most

    |Q_xx(B)| x^2/2 + |Q_yy(B)| y^2/2,

B any box around the cell. I is evaluated in closed form where the law has one, else by quadrature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis, Cell
from numeric.charts.crossings import BITS, Box, Effort, OpenEquation, box_of
from numeric.charts.noise_gains import BEYOND, BoxGains, Pair, Spread, both
from numeric.charts.point_gains import PointGains
from numeric.charts.records import Layer
from numeric.charts.subdivision import UNDECIDED, ChartBudget, Progress, Spending, subdivide
from numeric.enclosure import acb, arb, compile_balls, fmpq, precision

Gain: TypeAlias = sp.Expr | None  # closed, or by quadrature
_Over = Callable[[Box, Any], Spread | Literal["beyond"] | int]
_At = Callable[[Any, Any], Any]


def mean_square_layer(
    mean: Layer,
    axes: tuple[Axis, Axis],
    criteria: Sequence[tuple[CharacteristicEquation, sp.Expr, Gain]],
    budget: ChartBudget,
    progress: Progress | None = None,
) -> Layer:
    """Where every criterion is below 1, proven, within the cells where the ``mean`` is stable (kind: exact cells).

    ``criteria``: an equation, its criterion in the symbols of the ``axes`` and ``derive.symbols.second_moment_gain``,
    and that gain in closed form or None. Where the mean is unstable, so is the second moment; where the mean is
    undecided, it is proven unstable by a gain that is too large or infinite.
    """
    stable, unclear = mean.cells["stable"], mean.cells[UNDECIDED]
    share = sum((cell.share for cell in (*stable, *unclear)), Fraction(0))
    spending = Spending(budget, progress=progress, open_share=share)
    judges = [Criterion(*one, axes, spending.effort) for one in criteria]
    known = set(stable)

    def judge(cell: Cell) -> str | int:
        box = box_of(cell, axes)
        if cell not in known:
            return "unstable" if any(one.exceeded(box) for one in judges) else cell.longer
        answers = (one.judge(cell, box) for one in judges)
        answer = next((answer for answer in answers if answer != "stable"), "stable")
        if isinstance(answer, int):
            known.update(cell.halves(cell.longer if answer < 0 else answer))
        return answer

    with precision(BITS):
        decided = subdivide((*stable, *unclear), judge, spending)
    for status in ("unstable", "outside"):
        decided.setdefault(status, []).extend(mean.cells[status])
    return Layer.of(decided, spending)


class Criterion:
    """Q = weight x I over a chart, I closed or by quadrature of the open equation."""

    def __init__(
        self, equation: CharacteristicEquation, criterion: sp.Expr, gain: Gain, axes: tuple[Axis, Axis], effort: Effort
    ) -> None:
        symbols = (axes[0].symbol, axes[1].symbol)
        self._axes = axes
        self._weight_over, self._weight_at = _closed(sp.cancel(criterion / y.second_moment_gain), symbols, effort)
        if gain is None:
            opened = OpenEquation(equation, axes, effort)
            self._gain_over: _Over = BoxGains(opened, symbols).over
            self._gain_at: _At = PointGains(opened, symbols).at
        else:
            self._gain_over, self._gain_at = _closed(gain, symbols, effort)
        self._bends: dict[Cell, Spread] = {}
        self._values: dict[tuple[Fraction, Fraction], Any] = {}

    def exceeded(self, box: Box) -> bool:
        """Whether Q is proven to exceed 1 wherever in the box the mean is stable."""
        found = self._anywhere(box)
        return found == BEYOND or (isinstance(found, Spread) and bool(found.anywhere > 1))

    def judge(self, cell: Cell, box: Box) -> str | int:
        """ "stable", "unstable", or the direction in which to halve the cell, in which the mean is stable."""
        known = self._inherited(cell)
        if known is not None:
            answer = self._by_corners(cell, box, known)
            if answer is not None:
                self._bends[cell] = known
                return answer
        found = self._anywhere(box)
        if found == BEYOND:
            return "unstable"
        if isinstance(found, int):
            return found
        if found.anywhere < 1 or found.anywhere > 1:
            return "stable" if found.anywhere < 1 else "unstable"
        self._bends[cell] = found
        answer = self._by_corners(cell, box, found)
        return _more(found.bends, box) if answer is None else answer

    def _inherited(self, cell: Cell) -> Spread | None:
        """The bounds of the cell of which this one is a half."""
        around = (cell.parent(way) for way in (0, 1) if cell.halvings(way))
        return next((self._bends[one] for one in around if one in self._bends), None)

    def _anywhere(self, box: Box) -> Spread | Literal["beyond"] | int:
        weight = self._weight_over(box, None)
        assert isinstance(weight, Spread)
        much = weight.anywhere
        gain = self._gain_over(box, (1 / much).upper() if much > 0 else arb.pos_inf())
        if not isinstance(gain, Spread):
            return gain
        if not gain.anywhere.is_finite():
            return -1
        large, size = abs(gain.anywhere).upper(), abs(much).upper()
        bends = [
            w2 * large + 2 * w1 * g1 + size * g2
            for w1, w2, g1, g2 in zip(weight.slopes, weight.bends, gain.slopes, gain.bends, strict=True)
        ]
        return Spread(much * gain.anywhere, weight.slopes, (bends[0], bends[1]), size * gain.ripple)

    def _by_corners(self, cell: Cell, box: Box, known: Spread) -> str | int | None:
        """What the corners tell with bounds on the bends; None where these are too large."""
        off = known.ripple
        for bend, side in zip(known.bends, (box.x, box.y), strict=True):
            off += bend * side.rad() ** 2 / 2
        if not off < 1:
            return None
        values = [[self._at((one, other)) for other in cell.ends[1]] for one in cell.ends[0]]
        four = [*values[0], *values[1]]
        if all(value + off < 1 for value in four):
            return "stable"
        if all(value - off > 1 for value in four):
            return "unstable"
        if all(value < 1 for value in four) or all(value > 1 for value in four):
            return None
        sideways = max(abs(values[1][k] - values[0][k]).upper() for k in (0, 1))
        upwards = max(abs(values[k][1] - values[k][0]).upper() for k in (0, 1))
        return 0 if sideways >= upwards else 1

    def _at(self, shares: tuple[Fraction, Fraction]) -> Any:
        """Q at an exact point, given in shares."""
        if shares not in self._values:
            point = [axis.at(share) for axis, share in zip(self._axes, shares, strict=True)]
            x, other = (acb(fmpq(value.numerator, value.denominator)) for value in point)
            self._values[shares] = self._weight_at(x, other) * self._gain_at(x, other)
        return self._values[shares]


def _more(bends: Pair, box: Box) -> int:
    """The direction in which Q may bend more on the box; -1 unknown."""
    across, up = (bend * side.rad() ** 2 for bend, side in zip(bends, (box.x, box.y), strict=True))
    return (0 if across >= up else 1) if across.is_finite() and up.is_finite() else -1


def _closed(expression: sp.Expr, symbols: tuple[sp.Symbol, sp.Symbol], effort: Effort) -> tuple[_Over, _At]:
    """An expression over boxes, with its slopes and bends, and at points."""
    strangers = expression.free_symbols - set(symbols)
    if strangers:
        raise ValueError(f"further free parameters: {strangers}")
    derivatives = [sp.diff(expression, symbol, order) for order in (1, 2) for symbol in symbols]
    program, value = compile_balls([expression, *derivatives], symbols), compile_balls([expression], symbols)

    def at(x: Any, other: Any) -> Any:
        effort.evaluations += 1
        return value(x, other)[0].real

    def over(box: Box, enough: Any) -> Spread:
        effort.evaluations += 1
        rough, *found = (ball.real for ball in program(*box.sides))
        centred = at(*box.middles)
        for slope, offset in zip(found[:2], box.offsets, strict=True):
            centred += slope * offset.real
        sizes = [abs(one).upper() for one in found]
        return Spread(both(centred, rough), (sizes[0], sizes[1]), (sizes[2], sizes[3]), arb(0))

    return over, at
