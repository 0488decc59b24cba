"""Stage: proven charts. Input: a criterion in noise gains, an equation. Output: whether it is below 1 on a cell.

Between the corners of a cell with sides 2 x, 2 y, a criterion Q differs from the surface that joins its values there,
bilinear, by at most

    |Q_xx(B)| x^2/2 + |Q_yy(B)| y^2/2,

B any box around the cell. A gain is evaluated in closed form where the law has one, else by quadrature.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any, Literal, TypeAlias

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis, Cell
from numeric.charts.crossings import Box, Effort, OpenEquation
from numeric.charts.noise_gains import BEYOND, BoxGains, Pair, Spread, both
from numeric.charts.point_gains import PointGains
from numeric.enclosure import Ball, acb, arb, compile_balls, fmpq


@dataclass(frozen=True)
class Gains:
    """Several noise gains by quadrature: the ``weights`` of their frequencies by symbol, the first one 1.

    Wherever the mode is stable, ``least`` times the first gain is below 1: a factor in both parameters.
    """

    weights: Mapping[sp.Symbol, sp.Expr]
    least: sp.Expr


Gain: TypeAlias = sp.Expr | Gains | None  # closed, several by quadrature, or one by quadrature
Shares: TypeAlias = tuple[Fraction, Fraction]
_Over = Callable[[Box, Any], Spread | Literal["beyond"] | int]
_At = Callable[[Any, Any], Any]


class Criterion(ABC):
    """Q over a chart, below 1 where a mode is stable in mean square."""

    def __init__(self, axes: tuple[Axis, Axis]) -> None:
        self._axes = axes
        self._bends: dict[Cell, Spread] = {}
        self._values: dict[Shares, Any] = {}

    @abstractmethod
    def _anywhere(self, box: Box) -> Spread | Literal["beyond"] | int:
        """Q over a box, proven to exceed 1, or the direction in which it may be worth halving."""

    @abstractmethod
    def _value(self, shares: Shares, x: Ball, other: Ball) -> Any:
        """Q at a point, given in shares and in both parameters."""

    def exceeded(self, box: Box) -> bool:
        """Whether Q, or a gain, is proven too large wherever in the box the mean is stable."""
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

    def _at(self, shares: Shares) -> Any:
        """Q at an exact point, given in shares."""
        if shares not in self._values:
            point = [axis.at(share) for axis, share in zip(self._axes, shares, strict=True)]
            x, other = (acb(fmpq(value.numerator, value.denominator)) for value in point)
            self._values[shares] = self._value(shares, x, other)
        return self._values[shares]


class LinearCriterion(Criterion):
    """Q = weight x I, I closed or by quadrature of the open equation."""

    def __init__(
        self, equation: CharacteristicEquation, criterion: sp.Expr, gain: Gain, axes: tuple[Axis, Axis], effort: Effort
    ) -> None:
        super().__init__(axes)
        symbols = (axes[0].symbol, axes[1].symbol)
        self._weight_over, self._weight_at = _closed(sp.cancel(criterion / y.second_moment_gain), symbols, effort)
        if gain is None:
            opened = OpenEquation(equation, axes, effort)
            boxes, points = BoxGains(opened, symbols), PointGains(opened, symbols)
            self._gain_over: _Over = lambda box, enough: _first(boxes.over(box, enough))
            self._gain_at: _At = lambda x, other: points.at(x, other)[0]
        else:
            self._gain_over, self._gain_at = _closed(gain, symbols, effort)

    def _value(self, shares: Shares, x: Ball, other: Ball) -> Any:
        return self._weight_at(x, other) * self._gain_at(x, other)

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


class SeveralGains:
    """Noise gains of one open equation by the weights of their symbols, over the last box and at every point."""

    def __init__(self, opened: OpenEquation, axes: tuple[Axis, Axis], gains: Gains) -> None:
        symbols, weights = (axes[0].symbol, axes[1].symbol), tuple(gains.weights.values())[1:]
        self.names, self.arrays = tuple(gains.weights), opened.equation.arrays
        self._boxes, self._points = BoxGains(opened, symbols, weights), PointGains(opened, symbols, weights)
        self._least = compile_balls([gains.least], symbols)
        self._last: tuple[Box, tuple[Spread, ...] | Literal["beyond"] | int] | None = None
        self._known: dict[Shares, tuple[Any, ...]] = {}

    def over(self, box: Box) -> tuple[Spread, ...] | Literal["beyond"] | int:
        """The gains over a box, beyond those of any stable mode, or the direction in which it may be worth halving."""
        if self._last is None or self._last[0] is not box:
            least = self._least(*box.sides)[0].real
            self._last = box, self._boxes.over(box, (1 / least).upper() if least > 0 else arb.pos_inf())
        return self._last[1]

    def at(self, shares: Shares, x: Ball, other: Ball) -> tuple[Any, ...]:
        """The gains at an exact point."""
        if shares not in self._known:
            self._known[shares] = self._points.at(x, other)
        return self._known[shares]


class SmoothCriterion(Criterion):
    """Q of both parameters and of several gains by quadrature; its bends by the chain rule."""

    def __init__(self, gains: SeveralGains, criterion: sp.Expr, axes: tuple[Axis, Axis]) -> None:
        super().__init__(axes)
        self._gains = gains
        arguments = (axes[0].symbol, axes[1].symbol, *gains.names)
        first = [sp.diff(criterion, one) for one in arguments]
        second = [[sp.diff(one, other) for other in arguments] for one in first]
        self._size = len(arguments)
        self._program = compile_balls([criterion, *first, *chain.from_iterable(second)], arguments, gains.arrays)
        self._plain = compile_balls([criterion], arguments, gains.arrays)

    def _value(self, shares: Shares, x: Ball, other: Ball) -> Any:
        return self._plain(x, other, *(acb(one) for one in self._gains.at(shares, x, other)))[0].real

    def _anywhere(self, box: Box) -> Spread | Literal["beyond"] | int:
        gains = self._gains.over(box)
        if not isinstance(gains, tuple):
            return gains
        if not all(one.anywhere.is_finite() for one in gains):
            return -1
        found = self._program(*box.sides, *(acb(one.anywhere) for one in gains))
        sizes = [abs(one.real).upper() for one in found[1:]]
        first, second = sizes[: self._size], sizes[self._size :]
        slopes, bends = [], []
        for way in (0, 1):
            moves = [arb(1 - way), arb(way), *(one.slopes[way] for one in gains)]
            slopes.append(sum((a * b for a, b in zip(first, moves, strict=True)), start=arb(0)))
            squares = (a * moves[k // self._size] * moves[k % self._size] for k, a in enumerate(second))
            bent = (a * one.bends[way] for a, one in zip(first[2:], gains, strict=True))
            bends.append(sum((*squares, *bent), start=arb(0)))
        ripple = sum((a * one.ripple for a, one in zip(first[2:], gains, strict=True)), start=arb(0))
        return Spread(found[0].real, (slopes[0], slopes[1]), (bends[0], bends[1]), ripple)


def _first(found: tuple[Spread, ...] | Literal["beyond"] | int) -> Spread | Literal["beyond"] | int:
    return found[0] if isinstance(found, tuple) else found


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
