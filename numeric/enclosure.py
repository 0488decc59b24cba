"""Stage: enclosures. Input: exact expressions and numbers. Output: balls that provably contain their values.

This is the only file that imports python-flint (Arb); every other file takes its balls from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import sympy as sp
from flint import acb, acb_poly, arb, ctx, fmpq, fmpq_poly

from derive.formulas.shown import ShownAsLatex, within_latex
from numeric.balls.arithmetic import RealBall
from numeric.balls.functions import Ball, Unevaluable, refine
from numeric.balls.printer import Arrays, BallProgram

ExactNumber: TypeAlias = int | Fraction | sp.Expr
__all__ = [
    "Arrays", "Ball", "BallProgram", "ComplexEnclosure", "Enclosure", "Unevaluable", "acb", "arb", "compile_ball",
    "compile_balls", "evaluate", "evaluate_complex", "fmpq", "fmpq_poly", "precision",
    "working_bits",
]  # fmt: skip


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with ``bits`` bits inside the block."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def working_bits() -> int:
    """The working precision in bits."""
    return int(ctx.prec)


class _Kit:
    """How expressions make their balls (the protocol ``BallKit``)."""

    def rational(self, numerator: int, denominator: int) -> Ball:
        return acb(fmpq(numerator, denominator))

    def complex(self, real: Any, imaginary: Any) -> Ball:
        return acb(real, imaginary)

    def disc(self, radius: Any) -> Ball:
        side = arb(0, radius)
        return acb(side, side)

    def constant(self, name: str) -> Ball:
        if name == "i":
            return acb(0, 1)
        if name == "e":
            return acb(1).exp()
        return acb({"pi": arb.pi, "euler": arb.const_euler, "nan": arb.nan}[name]())

    def polynomial(self, coefficients: Sequence[Ball]) -> Any:
        return acb_poly(list(coefficients))

    def bits(self) -> int:
        return int(ctx.prec)

    def precision(self, bits: int) -> Any:
        return precision(bits)


_KIT = _Kit()


@dataclass(frozen=True, eq=False, repr=False)
class Enclosure(ShownAsLatex, RealBall):
    """A real ball that provably contains the value: |value - mid| <= radius.

    ``mid`` and ``radius`` are decimal strings; the radius covers the rounding of mid. Arithmetic with enclosures
    and exact numbers (int, Fraction, SymPy) gives enclosures; floats are refused. Equality compares mid and radius.

    Example: ``Enclosure.of(sp.Rational(1, 3)).contains(sp.Rational(1, 3))``.
    """

    ball: Any = field(repr=False)

    @classmethod
    def of(cls, number: ExactNumber, bits: int = 128) -> Enclosure:
        """The ball around an exact real number at ``bits`` bits; raises ``Unevaluable`` if it is not real."""
        with precision(bits):
            ball = _ball(number)
            if not ball.imag.is_zero() or not ball.real.is_finite():
                raise Unevaluable(f"not a finite real number: {number}")
            return cls(ball.real)

    @classmethod
    def from_json(cls, record: Mapping[str, str]) -> Enclosure:
        """The enclosure that ``to_json`` wrote; raises ``ValueError`` for another kind of number."""
        if record.get("kind") != "enclosure":
            raise ValueError(f"not an enclosure: {record}")
        mid, radius = Fraction(record["mid"]), Fraction(record["radius"])
        with precision(max(128, 4 * len(record["mid"]))):
            result = cls(arb(fmpq(mid.numerator, mid.denominator), arb(fmpq(radius.numerator, radius.denominator))))
        result.__dict__["_text"] = (record["mid"], record["radius"])
        return result

    def contains(self, number: ExactNumber | float) -> bool:
        """Whether an exact number or double provably lies in the ball."""
        if isinstance(number, float):
            number = Fraction(number)
        if isinstance(number, sp.Expr) and not number.is_Rational:
            return bool(self.ball.contains(Enclosure.of(number, 2 * ctx.prec + 512).ball))
        value = fmpq(int(sp.Rational(number).p), int(sp.Rational(number).q))
        return bool(abs(value - self.ball.mid().fmpq()) <= self.ball.rad().fmpq())

    def latex(self) -> str:
        """The middle and the bound on its error."""
        return within_latex(self.mid, self.radius)

    def _new(self, ball: Any) -> Enclosure:
        return Enclosure(ball)

    def _combine(self, other: Any, operation: Callable[[Any, Any], Any]) -> Enclosure:
        with precision(256):
            return Enclosure(operation(self.ball, other.ball if isinstance(other, Enclosure) else _ball(other).real))


@dataclass(frozen=True)
class ComplexEnclosure(ShownAsLatex):
    """A rectangle of the complex plane that provably contains the value."""

    re: Enclosure
    im: Enclosure

    def __complex__(self) -> complex:
        return complex(float(self.re), float(self.im))

    def latex(self) -> str:
        """Both parts with the bounds on their errors."""
        return rf"({self.re.latex()}) + \mathrm{{i}} ({self.im.latex()})"


def _ball(number: Any) -> Ball:
    if isinstance(number, float):
        raise TypeError(f"a float is not exact, say Fraction({number!r}) or derive.exact.exact")
    if isinstance(number, Fraction):
        return acb(fmpq(number.numerator, number.denominator))
    return acb(number) if isinstance(number, int) else compile_ball(sp.sympify(number), ())()


def compile_balls(
    expressions: Sequence[sp.Expr], arguments: Sequence[sp.Basic], arrays: Arrays | None = None
) -> BallProgram:
    """Compile expressions, sharing their common parts, into one program from balls to a tuple of balls.

    ``arguments`` are the symbols in order; ``arrays`` the data behind indexed sums. Raises ``Unevaluable``.

    Example: ``compile_balls([sp.exp(y.s)], [y.s])(acb(0))[0] == 1``.
    """
    frozen = tuple((base, tuple(data)) for base, data in (arrays or {}).items())
    return _compiled(tuple(expressions), tuple(arguments), frozen)


@lru_cache(maxsize=512)
def _compiled(expressions: Any, arguments: Any, arrays: Any) -> BallProgram:
    return BallProgram(expressions, arguments, dict(arrays), _KIT)


def compile_ball(expression: sp.Expr, arguments: Sequence[sp.Basic], arrays: Arrays | None = None) -> Any:
    """Compile one expression into a function from balls to a ball at the working precision."""
    program = compile_balls([expression], arguments, arrays)
    return lambda *values: program(*values)[0]


Values: TypeAlias = Mapping[sp.Symbol, "int | Fraction | sp.Expr | Enclosure"]


def evaluate(
    expression: sp.Expr, values: Values | None = None, arrays: Arrays | None = None, digits: int = 30
) -> Enclosure:
    """Enclose a real expression, to ``digits`` relative digits where the values allow it (kind: enclosure).

    Precision grows until the digits are met or grows in vain; then the wide ball is returned. Raises
    ``Unevaluable`` for free symbols, poles, and values that are not real.

    Example: ``evaluate(sp.pi).contains(sp.pi)``.
    """
    result = _adaptive(sp.sympify(expression), values or {}, arrays, digits, True)
    return Enclosure(result.real)


def evaluate_complex(
    expression: sp.Expr, values: Values | None = None, arrays: Arrays | None = None, digits: int = 30
) -> ComplexEnclosure:
    """Enclose a complex expression; like ``evaluate``, the digits relative to the modulus.

    Example: ``evaluate_complex(sp.sqrt(-2)).im.is_positive()``.
    """
    result = _adaptive(sp.sympify(expression), values or {}, arrays, digits, False)
    return ComplexEnclosure(Enclosure(result.real), Enclosure(result.imag))


def _adaptive(expression: sp.Expr, values: Mapping[Any, Any], arrays: Arrays | None, digits: int, real: bool) -> Ball:
    exact = {symbol: sp.sympify(value) for symbol, value in values.items() if not isinstance(value, Enclosure)}
    if expression.has(sp.Piecewise, sp.Sum, sp.Derivative, sp.Subs, sp.core.relational.Relational):
        expression = expression.xreplace(exact)  # conditions and limits are decided exactly
    program = compile_ball(expression, tuple(values), arrays)

    def at(bits: int) -> Ball:
        with precision(bits):
            result = program(*(acb(v.ball) if isinstance(v, Enclosure) else _ball(v) for v in values.values()))
            if real and result.is_finite() and not result.imag.contains(0):
                raise Unevaluable(f"not a real number: {expression} = {result}")
            return result

    best = refine(at, digits)
    if best is None:
        raise Unevaluable(f"no finite enclosure of {expression} at {dict(values)}")
    # A ball across a branch cut holds real and other values: that is no enclosure of a real number.
    if real and not abs(best.imag) <= (abs(best.real) + 1) * arb(10) ** -min(digits, 8):
        raise Unevaluable(f"not proven real: {expression} = {best}")
    return best
