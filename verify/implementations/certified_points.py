"""Stage: certified points. Input: a claim and arguments in doubles. Output: its value in a ball, and how it reacts.

    allowance = ulp(f) + epsilon sum_i |x_i df/dx_i|        what rounding the result and the arguments costs
    error     = |computed - f| / allowance                  in ulps, freed of the claim's own conditioning

The sensitivities come from balls a 2^-60th apart: they say how much is asked, and no verdict is finer than a factor.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from derive.claims import Claim
from derive.claims.with_law import with_law
from derive.studies.schema import StudyError
from numeric.enclosure import Unevaluable, acb, arb, compile_balls, precision

Number = int | float | complex
Point = tuple[Number, ...]

ARGUMENT_BITS = 60  # a relative step of 2^-60 moves no double across an edge
ENOUGH_BITS = 100
HOPELESS = 2.0**-7
"""Relative allowance from which on doubles say nothing of the value: an edge is a few doubles away."""

_PRECISIONS = (256, 1024, 4096)
_LARGEST, _SMALLEST = 2.0**1000, 2.0**-960  # beyond them doubles end or lose digits


@dataclass(frozen=True)
class Format:
    """A binary floating-point format: its name in NumPy, the distance from 1 to the next number, and its range."""

    name: str
    epsilon: float
    largest: float
    smallest: float


DOUBLE = Format("float64", 2.0**-52, _LARGEST, _SMALLEST)
SINGLE = Format("float32", 2.0**-23, 2.0**120, 2.0**-100)


@dataclass(frozen=True)
class CertifiedValue:
    """The claim's value at a point: a complex ball, its modulus as a double, and what half a unit in each input does.

    ``sensitivity`` is the sum over the arguments that are no whole numbers of |x df/dx|, in the unit of the value.
    """

    ball: Any
    size: float
    sensitivity: float

    def ulps(self, computed: Number, kind: Format = DOUBLE) -> float:
        """The forward error in units in the last place of the value; infinite where it is 0 and not met."""
        return self._over(computed, self._ulp(kind))

    def error(self, computed: Number, kind: Format = DOUBLE) -> float:
        """The forward error over the allowance; infinite for what is no finite number.

        Where not one digit can be asked for, to answer with no number is no error.
        """
        allowance = self._ulp(kind) + kind.epsilon * self.sensitivity
        if allowance > HOPELESS * self.size > 0 and not cmath.isfinite(computed):
            return 0.0
        return self._over(computed, allowance)

    def within(self, kind: Format) -> bool:
        """Whether numbers of this format can hold the value with all their digits."""
        return self.size == 0 or kind.smallest < self.size < kind.largest

    def _ulp(self, kind: Format) -> float:
        return kind.epsilon * 2.0 ** math.floor(math.log2(self.size)) if self.size else 0.0

    def _over(self, computed: Number, allowance: float) -> float:
        number = complex(computed)
        if not cmath.isfinite(number):
            return math.inf
        with precision(ENOUGH_BITS * 4):
            distance = float(abs(acb(number.real, number.imag) - self.ball).mid())
        if allowance == 0:
            return math.inf if distance else 0.0
        return distance / allowance


class CertifiedClaim:
    """A claim as a function from doubles to certified values; raises ``StudyError`` for one that has no such values."""

    def __init__(self, claim: Claim) -> None:
        refuse_uncheckable(claim)
        self.claim = claim
        self.names = tuple(claim.arguments)
        self.symbols = tuple(claim.arguments.values())
        self._put(claim.expression)

    def _put(self, expression: sp.Expr) -> None:
        self.expression = expression
        # whole numbers that bound sums are put in before anything is compiled
        self.unrolled = expression.has(sp.Sum, sp.Product, sp.factorial, sp.RisingFactorial, sp.Derivative)

    def derivative(self, name: str) -> CertifiedClaim:
        """The partial derivative by one argument, as a function of the same arguments."""
        other = copy(self)
        other._put(sp.diff(self.expression, self.symbols[self.names.index(name)]))
        return other

    def at(self, point: Point) -> CertifiedValue | None:
        """The certified value at a point; None where there is none that doubles can hold."""
        try:
            value, bits = self._ball(point)
        except (Unevaluable, ZeroDivisionError, NotImplementedError):
            return None
        if value is None:
            return None
        size = float(abs(value).mid())
        found = CertifiedValue(value, size, self._sensitivity(point, value, bits))
        return found if found.within(DOUBLE) and math.isfinite(found.sensitivity) else None

    def _ball(self, point: Point) -> tuple[Any | None, int]:
        """The value with enough digits, and the bits it took."""
        program = self._program(point)
        for bits in _PRECISIONS:
            with precision(bits):
                value = program(*map(_ball, self._free(point)))[0]
                if value.is_finite() and (value.is_zero() or value.rel_accuracy_bits() >= ENOUGH_BITS):
                    return value, bits
        return None, 0

    def _sensitivity(self, point: Point, value: Any, bits: int) -> float:
        """sum |x df/dx| by central differences, one-sided where the other side has no value.

        At the bits that the value took and more: where its terms cancel, so do those of its neighbours.
        """
        program, total = self._program(point), 0.0
        free = self._free(point)
        with precision(bits + 2 * ARGUMENT_BITS):
            step = arb(2) ** -ARGUMENT_BITS
            for place, argument in enumerate(free):
                if isinstance(argument, int) or argument == 0:
                    continue
                moved = [self._moved(program, free, place, sign * step) for sign in (1, -1)]
                ends = [end if end.is_finite() else value for end in moved]
                steps = sum(end.is_finite() for end in moved)
                if not steps:
                    return math.inf
                total += float((abs(ends[0] - ends[1]) / (steps * step)).mid())
        return total

    def _moved(self, program: Any, free: Sequence[Number], place: int, step: Any) -> Any:
        balls = [_ball(argument) for argument in free]
        balls[place] *= 1 + step
        return program(*balls)[0]

    def _program(self, point: Point) -> Any:
        if not self.unrolled:
            return _compiled(self.expression, self.symbols, ())
        whole = tuple((s, n) for s, n in zip(self.symbols, point, strict=True) if s.is_integer)
        return _compiled(self.expression, self.symbols, whole)

    def _free(self, point: Point) -> list[Number]:
        pairs = zip(self.symbols, point, strict=True)
        return [value for symbol, value in pairs if not (self.unrolled and symbol.is_integer)]


@lru_cache(maxsize=4096)
def _compiled(expression: sp.Expr, symbols: tuple[sp.Symbol, ...], whole: tuple[tuple[sp.Symbol, int], ...]) -> Any:
    fixed = dict(whole)
    free = [symbol for symbol in symbols if symbol not in fixed]
    put_in = expression.xreplace({symbol: sp.Integer(value) for symbol, value in whole})
    return compile_balls([_differentiated(put_in) if put_in.has(sp.Derivative) else put_in], free)


def _differentiated(expression: sp.Expr) -> sp.Expr:
    """Sums written out before their terms are differentiated, each as often as its index says."""
    written = expression.replace(
        lambda node: isinstance(node, sp.Sum) and node.has(sp.Derivative), lambda node: _terms(*node.args)
    )
    return written.doit(deep=True)


def _terms(term: sp.Expr, limits: sp.Tuple) -> sp.Expr:
    index, first, last = limits
    return sp.Add(*(term.xreplace({index: sp.Integer(n)}) for n in range(int(first), int(last) + 1)))


def _ball(number: Number) -> Any:
    if isinstance(number, complex):
        return acb(number.real, number.imag)
    return acb(number)


def is_checkable(claim: Claim) -> bool:
    """Whether a claim's value is a number of its arguments: no unknown law, integral or measured data is in it.

    Example: ``is_checkable(Claim("rate", "", "equality", "R0", arrival_rate))``.
    """
    expression = claim.expression
    return isinstance(expression, sp.Expr) and not (
        expression.atoms(AppliedUndef) or expression.has(sp.Integral, sp.IndexedBase)
    )


def refuse_uncheckable(claim: Claim) -> None:
    """Raise ``StudyError`` for a claim whose value is no number of its arguments alone.

    Example: ``refuse_uncheckable(Claim("rate", "", "equality", "R0", arrival_rate)) is None``.
    """
    if is_checkable(claim):
        return
    unknown = sorted({str(node.func) for node in claim.expression.atoms(AppliedUndef)})
    what = f"the unknown function {unknown[0]}" if unknown else "measured data or an integral"
    wrong = f"its value is no number of its arguments alone, it takes {what}"
    raise StudyError("command line", "--claim", claim.id, wrong, _instead(claim))


def _instead(claim: Claim) -> str:
    with suppress(ValueError):
        if is_checkable(with_law(claim, "gamma")):
            return f"{claim.id}.gamma, or another law's name"
    return "a claim about one law, as law.transform.gamma"
