"""The constant law: one atom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.draws import DrawRecipe
from derive.exact import complaint, exact
from derive.law import Ageing, Law, LawError


@dataclass(frozen=True)
class Constant(Law):
    """Every duration equals ``value`` >= 0 seconds; L(s) = exp(-s value).

    Example: ``Constant(2).moment(3) == 8``.
    """

    value: sp.Expr
    name: ClassVar[str] = "constant"

    def __post_init__(self) -> None:
        allowed = "a finite number >= 0"
        try:
            number = exact(self.value)
        except (TypeError, ValueError) as error:
            raise LawError("value", self.value, complaint(error), allowed) from error
        if number.is_nonnegative is not True:
            raise LawError("value", self.value, "negative", allowed)
        object.__setattr__(self, "value", number)

    @property
    def mean(self) -> sp.Expr:
        """The value."""
        return self.value

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = exp(-s value)."""
        return sp.exp(-s * self.value)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """0 before the value, 1 from it on."""
        return sp.Piecewise((sp.Integer(0), u < self.value), (sp.Integer(1), True))

    def moment(self, n: int) -> sp.Expr:
        """value^n."""
        return self.value**n

    @property
    def masses(self) -> Mapping[sp.Expr, sp.Expr]:
        """All of it on the value."""
        return {self.value: sp.Integer(1)}

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-oo: a bounded law."""
        return -sp.oo

    @property
    def ageing(self) -> Ageing | None:
        """New longer than used: it ends at one instant."""
        return "new longer than used"

    @property
    def draw(self) -> DrawRecipe:
        """No randomness."""
        return DrawRecipe(self.value)
