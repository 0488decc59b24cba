"""The exponential law: density exp(-u/theta)/theta."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, standard_exponential
from derive.law import Ageing, Terms
from derive.laws.density_law import DensityLaw, positive_parameter


@dataclass(frozen=True)
class Exponential(DensityLaw):
    """The exponential law of mean ``mean`` > 0 seconds, f(u) = exp(-u/mean)/mean; L(s) = 1/(1 + s mean).

    Example: ``Exponential(mean=2).moment(2) == 8``.
    """

    mean: sp.Expr
    name: ClassVar[str] = "exponential"
    symbolic_density: ClassVar[sp.Expr] = sp.exp(-y.u / y.mean_delay) / y.mean_delay

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", positive_parameter("mean", self.mean))

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """The mean."""
        return {y.mean_delay: self.mean}

    @property
    def exponential_terms(self) -> Terms:
        """One term."""
        return {(1 / self.mean, sp.Integer(0)): 1 / self.mean}

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-1/mean, the pole of L."""
        return -1 / self.mean

    @property
    def ageing(self) -> Ageing | None:
        """Memoryless, the only such law."""
        return "memoryless"

    @property
    def draw(self) -> DrawRecipe:
        """mean times a standard exponential."""
        return DrawRecipe(self.mean * standard_exponential)
