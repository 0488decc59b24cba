"""Stage: proven charts. Input: H with two open parameters, a box of them. Output: proof that a root stays unstable.

Where further roots cross the edge of stability, cells without a crossing need not exist; but a root that stays beyond
it makes every parameter unstable. With s_0 a zero at the middle of a box B and S a ball around it with Re S > 0,
interval Newton says: if s_0 - H(s_0; B)/H_s(S; B) lies in S, then for every parameter of the box H has a zero in S.
"""

from __future__ import annotations

from numeric.charts.crossings import Box, OpenEquation
from numeric.enclosure import Ball, acb, arb

_STARTS = (0.15 + 0.25j, 0.3 + 0.6j, 0.1 + 0.1j, 0.6 + 0j)  # in bounds on the roots
_STEPS = 10
_WIDER = 4  # times the step that the box makes: room for H_s to vary


class LastingRoots:
    """Unstable roots of one open equation, each search beginning where the last one succeeded."""

    def __init__(self, opened: OpenEquation) -> None:
        self._opened = opened
        self._last: Ball | None = None

    def begin_at(self, start: Ball) -> None:
        """Let the next search begin near ``start``."""
        self._last = start

    def proven(self, box: Box) -> bool:
        """Whether one root is proven to lie beyond the edge for every parameter of the box."""
        reach = self._opened.reach(box)
        if not reach < float("inf"):
            return False
        starts = [self._last] if self._last is not None else []
        for start in (*starts, *(acb(one.real * reach, one.imag * reach) for one in _STARTS)):
            zero = self._newton(start, box)
            if zero is not None:
                self._last = zero
                return self._stays(zero, box)
        return False

    def _newton(self, start: Ball, box: Box) -> Ball | None:
        """A zero at the middle of the box, right of the edge; proven by nobody yet."""
        s = start
        for _ in range(_STEPS):
            value, slope, _, _ = self._opened.slopes(s, *box.middles)
            step = (value / slope).mid()
            s = (s - step).mid()
            if not (s.is_finite() and s.real > 0):
                return None
            if abs(step) < abs(s) * arb(2) ** -30:
                return s
        return None

    def _stays(self, zero: Ball, box: Box) -> bool:
        value = self._opened.value(zero, *box.middles)
        for side, offset in zip(self._opened.slopes(zero, *box.sides)[2:], box.offsets, strict=True):
            value += side * offset
        slope = self._opened.slopes(zero, *box.middles)[1]
        size = _WIDER * abs(value / slope).upper()
        around = zero + acb(arb(0, size), arb(0, size))
        if not around.real > 0:
            return False
        image = zero - value / self._opened.slopes(around, *box.sides)[1]
        return bool(image.is_finite() and around.contains(image))
