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


class phase_walk(sp.Function):  # noqa: N801
    """``phase_walk(n, at)``: the time a walk through n phases takes, told by the table from row ``at`` on.

    n cumulative probabilities of the first phase, n mean durations, then for each phase n cumulative probabilities
    of the next one; what they lack to 1 is the end.
    """


class michael_schucany_haas(sp.Function):  # noqa: N801
    """``michael_schucany_haas(c)``: an inverse Gaussian draw of mean 1 and variance c, from a normal and a uniform.

    With w = c N^2 the two roots of (x - 1)^2 = w x are x = 1 + w/2 - sqrt(w + w^2/4), formed without cancellation as
    1/(1 + w/2 + sqrt(w + w^2/4)), and 1/x; the smaller is taken with probability 1/(1 + x) (Michael, Schucany and
    Haas, The American Statistician 30, 1976).
    """


# SymPy would write E + E as 2 E and drop the second of two equal conditions, which are other laws. These nodes keep
# every draw apart, because a function's arguments are never collected.


class independent_sum(sp.Function):  # noqa: N801
    """The sum of its arguments, drawn one after the other."""


class chosen(sp.Function):  # noqa: N801
    """``chosen(F_1, d_1, F_2, d_2, ..., d_n)``: one uniform U, then d_i for the first U < F_i, else d_n."""


class accepted(sp.Function):  # noqa: N801
    """``accepted(d, A)``: draws of d until one is at most the number A."""


class ranked(sp.Function):  # noqa: N801
    """``ranked(d, k, n)``: the k-th smallest of n draws of d, k and n integers."""


RANDOM_NODES = (standard_gamma, independent_sum, chosen, accepted, ranked, phase_walk, michael_schucany_haas)


@dataclass(frozen=True)
class DrawRecipe:
    """How to draw one duration: an expression in the standard draws, and the table it may index.

    An exponential duration of mean 2 is ``DrawRecipe(2 * standard_exponential)``, one of three measured values
    ``DrawRecipe(table[sp.floor(3 * standard_uniform)], (1, 2, 5))``.

    Example: ``DrawRecipe(table[sp.floor(3 * standard_uniform)], (1, 2, 5)).table == (1, 2, 5)``.
    """

    expression: sp.Expr
    table: tuple[sp.Rational, ...] = field(default=(), repr=False)
