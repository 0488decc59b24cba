"""Stage: winding numbers. Input: an analytic function in balls, a path of exact corners. Output: proven turns.

A path is cut into pieces until each piece's image, enclosed by the centred form h(m) + h'(B)(B - m), misses 0.
A rectangle that misses 0 lies in one of the open half-planes Re > 0, Im > 0, Re < 0, Im < 0. Neighbouring pieces
share a point, so their half-planes are equal or a quarter turn apart; the sum of the quarter turns is exact.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from numeric.enclosure import Ball, acb, arb, precision

Pair = Callable[[Ball], tuple[Ball, Ball]]


class Unproved(Exception):  # noqa: N818  (an outcome, not a programming error)
    """A proof could not be had; the message says why."""


@dataclass
class Budget:
    """Seconds left for a proof, and the contours already walked; ``spend`` raises ``Unproved`` at the end."""

    seconds: float
    walked: dict[Any, Any] = field(default_factory=dict)
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    def share(self, fraction: float) -> Budget:
        """A fraction of the budget, but no more than is left of it; the walked contours are shared."""
        left = max(0.0, self.deadline - time.monotonic())
        return Budget(min(self.seconds * fraction, left), self.walked)

    def spend(self) -> None:
        """Refuse to go on after the deadline."""
        if time.monotonic() > self.deadline:
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
class Turns:
    """Quarter turns of the image along a path, and the points where it changed its half-plane."""

    quarters: int
    crossings: tuple[Ball, ...]


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
    quarters, crossings = 0, []
    for start, end in pairwise(corners):
        for piece, label in _pieces(value, pair, (start, end), budget):
            if label != before:
                quarters += _quarter(before, label)
                crossings.append(piece)
                before = label
    last = half_plane(value(corners[-1]))
    if last is None:
        raise Unproved(f"the contour ends at a zero near {corners[-1].str(8)}")
    return Turns(quarters + _quarter(before, last), tuple(crossings))


def _quarter(before: int, after: int) -> int:
    step = (after - before + 1) % 4 - 1
    if step == 2:
        raise Unproved("neighbouring pieces lie in opposite half-planes: their common point has no image")
    return step


def _pieces(value: Callable[[Ball], Ball], pair: Pair, edge: tuple[Ball, Ball], budget: Budget) -> list[Any]:
    """March along one edge with steps that grow after success and shrink after failure."""
    from_point = _parametrised(*edge)
    whole = 1 << 200
    smallest = 1 << 100
    position, step, found = 0, whole >> 3, []
    while position < whole:
        step = min(step, whole - position)
        ball = from_point(2 * position + step, step)
        image, slope = pair(ball)
        label = half_plane(image)
        if label is None:
            middle = ball.mid()
            label = half_plane(value(middle) + slope * (ball - middle))
        if label is None:
            step >>= 2
            if step < smallest:
                raise Unproved(f"the contour runs through a zero near {ball.mid().str(8)}")
            continue
        found.append((ball.mid(), label))
        position += step
        step *= 2
        if not len(found) & 63:
            budget.spend()
    return found


def _parametrised(start: Ball, end: Ball) -> Callable[[int, int], Ball]:
    """The ball around the part of an axis-parallel edge from (m - r)/2^201 to (m + r)/2^201 of its length."""
    vertical = bool(start.real == end.real)
    low, high = (start.imag, end.imag) if vertical else (start.real, end.real)
    unit = (high - low) * (arb(1) / (1 << 201))
    fixed = start.real if vertical else start.imag
    if vertical:
        return lambda m, r: acb(fixed, low + arb(m, r) * unit)
    return lambda m, r: acb(low + arb(m, r) * unit, fixed)


def count_above_and_below(value: Any, pair: Pair, box: Rectangle, budget: Budget) -> tuple[int, tuple[Ball, ...]]:
    """The zeros of a conjugation-symmetric function in the rectangle, with multiplicity, from its upper half.

    The image of the upper path starts and ends on the real axis, so its half turns are the winding number.
    """
    result = turns(value, pair, box.upper_path(), budget)
    if result.quarters % 2:
        raise Unproved("the image of the real axis is not real")
    return result.quarters // 2, result.crossings


def count_in_square(value: Any, pair: Pair, square: Ball, budget: Budget) -> int:
    """The zeros in a complex ball's own square, with multiplicity."""
    left, right = square.real.lower(), square.real.upper()
    low, high = square.imag.lower(), square.imag.upper()
    corners = [acb(left, low), acb(right, low), acb(right, high), acb(left, high), acb(left, low)]
    quarters = turns(value, pair, corners, budget).quarters
    return quarters // 4


def count_in_disc(value: Any, pair: Pair, line: Any, budget: Budget) -> tuple[int, tuple[Ball, ...]]:
    """The zeros of modulus below e^line, ``line`` exact, of an entire function real on the axis, with multiplicity.

    The upper half of the circle is the image of an upright edge under w = e^s; its own image starts and ends on the
    real axis. Also the points of the circle where the function changed its half-plane.
    """

    def on_circle(s: Ball) -> tuple[Ball, Ball]:
        point = s.exp()
        image, slope = pair(point)
        return image, slope * point

    corners = (acb(line), acb(line, arb.pi()))
    found = turns(lambda s: value(s.exp()), on_circle, corners, budget)
    if found.quarters % 2:
        raise Unproved("the image of the real axis is not real")
    return found.quarters // 2, tuple(piece.exp() for piece in found.crossings)


def at_bits(bits: int, function: Callable[[], Any]) -> Any:
    """Call the function at a working precision."""
    with precision(bits):
        return function()
