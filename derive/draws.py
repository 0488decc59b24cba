"""Stage: draws. Input: symbols. Output: the standard draws in which every law states how to draw it.

A recipe is one SymPy expression in the standard draws below and exact numbers. The event loop prints the
recipe as source code; it takes nothing else from derive. Every occurrence of a standard draw in a recipe
is one independent draw of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

standard_exponential = sp.Symbol("standard_exponential", positive=True)
standard_normal = sp.Symbol("standard_normal", real=True)
standard_uniform = sp.Symbol("standard_uniform", nonnegative=True)  # on [0, 1)
table = sp.IndexedBase("table")


class standard_gamma(sp.Function):  # noqa: N801  (a standard draw is written like the others, in lower case)
    """A gamma draw of the given shape and scale 1, as a node of a recipe."""


@dataclass(frozen=True)
class DrawRecipe:
    """How to draw one duration: an expression in the standard draws, and the table it may index.

    An exponential duration of mean 2 is ``DrawRecipe(2 * standard_exponential)``, one of three measured values
    ``DrawRecipe(table[sp.floor(3 * standard_uniform)], (1, 2, 5))``.

    Example: ``DrawRecipe(table[sp.floor(3 * standard_uniform)], (1, 2, 5)).table == (1, 2, 5)``.
    """

    expression: sp.Expr
    table: tuple[sp.Rational, ...] = field(default=(), repr=False)
