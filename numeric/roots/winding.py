"""Stage: winding numbers. Input: an analytic function in balls, a path of exact corners. Output: proven turns.

A path is cut into pieces until each piece's image, enclosed by the centred form h(m) + h'(B)(B - m), misses 0.
A rectangle that misses 0 lies in one of the open half-planes Re > 0, Im > 0, Re < 0, Im < 0. Neighbouring pieces
share a point, so their half-planes are equal or a quarter turn apart; the sum of the quarter turns is exact. Where
the pieces end is kept, so that the count can be done again without searching for them (``Contour``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from numeric.enclosure import Ball, acb, arb

Pair = Callable[[Ball], tuple[Ball, Ball]]
WHOLE = 1 << 200  # the length of an edge in its own units
_SMALLEST = 1 << 100


class Unproved(Exception):  # noqa: N818  (an outcome, not a programming error)
    """A proof could not be had; the message says why."""


@dataclass
class Budget:
    """Processor seconds left for a proof, and the contours walked; ``spend`` raises ``Unproved`` at the end.

    A machine that is busy with other work takes no proof away; the deadline is one of the thread that made it.
    """

    seconds: float
    walked: dict[Any, Any] = field(default_factory=dict)
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = time.thread_time() + self.seconds

    def share(self, fraction: float) -> Budget:
        """A fraction of the budget, but no more than is left of it; the walked contours are shared."""
        left = max(0.0, self.deadline - time.thread_time())
        return Budget(min(self.seconds * fraction, left), self.walked)

    def spend(self) -> None:
        """Refuse to go on after the deadline."""
        if time.thread_time() > self.deadline:
            raise Unproved(f"the budget of {self.seconds:g} s is spent")


@dataclass(frozen=True)
class Rectangle:
    """left <= Re s <= right, |Im s| <= top, with exact ends: symmetric about the real axis."""

    left: Any
    right: Any
    top: Any

    def upper_path(self) -> tuple[Ball, ...]:
        """The boundary above the real axis, counterclockwise, from the right to the left end."""
        return acb(self.right), acb(self.right, self.top), acb(self.left, self.top), acb(self.left)


@dataclass(frozen=True)
class Contour:
    """A path and how it was cut: for each edge the ends of its pieces in 2^-200 of its length, and how each was seen.

    ``kinds``: 0 the image misses 0, 1 the slow part exceeds the rotating one, 2 the rotating one exceeds the slow one.
    """

    corners: tuple[Ball, ...]
    ends: tuple[tuple[int, ...], ...]
    kinds: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Turns:
    """Quarter turns of the image along a path, the points where it changed its half-plane, and the path as cut."""

    quarters: int
    crossings: tuple[Ball, ...]
    contour: Contour


@dataclass(frozen=True)
class Counted:
    """The number of zeros within a contour, points where the function turned, and the contour (None: no room)."""

    zeros: int
    crossings: tuple[Ball, ...] = ()
    contour: Contour | None = None


def half_plane(value: Ball) -> int | None:
    """0, 1, 2, 3 for Re > 0, Im > 0, Re < 0, Im < 0; None for a ball in none of them."""
    real, imaginary = value.real, value.imag
    if real > 0:
        return 0
    if imaginary > 0:
        return 1
    if real < 0:
        return 2
    return 3 if imaginary < 0 else None


def turns(value: Callable[[Ball], Ball], pair: Pair, corners: Sequence[Ball], budget: Budget) -> Turns:
    """The quarter turns of ``value`` along the polygon through ``corners`` (axis-parallel edges), proven.

    ``pair`` gives the value and the derivative. Raises ``Unproved`` where pieces shrink to nothing because the
    path runs through a zero (or where the function has no finite ball), or when the budget is spent.
    """
    before = half_plane(value(corners[0]))
    if before is None:
        raise Unproved(f"the contour starts at a zero near {corners[0].str(8)}")
    seen = lambda ball: half_plane_of_image(value, pair, ball)  # noqa: E731
    quarters, crossings, ends = 0, [], []
    for edge in pairwise(corners):
        pieces = march(seen, edge, budget)
        ends.append(tuple(end for end, _, _ in pieces))
        for _, ball, label in pieces:
            if label != before:
                quarters += _quarter(before, label)
                crossings.append(ball.mid())
                before = label
    last = half_plane(value(corners[-1]))
    if last is None:
        raise Unproved(f"the contour ends at a zero near {corners[-1].str(8)}")
    kinds = tuple((0,) * len(each) for each in ends)
    return Turns(quarters + _quarter(before, last), tuple(crossings), Contour(tuple(corners), tuple(ends), kinds))


def _quarter(before: int, after: int) -> int:
    step = (after - before + 1) % 4 - 1
    if step == 2:
        raise Unproved("neighbouring pieces lie in opposite half-planes: their common point has no image")
    return step


def half_plane_of_image(value: Callable[[Ball], Ball], pair: Pair, ball: Ball) -> int | None:
    """The half-plane that holds the image of a ball, from its enclosure or the centred form."""
    image, slope = pair(ball)
    label = half_plane(image)
    if label is None:
        middle = ball.mid()
        label = half_plane(value(middle) + slope * (ball - middle))
    return label


def march(seen: Callable[[Ball], int | None], edge: tuple[Ball, Ball], budget: Budget) -> list[tuple[int, Ball, int]]:
    """Cut an edge into pieces that ``seen`` labels: (end, ball, label), steps growing on success and shrinking else."""
    from_point = along(*edge)
    position, step, found = 0, WHOLE >> 3, []
    while position < WHOLE:
        step = min(step, WHOLE - position)
        ball = from_point(2 * position + step, step)
        label = seen(ball)
        if label is None:
            step >>= 2
            if step < _SMALLEST:
                raise Unproved(f"the contour runs through a zero near {ball.mid().str(8)}")
            continue
        position += step
        found.append((position, ball, label))
        step *= 2
        if not len(found) & 63:
            budget.spend()
    return found


def along(start: Ball, end: Ball) -> Callable[[int, int], Ball]:
    """The ball around the part of an axis-parallel edge from (m - r)/2^201 to (m + r)/2^201 of its length."""
    vertical = bool(start.real == end.real)
    low, high = (start.imag, end.imag) if vertical else (start.real, end.real)
    unit = (high - low) * (arb(1) / (1 << 201))
    fixed = start.real if vertical else start.imag
    if vertical:
        return lambda m, r: acb(fixed, low + arb(m, r) * unit)
    return lambda m, r: acb(low + arb(m, r) * unit, fixed)


def counted(found: Turns) -> Counted:
    """The zeros of a function real on the axis, from its turns along the upper half of a contour around them.

    The image of the path starts and ends on the real axis, so its half turns are the winding number.
    """
    if found.quarters % 2:
        raise Unproved("the image of the real axis is not real")
    return Counted(found.quarters // 2, found.crossings, found.contour)


def count_in_square(value: Any, pair: Pair, square: Ball, budget: Budget) -> int:
    """The zeros in a complex ball's own square, with multiplicity."""
    left, right = square.real.lower(), square.real.upper()
    low, high = square.imag.lower(), square.imag.upper()
    corners = [acb(left, low), acb(right, low), acb(right, high), acb(left, high), acb(left, low)]
    quarters = turns(value, pair, corners, budget).quarters
    return quarters // 4
