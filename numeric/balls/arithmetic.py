"""Stage: writing balls. Input: real balls. Output: decimals and doubles, rounded outward; operators."""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, Self


class RealBall(ABC):
    """What a record of one real ball says of itself, and + - * / with its like and with exact numbers."""

    ball: Any

    @abstractmethod
    def _combine(self, other: Any, operation: Callable[[Any, Any], Any]) -> Self:
        """The record of operation(own ball, the other's ball)."""

    @abstractmethod
    def _new(self, ball: Any) -> Self:
        """The record of another ball."""

    @cached_property
    def _text(self) -> tuple[str, str]:
        return ball_text(self.ball)

    @property
    def mid(self) -> str:
        """The centre as a decimal string."""
        return self._text[0]

    @property
    def radius(self) -> str:
        """A proven bound on |value - mid|, decimal."""
        return self._text[1]

    @property
    def lower(self) -> float:
        """The largest convenient double that is at most every point of the ball."""
        return -float_above(-self.ball.lower())

    @property
    def upper(self) -> float:
        """The smallest convenient double that is at least every point of the ball."""
        return float_above(self.ball.upper())

    @property
    def relative_radius(self) -> float:
        """radius/|value| at most; inf where the ball holds 0."""
        smallest = self.ball.abs_lower()
        return float_above((self.ball.rad() / smallest).upper()) if smallest > 0 else math.inf

    def __float__(self) -> float:
        return float(self.ball.mid())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.mid} +/- {self.radius})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RealBall) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def overlaps(self, other: RealBall) -> bool:
        """Whether the two balls have a point in common."""
        return bool(self.ball.overlaps(other.ball))

    def is_positive(self) -> bool:
        """Whether every point of the ball is positive."""
        return bool(self.ball > 0)

    def is_negative(self) -> bool:
        """Whether every point of the ball is negative."""
        return bool(self.ball < 0)

    def to_json(self) -> dict[str, str]:
        """The object of the report's JSON: kind, mid and radius."""
        return {"kind": "enclosure", "mid": self.mid, "radius": self.radius}

    def __add__(self, other: Any) -> Self:
        return self._combine(other, operator.add)

    def __sub__(self, other: Any) -> Self:
        return self._combine(other, operator.sub)

    def __mul__(self, other: Any) -> Self:
        return self._combine(other, operator.mul)

    def __truediv__(self, other: Any) -> Self:
        return self._combine(other, operator.truediv)

    def __rsub__(self, other: Any) -> Self:
        return self._combine(other, lambda x, y: y - x)

    def __rtruediv__(self, other: Any) -> Self:
        return self._combine(other, lambda x, y: y / x)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Self:
        return self._new(-self.ball)

    def __abs__(self) -> Self:
        return self._new(abs(self.ball))


def ball_text(ball: Any) -> tuple[str, str]:
    """A real ball's centre and radius as decimals; the radius covers the rounding of the centre."""
    if not ball.is_finite():
        return "nan", "inf"
    digits = 17 if ball.rad().is_zero() else max(2, int(ball.rel_accuracy_bits() * 0.30103) + 3)
    mid, radius, exponent = (int(part) for part in ball.mid_rad_10exp(digits))
    return decimal_text(mid, exponent), decimal_text(*_shorten(radius, exponent))


def float_above(point: Any) -> float:
    """A double that is at least the exact ball ``point``: the next one."""
    value = float(point)
    return value if not math.isfinite(value) or point <= value else math.nextafter(value, math.inf)


def _shorten(radius: int, exponent: int) -> tuple[int, int]:
    """The radius rounded up to four digits."""
    drop = max(0, len(str(radius)) - 4)
    return -(-radius // 10**drop), exponent + drop


def decimal_text(mantissa: int, exponent: int) -> str:
    """mantissa 10^exponent, written out where it is short, else with an exponent."""
    if mantissa == 0:
        return "0"
    sign, digits = "-" if mantissa < 0 else "", str(abs(mantissa)).rstrip("0")
    exponent += len(str(abs(mantissa))) - len(digits)
    point = len(digits) + exponent
    if not -5 < point <= 20:
        return f"{sign}{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{point - 1:+03d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole = digits[:point].ljust(point, "0")
    return f"{sign}{whole}{'.' if digits[point:] else ''}{digits[point:]}"
