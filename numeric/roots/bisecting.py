"""Stage: candidates. Input: a rectangle that holds more zeros than are known. Output: points beside the others.

Newton's iteration may reach none of them from anywhere it is started. So the rectangle is halved, again and again, the
zeros of each part are counted by the turns of H around it, and the parts that hold more than is known are followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from numeric.enclosure import Ball, acb, arb
from numeric.roots.function import Analytic
from numeric.roots.winding import Budget, Rectangle, Unproved, turns

_CUTS = ("0.5", "0.4375", "0.5625", "0.375")  # where a rectangle is cut: the first of them that runs through no zero
_NARROW = 2.0**-12  # beside the modulus: a rectangle so small is a point to start from
_BELOW = "-0.0078125"  # of the height: the lower edge, so that real zeros lie inside

Box = tuple[Any, Any, Any, Any]  # left, right, low, high


def unknown_zeros(whole: Analytic, box: Rectangle, known: Sequence[Ball], most: int, budget: Budget) -> list[Ball]:
    """At most ``most`` points beside zeros in the upper half of ``box`` that are not ``known``, at the working bits.

    ``known`` are zeros with Im >= 0. A part whose edges run through zeros wherever it is cut is left out, and what the
    budget leaves undone.
    """
    every = [*known, *(zero.conjugate() for zero in known if not zero.imag.is_zero())]
    search = _Bisection(whole, every, budget)
    start = (box.left, box.right, box.top * arb(_BELOW), box.top)
    found: list[Ball] = []
    with suppress(Unproved):
        search.follow(start, search.missing(start), found, most)
    return found


class _Bisection:
    """Counts of zeros in rectangles, beside what is known."""

    def __init__(self, whole: Analytic, known: Sequence[Ball], budget: Budget) -> None:
        self.whole, self.known, self.budget = whole, known, budget

    def follow(self, box: Box, missing: int, found: list[Ball], most: int) -> None:
        """Halve a rectangle that misses zeros until what misses one is small."""
        if missing <= 0 or len(found) >= most:
            return
        self.budget.spend()
        left, right, low, high = box
        middle = acb((left + right) / 2, (low + high) / 2).mid()
        if (right - left) + (high - low) < abs(middle) * _NARROW:
            found.append(middle)
            return
        one, other, share = self._halved(box, missing)
        self.follow(one, share, found, most)
        self.follow(other, missing - share, found, most)

    def _halved(self, box: Box, missing: int) -> tuple[Box, Box, int]:
        left, right, low, high = box
        for cut in _CUTS:
            if right - left > high - low:
                at = (left + (right - left) * arb(cut)).mid()
                one, other = (left, at, low, high), (at, right, low, high)
            else:
                at = (low + (high - low) * arb(cut)).mid()
                one, other = (left, right, low, at), (left, right, at, high)
            try:
                return one, other, self.missing(one)
            except Unproved:
                continue
        raise Unproved("every cut runs through a zero")

    def missing(self, box: Box) -> int:
        """How many zeros of a rectangle are not known (``Unproved`` where its edge runs through one)."""
        left, right, low, high = box
        corners = [acb(left, low), acb(right, low), acb(right, high), acb(left, high), acb(left, low)]
        zeros = turns(self.whole.value, self.whole.pair, corners, self.budget).quarters // 4
        return zeros - sum(1 for zero in self.known if left < zero.real < right and low < zero.imag < high)
