"""Stage: draws as source. Input: a node of a draw recipe. Output: its number, the span of its table, or a refusal."""

from __future__ import annotations

import sympy as sp

from derive.draws import RANDOM_NODES, DrawRecipe, standard_uniform, table


class RecipeError(ValueError):
    """The recipe holds something that the event loop cannot draw; the message shows the node and what is allowed."""

    def __init__(self, node: sp.Basic) -> None:
        super().__init__(
            f"the draw recipe holds {node}; allowed: the standard draws of derive.draws, real numbers, "
            "table[m + floor(n*standard_uniform)] within the table, the nodes independent_sum, chosen, accepted, "
            "ranked, phase_walk (within the table) and michael_schucany_haas, "
            " sums, products, powers, exp, log, Abs, floor and Piecewise of them"
        )


def is_constant(node: sp.Basic) -> bool:
    """True for a node without a standard draw and without a table entry."""
    return not node.free_symbols and not node.has(*RANDOM_NODES)


def number(node: sp.Expr) -> float:
    """The double nearest to a constant node; ``RecipeError`` where it is not a finite real number."""
    if isinstance(node, sp.Rational):
        return int(node.p) / int(node.q)
    value = sp.N(node, 40)
    if not (value.is_real and value.is_finite):
        raise RecipeError(node)
    return float(value)


def table_span(node: sp.Indexed, recipe: DrawRecipe) -> tuple[int, float]:
    """The m and n of table[m + floor(n*standard_uniform)]; ``RecipeError`` unless m >= 0, n > 0, m + n <= length."""
    first, index = node.indices[0].as_coeff_Add() if len(node.indices) == 1 else (sp.nan, sp.nan)
    factor = index.args[0] / standard_uniform if isinstance(index, sp.floor) else None
    if node.base != table or not first.is_Integer or factor is None or not is_constant(factor):
        raise RecipeError(node)
    if not (first >= 0 and number(factor) > 0 and int(first) + number(factor) <= len(recipe.table)):
        raise RecipeError(node)
    return int(first), number(factor)
