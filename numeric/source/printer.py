"""Stage: source code. Input: one SymPy expression. Output: statements on doubles, in the Python that is translated.

A complex value is a pair of doubles (``Pair``), its imaginary part None where it is real; a sum becomes a loop. Other
languages are translations of these statements (numeric/source/translation.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from derive.standard_integrals import exponential_integral, lognormal_integral, weibull_integral
from numeric.kernels.stable_forms import (
    NotCompilableError,
    log1p_modulus,
    log_ratio,
    mirrored_erfc,
    regularised_gamma,
    regularised_upper_gamma,
    root_difference,
    scaled_erfc,
)

Pair: TypeAlias = tuple[str, str | None]

NATIVE = {
    sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.exp: "exp", sp.log: "log", sp.Abs: "abs", sp.floor: "floor",
    sp.asin: "asin", sp.acos: "acos", sp.atan: "atan",
    sp.sinh: "sinh", sp.cosh: "cosh", expm1: "expm1", log1p: "log1p", sp.atan2: "atan2", sp.loggamma: "ln_gamma",
    regularised_gamma: "lower_gamma_ratio", regularised_upper_gamma: "upper_gamma_ratio",
    sp.erfc: "complementary_error", scaled_erfc: "scaled_error", log_ratio: "log_of_ratio",
    log1p_modulus: "log_of_shifted_modulus", root_difference: "root_difference",
}  # fmt: skip
_NUMBERS = {sp.pi: "pi", sp.E: repr(float(sp.E)), sp.I: "0.0"}


class SourcePrinter:
    """Statements so far, and the pair of every complex node met; ``names`` are the arguments' pairs."""

    def __init__(self, names: Mapping[sp.Basic, Pair], is_complex: bool) -> None:
        self.lines: list[str] = []
        self.is_complex = is_complex
        self._known: dict[sp.Basic, Pair] = dict(names)
        self._depth = 0
        self._count = 0

    def assigned(self, text: str, hint: str = "x") -> str:
        """A new variable that holds the value."""
        name = f"{hint}{self._count}"
        self._count += 1
        self.say(f"{name} = {text}")
        return name

    def say(self, line: str) -> None:
        """One more statement."""
        self.lines.append("    " * self._depth + line)

    def pair(self, node: sp.Basic) -> Pair:
        """The node's real and imaginary part as expressions; complex ones are kept in variables."""
        if node not in self._known:
            pair = self._print(node)
            if pair[1] is None:
                return pair
            self._known[node] = self.assigned(pair[0], "re"), self.assigned(pair[1], "im")
        return self._known[node]

    def real(self, node: sp.Basic) -> str:
        """The node's text; ``NotCompilableError`` if it is complex."""
        re, im = self.pair(node)
        if im is not None:
            raise NotCompilableError(f"{node} is complex here; allowed: a real number")
        return re

    def _print(self, node: sp.Basic) -> Pair:
        if node.is_Rational:
            return _number(node), None
        if node in _NUMBERS:
            return _NUMBERS[node], "1.0" if node == sp.I else None
        for kind, rule in RULES.items():
            if isinstance(node, kind):
                return rule(self, node)
        if type(node) in NATIVE:
            return self._call(node)
        raise NotCompilableError(f"{node} holds {type(node).__name__}, which source code has not")

    def _call(self, node: Any) -> Pair:
        pairs = [self.pair(argument) for argument in node.args]
        if all(im is None for _, im in pairs):
            return f"{NATIVE[type(node)]}({', '.join(re for re, _ in pairs)})", None
        ((re, im),) = pairs
        if isinstance(node, sp.exp):
            return f"exp({re})*cos({im})", f"exp({re})*sin({im})"
        if isinstance(node, sp.Abs):
            return f"hypot({re}, {im})", None
        raise NotCompilableError(f"{node} is a function of a complex number, which source code has not")

    def loop(self, node: sp.Sum) -> Pair:
        """The sum's terms added up in a loop over its index."""
        index, first, last = node.limits[0]
        if len(node.limits) != 1 or last.is_infinite or node.has(sp.Indexed):
            raise NotCompilableError(f"{node} is a sum that source code has not; allowed: one index, finite limits")
        start, end = self.real(first), self.real(last)
        total, shifted = self.assigned("0.0", "sum"), self.assigned("0.0", "sum")
        counter = self.assigned(start, "n")
        outside = dict(self._known)
        self.say(f"while {counter} <= {end}:")
        self._depth += 1
        self._known[index] = counter, None
        re, im = self.pair(node.function)
        self.say(f"{total} = {total} + {re}")
        if im is not None:
            self.say(f"{shifted} = {shifted} + {im}")
        self.say(f"{counter} = {counter} + 1.0")
        self._depth -= 1
        self._known = outside
        return total, None if im is None else shifted


def _number(node: Any) -> str:
    if abs(node.p) > 2**53 or node.q > 2**53:
        return repr(float(node))
    return f"{node.p}.0" if node.q == 1 else f"({node.p}.0/{node.q}.0)"


def _sum(printer: SourcePrinter, node: Any) -> Pair:
    pairs = [printer.pair(term) for term in node.args]
    re = " + ".join(f"({one})" for one, _ in pairs)
    im = [f"({other})" for _, other in pairs if other is not None]
    return re, " + ".join(im) if im else None


def _product(printer: SourcePrinter, node: Any) -> Pair:
    # e^-x stays above the bar: below it, e^x times a factorial may overflow where their quotients do not
    below = [one for one in node.args if isinstance(one, sp.Pow) and one.exp.is_Rational and one.exp.is_negative]
    if below:
        above = sp.Mul(*(one for one in node.args if one not in below))
        return _divided(printer, above, sp.Mul(*(1 / one for one in below)))
    reals, result = [], None
    for factor in node.args:
        re, im = printer.pair(factor)
        if im is None:
            reals.append(f"({re})")
        elif result is None:
            result = (re, im)
        else:
            a, b = (printer.assigned(part) for part in result)
            result = f"{a}*({re}) - {b}*({im})", f"{a}*({im}) + {b}*({re})"
    scale = "*".join(reals)
    if result is None:
        return scale, None
    return (f"{scale}*({result[0]})", f"{scale}*({result[1]})") if reals else result


def _divided(printer: SourcePrinter, above: Any, below: Any) -> Pair:
    top, bottom = printer.pair(above), printer.pair(below)
    if bottom[1] is None:
        parts = [None if part is None else f"({part})/({bottom[0]})" for part in top]
        return str(parts[0]), parts[1]
    c, d = bottom
    size = printer.assigned(f"({c})*({c}) + ({d})*({d})")
    a, b = top
    if b is None:
        return f"({a})*({c})/{size}", f"-({a})*({d})/{size}"
    return f"(({a})*({c}) + ({b})*({d}))/{size}", f"(({b})*({c}) - ({a})*({d}))/{size}"


def _power(printer: SourcePrinter, node: Any) -> Pair:
    base, exponent = node.args
    if exponent.is_Rational and exponent.is_negative:
        return _divided(printer, sp.S.One, sp.Pow(base, -exponent))
    if base == -1 and exponent.is_integer:
        count = printer.real(exponent)
        return f"1.0 - 2.0*(({count}) - 2.0*floor(({count})/2.0))", None
    re, im = printer.pair(base)
    real = im is None and (exponent.is_integer or base.is_nonnegative or not printer.is_complex)
    if not real:
        return _polar(printer, (re, im or "0.0"), printer.real(exponent))
    if exponent == sp.S.Half:
        return f"sqrt({re})", None
    power = str(exponent.p) if exponent.is_Integer and exponent < 9 else printer.real(exponent)
    return f"({re})**({power})", None


def _polar(printer: SourcePrinter, base: tuple[str, str], exponent: str) -> Pair:
    """A complex power by modulus and angle."""
    size = printer.assigned(f"hypot({base[0]}, {base[1]})**({exponent})")
    angle = printer.assigned(f"({exponent})*atan2({base[1]}, {base[0]})")
    return f"{size}*cos({angle})", f"{size}*sin({angle})"


def _lambert(printer: SourcePrinter, node: Any) -> Pair:
    re, im = printer.pair(node.args[0])
    branch = printer.real(node.args[1]) if len(node.args) > 1 else "0.0"
    first, second = (f"lambert_w({re}, {im or '0.0'}, {branch}, {part})" for part in ("0.0", "1.0"))
    return first, second if printer.is_complex else None


def _mean(printer: SourcePrinter, node: Any) -> Pair:
    if (tuple(node.ap), tuple(node.bq)) != ((1,), (2,)):
        raise NotCompilableError(f"{node} is hypergeometric, which source code has not")
    re, im = printer.pair(node.argument)
    first, second = (f"exponential_mean({re}, {im or '0.0'}, {part})" for part in ("0.0", "1.0"))
    return first, None if im is None else second


def _beta(printer: SourcePrinter, node: Any) -> Pair:
    a, b, low, high = (printer.real(argument) for argument in node.args)
    upper = f"incomplete_beta({a}, {b}, {high})"
    return (upper if node.args[2] == 0 else f"{upper} - incomplete_beta({a}, {b}, {low})"), None


def _transform(printer: SourcePrinter, node: Any) -> Pair:
    """A transform without an elementary form, of real parameters and an argument that may be complex."""
    *given, argument = node.args
    parameters = ", ".join(printer.real(one) for one in given)
    re, im = printer.pair(argument)
    first, second = (f"{type(node).__name__}({parameters}, {re}, {im or '0.0'}, {part})" for part in ("0.0", "1.0"))
    return first, None if im is None else second


RULES: dict[type[sp.Basic], Callable[[SourcePrinter, Any], Pair]] = {
    sp.Add: _sum, sp.Mul: _product, sp.Pow: _power, sp.LambertW: _lambert, sp.hyper: _mean, sp.Sum: SourcePrinter.loop,
    sp.betainc_regularized: _beta, exponential_integral: _transform, weibull_integral: _transform,
    lognormal_integral: _transform,
    sp.binomial: lambda printer, node: (f"choose({', '.join(map(printer.real, node.args))})", None),
    sp.factorial: lambda printer, node: (f"exp(ln_gamma({printer.real(node.args[0])} + 1.0))", None),
    sp.gamma: lambda printer, node: (f"exp(ln_gamma({printer.real(node.args[0])}))", None),
    sp.RisingFactorial: lambda printer, node: (
        f"exp(ln_gamma({printer.real(sp.Add(*node.args))}) - ln_gamma({printer.real(node.args[0])}))", None
    ),
    mirrored_erfc: lambda printer, node: (f"complementary_error(-({printer.real(node.args[0])}))", None),
}  # fmt: skip
