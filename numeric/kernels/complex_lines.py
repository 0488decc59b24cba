"""Stage: complex lines. Input: arithmetic on complex numbers. Output: recorded lines of real operations.

    e^(x + i y) = (e^x cos y, e^x sin y),   log z = (log |z|, arg z),   sqrt z = (sqrt((|z| + x)/2), y/(2 Re sqrt z))

A value is its real part and, unless it is real, its imaginary part: what is real costs nothing more. Sizes are taken by
the larger part, so that no square overflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from numeric.kernels.lines import Line, Lines

__all__ = ["ComplexLines", "Parts"]


class Parts(NamedTuple):
    """A real number, or the two parts of a complex one."""

    re: Line
    im: Line | None = None


@dataclass(frozen=True)
class ComplexLines:
    """Arithmetic on parts; a function with a cut gives its principal value if its argument is complex, else NaN."""

    lines: Lines

    def sum(self, one: Parts, other: Parts) -> Parts:
        im = one.im if other.im is None else other.im if one.im is None else one.im + other.im
        return Parts(one.re + other.re, im)

    def product(self, one: Parts, other: Parts) -> Parts:
        if one.im is None:
            return Parts(one.re * other.re, None if other.im is None else one.re * other.im)
        if other.im is None:
            return Parts(one.re * other.re, one.im * other.re)
        return Parts(one.re * other.re - one.im * other.im, one.re * other.im + one.im * other.re)

    def quotient(self, one: Parts, other: Parts) -> Parts:
        if other.im is None:
            return Parts(one.re / other.re, None if one.im is None else one.im / other.re)
        # By the larger part first: the square of the size may be no double (Smith 1962).
        lines, x, y = self.lines, other.re, other.im
        flat = lines.absolute(x) >= lines.absolute(y)
        large, small = lines.where(flat, x, y), lines.where(flat, y, x)
        ratio = small / large
        size = large + small * ratio
        im = lines.number(0.0) if one.im is None else one.im
        first, second = lines.where(flat, one.re, im), lines.where(flat, im, one.re)
        aside = (second - first * ratio) / size
        return Parts((first + second * ratio) / size, lines.where(flat, aside, -aside))

    def power(self, base: Parts, count: int) -> Parts:
        """A power by repeated squaring, count >= 1."""
        if count == 1:
            return base
        half = self.power(base, count // 2)
        square = self.product(half, half)
        return self.product(square, base) if count % 2 else square

    def exp(self, z: Parts) -> Parts:
        size = self.lines.call("exp", z.re)
        return Parts(size) if z.im is None else Parts(size * self.lines.cos(z.im), size * self.lines.sin(z.im))

    def log(self, z: Parts) -> Parts:
        if z.im is None:
            return Parts(self.lines.log(z.re))
        size, square = self._size(z.re, z.im)
        angle = self.lines.call("atan2", z.im + 0.0, z.re)
        return Parts(self.lines.log(size) + 0.5 * self.lines.call("log1p", square), angle)

    def modulus(self, z: Parts) -> Line:
        if z.im is None:
            return self.lines.absolute(z.re)
        size, square = self._size(z.re, z.im)
        return size * self.lines.sqrt(1 + square)

    def root(self, z: Parts) -> Parts:
        """The principal square root."""
        if z.im is None:
            return Parts(self.lines.sqrt(z.re))
        where, y = self.lines.where, z.im + 0.0
        # x + |z| without cancellation: the other part follows from the product of the two, y/2.
        large = self.lines.sqrt((self.lines.absolute(z.re) + self.modulus(z)) * 0.5)
        small = y / where(large > 0, 2 * large, 1.0)
        right, below = z.re >= 0, y < 0
        return Parts(
            where(right, large, self.lines.absolute(small)),
            where(right, small, where(below, -large, large)),
        )

    def expm1(self, z: Parts) -> Parts:
        grown = self.lines.call("expm1", z.re)
        if z.im is None:
            return Parts(grown)
        half = self.lines.sin(0.5 * z.im)
        return Parts(grown * self.lines.cos(z.im) - 2 * half * half, (1 + grown) * self.lines.sin(z.im))

    def log1p(self, z: Parts) -> Parts:
        if z.im is None:
            return Parts(self.lines.call("log1p", z.re))
        where, x, y = self.lines.where, z.re, z.im
        near = self.modulus(z) < 0.5
        square = where(near, x * (2 + x) + y * y, 0.0)
        far = self.log(Parts(1 + x, y))
        return Parts(where(near, 0.5 * self.lines.call("log1p", square), far.re), far.im)

    def _size(self, x: Line, y: Line) -> tuple[Line, Line]:
        """m = max(|x|, |y|), and the square of the other over m."""
        x, y = self.lines.absolute(x), self.lines.absolute(y)
        large, small = self.lines.where(x >= y, x, y), self.lines.where(x >= y, y, x)
        ratio = small / self.lines.where(large > 0, large, 1.0)
        return large, ratio * ratio
