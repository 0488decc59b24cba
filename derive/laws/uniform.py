"""The uniform law: a density of one height between two ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, standard_uniform
from derive.law import Ageing, LawError
from derive.laws.density_law import DensityLaw, nonnegative_parameter, positive_parameter


@dataclass(frozen=True)
class Uniform(DensityLaw):
    """Every duration between ``low`` >= 0 and ``high`` > low seconds is as likely as any other.

    f(u) = 1/(high - low); L(s) = exp(-s low) 1F1(1; 2; -s (high - low)), that is exp(-s low) (1 - exp(-x))/x with
    x = s (high - low), entire: at s = 0 there is neither a pole nor a root to clear.

    Example: ``Uniform(low=0, high=2).laplace_transform(sp.Integer(0)) == 1``.
    """

    low: sp.Expr
    high: sp.Expr
    name: ClassVar[str] = "uniform"
    symbolic_density: ClassVar[sp.Expr] = 1 / (y.longest - y.shortest)
    support: ClassVar[tuple[sp.Expr, sp.Expr]] = (y.shortest, y.longest)
    domain: ClassVar[sp.Basic] = y.longest > y.shortest

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", nonnegative_parameter("low", self.low))
        object.__setattr__(self, "high", positive_parameter("high", self.high))
        if (self.high - self.low).is_positive is not True:
            raise LawError("high", self.high, "not above low", f"a finite number > low = {self.low}")

    @property
    def mean(self) -> sp.Expr:
        """(low + high)/2."""
        return self.moment(1)

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """The two ends."""
        return {y.shortest: self.low, y.longest: self.high}

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-oo: a bounded law."""
        return -sp.oo

    @property
    def ageing(self) -> Ageing | None:
        """New longer than used: the hazard 1/(high - u) increases."""
        return "new longer than used"

    @property
    def draw(self) -> DrawRecipe:
        """low plus a share of the width."""
        return DrawRecipe(self.low + (self.high - self.low) * standard_uniform)

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> Uniform:
        """From a quarter below the first number up by the second."""
        low = number() - Fraction(1, 4)
        return cls(low, low + number())
