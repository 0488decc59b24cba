"""Stage: laws that another law says. Input: that law. Output: its transform, moments and data under another name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import sympy as sp

from derive.law import Law, Terms
from derive.laws.composition import Arrays


class Restated(Law):
    """A law that is ``restated`` as another one, whose parts it takes over; it says itself how it is drawn."""

    @property
    @abstractmethod
    def restated(self) -> Law:
        """The same law in other words."""

    @property
    def arrays(self) -> Arrays:
        """The data of the law it is."""
        return self.restated.arrays

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) of the law it is."""
        return self.restated.laplace_transform(s)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u) of the law it is."""
        return self.restated.cdf(u)

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n] of the law it is."""
        return self.restated.moment(n)

    def central_moment(self, n: int) -> sp.Expr:
        """E[(tau - E tau)^n], not simplified: with incomplete gamma functions in it that would take seconds."""
        terms = (sp.binomial(n, i) * self.moment(i) * (-self.mean) ** (n - i) for i in range(n + 1))
        return sp.Add(*terms)

    @property
    def mean(self) -> sp.Expr:
        """E[tau] of the law it is."""
        return self.restated.mean

    @property
    def variance(self) -> sp.Expr:
        """Var[tau] of the law it is."""
        return self.restated.variance

    @property
    def masses(self) -> Mapping[sp.Expr, sp.Expr] | None:
        """The values of the law it is."""
        return self.restated.masses

    @property
    def exponential_terms(self) -> Terms | None:
        """The terms of the law it is."""
        return self.restated.exponential_terms

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """Where the transform of the law it is converges."""
        return self.restated.abscissa_of_convergence

    @property
    def branch_cut(self) -> sp.Expr | None:
        """The cut of the transform of the law it is."""
        return self.restated.branch_cut


def plain(law: Law) -> Law:
    """The law itself, behind any number of restatements."""
    while isinstance(law, Restated):
        law = law.restated
    return law
