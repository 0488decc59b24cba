"""Laws with the density sum of c u^p exp(-r u) on (0, end): what truncations and order statistics come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.draws import DrawRecipe
from derive.law import Law, Terms
from derive.laws.exponential_terms import cdf_of_terms, moment_of_terms, transform_of_terms


@dataclass(frozen=True)
class ExponentialPolynomial(Law):
    """``density``: pairs ((r, p), c); ``end``: seconds, oo included; ``recipe``: how it is drawn.

    L(s) = sum c Gamma(p + 1)/(s + r)^(p + 1), or for a finite end sum c end^(p + 1) 1F1(p + 1; p + 2; -(s + r) end)
    /(p + 1), which is entire.

    Example: ``ExponentialPolynomial((((sp.Integer(2), sp.Integer(0)), sp.Integer(2)),), sp.oo,
    DrawRecipe(standard_exponential / 2)).mean == sp.Rational(1, 2)``.
    """

    density: tuple[tuple[tuple[sp.Expr, sp.Expr], sp.Expr], ...]
    end: sp.Expr
    recipe: DrawRecipe
    name: ClassVar[str] = "exponential_polynomial"

    @property
    def terms(self) -> Terms:
        """{(r, p): c}, valid up to the end."""
        return dict(self.density)

    @property
    def exponential_terms(self) -> Terms | None:
        """The terms, where they hold for all durations."""
        return self.terms if self.end == sp.oo else None

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s), one function a term."""
        return transform_of_terms(self.terms, s, self.end)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """The integral of the density, 1 from the end on."""
        grown, before = cdf_of_terms(self.terms, u), sp.sympify(u) < self.end
        return grown if before == sp.true else sp.Piecewise((grown, before), (sp.Integer(1), True))

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n], one function a term."""
        return moment_of_terms(self.terms, n, self.end) if n else sp.Integer(1)

    @property
    def mean(self) -> sp.Expr:
        """E[tau]."""
        return self.moment(1)

    @property
    def variance(self) -> sp.Expr:
        """E[tau^2] - E[tau]^2."""
        return self.moment(2) - self.moment(1) ** 2

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """Minus the smallest rate, -oo where the density ends."""
        return -sp.oo if self.end != sp.oo else -sp.Min(*(rate for rate, _ in self.terms))

    @property
    def draw(self) -> DrawRecipe:
        """As told."""
        return self.recipe


def density_terms(law: Law) -> tuple[Terms | None, sp.Expr]:
    """The terms of the law's density, None if it has others, and where it ends."""
    return (law.terms, law.end) if isinstance(law, ExponentialPolynomial) else (law.exponential_terms, sp.oo)
