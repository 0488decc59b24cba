"""Stage: layout. Input: SymPy function nodes. Output: boxes.

Names follow the literature: W_k for the branches of Lambert's function, ln for the natural logarithm, Γ and γ(k, x)
for the gamma functions, double-struck letters for expectation and probability.
"""

# ruff: noqa: N802, N815  (SymPy dispatches on method names that spell its classes)

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.printer import Printer

from derive.formulas.boxes import (
    APPLY,
    SEMICOLON,
    Accent,
    Box,
    Fenced,
    Grid,
    Script,
    Stack,
    Word,
    joined,
    round_brackets,
    row,
    upright,
)
from derive.formulas.names import name_box
from derive.formulas.notation import printed_function
from derive.formulas.order import strength
from derive.formulas.slashes import WIDEST_EXPONENT, slashed

_SAME_NAME = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth")
_ELEMENTARY = {
    **{name: Word(name, f"\\{name}", "upright") for name in _SAME_NAME},
    "asin": Word("arcsin", r"\arcsin", "upright"),
    "acos": Word("arccos", r"\arccos", "upright"),
    "atan": Word("arctan", r"\arctan", "upright"),
    "log": Word("ln", r"\ln", "upright"),
    **{name: upright(f"ar{name[1:]}") for name in ("asinh", "acosh", "atanh")},
}
_SPECIAL = {
    "gamma": Word("Γ", r"\Gamma", "upright"),
    "uppergamma": Word("Γ", r"\Gamma", "upright"),
    "lowergamma": Word("γ", r"\gamma"),
    "loggamma": row(_ELEMENTARY["log"], APPLY, Word("Γ", r"\Gamma", "upright")),
    "beta": Word("B", r"\mathrm{B}", "upright"),
    "zeta": Word("ζ", r"\zeta"),
    "DiracDelta": Word("δ", r"\delta"),
    "Heaviside": Word("H", r"\mathrm{H}", "upright"),
    "Max": Word("max", r"\max", "upright"),
    "Min": Word("min", r"\min", "upright"),
    "sign": upright("sgn"),
    "re": upright("Re"),
    "im": upright("Im"),
    "arg": Word("arg", r"\arg", "upright"),
    "erf": upright("erf"),
    "erfc": upright("erfc"),
    "Order": Word("O", "O"),
}
EXPECTATION = Word("𝔼", r"\mathbb{E}", "upright")
PROBABILITY = Word("ℙ", r"\mathbb{P}", "upright")
_OPERATORS = {
    "E": EXPECTATION,
    "Expectation": EXPECTATION,
    "Probability": PROBABILITY,
    "Var": upright("Var"),
    "Variance": upright("Var"),
    "Cov": upright("Cov"),
    "Covariance": upright("Cov"),
}


class FunctionLayout(Printer):
    """Rules for functions; mixed into ``derive.formulas.layout.Layout``."""

    printmethod = "_layout"

    def guarded(self, expr: Any, needed: int) -> Box:
        """Brackets where needed; the arithmetic layout has the rule."""
        raise NotImplementedError

    def exponent(self, expr: Any) -> Box:
        """An exponent; the arithmetic layout has the rule."""
        raise NotImplementedError

    def applied(self, name: Box, arguments: Any) -> Box:
        """``name(argument, ...)``."""
        return row(name, APPLY, round_brackets(joined([self._print(item) for item in arguments])))

    def takes_power_on_name(self, expr: Any) -> bool:
        """Whether a power is written on the function's name, as in sin²x."""
        return isinstance(expr, sp.Function) and type(expr).__name__ in _ELEMENTARY

    def function_power(self, expr: Any, exponent: Box) -> Box:
        """The function with the exponent on its name."""
        return self._elementary(expr, Script(_ELEMENTARY[type(expr).__name__], None, exponent))

    def _elementary(self, expr: Any, name: Box) -> Box:
        (argument,) = expr.args
        body = self._print(argument)
        plain = isinstance(argument, (sp.Symbol, sp.NumberSymbol, sp.Abs)) and strength(argument) == 5
        return row(name, APPLY, body if plain else round_brackets(body))

    def _print_Function(self, expr: Any) -> Box:
        kind = type(expr).__name__
        if kind in _ELEMENTARY and len(expr.args) == 1:
            return self._elementary(expr, _ELEMENTARY[kind])
        if kind in _OPERATORS:
            return self._operator(_OPERATORS[kind], expr)
        return self.applied(_SPECIAL.get(kind) or name_box(printed_function(kind)), expr.args)

    _print_AppliedUndef = _print_Function
    _print_Max = _print_Function
    _print_Min = _print_Function

    def _print_Order(self, expr: Any) -> Box:
        return self.applied(_SPECIAL["Order"], expr.args[:1])

    def _print_FunctionClass(self, expr: Any) -> Box:
        return name_box(printed_function(expr.__name__))

    def _operator(self, name: Box, expr: Any) -> Box:
        body = joined([self._print(item) for item in expr.args])
        return row(name, APPLY, round_brackets(body) if name is PROBABILITY else Fenced("[", body, "]"))

    def _print_Expectation(self, expr: Any) -> Box:
        return self._operator(EXPECTATION, expr)

    def _print_Probability(self, expr: Any) -> Box:
        return self._operator(PROBABILITY, expr)

    def _print_exponential_integral(self, expr: Any) -> Box:
        return self.applied(Script(Word("E", "E"), self._print(expr.args[0])), expr.args[1:])

    def _print_bounded_exponential_integral(self, expr: Any) -> Box:
        parts = [self._print(part) for part in expr.args[1:]]
        name = Script(Word("E", "E"), self._print(expr.args[0]))
        return row(name, APPLY, round_brackets(joined(parts, SEMICOLON)))

    def _print_weibull_integral(self, expr: Any) -> Box:
        return self.applied(Script(Word("𝒲", r"\mathcal{W}"), self._print(expr.args[0])), expr.args[1:])

    def _print_lognormal_integral(self, expr: Any) -> Box:
        return self.applied(Word("𝒩", r"\mathcal{N}"), expr.args)

    def _print_LambertW(self, expr: Any) -> Box:
        branch = expr.args[1] if len(expr.args) == 2 else sp.S.Zero
        return self.applied(Script(Word("W", "W"), self._print(branch)), expr.args[:1])

    def _print_betainc_regularized(self, expr: Any) -> Box:
        return self.applied(Script(Word("I", r"\mathrm{I}", "upright"), self.exponent(expr.args[3])), expr.args[:2])

    def _print_hyper(self, expr: Any) -> Box:
        above, below = (self._print(sp.Integer(len(part))) for part in (expr.ap, expr.bq))
        name = row(Script(Word("", "{}"), above), Script(Word("F", "F"), below))
        parts = [joined([self._print(item) for item in part]) for part in (expr.ap, expr.bq, (expr.argument,))]
        return row(name, APPLY, round_brackets(joined(parts, SEMICOLON)))

    def _print_polylog(self, expr: Any) -> Box:
        return self.applied(Script(upright("Li"), self._print(expr.args[0])), expr.args[1:])

    def _print_harmonic(self, expr: Any) -> Box:
        below = self._print(expr.args[0])
        return Script(Word("H", "H"), below, round_brackets(self._print(expr.args[1])) if len(expr.args) == 2 else None)

    def _print_factorial(self, expr: Any) -> Box:
        return row(self.guarded(expr.args[0], 5), Word("!", "!", "operator"))

    def _print_binomial(self, expr: Any) -> Box:
        return round_brackets(Stack(self._print(expr.args[0]), self._print(expr.args[1])))

    def _print_RisingFactorial(self, expr: Any) -> Box:
        return Script(round_brackets(self._print(expr.args[0])), self._print(expr.args[1]))

    def _print_Abs(self, expr: Any) -> Box:
        return Fenced("|", self._print(expr.args[0]), "|")

    def _print_floor(self, expr: Any) -> Box:
        return Fenced("⌊", self._print(expr.args[0]), "⌋")

    def _print_ceiling(self, expr: Any) -> Box:
        return Fenced("⌈", self._print(expr.args[0]), "⌉")

    def _print_conjugate(self, expr: Any) -> Box:
        return Accent(self._print(expr.args[0]), "\u203e", r"\overline")

    def _print_Indexed(self, expr: Any) -> Box:
        base = self._print(expr.base)
        indices = joined([self._print(index) for index in expr.indices])
        if isinstance(base, Script) and base.below is not None:
            return Script(base.base, joined([base.below, indices]), base.above)
        return Script(base, indices)

    def _print_IndexedBase(self, expr: Any) -> Box:
        return self._print(expr.label)

    def _print_Idx(self, expr: Any) -> Box:
        return self._print(expr.label)

    def _print_Tuple(self, expr: Any) -> Box:
        return round_brackets(joined([self._print(item) for item in expr]))

    _print_tuple = _print_Tuple

    def _print_MatrixBase(self, expr: Any) -> Box:
        return Grid(
            tuple(tuple(slashed(self._print(cell), WIDEST_EXPONENT) for cell in line) for line in expr.tolist())
        )

    def primed(self, function: Any, order: Any, argument: Any) -> Box:
        """f'(x), f''(x), f^(n)(x) of an unknown function ``function``."""
        name = (
            name_box(printed_function(type(function).__name__))
            if isinstance(function, AppliedUndef)
            else self._print(function)
        )
        if order in (1, 2, 3):
            mark: Box = Word("′" * int(order), r"\prime" * int(order), "operator")
        else:
            mark = round_brackets(self._print(order))
        if isinstance(name, Script) and name.above is None:
            named = Script(name.base, name.below, mark)
        else:
            named = Script(name, None, mark)
        return self.applied(named, (argument,))
