"""Stage: sums over data. Input: measured values, a rate c. Output: balls around sum_i x_i^n exp(c x_i).

The data are binned. In a bin with centre m, half width w and central moments M_k = sum_i (x_i - m)^k,

    sum_i exp(c x_i) = exp(c m) [ sum_{k<T} c^k M_k / k!  +  rest ],   |rest| <= N q^T/T! / (1 - q/(T+1)),   q = |c| w,

so one evaluation costs one exponential and one polynomial per bin, whatever the number N of data. Powers x^n
follow by expanding x^n about m. A wide ball of rates is evaluated at its centre and widened by the mean value
theorem: |sum' | <= sum_i x_i^(n+1) exp(x_i max Re c), which needs x_i >= 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.balls.functions import Ball, BallKit, Unevaluable

# q <= 6 keeps the cancellation in the exponential series below 2^18, which the guard bits absorb.
_REACH = 6.0
_GUARD = 24
_LONGEST_LOOP = 1_000_000


def integer_range(limit: sp.Tuple, arrays: Mapping[sp.IndexedBase, tuple[sp.Rational, ...]]) -> tuple[int, int]:
    """The integer limits of a finite sum; raises ``Unevaluable`` for symbolic, infinite or huge ones."""
    _, first, last = limit
    if not (first.is_Integer and last.is_Integer) or last - first > _LONGEST_LOOP:
        raise Unevaluable(f"not a finite sum: {limit}")
    return int(first), int(last)


Term = tuple[sp.Expr, int, sp.Expr]


def exponential_terms(function: sp.Expr, datum: sp.Expr, index: sp.Symbol) -> list[Term] | None:
    """Write the summand as a sum of c x^n exp(rate x) with c and rate free of the datum x; None if it is not."""
    x = sp.Dummy("x")
    expanded = sp.expand_power_exp(sp.expand_mul(function)).subs(datum, x)
    if expanded.has(index):
        return None
    terms = [_exponential_term(term, x) for term in sp.Add.make_args(expanded)]
    return None if any(term is None for term in terms) else [term for term in terms if term]


def _exponential_term(term: sp.Expr, x: sp.Symbol) -> Term | None:
    coefficient, power, rate = sp.S.One, 0, sp.S.Zero
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if not factor.has(x):
            coefficient *= factor
        elif base == x and exponent.is_Integer and exponent > 0:
            power += int(exponent)
        elif isinstance(factor, sp.exp) and factor.args[0].is_polynomial(x) and sp.degree(factor.args[0], x) == 1:
            slope = sp.diff(factor.args[0], x)
            coefficient *= sp.exp(sp.expand(factor.args[0] - slope * x))
            rate += slope
        else:
            return None
    return coefficient, power, rate


class LoopSum:
    """The sum of a compiled summand over rows of data, one evaluation a row."""

    def __init__(self, program: Any, columns: Sequence[Iterable[Any]], kit: BallKit) -> None:
        self._program, self._kit = program, kit
        self._rows = [tuple(sp.Rational(value) for value in row) for row in zip(*columns, strict=True)]
        self._balls: dict[int, list[tuple[Ball, ...]]] = {}

    def __call__(self, *outer: Ball) -> Ball:
        bits, kit = self._kit.bits(), self._kit
        if bits not in self._balls:
            self._balls[bits] = [tuple(kit.rational(int(q.p), int(q.q)) for q in row) for row in self._rows]
        total = kit.rational(0, 1)
        for row in self._balls[bits]:
            total += self._program(*row, *outer)[0]
        return total


class ExponentialMoments:
    """sum_i x_i^n exp(c x_i) for data x_i >= 0; calls with the same ball c share their exponentials."""

    def __init__(self, data: Sequence[sp.Rational], kit: BallKit) -> None:
        pairs = ((int(sp.Rational(x).p), int(sp.Rational(x).q)) for x in data)
        self._data = sorted(pairs, key=lambda pair: Fraction(*pair))
        self._kit = kit
        self._low, self._high = (p / q for p, q in (self._data[0], self._data[-1]))
        self._levels: dict[tuple[int, int], _Level] = {}
        self._last: tuple[Ball, int, dict[int, Ball]] | None = None

    def __call__(self, rate: Ball, power: int) -> Ball:
        """The ball around sum_i x_i^power exp(rate x_i) at the working precision."""
        bits = self._kit.bits()
        if self._last is None or self._last[0] is not rate or self._last[1] != bits:
            self._last = (rate, bits, {})
        shared = self._last[2]
        if power not in shared:
            shared[power] = self._sum(rate, power)
        return shared[power]

    def _sum(self, rate: Ball, power: int) -> Ball:
        if rate.is_exact():
            return self._narrow(rate, power)
        centre = rate.mid()
        radius = rate.real.rad() + rate.imag.rad()
        rightmost = self._kit.complex(rate.real.upper(), 0)
        slope = self._narrow(rightmost, power + 1).real.upper()
        return self._narrow(centre, power) + _error(self._kit, rate, radius * slope)

    def _narrow(self, rate: Ball, power: int) -> Ball:
        modulus = float(rate.abs_upper())
        if not math.isfinite(modulus):
            return self._kit.constant("nan")
        half_width = modulus * (self._high - self._low) / 2
        bins = 1 << max(0, math.ceil(math.log2(max(half_width / _REACH, 1e-9))))
        if bins > len(self._data):
            bins = 1 << math.ceil(math.log2(len(self._data)))
        bits = self._kit.bits()
        level = self._levels.get((bins, bits))
        if level is None:
            level = self._levels[bins, bits] = _Level(self._data, bins, self._kit)
        with self._kit.precision(bits + _GUARD):
            return level.sum(rate, power)


class _Level:
    """The data in bins of equal width, or one by one when bins would not pay."""

    def __init__(self, data: Sequence[tuple[int, int]], bins: int, kit: BallKit) -> None:
        with kit.precision(kit.bits() + 2 * _GUARD):
            alone = 8 * bins > len(data)
            terms = 1 if alone else _terms(kit.bits())
            self._bins = [_Bin(group, terms, kit) for group in (_singles(data) if alone else _split(data, bins))]
        self._kit = kit
        self._last: tuple[Ball, list[Ball]] | None = None

    def sum(self, rate: Ball, power: int) -> Ball:
        if self._last is None or self._last[0] is not rate:
            self._last = (rate, [(rate * part.centre).exp() for part in self._bins])
        size = abs(rate).upper()
        total = self._kit.rational(0, 1)
        for part, exponential in zip(self._bins, self._last[1], strict=True):
            total += exponential * part.sum(rate, size, power)
        return total


class _Bin:
    """One bin: centre, half width, and the polynomial sum_k c^k M_k / k! with its derivatives."""

    def __init__(self, group: Sequence[tuple[int, int]], terms: int, kit: BallKit) -> None:
        self.centre = _middle(group, kit)
        offsets = [kit.rational(p, q) - self.centre for p, q in group]
        self._width = max((abs(offset).upper() for offset in offsets), key=float)
        self._count, self._kit = len(group), kit
        powers, coefficients = [kit.rational(1, 1)] * len(group), []
        for k in range(terms):
            coefficients.append(sum(powers, kit.rational(0, 1)) / math.factorial(k))
            powers = [p * offset for p, offset in zip(powers, offsets, strict=True)] if k + 1 < terms else powers
        self._polynomials = [kit.polynomial(coefficients)]

    def sum(self, rate: Ball, size: Any, power: int) -> Ball:
        """sum_i x_i^power exp(c (x_i - m)), x_i^power expanded about the centre m."""
        if self._width.is_zero():
            return self._count * self.centre**power
        total = self._kit.rational(0, 1)
        for order in range(power + 1):
            total += math.comb(power, order) * self.centre ** (power - order) * self._central(rate, size, order)
        return total

    def _central(self, rate: Ball, size: Any, order: int) -> Ball:
        while len(self._polynomials) <= order:
            self._polynomials.append(self._polynomials[-1].derivative())
        polynomial = self._polynomials[order]
        terms, reach = polynomial.length(), size * self._width
        rest = self._count * self._width**order * reach**terms / math.factorial(terms) / (1 - reach / (terms + 1))
        return polynomial(rate) + _error(self._kit, rate, rest)


def _error(kit: BallKit, rate: Ball, radius: Any) -> Ball:
    return kit.complex(kit.disc(radius).real, 0) if rate.imag.is_zero() else kit.disc(radius)


def _terms(bits: int) -> int:
    count, size = 0, 1.0
    while size > 2.0**-bits or count < 2 * _REACH:
        count += 1
        size *= _REACH / count
    return count


def _singles(data: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for pair in data:
        groups.setdefault(pair, []).append(pair)
    return list(groups.values())


def _split(data: Sequence[tuple[int, int]], bins: int) -> list[list[tuple[int, int]]]:
    low, high = (p / q for p, q in (data[0], data[-1]))
    groups: list[list[tuple[int, int]]] = [[] for _ in range(bins)]
    for p, q in data:
        groups[min(bins - 1, int((p / q - low) / (high - low) * bins)) if high > low else 0].append((p, q))
    return [group for group in groups if group]


def _middle(group: Sequence[tuple[int, int]], kit: BallKit) -> Ball:
    if group[0] == group[-1]:
        return kit.rational(*group[0])
    (p, q), (r, s) = group[0], group[-1]
    return kit.rational(*((p / q + r / s) / 2).as_integer_ratio())  # any point near the middle will do
