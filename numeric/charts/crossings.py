"""Stage: proven charts. Input: H with two open parameters, a box of them. Output: proof that no root is on the edge.

The edge of stability is the imaginary axis, s = i w, or of an update-indexed equation the unit circle, z = e^(i w). For
a box B of parameters and a piece W of frequencies, with their middles m, the mean value theorem gives

    H(i w; p) in H(i m_w; m_p) + i H_s(W; B)(W - m_w) + H_x(W; B)(B_x - m_x) + H_y(W; B)(B_y - m_y),

a sum of segments in the complex plane. If a straight line separates it from 0, no root lies there for any parameter of
the box. Of the lines, the one along H_s is the sharpest: a piece moves along it when w moves, so that only the
parameters can carry it across. By the bound on the roots, w_max = sup of the bound over B, finitely many pieces do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis, Cell
from numeric.enclosure import Ball, acb, arb, compile_ball, compile_balls, fmpq

BITS = 64  # of precision: a chart is short of cells, never of digits
_TURN = 3.25  # more than half a turn of the circle; the other half is its mirror image
_PATIENCE = 10  # how many more pieces may be halved than not: beyond, a smaller box is cheaper


@dataclass
class Effort:
    """How many balls of H were evaluated so far."""

    evaluations: int = 0


@dataclass(frozen=True)
class Box:
    """An interval of each parameter as a real ball."""

    x: Any
    y: Any

    @property
    def middles(self) -> tuple[Ball, Ball]:
        """The exact centres of both."""
        return acb(self.x.mid()), acb(self.y.mid())

    @property
    def offsets(self) -> tuple[Ball, Ball]:
        """Both intervals about their centres."""
        return acb(self.x - self.x.mid()), acb(self.y - self.y.mid())

    @property
    def sides(self) -> tuple[Ball, Ball]:
        """Both intervals."""
        return acb(self.x), acb(self.y)


def box_of(cell: Cell, axes: tuple[Axis, Axis]) -> Box:
    """The intervals of both parameters in a cell, rounded outward."""
    sides = []
    for axis, ends in zip(axes, cell.ends, strict=True):
        low, high = (axis.at(end) for end in ends)
        sides.append(arb(fmpq(low.numerator, low.denominator)).union(arb(fmpq(high.numerator, high.denominator))))
    return Box(*sides)


class OpenEquation:
    """An equation H(s; x, y) = 0 with two open parameters, as ball programs.

    Raises ``ValueError`` where other parameters are open as well.
    """

    def __init__(self, equation: CharacteristicEquation, axes: tuple[Axis, Axis], effort: Effort) -> None:
        x, y = (axis.symbol for axis in axes)
        self.equation, self.effort = equation, effort
        function, variable = equation.function, equation.variable
        self._circle = equation.plane == "update-indexed"
        if self._circle:
            function = function.subs(variable, sp.exp(variable))
        self.function = function  # on the circle in the logarithm of z
        strangers = _symbols(equation) - {variable, x, y}
        if strangers:
            raise ValueError(f"H has further free parameters: {strangers}")
        slopes = [sp.diff(function, symbol) for symbol in (variable, x, y)]
        arguments = (variable, x, y)
        self._value = compile_balls([function], arguments, equation.arrays)
        self._all = compile_balls([function, *slopes], arguments, equation.arrays)
        self._bound = compile_ball(equation.modulus_bound.subs(variable, 0), (x, y), equation.arrays)

    def values(self) -> Callable[..., tuple[Ball, ...]]:
        """H for many evaluations at this precision, which the caller counts."""
        return self._value.prepared()

    def value(self, s: Ball, x: Ball, y: Ball) -> Ball:
        """H(s; x, y)."""
        self.effort.evaluations += 1
        found: Ball = self._value(s, x, y)[0]
        return found

    def slopes(self, s: Ball, x: Ball, y: Ball) -> tuple[Ball, Ball, Ball, Ball]:
        """H and its derivatives in s, x and y."""
        self.effort.evaluations += 1
        found: tuple[Ball, Ball, Ball, Ball] = self._all(s, x, y)
        return found

    def reach(self, box: Box) -> float:
        """A frequency beyond which no parameter of the box has a root on the edge; infinite where none is known."""
        if self._circle:
            return _TURN
        return float(self.bound(*box.sides)) * (1 + 2.0**-40) + 1e-300

    def bound(self, x: Ball, y: Ball) -> Any:
        """The bound on the moduli of roots on or right of the edge, for any parameters in both balls."""
        return self._bound(x, y).real.upper()

    def crossing(self, box: Box) -> int | None:
        """None if provably no parameter of the box has a root on the edge; else the direction in which to halve it.

        Direction 0 is x, 1 is y, -1 unknown: the parameter that moves the root across the edge more.
        """
        reach = self.reach(box)
        if not reach < float("inf"):
            return -1
        position, step, patience = 0.0, reach / 8, _PATIENCE
        while position < reach:
            step = min(step, reach - position)
            if self._misses(box, position, position + step):
                position, step, patience = position + step, 2 * step, min(patience + 1, _PATIENCE)
                continue
            direction = self._blocked(box, position + step / 2)
            if direction is not None or patience == 0:
                return -1 if direction is None else direction
            step, patience = step / 2, patience - 1
        return None

    def _misses(self, box: Box, low: float, high: float) -> bool:
        """Whether the image of a piece of frequencies and the whole box is proven to miss 0."""
        piece = arb(low).union(arb(high))
        middle = piece.mid()
        image, slope, *sides = self.slopes(acb(0, piece), *box.sides)
        if not image.contains(0):
            return True
        centre = self.value(acb(0, middle), *box.middles)
        segments = [(slope, acb(0, piece - middle)), *zip(sides, box.offsets, strict=True)]
        lines = [centre.mid().conjugate()]
        if slope.is_finite() and slope.mid() != 0:
            lines.append((1 / slope.mid()).mid())
        return any(_separated(centre, segments, line) for line in lines)

    def _blocked(self, box: Box, frequency: float) -> int | None:
        """None if the image of the box at one frequency misses 0, so that shorter pieces help; else a direction."""
        at = acb(0, arb(frequency))
        image, slope, *sides = self.slopes(at, *box.sides)
        if not image.contains(0):
            return None
        centre = self.value(at, *box.middles)
        segments = list(zip(sides, box.offsets, strict=True))
        lines = [centre.mid().conjugate(), *((acb(0, 1) * side.conjugate()).mid() for side in sides)]
        if any(_separated(centre, segments, line) for line in lines if line.is_finite()):
            return None
        across = [abs((side / slope).real * offset).upper() for side, offset in segments]
        if not all(one.is_finite() for one in across):
            across = [abs(side * offset).upper() for side, offset in segments]
        if not all(one.is_finite() for one in across):
            return -1
        return 0 if across[0] >= across[1] else 1


def _separated(centre: Ball, segments: list[tuple[Ball, Ball]], line: Ball) -> bool:
    """Whether centre + sum of slope x offset has a real part without 0 once turned by ``line``."""
    total = centre * line
    for slope, offset in segments:
        total += slope * line * offset
    return not total.real.contains(0)


def _symbols(equation: CharacteristicEquation) -> set[sp.Basic]:
    names = {base.label for base in equation.arrays}
    return {node for node in equation.function.free_symbols if isinstance(node, sp.Symbol)} - names
