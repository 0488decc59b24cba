"""Beta laws on an interval: the order statistics of uniform durations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.draws import DrawRecipe
from derive.law import Law


@dataclass(frozen=True)
class ScaledBeta(Law):
    """``low`` + ``width`` B seconds, B the k-th of n uniform shares: k = ``rank``, n = ``count``; drawn by ``recipe``.

    L(s) = exp(-s low) 1F1(k; n + 1; -s width), entire.

    Example: ``ScaledBeta(1, 2, sp.Integer(1), sp.Integer(3), DrawRecipe(sp.Integer(0))).mean == 2``.
    """

    rank: int
    count: int
    low: sp.Expr
    width: sp.Expr
    recipe: DrawRecipe
    name: ClassVar[str] = "scaled_beta"

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s), Kummer's function."""
        kummer = sp.hyper((self.rank,), (self.count + 1,), -s * self.width)
        return sp.exp(-s * self.low) * kummer if s != 0 else sp.Integer(1)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """At least k of n uniform durations are at most u."""
        share = sp.Max(0, sp.Min(1, (u - self.low) / self.width))
        few = range(self.rank, self.count + 1)
        return sp.Add(*(sp.binomial(self.count, j) * share**j * (1 - share) ** (self.count - j) for j in few))

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n] by the binomial theorem; E B^j = (k)_j/(n + 1)_j in rising factorials."""
        beta = [sp.rf(self.rank, j) / sp.rf(self.count + 1, j) for j in range(n + 1)]
        terms = (sp.binomial(n, j) * self.low ** (n - j) * self.width**j * beta[j] for j in range(n + 1))
        return sp.Add(*terms)

    @property
    def mean(self) -> sp.Expr:
        """low + width k/(n + 1)."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-oo: a bounded law."""
        return -sp.oo

    @property
    def draw(self) -> DrawRecipe:
        """As told."""
        return self.recipe
