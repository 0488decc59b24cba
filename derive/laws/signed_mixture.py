"""Laws whose density is a sum of c times densities of one kind, c of either sign: order statistics by the shortest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.draws import DrawRecipe
from derive.law import Law


@dataclass(frozen=True)
class SignedMixture(Law):
    """``parts``: pairs (c, law) of one kind, sum of c = 1; ``recipe``: how it is drawn.

    P(tau > u) = sum c P(part > u). A moment is infinite where that of a part is.

    Example: ``SignedMixture(((sp.Integer(3), Pareto(4, 1)), (sp.Integer(-2), Pareto(6, 1))), Pareto(4, 1).draw).mean ==
    sp.Rational(8, 5)``.
    """

    parts: tuple[tuple[sp.Expr, Law], ...]
    recipe: DrawRecipe
    name: ClassVar[str] = "signed_mixture"

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """The sum of the parts' transforms."""
        return sp.Add(*(c * part.laplace_transform(s) for c, part in self.parts))

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """The sum of the parts' distribution functions."""
        return sp.Add(*(c * part.cdf(u) for c, part in self.parts))

    def moment(self, n: int) -> sp.Expr:
        """The sum of the parts' moments, infinite where that of a part is."""
        if any(part.moment(n) == sp.oo for _, part in self.parts):
            return sp.oo
        return sp.Add(*(c * part.moment(n) for c, part in self.parts))

    @property
    def mean(self) -> sp.Expr:
        """E[tau]."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """That of the part with the heaviest tail."""
        return sp.Max(*(part.abscissa_of_convergence for _, part in self.parts))

    @property
    def branch_cut(self) -> sp.Expr | None:
        """That of the parts, which are of one kind."""
        cuts = [part.branch_cut for _, part in self.parts if part.branch_cut is not None]
        return sp.Max(*cuts) if cuts else None

    @property
    def draw(self) -> DrawRecipe:
        """As told."""
        return self.recipe


def ordered_by_shortest(law: Law, rank: int, count: int, recipe: DrawRecipe) -> SignedMixture | None:
    """The ``rank``-th shortest X_{k:n} of ``count`` durations by the shortest of fewer; None where that is not closed.

    k C(n, k) (1 - S)^(k - 1) S^(n - k) f, and S^j f is the density of the shortest of j + 1 durations over j + 1:
    c_i = (-1)^i C(k - 1, i) k C(n, k)/(n - k + 1 + i).
    """
    parts = []
    for i in range(rank):
        tails = count - rank + 1 + i
        shortest = law.shortest_of(tails)
        if shortest is None:
            return None
        weight = sp.Integer(-1) ** i * sp.binomial(rank - 1, i) * rank * sp.binomial(count, rank) / tails
        parts.append((weight, shortest))
    return SignedMixture(tuple(parts), recipe)
