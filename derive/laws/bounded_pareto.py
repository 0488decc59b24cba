"""The Pareto law up to a bound: what a truncated one comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.draws import DrawRecipe, standard_uniform
from derive.laws.density_law import DensityLaw
from derive.laws.derived import moment_name
from derive.rules.calculus import Integrate
from derive.rules.laws import StateDensity
from derive.rules.standard_integrals import NameIntegral, power_law
from derive.standard_integrals import bounded_exponential_integral

Given = frozenset[Assumption]
SUPPORT = (y.scale, y.duration_bound)


@cache
def bounded_transform(density: sp.Expr, given: Given = assumptions.ALL) -> Derivation:
    """L(s) = alpha E_(alpha + 1)(b; s u_s)/(1 - b^-alpha) with b = A_b/u_s."""
    stated = Derivation("Laplace transform of the truncated Pareto law", given).then(StateDensity(density, *SUPPORT))
    return stated.then(NameIntegral(y.scale, _named, *SUPPORT)).concluded(stated.title, y.duration_bound > y.scale)


def _named(density: sp.Expr, x: sp.Expr) -> sp.Expr:
    order = power_law(density)
    end = y.duration_bound / y.scale
    return sp.simplify(density * y.u**order) * bounded_exponential_integral(order, end, x)


@cache
def bounded_moment(density: sp.Expr, order: int, given: Given = assumptions.ALL) -> Derivation:
    """E[tau^n] for alpha other than n."""
    stated = Derivation(f"{moment_name(order)} of the truncated Pareto law", given).then(
        StateDensity(density, *SUPPORT)
    )
    moment = Integrate(y.delay_moment[order], y.u**order, y.u, *SUPPORT, SUPPORT, ((y.tail_index, sp.Integer(order)),))
    return stated.then(moment).concluded(stated.title, sp.And(y.tail_index > order, y.duration_bound > y.scale))


@dataclass(frozen=True)
class BoundedPareto(DensityLaw):
    """The Pareto law of ``shape`` alpha and ``scale`` u_s seconds, given that tau <= ``end`` seconds, end > u_s.

    L(s) = alpha E_(alpha + 1)(b; s u_s)/(1 - b^-alpha) with b = end/u_s, entire; every moment is finite.

    Example: ``BoundedPareto(2, 1, 2).mean == sp.Rational(4, 3)``.
    """

    shape: sp.Expr
    scale: sp.Expr
    end: sp.Expr
    name: ClassVar[str] = "bounded_pareto"
    symbolic_density: ClassVar[sp.Expr] = (
        y.tail_index
        * y.scale**y.tail_index
        / y.u ** (y.tail_index + 1)
        / (1 - (y.scale / y.duration_bound) ** y.tail_index)
    )
    support: ClassVar[tuple[sp.Expr, sp.Expr]] = SUPPORT

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Shape, scale and bound."""
        return {y.tail_index: self.shape, y.scale: self.scale, y.duration_bound: self.end}

    @classmethod
    def transform_derivation(cls, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to L(s), in symbols."""
        return bounded_transform(cls.symbolic_density, given)

    @classmethod
    def moment_derivation(cls, n: int, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to E[tau^n], in symbols."""
        return bounded_moment(cls.symbolic_density, n, given)

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n]; where n is the shape, the limit as the shape goes there."""
        if n == 0 or sp.sympify(self.shape) != n:
            return super().moment(n)
        known = {y.scale: sp.sympify(self.scale), y.duration_bound: sp.sympify(self.end)}
        return sp.limit(self.moment_derivation(n).result.right.subs(known), y.tail_index, n)

    @property
    def mean(self) -> sp.Expr:
        """E[tau]."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-oo: no duration is longer than the bound."""
        return -sp.oo

    @property
    def draw(self) -> DrawRecipe:
        """The inverse of the distribution function at a uniform draw."""
        share = 1 - (self.scale / self.end) ** self.shape
        return DrawRecipe(self.scale * sp.exp(-sp.log(1 - share * standard_uniform) / self.shape))
