"""Stage: mutations. Input: an expression. Output: the expressions a slip of the pen could have made of it.

Every node of the tree is changed in every way that its kind allows; what SymPy finds equal to the original, or to an
earlier mutation, is left out. verify/mutants/changes.py tells how much a mutation changes the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derive import symbols as y

Kind = Literal[
    "sign", "factor 1.01", "off by one", "moment order", "dropped term", "dropped factor", "wrong branch", "swapped"
]
KINDS: tuple[Kind, ...] = (
    *("sign", "factor 1.01", "off by one", "moment order"),
    *("dropped term", "dropped factor", "wrong branch", "swapped"),
)
FACTOR = sp.Rational(101, 100)

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
        if position != _bound(node):
            yield from _nodes(part, (*path, position))


def _bound(node: sp.Basic) -> int | None:
    """Which argument of a node is a variable that it binds."""
    if isinstance(node, sp.Subs):
        return 1
    return 0 if isinstance(node, sp.Tuple) and not isinstance(node, ExprCondPair) else None


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
    elif isinstance(node, sp.Piecewise | sp.core.relational.Relational | sp.Max | sp.Min):
        yield from _of_choice(node)
    elif isinstance(node, sp.Indexed):
        for by in (1, -1):
            yield "moment order", f"index {by:+d}", node.base[node.indices[0] + by]
    elif isinstance(node, sp.Tuple) and not isinstance(
        node, ExprCondPair
    ):  # the limits of a sum or an integral, the order of a derivative
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
        if part.is_Rational:
            for by in (1, -1):
                yield "off by one", f"{part} {by:+d}", node.func(others, sp.Rational(part.p + by, part.q))


def _of_power(node: sp.Pow) -> Iterator[_Change]:
    base, exponent = node.args
    for by in (1, -1):
        yield "off by one", f"exponent {by:+d}", base ** (exponent + by)
    if exponent.is_Rational and exponent.q == 2:
        yield "wrong branch", "other root", -node
    if not exponent.is_number:
        yield "swapped", "base and exponent", exponent**base


def _of_choice(node: sp.Basic) -> Iterator[_Change]:
    """Two branches change places, a condition is turned round or moved by one, the least taken for the greatest."""
    if isinstance(node, sp.Max | sp.Min):
        yield "wrong branch", "the other extreme", (sp.Min if isinstance(node, sp.Max) else sp.Max)(*node.args)
    elif isinstance(node, sp.core.relational.Relational):
        yield "wrong branch", "the condition turned round", node.negated
        for by in (1, -1):
            yield "off by one", f"border {by:+d}", node.func(node.lhs, node.rhs + by)
    else:
        for first, second in combinations(range(len(node.args)), 2):
            (one, when), (other, then) = node.args[first], node.args[second]
            pairs = [*node.args]
            pairs[first], pairs[second] = (other, when), (one, then)
            yield "wrong branch", f"branches {first} and {second} change places", sp.Piecewise(*pairs)
        for position in range(len(node.args) - 1):
            rest = [pair for index, pair in enumerate(node.args) if index != position]
            yield "dropped term", f"branch {position}", sp.Piecewise(*rest)


def _of_function(node: sp.Function) -> Iterator[_Change]:
    if isinstance(node, sp.LambertW):
        branch = node.args[1] if len(node.args) == 2 else sp.Integer(0)
        for by in (1, -1):
            yield "wrong branch", f"branch {by:+d}", sp.LambertW(node.args[0], branch + by)
    for position, argument in enumerate(node.args):
        if isinstance(node, sp.LambertW) and position == 1:
            continue
        if isinstance(argument, sp.Tuple):  # the parameters of a hypergeometric function
            for by in (1, -1):
                yield "off by one", f"{argument} {by:+d}", _with(node, position, sp.Tuple(*(x + by for x in argument)))
            continue
        yield "sign", str(argument), _with(node, position, -argument)
        yield "factor 1.01", str(argument), _with(node, position, FACTOR * argument)
        if len(node.args) > 1 or isinstance(node, sp.gamma | sp.factorial):
            for by in (1, -1):
                yield "off by one", f"{argument} {by:+d}", _with(node, position, argument + by)
    for one, other in combinations(range(len(node.args)), 2):
        lists = [isinstance(node.args[place], sp.Tuple) for place in (one, other)]
        if not isinstance(node, sp.LambertW) and lists[0] == lists[1]:
            swapped = [*node.args]
            swapped[one], swapped[other] = swapped[other], swapped[one]
            yield "swapped", f"arguments {one} and {other}", node.func(*swapped)


def _with(node: sp.Basic, position: int, argument: sp.Basic) -> sp.Basic:
    """The node with another argument at ``position``."""
    return node.func(*node.args[:position], argument, *node.args[position + 1 :])
