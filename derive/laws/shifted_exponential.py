"""The shifted exponential law: a shortest duration and an exponential tail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, standard_exponential
from derive.law import Ageing
from derive.laws.density_law import DensityLaw, nonnegative_parameter, positive_parameter


@dataclass(frozen=True)
class ShiftedExponential(DensityLaw):
    """``shift`` >= 0 seconds and then an exponential tail of mean ``tail_mean`` > 0 seconds.

    f(u) = exp(-(u - shift)/tail_mean)/tail_mean for u > shift; L(s) = exp(-s shift)/(1 + s tail_mean).

    Example: ``ShiftedExponential(shift=1, tail_mean=2).mean == 3``.
    """

    shift: sp.Expr
    tail_mean: sp.Expr
    name: ClassVar[str] = "shifted_exponential"
    symbolic_density: ClassVar[sp.Expr] = sp.exp(-(y.u - y.shift) / y.tail_mean) / y.tail_mean
    support: ClassVar[tuple[sp.Expr, sp.Expr]] = (y.shift, sp.oo)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shift", nonnegative_parameter("shift", self.shift))
        object.__setattr__(self, "tail_mean", positive_parameter("tail_mean", self.tail_mean))

    @property
    def mean(self) -> sp.Expr:
        """shift + tail_mean."""
        return self.moment(1)

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Shift and tail mean."""
        return {y.shift: self.shift, y.tail_mean: self.tail_mean}

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-1/tail_mean, the pole of L."""
        return -1 / self.tail_mean

    @property
    def ageing(self) -> Ageing | None:
        """New longer than used: the hazard jumps up at the shift; memoryless without a shift."""
        return "new longer than used" if self.shift.is_positive else "memoryless"

    @property
    def draw(self) -> DrawRecipe:
        """The shift plus tail_mean times a standard exponential."""
        return DrawRecipe(self.shift + self.tail_mean * standard_exponential)
