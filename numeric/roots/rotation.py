"""Stage: winding numbers of what rotates fast. Input: H = P + q e^(rate s), a path. Output: proven turns.

A delay that is long beside the time scale of a contour turns H thousands of times along it, and pieces on which H stays
in a half-plane would be as many. Where |q e^(rate Re s)| > |P| the exponential's turn is known, rate Im s, and

    arg H = arg q + rate Im s + arg(1 + P/(q e^(rate s))),      the last within (-pi/2, pi/2);

where |P| exceeds it, arg H = arg P + arg(1 + q e^(rate s)/P). So a piece is as long as P and q stay in a half-plane,
and short ones are needed only beside |P| = |q e^(rate Re s)|.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sympy as sp

from numeric.balls.slopes import slope
from numeric.enclosure import Ball, arb, compile_ball, compile_balls
from numeric.roots.function import Analytic
from numeric.roots.winding import Budget, Contour, Pair, Turns, Unproved, along, half_plane, march, turns

_WORTH = 40.0  # radians of rotation along a path from which on it pays


@dataclass(frozen=True)
class Rotation:
    """H = P + q e^(rate s): the rate (s, exact), P and q as balls, and each with its derivative."""

    rate: Any  # a function of no argument: the ball of the rate
    rest: Callable[[Ball], Ball]
    rest_pair: Pair
    slow: Callable[[Ball], Ball]
    slow_pair: Pair


@lru_cache(maxsize=256)
def split(function: sp.Expr, variable: sp.Symbol) -> tuple[sp.Expr, sp.Expr, sp.Expr] | None:
    """(rate, P, q) with the fastest exponential of a sum; None where there is no such part.

    Example: ``split(y.s + 2 * sp.exp(-3 * y.s), y.s) == (-3, y.s, 2)``.
    """
    groups: dict[sp.Expr, list[sp.Expr]] = {}
    for term in _terms(function):
        rate = sp.S.Zero
        for factor in sp.Mul.make_args(term):
            exponent = factor.args[0] if isinstance(factor, sp.exp) else sp.S.Zero
            if exponent.is_polynomial(variable) and sp.degree(exponent, variable) == 1:
                rate += sp.diff(exponent, variable)
        groups.setdefault(rate, []).append(term)
    fastest = max(groups, key=lambda rate: abs(sp.N(rate)))
    if fastest == 0 or not fastest.is_real or len(groups) < 2:
        return None
    rest = sp.Add(*(term for rate, terms in groups.items() if rate != fastest for term in terms))
    slow = sp.Add(*(sp.powsimp(term * sp.exp(-fastest * variable)) for term in groups[fastest]))
    return fastest, rest, slow


def _terms(function: sp.Expr) -> tuple[sp.Expr, ...]:
    """The terms of a function, multiplied out as far as exponentials are concerned."""
    shallow = [part for term in sp.Add.make_args(function) for part in _opened(term)]
    within = (factor for term in shallow for factor in sp.Mul.make_args(term) if isinstance(factor, sp.Add))
    return sp.Add.make_args(sp.expand_mul(function)) if any(one.has(sp.exp) for one in within) else tuple(shallow)


def _opened(term: sp.Expr) -> tuple[sp.Expr, ...]:
    return sp.Add.make_args(sp.expand_mul(term, deep=False))


@lru_cache(maxsize=256)
def rotation_of(function: sp.Expr, variable: sp.Symbol) -> Rotation | None:
    """The parts of ``split`` as ball programs.

    Example: ``rotation_of(1 + y.s, y.s) is None``.
    """
    parts = split(function, variable)
    if parts is None:
        return None
    rate, rest, slow = parts
    pairs = (compile_balls([part, slope(part, variable)], [variable]) for part in (rest, slow))
    rest_pair, slow_pair = pairs
    return Rotation(
        compile_ball(rate, ()), compile_ball(rest, [variable]), rest_pair, compile_ball(slow, [variable]), slow_pair
    )


def turns_along(whole: Analytic, corners: Sequence[Ball], budget: Budget) -> Turns:
    """The quarter turns of H along a path between real values, by its rotation where that is fast (``Unproved``)."""
    found = None if whole.arrays else rotation_of(whole.function, whole.variable)
    if found is None or not _turning(found, corners) > _WORTH:
        return turns(whole.value, whole.pair, corners, budget)
    return _Rotating(found).turns(corners, budget)


def _turning(found: Rotation, corners: Sequence[Ball]) -> float:
    height = max(float(abs(end.imag - start.imag).mid()) for start, end in pairwise(corners))
    return abs(float(found.rate().real.mid())) * height


class _Rotating:
    """The turns of one rotating function at one working precision."""

    def __init__(self, found: Rotation) -> None:
        self.found, self.rate = found, found.rate().real

    def turns(self, corners: Sequence[Ball], budget: Budget) -> Turns:
        """The quarter turns along a path whose ends have real images, with the points of the shortest pieces."""
        total, crossings, ends, kinds = arb(0), [], [], []
        for edge in pairwise(corners):
            pieces = march(self.kind, edge, budget)
            ends.append(tuple(end for end, _, _ in pieces))
            kinds.append(tuple(kind for _, _, kind in pieces))
            crossings += [ball.mid() for _, ball, kind in pieces if kind == 0]
            at = along(*edge)
            stops = [edge[0], *(at(2 * end, 0) for end in ends[-1][:-1]), edge[1]]
            parts = [_Parts(self.found, self.rate, stop) for stop in stops]
            for kind, start, end in zip(kinds[-1], parts, parts[1:], strict=False):
                total += end.turned_from(start, kind)
        halves = (total / arb.pi()).unique_fmpz()
        if halves is None:
            raise Unproved("the turns along the contour are no whole number")
        return Turns(2 * int(halves), tuple(crossings), Contour(tuple(corners), tuple(ends), tuple(kinds)))

    def kind(self, ball: Ball) -> int | None:
        """Which part exceeds the other over a piece (1: P, 2: the exponential), 0 if H misses 0 there."""
        rest, moved = self.found.rest_pair(ball)
        slow, drift = self.found.slow_pair(ball)
        size = abs(slow) * (self.rate * ball.real).exp()
        if size < abs(rest) and _within(rest, moved, ball, self.found.rest):
            return 1
        if size > abs(rest) and _within(slow, drift, ball, self.found.slow):
            return 2
        turning = (self.rate * ball).exp()
        value = rest + slow * turning
        if half_plane(value) is None:
            middle = ball.mid()
            here = self.found.rest(middle) + self.found.slow(middle) * (self.rate * middle).exp()
            value = here + (moved + (drift + self.rate * slow) * turning) * (ball - middle)
        return None if half_plane(value) is None else 0


def _within(image: Ball, slope: Ball, ball: Ball, value: Callable[[Ball], Ball]) -> bool:
    if half_plane(image) is not None:
        return True
    middle = ball.mid()
    return half_plane(value(middle) + slope * (ball - middle)) is not None


class _Parts:
    """P, q and the exponential at the end of a piece."""

    def __init__(self, found: Rotation, rate: Any, point: Ball) -> None:
        self.rate, self.point = rate, point
        self.rest, self.slow = found.rest(point), found.slow(point)
        self.fast = self.slow * (rate * point).exp()

    def turned_from(self, start: _Parts, kind: int) -> Any:
        """The change of arg H along the piece from ``start``."""
        if kind == 0:
            return ((self.rest + self.fast) / (start.rest + start.fast)).arg()
        if kind == 1:
            return (self.rest / start.rest).arg() + self._lean(1) - start._lean(1)
        turned = (self.slow / start.slow).arg() + self.rate * (self.point.imag - start.point.imag)
        return turned + self._lean(2) - start._lean(2)

    def _lean(self, kind: int) -> Any:
        return (1 + (self.fast / self.rest if kind == 1 else self.rest / self.fast)).arg()
