"""Laws whose density is a sum of c times Pareto densities of one scale: the order statistics of Pareto durations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.draws import DrawRecipe
from derive.law import Law
from derive.laws.pareto import Pareto


@dataclass(frozen=True)
class SignedParetos(Law):
    """``parts``: pairs (c, Pareto law) of one scale, sum of c = 1; ``recipe``: how it is drawn.

    P(tau > u) = sum c (u_s/u)^shape. A moment is infinite where that of the heaviest part is.

    Example: ``SignedParetos(((sp.Integer(3), Pareto(4, 1)), (sp.Integer(-2), Pareto(6, 1))), Pareto(4, 1).draw).mean ==
    sp.Rational(8, 5)``.
    """

    parts: tuple[tuple[sp.Expr, Pareto], ...]
    recipe: DrawRecipe
    name: ClassVar[str] = "signed_paretos"

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """The sum of the parts' transforms."""
        return sp.Add(*(c * part.laplace_transform(s) for c, part in self.parts))

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """The sum of the parts' distribution functions."""
        return sp.Add(*(c * part.cdf(u) for c, part in self.parts))

    def moment(self, n: int) -> sp.Expr:
        """The sum of the parts' moments, infinite where that of the heaviest part is."""
        if any(part.moment(n) == sp.oo for _, part in self.parts):
            return sp.oo
        return sp.Add(*(c * part.moment(n) for c, part in self.parts))

    @property
    def mean(self) -> sp.Expr:
        """E[tau]."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """0: no exponential moment is finite."""
        return sp.Integer(0)

    @property
    def branch_cut(self) -> sp.Expr | None:
        """From 0 to the left."""
        return sp.Integer(0)

    @property
    def draw(self) -> DrawRecipe:
        """As told."""
        return self.recipe


def ordered_paretos(law: Pareto, rank: int, count: int, recipe: DrawRecipe) -> SignedParetos:
    """The ``rank``-th shortest X_{k:n} of ``count`` Pareto durations.

    k C(n, k) (1 - S)^(k - 1) S^(n - k) f with S = (u_s/u)^alpha, and S^j f is a Pareto density of shape (j + 1) alpha
    over j + 1: c_i = (-1)^i C(k - 1, i) k C(n, k)/(n - k + 1 + i).
    """
    parts = []
    for i in range(rank):
        tails = count - rank + 1 + i
        weight = sp.Integer(-1) ** i * sp.binomial(rank - 1, i) * rank * sp.binomial(count, rank) / tails
        parts.append((weight, Pareto(tails * law.shape, law.scale)))
    return SignedParetos(tuple(parts), recipe)
