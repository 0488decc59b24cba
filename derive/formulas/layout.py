"""Stage: layout. Input: SymPy expressions. Output: boxes, arranged as an author of the field would write them.

This file knows numbers, symbols, sums, products and powers; functions, calculus and logic are beside it. Brackets
appear only where the reading would change without them, which the binding strengths in ``strength`` decide.
"""

# ruff: noqa: N802, N815  (SymPy dispatches on method names that spell its classes)

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.formulas.boxes import (
    CROSS,
    DOT,
    EQUALS,
    INVISIBLE_TIMES,
    MINUS,
    PLUS,
    Box,
    Fenced,
    Fraction,
    Root,
    Row,
    Script,
    Word,
    is_tall,
    items_of,
    number,
    round_brackets,
    row,
)
from derive.formulas.collecting import collected, signed, with_one_bar
from derive.formulas.factors import multiplied
from derive.formulas.layout_calculus import CalculusLayout
from derive.formulas.layout_functions import FunctionLayout
from derive.formulas.names import has_superscript, name_box
from derive.formulas.notation import printed_letter
from derive.formulas.order import factor_key, is_large, ordered_terms, strength, trails
from derive.formulas.products import split_product
from derive.formulas.radicals import half_angled
from derive.formulas.slashes import WIDEST_EXPONENT, slashed


def formula_box(expression: Any) -> Box:
    """The box of a SymPy expression: where every alphabet begins.

    Example: ``formula_box(y.damping).text == "a"``.
    """
    box: Box = Layout().doprint(expression)
    return box


def equation_box(left: Any, right: Any) -> Box:
    """The box of ``left = right``.

    Example: ``len(equation_box(y.damping, y.curvature).items) == 3``.
    """
    left, right = sides(left, right)
    return row(formula_box(left), EQUALS, formula_box(right))


def sides(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides as one writes them, a bare number on the right.

    Example: ``sides(1, y.damping) == (y.damping, 1)``.
    """
    turned = sp.sympify(left).is_number and not sp.sympify(right).is_number
    return (right, left) if turned else (left, right)


class Layout(FunctionLayout, CalculusLayout):
    """SymPy's dispatch on node types, with boxes as the result.

    Example: ``Layout().doprint(sp.Symbol("tau")).text == "τ"``.
    """

    def doprint(self, expr: Any) -> Any:
        """The box of any SymPy object."""
        return self._print(expr)

    def emptyPrinter(self, expr: Any) -> Box:
        """What has no rule of its own prints as a function applied to its arguments, never as Python text."""
        if not getattr(expr, "args", ()):
            return name_box(str(expr))
        return self.applied(name_box(type(expr).__name__), expr.args)

    def guarded(self, expr: Any, needed: int) -> Box:
        """The box of ``expr``, in brackets where it binds less tightly than ``needed``."""
        box: Box = self._print(expr)
        return box if strength(expr) >= needed else round_brackets(box)

    def _print_Symbol(self, expr: Any) -> Box:
        return name_box(printed_letter(expr.name))

    _print_Dummy = _print_Symbol
    _print_Wild = _print_Symbol

    def _print_Integer(self, expr: Any) -> Box:
        return self._signed(number(str(abs(int(expr)))), int(expr) < 0)

    def _print_int(self, expr: int) -> Box:
        return self._print_Integer(expr)

    def _print_Rational(self, expr: Any) -> Box:
        return self._signed(Fraction(number(str(abs(expr.p))), number(str(expr.q))), expr.p < 0)

    def _print_Float(self, expr: Any) -> Box:
        digits = str(sp.Float(abs(expr), min(15, expr._prec * 3 // 10 or 1)))
        mantissa, _, exponent = digits.partition("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        body: Box = number(mantissa)
        if exponent:
            body = row(body, CROSS, Script(number("10"), None, self._print_Integer(int(exponent))))
        return self._signed(body, bool(expr < 0))

    def _print_float(self, expr: float) -> Box:
        return self._print_Float(sp.Float(expr))

    def _signed(self, body: Box, negative: bool) -> Box:
        return row(MINUS, body) if negative else body

    def _print_ImaginaryUnit(self, expr: Any) -> Box:
        return Word("i", r"\mathrm{i}", "upright")

    def _print_Exp1(self, expr: Any) -> Box:
        return Word("e", "e")

    def _print_Pi(self, expr: Any) -> Box:
        return Word("π", r"\pi")

    def _print_EulerGamma(self, expr: Any) -> Box:
        return Script(Word("γ", r"\gamma"), Word("E", r"\mathrm{E}", "upright"))

    def _print_Infinity(self, expr: Any) -> Box:
        return Word("∞", r"\infty")

    def _print_NegativeInfinity(self, expr: Any) -> Box:
        return row(MINUS, Word("∞", r"\infty"))

    def _print_ComplexInfinity(self, expr: Any) -> Box:
        return Script(Word("∞", r"\infty"), Word("ℂ", r"\mathbb{C}"))

    def _print_NaN(self, expr: Any) -> Box:
        return Word("undefined", r"\text{undefined}", "text")

    def _print_Add(self, expr: Any) -> Box:
        first, *others = ordered_terms(collected(expr))
        boxes: list[Box] = [self._print(first)]
        for term in others:
            negative, rest = signed(term)
            boxes += [MINUS if negative else PLUS, self.guarded(rest, 2)]
        return row(*boxes)

    def _print_Mul(self, expr: Any) -> Box:
        negative, tops, bottoms = split_product(expr)
        if not tops and len(bottoms) == 1 and isinstance(bottoms[0], sp.Sum):
            return self._signed(self._reciprocal(bottoms[0]), negative)
        sums = [self._reciprocal(one) for one in bottoms if isinstance(one, sp.Sum)]
        tail = [one for one in tops if is_large(one) or trails(one, bottoms) or self._towers(one)] if bottoms else []
        bottoms = [one for one in bottoms if not isinstance(one, sp.Sum)]
        top = self._product([factor for factor in tops if factor not in tail])
        box = Fraction(slashed(top), slashed(self._product(bottoms))) if bottoms else top
        beside = [self._product(tail) if len(tail) > 1 else self.guarded(tail[0], 2)] if tail else []
        head = [] if sums and box == number("1") else [box]
        return self._signed(multiplied([*head, *sums, *beside]), negative)

    def _towers(self, factor: Any) -> bool:
        """Whether a factor, a logarithm or a sum, keeps a bar of its own: it stands beside another, not above it."""
        if isinstance(factor, sp.Add):
            return any(isinstance(one, Fraction) for one in items_of(slashed(self._print(factor))))
        return isinstance(factor, sp.log) and is_tall(self._print(factor.args[0]))

    def _product(self, factors: list[Any]) -> Box:
        factors = sorted(factors, key=factor_key)
        if len(factors) == 1:
            return self._print(factors[0])
        boxes: list[Box] = []
        for position, factor in enumerate(factors):
            last = position == len(factors) - 1
            box = self.guarded(factor, 2 if last and not isinstance(factor, sp.Piecewise) else 3)
            if boxes:
                boxes.append(DOT if _starts_with_digit(box) else INVISIBLE_TIMES)
            boxes.append(box)
        return row(*boxes) if boxes else number("1")

    def _print_Pow(self, expr: Any) -> Box:
        if (named := half_angled(expr)) != expr:
            return self._print(named)
        base, exponent = expr.args
        if exponent == -1 and isinstance(base, sp.Sum):
            return self._reciprocal(base)
        if exponent.is_Rational and exponent.is_negative:
            return Fraction(number("1"), slashed(self._print(sp.Pow(base, -exponent, evaluate=False))))
        if exponent == 1:
            return self._print(base)
        if exponent.is_Rational and exponent.p == 1 and exponent.q <= 4:
            return Root(self._print(base), None if exponent.q == 2 else number(str(exponent.q)))
        if self.takes_power_on_name(base):
            return self.function_power(base, self.exponent(exponent))
        box = self.guarded(base, 5)
        scripted = isinstance(base, sp.Symbol) and has_superscript(printed_letter(base.name))
        if isinstance(box, Script) and box.above is None:
            return Script(box.base, box.below, self.exponent(exponent))
        return Script(round_brackets(box) if scripted else box, None, self.exponent(exponent))

    def _reciprocal(self, expr: Any) -> Box:
        """One over a large sum, which is too high to stand below a bar."""
        return Script(Fenced("[", self._print(expr), "]"), None, row(MINUS, number("1")))

    def exponent(self, expr: Any) -> Box:
        """An exponent; short fractions are written with a slash, because small ones are hard to read."""
        return slashed(self._print(with_one_bar(expr)), WIDEST_EXPONENT)

    def _print_exp(self, expr: Any) -> Box:
        power = expr.args[0]
        if power.is_Integer and power.is_negative:
            return Fraction(number("1"), self._print_exp(sp.exp(-power)) if power != -1 else Word("e", "e"))
        return Script(Word("e", "e"), None, self.exponent(power))


def _starts_with_digit(box: Box) -> bool:
    match box:
        case Row(items):
            return _starts_with_digit(items[0])
        case Script(base, _, _):
            return _starts_with_digit(base)
        case Fraction(top, bottom):
            return _starts_with_digit(top) and _starts_with_digit(bottom)
        case Word(_, _, kind):
            return kind == "number"
        case _:
            return False
