"""Stage: kernel printing. Input: one SymPy node. Output: its NumPy text.

SymPy's NumPy printer with branches, broadcasting and big numbers put right; exp(x) - 1 and log(1 + x) become expm1
and log1p. In real arithmetic a root or logarithm of a negative number is NaN, in complex its principal value.
"""

# ruff: noqa: N802, N815  (SymPy finds a printer's methods by the class names of the nodes)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.codegen.cfunctions import log1p
from sympy.printing.numpy import NumPyPrinter

from numeric.kernels.stable_forms import (
    NotCompilableError,
    beta_excess,
    is_real,
    regularised_gamma,
    regularised_upper_gamma,
)

LARGEST_EXACT = 2**53


class NodePrinter(NumPyPrinter):
    """Prints nodes whose symbols have the given identifiers; ``arithmetic`` is "real" or "complex"."""

    def __init__(self, names: Mapping[sp.Basic, str], arithmetic: str) -> None:
        super().__init__({"allow_unknown_functions": False})
        self.names, self.arithmetic = names, arithmetic

    def _print_Symbol(self, expr: Any) -> str:
        if expr not in self.names:
            raise NotCompilableError(f"{expr} is no argument; allowed: {', '.join(map(str, self.names))}")
        return self.names[expr]

    _print_Dummy = _print_Symbol
    _print_Indexed = _print_Symbol

    def _print_not_supported(self, expr: Any) -> str:
        raise NotCompilableError(f"{type(expr).__name__}({', '.join(map(str, expr.args))}) has no kernel")

    _print_Function = _print_not_supported

    def _print_Integer(self, expr: Any) -> str:
        return str(expr.p) if abs(expr.p) <= LARGEST_EXACT else repr(nearest_double(expr))

    def _print_Rational(self, expr: Any) -> str:
        small = max(abs(expr.p), expr.q) <= LARGEST_EXACT
        return f"{expr.p}/{expr.q}" if small else repr(nearest_double(expr))

    def _print_Float(self, expr: Any) -> str:
        return repr(nearest_double(expr))

    def _print_ImaginaryUnit(self, expr: Any) -> str:
        return "1j"

    def branched(self, expr: Any) -> str:
        """The argument of a function with a branch cut; adding 0j also turns -0 into the cut's own side."""
        return f"({self._print(expr)} + 0j)" if self.arithmetic == "complex" else f"({self._print(expr)})"

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:
        base, exponent = expr.args
        if exponent == -1:
            return f"(1/({self._print(base)}))"
        if exponent.is_integer or base.is_nonnegative:
            return super()._print_Pow(expr, rational=rational)
        if exponent == sp.S.Half:
            return f"numpy.sqrt{self.branched(base)}"
        if exponent == -sp.S.Half:
            return f"(1/numpy.sqrt{self.branched(base)})"
        return f"({self.branched(base)}**({self._print(exponent)}))"

    def _branching(self, expr: Any) -> str:
        name = BRANCHING[expr.func]
        return f"{name}({self._print(expr.args[0])})" if is_real(expr) else f"{name}{self.branched(expr.args[0])}"

    def _print_LambertW(self, expr: Any) -> str:
        argument, branch = expr.args[0], expr.args[1] if len(expr.args) > 1 else sp.S.Zero
        name = "lambert_w" if self.arithmetic == "complex" else "real_lambert_w"
        sign, factors = argument.as_coeff_Mul()
        low = ""
        if abs(sign) == 1 and factors.is_Mul and len(factors.args) == 2 and all(map(is_real, factors.args)):
            # What rounding takes from the product decides the branch next to -1/e.
            minus = "-" if sign == -1 else ""
            low = f", {minus}product_error({', '.join(self._print(factor) for factor in factors.args)})"
        return f"{name}({self._print(argument)}, {self._print(branch)}{low})"

    def _special(self, expr: Any) -> str:
        if not all(map(is_real, expr.args)):
            raise NotCompilableError(f"{expr} with a complex argument has no kernel; allowed: real arguments")
        if isinstance(expr, sp.loggamma) and not expr.args[0].is_positive:
            raise NotCompilableError(f"{expr} has no kernel, it may be complex; allowed: a positive argument")
        return f"{REAL_SPECIAL[expr.func]}({', '.join(self._print(argument) for argument in expr.args)})"

    def _print_mirrored_erfc(self, expr: Any) -> str:
        if not is_real(expr.args[0]):
            return self._print_not_supported(expr)
        return f"special.erfc(-({self._print(expr.args[0])}))"

    def _print_scaled_erfc(self, expr: Any) -> str:
        return f"special.erfcx({self._print(expr.args[0])})"

    def _print_log_ratio(self, expr: Any) -> str:
        gap, ratio = (self._print(arg) if is_real(expr) else self.branched(arg) for arg in expr.args)
        return f"log_ratio({gap}, {ratio})"

    def _print_gamma(self, expr: Any) -> str:
        return f"special.gamma({self._print(expr.args[0])})"

    def _print_hyper(self, expr: Any) -> str:
        if (tuple(expr.ap), tuple(expr.bq)) != ((1,), (2,)):
            return self._print_not_supported(expr)
        return f"exponential_mean({self._print(expr.argument)})"

    def _named(self, expr: Any) -> str:
        return f"{expr.func.__name__}({', '.join(self._print(argument) for argument in expr.args)})"

    _print_exponential_integral = _print_bounded_exponential_integral = _named
    _print_weibull_integral = _print_lognormal_integral = _named
    _print_log1p_modulus = _print_root_difference = _named

    def _print_factorial(self, expr: Any) -> str:
        return f"special.gamma({self._print(expr.args[0])} + 1)"

    def _extremum(self, expr: Any) -> str:
        name = "numpy.maximum" if isinstance(expr, sp.Max) else "numpy.minimum"
        result, *rest = (self._print(argument) for argument in expr.args)
        for argument in rest:
            result = f"{name}({result}, {argument})"
        return result

    _print_Max = _print_Min = _extremum

    def _print_Piecewise(self, expr: Any) -> str:
        result = "numpy.nan"
        for value, condition in reversed(expr.args):
            result = f"numpy.where({self._print(condition)}, {self._print(value)}, {result})"
        return result

    def _print_Relational(self, expr: Any) -> str:
        return f"({self._print(expr.lhs)} {expr.rel_op} {self._print(expr.rhs)})"

    def _logic(self, expr: Any) -> str:
        sign = " & " if isinstance(expr, sp.And) else " | "
        return f"({sign.join(self._print(part) for part in expr.args)})"

    _print_And = _print_Or = _logic

    def _print_Not(self, expr: Any) -> str:
        return f"numpy.logical_not({self._print(expr.args[0])})"


BRANCHING = {
    sp.cosh: "numpy.cosh", sp.sinh: "numpy.sinh",
    sp.log: "numpy.log", sp.asin: "numpy.arcsin", sp.acos: "numpy.arccos", sp.acosh: "numpy.arccosh",
    sp.atanh: "numpy.arctanh", sp.atan: "numpy.arctan", sp.asinh: "numpy.arcsinh", log1p: "log1p",
}  # fmt: skip
REAL_SPECIAL = {
    regularised_gamma: "special.gammainc", regularised_upper_gamma: "special.gammaincc",
    sp.betainc_regularized: "incomplete_beta", beta_excess: "beta_excess",
    sp.beta: "special.beta", sp.binomial: "special.binom", sp.loggamma: "special.gammaln",
    sp.erf: "special.erf", sp.erfc: "special.erfc", sp.polygamma: "special.polygamma",
    sp.Ei: "special.expi", sp.atan2: "numpy.arctan2",
}  # fmt: skip
for _kind in BRANCHING:
    setattr(NodePrinter, f"_print_{_kind.__name__}", NodePrinter._branching)
for _kind in REAL_SPECIAL:
    setattr(NodePrinter, f"_print_{_kind.__name__}", NodePrinter._special)
NodePrinter._print_expm1 = lambda self, expr: f"numpy.expm1({self._print(expr.args[0])})"


def nearest_double(number: sp.Expr) -> float:
    """The double next to a number; raises ``NotCompilableError`` where there is none.

    Example: ``nearest_double(sp.Rational(1, 4)) == 0.25``.
    """
    value = float(number)
    if value in (float("inf"), -float("inf")):
        raise NotCompilableError(f"{number} is beyond the range of doubles")
    return value
