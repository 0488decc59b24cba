"""Stage: implicit numbers. Input: a falling balance as a ball program. Output: a ball that holds its root."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from numeric.balls.functions import Ball, BallKit, Unevaluable, real_part

_CAREFUL, _BOLD = 4, 2**32  # by how much a bracket shrinks around a secant's root, at least and at most
_OFF_CENTRE = (Fraction(1, 2), Fraction(3, 8), Fraction(5, 8))  # a middle that is the root itself has no sign


def enclosed_root(program: Callable[..., Any], kit: BallKit) -> Ball:
    """A ball around the only root of a falling balance in (0, 1]: proven positive left of it and negative right of it.

    Raises ``Unevaluable`` where the signs cannot be had at the working precision.
    """
    found = _Bracket(program, kit)
    while found.high - found.low > found.unit and (found.by_secant() or found.by_halving()):
        pass
    found.prove_ends()
    half = (found.high - found.low) / 2
    middle = found.low + half
    return found.ball(middle) + real_part(kit, kit.disc(found.ball(half).real))


class _Bracket:
    """Two places around the root, moved by proven signs alone; values tell where to look next."""

    def __init__(self, program: Callable[..., Any], kit: BallKit) -> None:
        self.low, self.high = Fraction(0), Fraction(1)
        self.unit = Fraction(1, 2 ** (kit.bits() - 2))
        self._program, self._kit = program, kit
        self._above: float | None = None  # the balance at low and at high, once proven
        self._below: float | None = None
        self._shrinks = _CAREFUL

    def ball(self, at: Fraction) -> Ball:
        return self._kit.rational(at.numerator, at.denominator)

    def _moved(self, point: Fraction) -> bool:
        """Whether the sign at a point is proven; it is an end of the bracket then."""
        point = round(point / self.unit * 16) * self.unit / 16
        if not self.low < point < self.high:
            return False
        value = self._program(self.ball(point))[0].real
        if value > 0:
            self.low, self._above = point, float(value.mid())
        elif value < 0:
            self.high, self._below = point, float(value.mid())
        return bool(value > 0 or value < 0)

    def by_secant(self) -> bool:
        """Whether both places beside the secant's root have a sign; they lie closer to it the oftener they had."""
        if self._above is None or self._below is None or self._above == self._below:
            return False
        width = self.high - self.low
        root = self.low + width * Fraction(self._above / (self._above - self._below))
        both = [self._moved(root + side * width / self._shrinks) for side in (-1, 1)]
        between = all(both) and self.high - self.low <= 2 * width / self._shrinks
        self._shrinks = min(self._shrinks**2, _BOLD) if between else _CAREFUL
        return between

    def by_halving(self) -> bool:
        """Whether a place near the middle has a sign."""
        width = self.high - self.low
        return any(self._moved(self.low + share * width) for share in _OFF_CENTRE)

    def prove_ends(self) -> None:
        """An end that never moved is 0 or 1: the balance is positive just right of 0, negative just right of 1."""
        near = Fraction(1, 2 ** (self._kit.bits() // 2))
        right_of_0 = self._above is not None or bool(self._program(self.ball(near))[0].real > 0)
        right_of_1 = self._below is not None or bool(self._program(self.ball(1 + near))[0].real < 0)
        if not (right_of_0 and right_of_1):
            raise Unevaluable(f"no proven change of sign between {float(self.low):.8g} and {float(self.high):.8g}")
        if self._below is None:
            self.high = 1 + near
