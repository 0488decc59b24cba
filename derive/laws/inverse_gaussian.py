"""The inverse Gaussian law: when a drifting Brownian motion first reaches a level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.draws import DrawRecipe, michael_schucany_haas
from derive.laws.density_law import DensityLaw, positive_parameter
from derive.rules.laws import StateDensity
from derive.rules.tilting import Tilt, TwoNormalTails

Given = frozenset[Assumption]


@cache
def tilted_transform(density: sp.Expr, given: Given = assumptions.ALL) -> Derivation:
    """L(s) = exp((k/theta)(1 - sqrt(1 + 2 theta^2 s/k)))."""
    stated = Derivation("Laplace transform of the inverse Gaussian law", given).then(StateDensity(density))
    return stated.then(Tilt(y.mean_delay))


@cache
def normal_tails(density: sp.Expr, given: Given = assumptions.ALL) -> Derivation:
    """F(t) by two tails of the normal law."""
    stated = Derivation("distribution function of the inverse Gaussian law", given).then(StateDensity(density))
    return stated.then(TwoNormalTails())


@dataclass(frozen=True)
class InverseGaussian(DensityLaw):
    """The inverse Gaussian law of ``mean`` > 0 seconds and ``shape`` k > 0 seconds.

    f(u) = sqrt(k/(2 pi u^3)) exp(-k (u - mean)^2/(2 mean^2 u)); L(s) = exp((k/mean)(1 - sqrt(1 + 2 mean^2 s/k)));
    squared coefficient of variation mean/k. Its hazard rises and then falls: it ages neither way.

    Example: ``InverseGaussian(mean=2, shape=4).variance == 2``.
    """

    mean: sp.Expr
    shape: sp.Expr
    name: ClassVar[str] = "inverse_gaussian"
    symbolic_density: ClassVar[sp.Expr] = sp.sqrt(y.level_shape / (2 * sp.pi * y.u**3)) * sp.exp(
        -y.level_shape * (y.u - y.mean_delay) ** 2 / (2 * y.mean_delay**2 * y.u)
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", positive_parameter("mean", self.mean))
        object.__setattr__(self, "shape", positive_parameter("shape", self.shape))

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Mean and shape."""
        return {y.mean_delay: self.mean, y.level_shape: self.shape}

    @classmethod
    def transform_derivation(cls, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to L(s), in symbols."""
        return tilted_transform(cls.symbolic_density, given)

    @classmethod
    def cdf_derivation(cls, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to F(t), in symbols."""
        return normal_tails(cls.symbolic_density, given)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u), 0 at u = 0, where the derived form has no value."""
        return sp.Piecewise((sp.Integer(0), u <= 0), (super().cdf(u), True))

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-shape/(2 mean^2), the branch point of the root."""
        return -self.shape / (2 * self.mean**2)

    @property
    def branch_cut(self) -> sp.Expr | None:
        """From the abscissa to the left."""
        return self.abscissa_of_convergence

    @property
    def draw(self) -> DrawRecipe:
        """Of the two roots of (u - mean)^2 = mean^2 u N^2/shape, N normal, the smaller with its probability."""
        return DrawRecipe(self.mean * michael_schucany_haas(self.mean / self.shape))
