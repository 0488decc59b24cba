"""Stage: real parts. Input: expressions in their stable form, a domain. Output: recorded lines of real operations.

    expression, domain -> real and imaginary parts (numeric/kernels/complex_lines.py), NaN outside

In real arithmetic a root or logarithm of a negative number is NaN, in complex its principal value, and where rounding
could decide, a point counts as outside the domain: as in numeric/kernels/printer.py and numeric/kernels/source.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.core.relational import Equality, Relational, Unequality

from numeric.kernels.complex_lines import ComplexLines, Parts
from numeric.kernels.lines import Line, Lines
from numeric.kernels.loops import loop_source
from numeric.kernels.printer import NotCompilableError, is_real, mirrored_erfc, nearest_double
from numeric.kernels.source import is_undecided_near

__all__ = ["ROUNDINGS", "recorded"]

EPSILON = 2.0**-52
LARGEST_POWER = 64  # by products; beyond by the function pow
ROUNDINGS = 8  # units in the last place within which an inequality counts as undecided


@dataclass(frozen=True)
class RealParts(ComplexLines):
    """Records expressions of the symbols that are ``known``; ``is_complex``: in complex arithmetic."""

    known: dict[sp.Basic, Parts]
    is_complex: bool

    def parts(self, node: sp.Basic) -> Parts:
        """The value of a node, recorded when it is met first; raises ``NotCompilableError`` for what C lacks."""
        if node not in self.known:
            method = next((PRINTED[kind] for kind in type(node).__mro__ if kind in PRINTED), None)
            if method is None:
                raise NotCompilableError(f"{node} has no form in C; allowed: target='numpy'")
            self.known[node] = method(self, node)
        return self.known[node]

    def real(self, node: sp.Basic) -> Line:
        """The value of a node that must be real."""
        found = self.parts(node)
        if found.im is not None:
            raise NotCompilableError(f"{node} may be complex: no form in C; allowed: target='numpy'")
        return found.re

    def condition(self, node: sp.Basic) -> Line:
        """Whether a condition holds."""
        if isinstance(node, sp.And | sp.Or):
            found, *rest = (self.condition(part) for part in node.args)
            for other in rest:
                found = found & other if isinstance(node, sp.And) else found | other
            return found
        if isinstance(node, sp.Not):
            return ~self.condition(node.args[0])
        if node in (sp.true, sp.false):
            return self.lines.number(0) <= (0 if node == sp.true else -1)
        if not isinstance(node, Relational):
            raise NotCompilableError(f"{node} is no comparison: no form in C; allowed: target='numpy'")
        sign = {Equality: "==", Unequality: "!="}.get(type(node), node.rel_op)
        return self.lines.record(sign, self.real(node.lhs), self.real(node.rhs))

    def inside(self, domain: sp.Basic) -> Line:
        """Whether the symbols keep their assumptions and the domain holds beyond rounding."""
        found = self.lines.number(0) <= 0
        for symbol, parts in list(self.known.items()):
            for part in parts:
                found = found if part is None else found & (self.lines.absolute(part) < float("inf"))
            if symbol.is_nonnegative:
                found = found & (parts.re > 0 if symbol.is_positive else parts.re >= 0)
            if symbol.is_nonpositive:
                found = found & (parts.re < 0 if symbol.is_negative else parts.re <= 0)
            if symbol.is_integer:
                found = found & self.lines.record("==", parts.re, self.lines.call("rint", parts.re))
        return found & self.certain(domain)

    def certain(self, node: sp.Basic) -> Line:
        """Whether a condition holds, inequalities beyond the rounding of both sides."""
        if isinstance(node, sp.And | sp.Or):
            found, *rest = (self.certain(part) for part in node.args)
            for other in rest:
                found = found & other if isinstance(node, sp.And) else found | other
            return found
        if not is_undecided_near(node):
            return self.condition(node)
        size = sum(sp.Abs(term) for side in node.args for term in sp.Add.make_args(side))
        return self.real(node.gts - node.lts) > ROUNDINGS * EPSILON * self.real(size)

    def cut(self, node: sp.Basic) -> Parts:
        """The argument of a function with a branch cut below 0."""
        found = self.parts(node)
        wide = found.im is None and self.is_complex and not node.is_extended_nonnegative
        return Parts(found.re, self.lines.number(0.0)) if wide else found


def _number(to: RealParts, node: sp.Basic) -> Parts:
    return Parts(to.lines.number(nearest_double(node)))


def _sum(to: RealParts, node: sp.Add) -> Parts:
    total, *rest = (to.parts(term) for term in node.args)
    for other in rest:
        total = to.sum(total, other)
    return total


def _product(to: RealParts, node: sp.Mul) -> Parts:
    above: list[sp.Expr] = []
    below: list[sp.Expr] = []
    for factor in node.args:
        inverted = isinstance(factor, sp.Pow) and factor.exp.is_Rational and factor.exp < 0
        (below if inverted else above).append(1 / factor if inverted else factor)
    found = _factors(to, above) or Parts(to.lines.number(1.0))
    under = _factors(to, below)
    return to.quotient(found, under) if under else found


def _factors(to: RealParts, factors: list[sp.Expr]) -> Parts | None:
    found: Parts | None = None
    # Real factors first: each complex product costs six operations.
    for factor in sorted((to.parts(one) for one in factors), key=lambda parts: parts.im is not None):
        found = factor if found is None else to.product(found, factor)
    return found


def _power(to: RealParts, node: sp.Pow) -> Parts:
    base, exponent = node.args
    if exponent.is_Integer and abs(exponent) <= LARGEST_POWER:
        found = to.power(to.parts(base), abs(int(exponent)))
        return found if exponent > 0 else to.quotient(Parts(to.lines.number(1.0)), found)
    if abs(exponent) == sp.S.Half:
        root = to.root(to.cut(base))
        return root if exponent > 0 else to.quotient(Parts(to.lines.number(1.0)), root)
    z, power = (to.parts(base) if exponent.is_integer else to.cut(base)), to.parts(exponent)
    if z.im is None and power.im is None:
        return Parts(to.lines.call("pow", z.re, power.re))
    found = to.exp(to.product(power, to.log(z)))
    zero = (z.re <= 0) & (z.re >= 0) & ((z.im <= 0) & (z.im >= 0) if z.im is not None else z.re >= 0)
    at_zero = to.lines.call("pow", 0.0, power.re)
    assert found.im is not None
    return Parts(to.lines.where(zero, at_zero, found.re), to.lines.where(zero, 0.0, found.im))


def _exponential_mean(to: RealParts, node: sp.hyper) -> Parts:
    if (tuple(node.ap), tuple(node.bq)) != ((1,), (2,)):
        raise NotCompilableError(f"{node} has no form in C; allowed: target='numpy'")
    z = to.parts(node.argument)
    found, zero = to.quotient(to.expm1(z), z), (z.re <= 0) & (z.re >= 0)
    if z.im is None or found.im is None:
        return Parts(to.lines.where(zero, 1.0, found.re))
    zero = zero & (z.im <= 0) & (z.im >= 0)
    return Parts(to.lines.where(zero, 1.0, found.re), to.lines.where(zero, 0.0, found.im))


def _pieces(to: RealParts, node: sp.Piecewise) -> Parts:
    re = im = to.lines.number(float("nan"))
    pieces = [(to.parts(value), to.condition(condition)) for value, condition in reversed(node.args)]
    for value, condition in pieces:
        re = to.lines.where(condition, value.re, re)
        im = to.lines.where(condition, to.lines.number(0.0) if value.im is None else value.im, im)
    return Parts(re, im if any(value.im is not None for value, _ in pieces) else None)


def _extremum(to: RealParts, node: sp.Max | sp.Min) -> Parts:
    found, *rest = (to.real(part) for part in node.args)
    for other in rest:
        first = found >= other if isinstance(node, sp.Max) else found <= other
        none = ~(found <= float("inf"))  # what is no number stays none, whichever side it is on
        found = to.lines.where(first | none, found, other)
    return Parts(found)


def _sine(to: RealParts, node: sp.Basic) -> Parts:
    z, lines = to.parts(node.args[0]), to.lines
    if z.im is None:
        return Parts(lines.call(type(node).__name__, z.re))
    up, down = lines.call("cosh", z.im), lines.call("sinh", z.im)
    if isinstance(node, sp.sin):
        return Parts(lines.sin(z.re) * up, lines.cos(z.re) * down)
    return Parts(lines.cos(z.re) * up, -(lines.sin(z.re) * down))


def _of(method: Callable[[RealParts, Parts], Parts], cut: bool = False) -> Callable[[RealParts, Any], Parts]:
    return lambda to, node: method(to, to.cut(node.args[0]) if cut else to.parts(node.args[0]))


def _call(name: str) -> Callable[[RealParts, Any], Parts]:
    return lambda to, node: Parts(to.lines.call(name, *(to.real(argument) for argument in node.args)))


def _imaginary(to: RealParts, node: sp.im) -> Parts:
    found = to.parts(node.args[0]).im
    return Parts(to.lines.number(0.0) if found is None else found)


def _conjugate(to: RealParts, node: sp.conjugate) -> Parts:
    z = to.parts(node.args[0])
    return Parts(z.re, None if z.im is None else -z.im)


PRINTED: dict[Any, Callable[[RealParts, Any], Parts]] = {
    sp.Rational: _number, sp.Float: _number, sp.core.numbers.NumberSymbol: _number,
    sp.core.numbers.ImaginaryUnit: lambda to, node: Parts(to.lines.number(0.0), to.lines.number(1.0)),
    sp.Add: _sum, sp.Mul: _product, sp.Pow: _power, sp.exp: _of(RealParts.exp), sp.log: _of(RealParts.log, cut=True),
    expm1: _of(RealParts.expm1), log1p: _of(RealParts.log1p, cut=True), sp.sin: _sine, sp.cos: _sine,
    sp.hyper: _exponential_mean, sp.Piecewise: _pieces, sp.Max: _extremum, sp.Min: _extremum,
    sp.Abs: lambda to, node: Parts(to.modulus(to.parts(node.args[0]))),
    sp.re: lambda to, node: Parts(to.parts(node.args[0]).re), sp.im: _imaginary, sp.conjugate: _conjugate,
    mirrored_erfc: lambda to, node: Parts(to.lines.call("erfc", -to.real(node.args[0]))),
    sp.gamma: _call("tgamma"), sp.loggamma: _call("lgamma"),
    sp.factorial: lambda to, node: Parts(to.lines.call("tgamma", to.real(node.args[0]) + 1.0)),
    **{getattr(sp, name): _call(name) for name in (
        "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "atan2", "erf", "erfc",
    )},
    sp.floor: _call("floor"), sp.ceiling: _call("ceil"),
}  # fmt: skip


def recorded(
    expressions: Sequence[sp.Expr], symbols: Mapping[sp.Basic, str], domain: sp.Basic, kind: tuple[bool, bool]
) -> str:
    """C source of the values at the symbols, NaN outside the domain; raises ``NotCompilableError`` for what C lacks.

    ``kind``: whether arithmetic is complex, whether the values are; a symbol is complex unless it is known to be real.
    """
    in_complex, complex_values = kind
    lines = Lines()
    names = {s: (name,) if is_real(s) else (name, f"Im {name}") for s, name in symbols.items()}
    arguments = {symbol: Parts(*map(lines.argument, parts)) for symbol, parts in names.items()}
    inside = RealParts(lines, dict(arguments), False).inside(domain)
    values = RealParts(lines, dict(arguments), in_complex)
    results = []
    for expression in expressions:
        re, im = values.parts(expression)
        both = (re, lines.number(0.0) if im is None else im) if complex_values else (re,)
        results.append([lines.where(inside, part, float("nan")) for part in both])
    return loop_source(results, list(names.values()))
