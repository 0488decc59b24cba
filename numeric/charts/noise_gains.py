"""Stage: proven charts. Input: H with two open parameters, a box. Output: the noise gain there, how it bends.

With f(w) = 1/|H(i w)|^2 and h_p = H_p/H at s = i w, summed over pieces W of the frequency axis,

    I in sum |W| f(W; B),    |I_p| <= sum |W| f 2|h_p|,    |I_pp| <= sum |W| f (6 |h_p|^2 + 2 |H_pp/H|),

and beyond the last frequency w, where |H(i w)| lies within b of w (b the bound on the roots), by 1/(w + b), 1/(w - b).
Pieces are halved until f at the box's middle hardly varies on them, |W| rad(f'(W)) << f: what is left is the box's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sympy as sp

from numeric.charts.crossings import Box, OpenEquation
from numeric.charts.point_gains import FAR
from numeric.charts.weights import Weight
from numeric.enclosure import Ball, acb, arb, compile_balls

BEYOND: Literal["beyond"] = "beyond"
_FINEST = 2.0**-10  # of that bound: a narrower peak is too close to the edge of stability
_NARROW = 24  # short pieces on which H may vanish: more are those of a box that is too large
_TAIL = 4  # times that bound: from here the tail may begin, where pieces of a wide box say nothing
_BULK = 1.5  # times that bound: H is smallest before
_VARIES = 0.15  # how much f may vary on a piece, at the box's middle
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Spread:
    """A quantity anywhere in a box; bounds on its slopes and second derivatives there, by parameter.

    ``ripple``: how far a part of it without such bounds spreads.
    """

    anywhere: Any
    slopes: Pair
    bends: Pair
    ripple: Any


def both(one: Any, other: Any) -> Any:
    """What two enclosures of one number leave of each other."""
    if not (one.is_finite() and other.is_finite()):
        return one if one.is_finite() else other
    return one.intersection(other)


class BoxGains:
    """The noise gain of an open equation over boxes of its parameters, and gains of weighted frequencies beside it."""

    def __init__(
        self, opened: OpenEquation, symbols: tuple[sp.Symbol, sp.Symbol], weights: Sequence[sp.Expr] = ()
    ) -> None:
        self._opened, self._weights = opened, tuple(Weight(one, symbols) for one in weights)
        bent = [sp.diff(opened.function, symbol, 2) for symbol in symbols]
        self._bent = compile_balls(bent, (opened.equation.variable, *symbols), opened.equation.arrays)

    def over(self, box: Box, enough: Any) -> tuple[Spread, ...] | Literal["beyond"] | int:
        """I = (1/pi) int_0^inf dw/|H(i w)|^2 over a box, or "beyond" once it is proven to exceed ``enough``.

        In vain, the parameter (0, 1, -1 unknown) that moves H most where it may vanish.

        Where H vanishes on the edge, I is infinite and so beyond whatever is enough.
        """
        bound = self._opened.reach(box)
        position, step, last = 0.0, bound / 16, bound * FAR
        least, sums, vain, narrow = arb(0), [arb(0)] * 5 * (1 + len(self._weights)), -1, 0
        sides, middles, offsets = box.sides, box.middles, box.offsets
        while position < last:
            step = min(step, last - position)
            piece = self._piece((sides, middles, offsets), position, position + step)
            if piece is None or not piece.varies < _VARIES:
                if step > bound * (_FINEST if position < _TAIL * bound else 1):
                    step /= 2
                    continue
                if position > _TAIL * bound:
                    last = position
                    break
                narrow += 1
                if narrow > _NARROW:
                    return vain
                piece = self._narrow(sides, position, position + step)
            least += piece.least
            if least > arb.pi() * enough:
                return BEYOND
            if not sums[0].is_finite() and position > _BULK * bound:
                return vain
            if vain < 0 and not piece.parts[0].is_finite():
                vain = piece.mover
            sums = [total + part for total, part in zip(sums, piece.parts, strict=True)]
            position, step = position + step, step * (2 if 4 * piece.varies < _VARIES else 1)
        return self._spreads(sums, arb(last), bound, sides)

    def _spreads(self, sums: list[Any], last: Any, bound: Any, sides: Pair) -> tuple[Spread, ...]:
        """What the pieces add up to, with what lies beyond the last one."""
        tail = (1 / (last - bound)).union(1 / (last + bound))
        found = []
        for number, height in enumerate((arb(1), *(one.beyond(last, *sides) for one in self._weights))):
            total, *bounds = (one / arb.pi() for one in sums[5 * number : 5 * number + 5])
            rest = tail * height / arb.pi()
            found.append(Spread(total + rest, (bounds[0], bounds[1]), (bounds[2], bounds[3]), 2 * arb(rest.rad())))
        return tuple(found)

    def _piece(self, box: tuple[Pair, Pair, Pair], low: float, high: float) -> _Piece | None:
        """One piece; None where H may vanish on it at the box's middle."""
        sides, middles, (x, y) = box
        ends, width = arb(low).union(arb(high)), arb(high) - arb(low)
        at, middle = acb(0, ends), acb(0, (arb(low) + arb(high)) / 2)  # the true middle: ``varies`` rests on it
        centre = self._opened.value(middle, *middles)
        whole, slope, *slopes = self._opened.slopes(at, *sides)
        along = slope / centre
        image = 1 + along * (at - middle)  # H(W; m)/H(i m_w; m), where it is known best
        bend = (acb(0, 1) * along / image).real / abs(image) ** 2  # -f'/(2 f(m_w))
        varies = width * bend.rad() / 2
        if not varies.is_finite():
            return None
        across, up = (slope / centre / image for slope in slopes)
        moved = 1 + across * x + up * y  # H(W; B)/H(W; m)
        integral = width / abs(centre) ** 2 * (1 + arb(0, 1) * varies)
        anywhere = both(integral / abs(moved) ** 2, width / abs(whole) ** 2)
        least = max((integral / abs(moved).upper() ** 2).lower(), (width / abs(whole).upper() ** 2).lower(), key=float)
        parts = anywhere, *self._bounds(anywhere, at, sides, (across, up), centre * image, moved)
        parts += tuple(part for one in self._weights for part in one.times(parts, acb(ends), *sides))
        if anywhere.is_finite() and not all(part.is_finite() for part in parts):
            return None  # a high power of a wide ball: shorter pieces help
        return _Piece(parts, least, varies, 0 if abs(across * x).upper() >= abs(up * y).upper() else 1)

    def _narrow(self, sides: Pair, low: float, high: float) -> _Piece:
        """A short piece on which H may vanish: the gain has a lower bound alone."""
        whole = self._opened.value(acb(0, arb(low).union(arb(high))), *sides)
        count = 5 * (1 + len(self._weights))
        return _Piece((arb.pos_inf(),) * count, ((arb(high) - arb(low)) / abs(whole).upper() ** 2).lower(), arb(0), -1)

    def _bounds(self, anywhere: Any, at: Ball, sides: Pair, lines: Pair, centre: Ball, moved: Ball) -> list[Any]:
        """Bounds on both slopes and on both second derivatives of one piece."""
        if not anywhere.is_finite():
            return [arb.pos_inf()] * 4
        most = anywhere.upper()
        sizes = [abs(line / moved).upper() for line in lines]
        self._opened.effort.evaluations += 1
        bent = [abs(one / centre / moved).upper() for one in self._bent(at, *sides)]
        slopes = [2 * most * size for size in sizes]
        return slopes + [most * (6 * size**2 + 2 * bow) for size, bow in zip(sizes, bent, strict=True)]


@dataclass(frozen=True)
class _Piece:
    """One piece's share of I anywhere in the box and of the four bounds; a lower bound on it; how f varies on it.

    ``mover``: the parameter that moves H more.
    """

    parts: tuple[Any, ...]
    least: Any
    varies: Any
    mover: int
