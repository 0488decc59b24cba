"""Stage: layout. Input: SymPy's derivatives, integrals, sums, relations and logic. Output: boxes."""

# ruff: noqa: N802  (SymPy dispatches on method names that spell its classes)

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.printer import Printer

from derive.formulas.boxes import (
    EQUALS,
    Box,
    Cases,
    Fenced,
    Fraction,
    Row,
    Script,
    Word,
    joined,
    number,
    round_brackets,
    row,
    text,
)
from derive.formulas.order import is_primed
from derive.formulas.products import constant_first
from derive.formulas.slashes import DIFFERENTIAL as _D
from derive.formulas.slashes import WIDEST_EXPONENT, slashed

_INTEGRAL = Word("∫", r"\int", "large")
_SUM = Word("∑", r"\sum", "large")
_PRODUCT = Word("∏", r"\prod", "large")
_LIMIT = Word("lim", r"\lim", "large")
_PARTIAL = Word("∂", r"\partial")
_ARROW = Word("→", r"\to", "relation")
_THIN = Word("\u2009", r"\,", "text")
_RELATIONS = {
    "==": EQUALS,
    "!=": Word("≠", r"\neq", "relation"),
    "<": Word("<", "<", "relation"),
    "<=": Word("≤", r"\le", "relation"),
    ">": Word(">", ">", "relation"),
    ">=": Word("≥", r"\ge", "relation"),
}
_ELEMENT = Word("∈", r"\in", "relation")
_SETS: dict[str, Box] = {
    "Reals": Word("ℝ", r"\mathbb{R}"),
    "Integers": Word("ℤ", r"\mathbb{Z}"),
    "Naturals": Word("ℕ", r"\mathbb{N}"),
    "Naturals0": Script(Word("ℕ", r"\mathbb{N}"), number("0")),
    "Complexes": Word("ℂ", r"\mathbb{C}"),
}


class CalculusLayout(Printer):
    """Rules for calculus and logic; mixed into ``derive.formulas.layout.Layout``."""

    printmethod = "_layout"

    def guarded(self, expr: Any, needed: int) -> Box:
        """Brackets where needed; the arithmetic layout has the rule."""
        raise NotImplementedError

    def primed(self, function: Any, order: Any, argument: Any) -> Box:
        """The prime notation; the function layout has the rule."""
        raise NotImplementedError

    def _print_Derivative(self, expr: Any) -> Box:
        inner, *variables = expr.args
        if is_primed(expr):
            return self.primed(inner, variables[0][1], variables[0][0])
        mark = _D if len(variables) == 1 else _PARTIAL
        order = sum((count for _, count in variables), sp.S.Zero)
        below = [row(mark, self._power(self._print(variable), count)) for variable, count in variables]
        slope = Fraction(self._power(mark, order), row(*below))
        if isinstance(inner, (AppliedUndef, sp.Symbol)):
            return Fraction(row(self._power(mark, order), self._print(inner)), row(*below))
        return row(slope, _THIN, self.guarded(inner, 4))

    def _power(self, base: Box, exponent: Any) -> Box:
        if exponent == 1:
            return base
        if isinstance(base, Script) and base.above is None:
            return Script(base.base, base.below, self._print(exponent))
        return Script(base, None, self._print(exponent))

    def _print_Subs(self, expr: Any) -> Box:
        inner, variables, points = expr.args
        if len(variables) == 1 and is_primed(inner) and inner.args[1][0] == variables[0]:
            return self.primed(inner.args[0], inner.args[1][1], points[0])
        pairs = zip(variables, points, strict=True)
        below = joined([row(self._print(variable), EQUALS, self._print(point)) for variable, point in pairs])
        return Script(Fenced("", self.guarded(inner, 2), "|"), below)

    def _print_Integral(self, expr: Any) -> Box:
        if (taken := constant_first(expr)) is not None:
            return self._product_box(*taken)
        inner, *limits = expr.args
        signs: list[Box] = []
        ends: list[Box] = []
        for limit in reversed(limits):
            bounds = [self._print(bound) for bound in limit[1:]]
            pair = (None, *bounds) if len(bounds) == 1 else tuple(bounds)
            signs.append(Script(_INTEGRAL, *pair) if bounds else _INTEGRAL)
        for limit in limits:
            ends += [_THIN, row(_D, self._print(limit[0]))]
        body = self.guarded(inner, 2)
        if isinstance(body, Fraction) and body.top == number("1") and len(limits) == 1:
            return row(*signs, Fraction(ends[1], body.bottom))
        return row(*signs, body, *ends)

    def _large(self, sign: Word, expr: Any) -> Box:
        inner, *limits = expr.args
        signs: list[Box] = []
        for index, lower, upper in reversed(limits):
            below = row(self._print(index), EQUALS, self._print(lower))
            signs.append(Script(sign, below, slashed(self._print(upper), WIDEST_EXPONENT)))
        return row(*signs, self.guarded(inner, 2))

    def _print_Sum(self, expr: Any) -> Box:
        taken = constant_first(expr)
        return self._large(_SUM, expr) if taken is None else self._product_box(*taken)

    def _product_box(self, constant: Any, rest: Any) -> Box:
        box: Box = self._print(sp.Mul(constant, rest, evaluate=False))
        return box

    def _print_Product(self, expr: Any) -> Box:
        return self._large(_PRODUCT, expr)

    def _print_Limit(self, expr: Any) -> Box:
        inner, variable, point, direction = expr.args
        target = self._print(point)
        side = str(direction)
        if side in ("+", "-") and not point.is_infinite:
            sign = Word("+", "+") if side == "+" else Word("\u2212", "-")
            target = Script(round_brackets(target) if isinstance(target, Row) else target, None, sign)
        return row(Script(_LIMIT, row(self._print(variable), _ARROW, target)), self.guarded(inner, 2))

    def _print_Relational(self, expr: Any) -> Box:
        return row(self._print(expr.lhs), _RELATIONS[expr.rel_op], self._print(expr.rhs))

    def _print_And(self, expr: Any) -> Box:
        return joined([self._chain(chain) for chain in chains(sorted(expr.args, key=sp.default_sort_key))], text("and"))

    def _chain(self, chain: list[Any]) -> Box:
        if not isinstance(chain[0], sp.core.relational.Relational):
            return self.guarded(chain[0], 0) if not isinstance(chain[0], sp.Or) else self._bracketed(chain[0])
        if len(chain) == 1:
            return self._print(chain[0])
        low, high = chain
        return row(
            self._print(low.lts), *self._less(low), self._print(low.gts), *self._less(high), self._print(high.gts)
        )

    def _less(self, relation: Any) -> list[Box]:
        return [_RELATIONS["<" if relation.rel_op in "<>" else "<="]]

    def _bracketed(self, expr: Any) -> Box:
        return round_brackets(self._print(expr))

    def _print_Or(self, expr: Any) -> Box:
        return joined([self._print(item) for item in sorted(expr.args, key=sp.default_sort_key)], text("or"))

    def _print_Not(self, expr: Any) -> Box:
        return row(text("not"), self._bracketed(expr.args[0]))

    def _print_BooleanTrue(self, expr: Any) -> Box:
        return text("always")

    def _print_BooleanFalse(self, expr: Any) -> Box:
        return text("never")

    def _print_Piecewise(self, expr: Any) -> Box:
        def when(condition: Any) -> Box:
            return text("otherwise") if condition == sp.true else row(text("if"), self._print(condition))

        return Cases(tuple((self._print(value), when(condition)) for value, condition in expr.args))

    def _print_Contains(self, expr: Any) -> Box:
        return row(self._print(expr.args[0]), _ELEMENT, self._print(expr.args[1]))

    def _print_Interval(self, expr: Any) -> Box:
        ends = joined([self._print(expr.start), self._print(expr.end)])
        return Fenced("(" if expr.left_open else "[", ends, ")" if expr.right_open else "]")

    def _print_Set(self, expr: Any) -> Box:
        named = _SETS.get(type(expr).__name__)
        return named if named is not None else joined([self._print(item) for item in expr.args])

    def _print_FiniteSet(self, expr: Any) -> Box:
        return Fenced("{", joined([self._print(item) for item in expr.args]), "}")


def chains(relations: list[Any]) -> list[list[Any]]:
    """Conditions, with ``x < y`` and ``y < z`` put together so that they print as ``x < y < z``."""
    inequalities = [item for item in relations if getattr(item, "rel_op", "") in ("<", "<=", ">", ">=")]
    for low in inequalities:
        for high in inequalities:
            if low is not high and low.gts == high.lts and not low.gts.is_number:
                others = [item for item in relations if item is not low and item is not high]
                return [[low, high], *chains(others)]
    return [[item] for item in relations]
