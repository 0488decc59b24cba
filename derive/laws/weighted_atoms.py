"""Laws of finitely many values with probabilities of their own: truncated and ordered measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe
from derive.law import Law
from derive.laws.composition import Arrays, step


@dataclass(frozen=True)
class WeightedAtoms(Law):
    """The probability ``shares[j]`` on ``values[j]`` seconds; ``recipe``: how it is drawn.

    L(s) = sum_j phat_j exp(-s tauhat_j), one indexed sum over the data, never unrolled.

    Example: ``WeightedAtoms((sp.Integer(0), sp.Integer(3)), (sp.Rational(1, 3), sp.Rational(2, 3)),
    DrawRecipe(sp.Integer(3))).mean == 2``.
    """

    values: tuple[sp.Expr, ...] = field(repr=False)
    shares: tuple[sp.Expr, ...] = field(repr=False)
    recipe: DrawRecipe = field(repr=False)
    name: ClassVar[str] = "weighted_atoms"

    @property
    def arrays(self) -> Arrays:
        """The values behind tauhat[j] and the probabilities behind phat[j]."""
        return {y.atoms: self.values, y.atom_weights: self.shares}

    @property
    def masses(self) -> Mapping[sp.Expr, sp.Expr]:
        """The probability of each value."""
        return dict(zip(self.values, self.shares, strict=True))

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) as one sum over the data."""
        term = y.atom_weights[y.j] * sp.exp(-s * y.atoms[y.j])
        return sp.Sum(term, (y.j, 0, len(self.values) - 1))

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """The probabilities of the values at most u."""
        return sp.Add(*(step(u, value, share) for value, share in self.masses.items()))

    def moment(self, n: int) -> sp.Expr:
        """The weighted mean of the n-th powers."""
        return sp.Add(*(share * value**n for value, share in self.masses.items()))

    @property
    def mean(self) -> sp.Expr:
        """The weighted mean of the values."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-oo: a bounded law."""
        return -sp.oo

    @property
    def draw(self) -> DrawRecipe:
        """As told."""
        return self.recipe
