"""The Pareto law: no duration is shorter than its scale, and long ones are as rare as a power."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.draws import DrawRecipe, standard_exponential
from derive.law import LawError
from derive.laws.density_law import DensityLaw, positive_parameter
from derive.laws.derived import moment_name
from derive.rules.calculus import Integrate
from derive.rules.laws import StateDensity
from derive.rules.standard_integrals import NameIntegral, power_law
from derive.standard_integrals import exponential_integral

Given = frozenset[Assumption]


@cache
def named_transform(density: sp.Expr, given: Given = assumptions.ALL) -> Derivation:
    """L(s) = alpha E_(alpha + 1)(s u_s)."""
    stated = Derivation("Laplace transform of the Pareto law", given).then(StateDensity(density, y.scale))
    return stated.then(NameIntegral(y.scale, _named, y.scale))


def _named(density: sp.Expr, x: sp.Expr) -> sp.Expr:
    order = power_law(density)
    return sp.simplify(density * y.u**order) * exponential_integral(order, x)


@cache
def tail_moment(density: sp.Expr, order: int, given: Given = assumptions.ALL) -> Derivation:
    """E[tau^n] = alpha u_s^n/(alpha - n) for n < alpha."""
    stated = Derivation(f"{moment_name(order)} of the Pareto law", given).then(StateDensity(density, y.scale))
    weight, support = y.u**order, (y.scale, sp.oo)
    moment = Integrate(y.delay_moment[order], weight, y.u, *support, support, ((y.tail_index, sp.Integer(order)),))
    return stated.then(moment).concluded(stated.title, y.tail_index > order)


@dataclass(frozen=True)
class Pareto(DensityLaw):
    """The Pareto law of ``shape`` alpha > 1 and ``scale`` u_s > 0 seconds: P(tau > u) = (u_s/u)^alpha for u >= u_s.

    L(s) = alpha E_(alpha + 1)(s u_s) = alpha (s u_s)^alpha Gamma(-alpha, s u_s); E[tau^n] is infinite from n = alpha
    on, and for alpha <= 1 there is no mean. It ages neither way: nothing shorter than u_s, then ever longer.

    Example: ``Pareto(shape=3, scale=2).mean == 3``.
    """

    shape: sp.Expr
    scale: sp.Expr
    name: ClassVar[str] = "pareto"
    symbolic_density: ClassVar[sp.Expr] = y.tail_index * y.scale**y.tail_index / y.u ** (y.tail_index + 1)
    support: ClassVar[tuple[sp.Expr, sp.Expr]] = (y.scale, sp.oo)
    domain: ClassVar[sp.Basic] = y.tail_index > 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", positive_parameter("shape", self.shape))
        object.__setattr__(self, "scale", positive_parameter("scale", self.scale))
        if (self.shape > 1) == sp.false:
            raise LawError("shape", self.shape, "the mean is infinite", "a finite number > 1")

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Shape and scale."""
        return {y.tail_index: self.shape, y.scale: self.scale}

    def shortest_of(self, count: int) -> Pareto:
        """P(all > u) = (u_s/u)^(count alpha)."""
        return Pareto(count * self.shape, self.scale)

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> Pareto:
        """A shape above 2, so that the variance is finite."""
        return cls(2 + number(), number())

    @classmethod
    def transform_derivation(cls, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to L(s), in symbols."""
        return named_transform(cls.symbolic_density, given)

    @classmethod
    def moment_derivation(cls, n: int, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to E[tau^n], in symbols, for n below the shape."""
        return tail_moment(cls.symbolic_density, n, given)

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n], infinite from n = shape on."""
        return sp.oo if (self.shape <= n) == sp.true else super().moment(n)

    @property
    def mean(self) -> sp.Expr:
        """shape scale/(shape - 1)."""
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
        """scale times the exponential of an exponential draw over the shape."""
        return DrawRecipe(self.scale * sp.exp(standard_exponential / self.shape))
