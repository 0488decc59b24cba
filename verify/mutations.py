"""Stage: mutations. Input: an expression. Output: the expressions a slip of the pen could have made of it.

Every node of the tree is changed in every way that its kind allows; what SymPy finds equal to the original, or to an
earlier mutation, is left out. Random points of the domain tell how much a mutation changes the value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y
from verify.points import EmptyDomainError, PointSource

Kind = Literal[
    "sign", "factor 1.01", "off by one", "moment order", "dropped term", "dropped factor", "wrong branch", "swapped"
]
KINDS: tuple[Kind, ...] = (
    *("sign", "factor 1.01", "off by one", "moment order"),
    *("dropped term", "dropped factor", "wrong branch", "swapped"),
)
FACTOR = sp.Rational(101, 100)

POINTS = 32
"""Random points at which a mutation must change less than ``SMALLEST_CHANGE`` to be equivalent."""

SMALLEST_CHANGE = 0.01
"""Relative change of a value from which a mutation counts."""

_Change = tuple[Kind, str, sp.Basic]
_Path = tuple[int, ...]


@dataclass(frozen=True)
class Mutation:
    """One wrong expression: its kind, what was changed in words, and the expression."""

    kind: Kind
    what: str
    expression: sp.Expr


def mutations(expression: sp.Expr) -> tuple[Mutation, ...]:
    """Every mutation of an expression, each expression once, in the order of the tree.

    Result: none equals ``expression`` by structure; some may still equal it in value.

    Example: ``{m.kind for m in mutations(y.damping + 1)} >= {"sign", "dropped term", "off by one"}``.
    """
    seen, found = {expression}, []
    changes = [*_whole(expression), *_inside(expression)]
    # The telling name first: another branch of a root is a changed sign, too.
    for kind, what, wrong in sorted(changes, key=lambda change: change[0] not in ("wrong branch", "moment order")):
        if wrong not in seen and not wrong.has(sp.nan, sp.zoo):
            seen.add(wrong)
            found.append(Mutation(kind, what, wrong))
    return tuple(found)


def _whole(expression: sp.Expr) -> Iterator[_Change]:
    """Changes of the whole right side."""
    yield "sign", "the whole", -expression
    yield "factor 1.01", "the whole", FACTOR * expression
    units = {entry.symbol: entry.unit for entry in y.NOTATION.values()}
    free = sorted((name for name in expression.free_symbols if name in units), key=str)
    for one, other in combinations(free, 2):
        if units[one] == units[other]:
            swapped = expression.subs({one: other, other: one}, simultaneous=True)
            yield "swapped", f"{one} and {other}", swapped


def _inside(expression: sp.Expr) -> Iterator[_Change]:
    """Changes of one node, put back into the whole."""
    for path, node in _nodes(expression):
        for kind, what, changed in _changes(node):
            try:
                wrong = _put_back(expression, path, changed)
            except (TypeError, ValueError):  # SymPy refuses it: no such expression can be written
                continue
            yield kind, f"{what} in {node}", wrong


def _nodes(node: sp.Basic, path: _Path = ()) -> Iterator[tuple[_Path, sp.Basic]]:
    """Every node but arrays and the variables that limits bind."""
    yield path, node
    if isinstance(node, sp.Indexed) or not node.args:
        return
    for position, part in enumerate(node.args):
        bound = isinstance(node, sp.Tuple | sp.Subs) and position == (0 if isinstance(node, sp.Tuple) else 1)
        if not bound:
            yield from _nodes(part, (*path, position))


def _put_back(node: sp.Basic, path: _Path, changed: sp.Basic) -> sp.Basic:
    if not path:
        return changed
    arguments = list(node.args)
    arguments[path[0]] = _put_back(arguments[path[0]], path[1:], changed)
    return node.func(*arguments)


def _changes(node: sp.Basic) -> Iterator[_Change]:
    if isinstance(node, sp.Add | sp.Mul):
        yield from _of_operation(node)
    elif isinstance(node, sp.Pow):
        yield from _of_power(node)
    elif isinstance(node, sp.Indexed):
        for by in (1, -1):
            yield "moment order", f"index {by:+d}", node.base[node.indices[0] + by]
    elif isinstance(node, sp.Tuple):  # the limits of a sum or an integral, the order of a derivative
        for position, limit in enumerate(node.args[1:], 1):
            for by in (1, -1) if limit.is_finite is not False else ():
                yield "off by one", f"{limit} {by:+d}", _with(node, position, limit + by)
    elif isinstance(node, sp.Function):
        yield from _of_function(node)


def _of_operation(node: sp.Expr) -> Iterator[_Change]:
    """A sum's terms change sign or size or go missing, a product's factors go missing; integers are off by one."""
    is_sum = isinstance(node, sp.Add)
    for position, part in enumerate(node.args):
        others = node.func(*(other for index, other in enumerate(node.args) if index != position))
        yield "dropped term" if is_sum else "dropped factor", str(part), others
        if is_sum:
            yield "sign", str(part), others - part
            yield "factor 1.01", str(part), others + FACTOR * part
        if part.is_Integer:
            for by in (1, -1):
                yield "off by one", f"{part} {by:+d}", node.func(others, part + by)


def _of_power(node: sp.Pow) -> Iterator[_Change]:
    base, exponent = node.args
    for by in (1, -1):
        yield "off by one", f"exponent {by:+d}", base ** (exponent + by)
    if exponent.is_Rational and exponent.q == 2:
        yield "wrong branch", "other root", -node
    if not exponent.is_number:
        yield "swapped", "base and exponent", exponent**base


def _of_function(node: sp.Function) -> Iterator[_Change]:
    if isinstance(node, sp.LambertW):
        branch = node.args[1] if len(node.args) == 2 else sp.Integer(0)
        for by in (1, -1):
            yield "wrong branch", f"branch {by:+d}", sp.LambertW(node.args[0], branch + by)
    for position, argument in enumerate(node.args):
        if isinstance(node, sp.LambertW) and position == 1:
            continue
        yield "sign", str(argument), _with(node, position, -argument)
        yield "factor 1.01", str(argument), _with(node, position, FACTOR * argument)
        if len(node.args) > 1 or isinstance(node, sp.gamma | sp.factorial):
            for by in (1, -1):
                yield "off by one", f"{argument} {by:+d}", _with(node, position, argument + by)
    if len(node.args) > 1:
        yield "swapped", "first two arguments", node.func(node.args[1], node.args[0], *node.args[2:])


def _with(node: sp.Basic, position: int, argument: sp.Basic) -> sp.Basic:
    """The node with another argument at ``position``."""
    return node.func(*node.args[:position], argument, *node.args[position + 1 :])


def largest_change(right: sp.Expr, wrong: sp.Expr, domain: sp.Basic = sp.true, seed: int = 1) -> float:
    """The largest |wrong/right - 1| at ``POINTS`` random points of the domain (kind: sampled, from below).

    Stops at the first change that counts. Infinite where one of them has no value at any point.

    Example: ``abs(largest_change(y.damping, y.damping * sp.Rational(201, 200)) - 0.005) < 1e-12``.
    """
    changes: list[float] = []
    try:
        for change in _relative_changes(sp.Tuple(right, wrong), domain, seed):
            changes.append(change)
            if change >= SMALLEST_CHANGE * (1 - 1e-9) or len(changes) == POINTS:
                break
    except EmptyDomainError:
        return math.inf
    return max(changes, default=math.inf)


def _relative_changes(pair: sp.Tuple, domain: sp.Basic, seed: int) -> Iterator[float]:
    """The relative change at one random point after the other."""
    integral = pair.has(sp.Integral)
    names = sp.Tuple(*sorted(pair.free_symbols, key=str))
    source = PointSource(names if integral else pair, domain, seed)
    for expression, values in source:
        point = {name: re + sp.I * im for name, (re, im) in values.items()}
        if integral:
            parts = [_quadrature(part, dict(zip(names, expression.subs(point), strict=True))) for part in pair]
        else:
            parts = [_number(part, point) for part in expression]
        right, wrong = parts
        change = abs(wrong - right) / abs(right) if right else abs(wrong)
        if math.isfinite(change):
            yield change
        else:
            source.refuse("no value")


def _number(value: sp.Expr, point: dict[sp.Symbol, sp.Expr]) -> complex:
    try:  # the numbers go in as digits: exact ones would be raised to exact powers
        return complex(value.doit().evalf(20, subs=point))
    except (ArithmeticError, RecursionError, TypeError, ValueError):
        return complex(math.nan)


def _quadrature(value: sp.Expr, point: dict[sp.Symbol, sp.Expr]) -> complex:
    """An integral over all frequencies in doubles, for a transform with which it converges fast."""
    for kind in {node.func for node in value.atoms(AppliedUndef)}:
        value = value.replace(kind, lambda argument: (1 + argument / 4) ** -4)
    try:
        return complex(sp.lambdify((), value.subs(point), "mpmath")())
    except (ArithmeticError, RecursionError, TypeError, ValueError):
        return complex(math.nan)
