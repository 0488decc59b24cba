"""The gamma law of any shape; Erlang for an integer shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, standard_gamma
from derive.law import Ageing, Terms
from derive.laws.density_law import DensityLaw, positive_parameter


@dataclass(frozen=True)
class Gamma(DensityLaw):
    """The gamma law of ``shape`` k > 0 and ``mean`` > 0 seconds; L(s) = (k/(k + s mean))^k.

    f(u) = (k/mean)^k u^(k-1) exp(-k u/mean)/Gamma(k); squared coefficient of variation 1/k.

    Example: ``Gamma(shape=4, mean=1).variance == sp.Rational(1, 4)``.
    """

    shape: sp.Expr
    mean: sp.Expr
    name: ClassVar[str] = "gamma"
    symbolic_density: ClassVar[sp.Expr] = (
        (y.shape / y.mean_delay) ** y.shape
        * y.u ** (y.shape - 1)
        * sp.exp(-y.shape * y.u / y.mean_delay)
        / sp.gamma(y.shape)
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", positive_parameter("shape", self.shape))
        object.__setattr__(self, "mean", positive_parameter("mean", self.mean))

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Shape and mean."""
        return {y.shape: self.shape, y.mean_delay: self.mean}

    @property
    def exponential_terms(self) -> Terms:
        """One term."""
        rate = self.shape / self.mean
        return {(rate, self.shape - 1): rate**self.shape / sp.gamma(self.shape)}

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-shape/mean: a pole for an integer shape, else the branch point of L."""
        return -self.shape / self.mean

    @property
    def branch_cut(self) -> sp.Expr | None:
        """From -shape/mean to the left, unless the shape is an integer."""
        return None if self.shape.is_integer else self.abscissa_of_convergence

    @property
    def ageing(self) -> Ageing | None:
        """By the hazard, which increases for a shape above 1 and decreases for one below."""
        if self.shape == 1:
            return "memoryless"
        above = (self.shape - 1).is_positive
        return None if above is None else "new longer than used" if above else "new shorter than used"

    @property
    def draw(self) -> DrawRecipe:
        """mean/shape times a standard gamma."""
        return DrawRecipe(self.mean / self.shape * standard_gamma(self.shape))
