"""Stage: real nodes. Input: expressions in their stable form. Output: C source of their values at arrays of points.

    node -> the rule that records it (numeric/kernels/real_parts.py) -> lines -> loops (numeric/kernels/loops.py)

Functions of a complex number are those that parts make up; the others, and what C lacks, are refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import pi, sqrt
from typing import Any

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from numeric.kernels.complex_lines import Parts
from numeric.kernels.lines import Line, Lines
from numeric.kernels.loops import loop_source
from numeric.kernels.printer import nearest_double
from numeric.kernels.real_parts import RealParts
from numeric.kernels.stable_forms import (
    NotCompilableError,
    is_real,
    log1p_modulus,
    log_ratio,
    mirrored_erfc,
    root_difference,
    scaled_erfc,
)

__all__ = ["recorded"]

LARGEST_POWER = 64  # by products; beyond by the function pow


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


def _log_ratio(to: RealParts, node: log_ratio) -> Parts:
    gap, ratio = to.cut(node.args[0]), to.cut(node.args[1])
    near = to.modulus(gap) < 0.5
    one, two = to.log1p(gap), to.log(ratio)
    if one.im is None or two.im is None:
        return Parts(to.lines.where(near, one.re, two.re))
    return Parts(to.lines.where(near, one.re, two.re), to.lines.where(near, one.im, two.im))


def _log1p_modulus(to: RealParts, node: log1p_modulus) -> Parts:
    x, lines = to.real(node.args[0]), to.lines
    near = lines.absolute(x) < 0.5
    return Parts(lines.where(near, lines.call("log1p", lines.where(near, x, 0.0)), lines.log(lines.absolute(1 + x))))


def _root_difference(to: RealParts, node: root_difference) -> Parts:
    root, other, gap = map(to.parts, node.args)
    near, plain = to.quotient(gap, to.sum(root, other)), Parts(root.re - other.re, root.im)
    right = root.re > 0
    re = to.lines.where(right, near.re, plain.re)
    return Parts(re, None if near.im is None or plain.im is None else to.lines.where(right, near.im, plain.im))


def _scaled_erfc(to: RealParts, node: scaled_erfc) -> Parts:
    y, lines = to.real(node.args[0]), to.lines
    lost = lines.product_error(y, y)
    below = lines.call("exp", y * y) * (1 + lost) * lines.call("erfc", y)
    r = 0.5 / (y * y)
    series: Line | float = 1.0
    for n in range(15, 0, -2):  # 1 - r (1 - 3 r (1 - 5 r ...)): to the last digit from 26 on
        series = 1 - n * r * series
    return Parts(lines.where(y < 26, below, series / (y * sqrt(pi))))


RULES: dict[Any, Callable[[RealParts, Any], Parts]] = {
    sp.Rational: _number, sp.Float: _number, sp.core.numbers.NumberSymbol: _number,
    sp.core.numbers.ImaginaryUnit: lambda to, node: Parts(to.lines.number(0.0), to.lines.number(1.0)),
    sp.Add: _sum, sp.Mul: _product, sp.Pow: _power, sp.exp: _of(RealParts.exp), sp.log: _of(RealParts.log, cut=True),
    expm1: _of(RealParts.expm1), log1p: _of(RealParts.log1p, cut=True), sp.sin: _sine, sp.cos: _sine,
    sp.hyper: _exponential_mean, sp.Piecewise: _pieces, sp.Max: _extremum, sp.Min: _extremum,
    sp.Abs: lambda to, node: Parts(to.modulus(to.parts(node.args[0]))),
    sp.re: lambda to, node: Parts(to.parts(node.args[0]).re), sp.im: _imaginary, sp.conjugate: _conjugate,
    mirrored_erfc: lambda to, node: Parts(to.lines.call("erfc", -to.real(node.args[0]))),
    log_ratio: _log_ratio, log1p_modulus: _log1p_modulus, root_difference: _root_difference, scaled_erfc: _scaled_erfc,
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
    inside = RealParts(lines, dict(arguments), RULES, False).inside(domain)
    values = RealParts(lines, dict(arguments), RULES, in_complex)
    results = []
    for expression in expressions:
        re, im = values.parts(expression)
        both = (re, lines.number(0.0) if im is None else im) if complex_values else (re,)
        results.append([lines.where(inside, part, float("nan")) for part in both])
    return loop_source(results, list(names.values()))
