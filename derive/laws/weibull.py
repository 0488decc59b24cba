"""The Weibull law: the hazard is a power of the age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.draws import DrawRecipe, standard_exponential
from derive.law import Ageing
from derive.laws.density_law import DensityLaw, positive_parameter
from derive.laws.derived import moment_name
from derive.rules.calculus import Integrate
from derive.rules.laws import StateDensity
from derive.rules.standard_integrals import NameIntegral
from derive.standard_integrals import weibull_integral

Given = frozenset[Assumption]


def _named(density: sp.Expr, x: sp.Expr) -> sp.Expr:
    shape = sp.simplify(sp.E * density.subs(y.u, 1))
    known = shape * y.u ** (shape - 1) * sp.exp(-(y.u**shape))
    if sp.simplify(density / known) != 1:
        raise ValueError(f"no Weibull density of scale 1: {density}")
    return weibull_integral(sp.Integer(0), shape, x)


@cache
def named_transform(density: sp.Expr, given: Given = assumptions.ALL) -> Derivation:
    """L(s) = W_0(k; s u_s)."""
    stated = Derivation("Laplace transform of the Weibull law", given).then(StateDensity(density))
    return stated.then(NameIntegral(y.scale, _named))


@cache
def power_moment(density: sp.Expr, order: int, given: Given = assumptions.ALL) -> Derivation:
    """E[tau^n] = u_s^n Gamma(1 + n/k)."""
    stated = Derivation(f"{moment_name(order)} of the Weibull law", given).then(StateDensity(density))
    return stated.then(Integrate(y.delay_moment[order], y.u**order, y.u, sp.Integer(0), sp.oo))


@dataclass(frozen=True)
class Weibull(DensityLaw):
    """The Weibull law of ``shape`` k > 0 and ``scale`` u_s > 0 seconds: P(tau > u) = exp(-(u/u_s)^k).

    E[tau^n] = u_s^n Gamma(1 + n/k). L(s) = W_0(k; s u_s) is entire for k > 1 and elementary for k = 1, the exponential
    law; for k < 1 it converges where Re s >= 0 alone.

    Example: ``Weibull(shape="1/2", scale=3).mean == 6``.
    """

    shape: sp.Expr
    scale: sp.Expr
    name: ClassVar[str] = "weibull"
    symbolic_density: ClassVar[sp.Expr] = (
        y.hazard_shape
        / y.scale
        * (y.u / y.scale) ** (y.hazard_shape - 1)
        * sp.exp(-((y.u / y.scale) ** y.hazard_shape))
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", positive_parameter("shape", self.shape))
        object.__setattr__(self, "scale", positive_parameter("scale", self.scale))

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Shape and scale."""
        return {y.hazard_shape: self.shape, y.scale: self.scale}

    def shortest_of(self, count: int) -> Weibull:
        """P(all > u) = exp(-count (u/u_s)^k): the scale is divided by count^(1/k)."""
        return Weibull(self.shape, self.scale * sp.Integer(count) ** (-1 / self.shape))

    @classmethod
    def transform_derivation(cls, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to L(s), in symbols."""
        return named_transform(cls.symbolic_density, given)

    @classmethod
    def moment_derivation(cls, n: int, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to E[tau^n], in symbols."""
        return power_moment(cls.symbolic_density, n, given)

    @property
    def mean(self) -> sp.Expr:
        """scale Gamma(1 + 1/shape)."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-oo for a shape above 1, -1/scale for the exponential law, 0 for a heavy tail."""
        if (self.shape - 1).is_zero:
            return -1 / self.scale
        return -sp.oo if (self.shape > 1) == sp.true else sp.Integer(0)

    @property
    def branch_cut(self) -> sp.Expr | None:
        """From 0 to the left for a shape below 1, else none."""
        return sp.Integer(0) if self.abscissa_of_convergence == 0 else None

    @property
    def ageing(self) -> Ageing | None:
        """By the hazard k (u/u_s)^(k - 1)/u_s, which increases for a shape above 1 and decreases for one below."""
        if (self.shape - 1).is_zero:
            return "memoryless"
        above = (self.shape - 1).is_positive
        return None if above is None else "new longer than used" if above else "new shorter than used"

    @property
    def draw(self) -> DrawRecipe:
        """scale times a power of an exponential draw."""
        return DrawRecipe(self.scale * standard_exponential ** (1 / self.shape))
