"""Stage: laws made of laws. Input: the parts. Output: their data side by side, their draws with one table, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, phase_walk, table
from derive.exact import complaint, exact
from derive.law import Law, LawError
from derive.rules.composed import part_cdf, part_moment, part_transform

Arrays = Mapping[sp.IndexedBase, tuple[sp.Rational, ...]]


def read_parts(key: str, parts: object) -> tuple[Law, ...]:
    """``parts`` as a non-empty tuple of laws, else ``LawError``."""
    allowed = "a non-empty list of laws"
    if isinstance(parts, str | Mapping) or not isinstance(parts, Iterable):
        raise LawError(key, parts, "not a list", allowed)
    given = tuple(parts)
    if not given:
        raise LawError(key, parts, "empty list", allowed)
    for index, part in enumerate(given):
        read_part(f"{key}[{index}]", part)
    return given


def read_part(key: str, part: object) -> Law:
    """``part`` if it is a law, else ``LawError``."""
    if not isinstance(part, Law):
        raise LawError(key, part, "not a law", "a law")
    return part


def read_count(key: str, value: Any, low: int, high: int) -> int:
    """``value`` as an integer from ``low`` to ``high``, else ``LawError``."""
    if isinstance(value, bool) or not isinstance(value, int | sp.Integer) or not low <= value <= high:
        raise LawError(key, value, "not such an integer", f"integer {low} to {high}")
    return int(value)


def read_bound(key: str, value: Any) -> sp.Expr:
    """``value`` as an exact number >= 0, else ``LawError``."""
    try:
        number = exact(value)
    except (TypeError, ValueError) as error:
        raise LawError(key, value, complaint(error), "a finite number >= 0") from error
    if number.is_nonnegative is not True:
        raise LawError(key, value, "negative", "a finite number >= 0")
    return number


def side_by_side(parts: Sequence[Law]) -> tuple[tuple[dict[sp.Basic, sp.Basic], ...], Arrays]:
    """New names for every part's data arrays, so that different data have different names; and the data by them.

    A single array keeps its name; the same data get the same name.
    """
    data = list(dict.fromkeys((_family(base), values) for part in parts for base, values in part.arrays.items()))
    alone = len(data) == len({family for family, _ in data})
    bases = {one: _base(one[0]) if alone else y.numbered(_base(one[0]), i) for i, one in enumerate(data)}
    names: tuple[dict[sp.Basic, sp.Basic], ...] = tuple(
        {base: bases[_family(base), values] for base, values in part.arrays.items()} for part in parts
    )
    return names, {base: values for (_, values), base in bases.items()}


def functions_of(parts: Sequence[Law], names: Sequence[Mapping[sp.Basic, sp.Basic]]) -> dict[sp.Basic, Any]:
    """Transform, distribution function and moments of part j for the functions that claims know them by."""
    return {
        part_transform: lambda j, at: parts[int(j) - 1].laplace_transform(at).xreplace(dict(names[int(j) - 1])),
        part_cdf: lambda j, at: parts[int(j) - 1].cdf(at),
        part_moment: lambda j, order: parts[int(j) - 1].moment(int(order)),
    }


def _family(base: sp.IndexedBase) -> str:
    return str(base.label).partition("_")[0]


def _base(family: str) -> sp.IndexedBase:
    return next(base for base in (y.atoms, y.atom_weights) if _family(base) == family)


def one_table(recipes: Sequence[DrawRecipe]) -> tuple[tuple[sp.Expr, ...], tuple[sp.Rational, ...]]:
    """The recipes' expressions over their tables laid end to end, and that table."""
    expressions: list[sp.Expr] = []
    entries: list[sp.Rational] = []
    for recipe in recipes:
        expressions.append(_moved(recipe.expression, len(entries)))
        entries += recipe.table
    return tuple(expressions), tuple(entries)


def _moved(expression: sp.Expr, by: int) -> sp.Expr:
    moved = {node: table[node.indices[0] + by] for node in expression.atoms(sp.Indexed)}
    moved |= {node: phase_walk(node.args[0], node.args[1] + by) for node in expression.atoms(phase_walk)}
    return expression.xreplace(moved)


def step(u: sp.Expr, value: sp.Expr, above: sp.Expr) -> sp.Expr:
    """``above`` from ``u`` = value on, 0 before; without a Piecewise where that is decided."""
    reached = sp.sympify(u) >= value
    return (
        above
        if reached == sp.true
        else sp.Integer(0)
        if reached == sp.false
        else sp.Piecewise((above, reached), (0, True))
    )
