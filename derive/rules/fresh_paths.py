"""Stage: rules about paths of fresh gradients. Input: the factor of an update, V. Output: mean and E x^2 by updates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

mean_after = sp.Function("xbar")
square_after = sp.Function("V")
_KEPT = 1 - y.learning_rate * y.curvature


@dataclass(frozen=True)
class MeanAfterUpdates(Rule):
    """m_j = x0 z^j after j updates, z the factor of one; the second route makes one update more, and none."""

    label: ClassVar[str] = "multiply by the factor of every update"

    def apply(self, *inputs: Equation) -> Equation:
        """A power."""
        return Equation(mean_after(y.j), y.initial * inputs[0].right ** y.j)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """m_{j+1} = m_j - eta h m_j, and the start."""
        path = sp.Lambda(y.j, output.right)
        yield sp.simplify(path(y.j + 1) - _KEPT * path(y.j))
        yield path(0) - y.initial


@dataclass(frozen=True)
class SecondMomentAfterUpdates(Rule):
    """E x_j^2 = V + (x0^2 - V)(1 - eta h)^(2 j): what is missing of the stationary V fades by the squared factor.

    The second route makes one update more, with the noise of a mean of n_B gradients, and none.
    """

    label: ClassVar[str] = "let the variance relax"
    requires: ClassVar = (assumptions.FRESH, assumptions.QUADRATIC, assumptions.NOISE)

    def apply(self, *inputs: Equation) -> Equation:
        """A fixed point and a power."""
        still = inputs[0].right
        return Equation(square_after(y.j), still + (y.initial**2 - still) * _KEPT ** (2 * y.j))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E x_{j+1}^2 = (1 - eta h)^2 E x_j^2 + eta^2 sigma^2/n_B, and the start."""
        path = sp.Lambda(y.j, output.right)
        added = (y.learning_rate * y.gradient_noise) ** 2 / y.batch
        yield sp.simplify(path(y.j + 1) - _KEPT**2 * path(y.j) - added)
        yield sp.simplify(path(0) - y.initial**2)


@dataclass(frozen=True)
class TimeToLevel(Rule):
    """T = ln(|x0|/x_eps)/r: the mean decays by e^{-r t} from the first update on; the second route puts it back."""

    label: ClassVar[str] = "set the mean to the level"

    def apply(self, *inputs: Equation) -> Equation:
        """From the decay rate r."""
        return Equation(y.training_time, sp.log(sp.Abs(y.initial) / y.level) / inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """|x0| z^(T/T_u) over the level, its logarithm."""
        updates = output.right / y.update_time
        yield sp.simplify(sp.log(sp.Abs(y.initial) / y.level) + updates * sp.log(sp.Abs(_KEPT)))
