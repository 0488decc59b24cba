"""Stage: rules about dividing by the staleness. Input: its transform, the damping. Output: what is left of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule
from derive.rules.laws import transform_of


@dataclass(frozen=True)
class AverageInverse(Rule):
    """E[1/(1 + K)] = int_0^1 E[z^K] dz, the law's transform put into E[z^K e^{-sT}] at s = 0.

    The second route differentiates: lambda times the mean grows with lambda by L(lambda), from 1 at lambda = 0.
    """

    transform: sp.Expr
    needs: tuple[Assumption, ...]
    label: ClassVar[str] = "integrate the generating function of the staleness"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """The law's own assumption."""
        return self.needs

    def apply(self, *inputs: Equation) -> Equation:
        """Put the law in and integrate."""
        counted = inputs[0].right.subs(y.s, 0).replace(transform_of, lambda at: self.transform.subs(y.s, at))
        mean = sp.simplify(sp.integrate(counted, (y.z, 0, 1), conds="none"))
        others = y.other_rate * y.mean_delay
        return Equation(y.mean_weight, sp.expand(mean * others) / others)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The derivative by lambda, and the limit of no other workers."""
        grown = sp.diff(y.other_rate * output.right, y.other_rate)
        yield sp.simplify(grown - self.transform.subs(y.s, y.other_rate))
        yield sp.limit(output.right, y.other_rate, 0) - 1


@dataclass(frozen=True)
class DivideLearningRate(Rule):
    """a with eta/(1 + E[K]) for eta: inputs the damping and the mean staleness; multiplying eta again is the check."""

    label: ClassVar[str] = "divide the learning rate by the mean staleness and one"

    def apply(self, *inputs: Equation) -> Equation:
        """Put the divided rate in."""
        divided = inputs[0].right.subs(y.learning_rate, y.learning_rate / (1 + inputs[1].right))
        return Equation(inputs[0].left, sp.simplify(divided))

    def named(self, *inputs: Equation) -> sp.Basic:
        """A damping coefficient still."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The output at eta (1 + E[K]) minus the first input."""
        whole = y.learning_rate * (1 + inputs[1].right)
        yield sp.simplify(output.right.subs(y.learning_rate, whole) - inputs[0].right)


@dataclass(frozen=True)
class ShareOfBest(Rule):
    """rho_best = r/r*: inputs the roots of the constant delay, the damping, r*; H must vanish at s = -rho_best r*.

    The principal branch is the rightmost root; beyond critical damping its real part counts, which no rule here takes.
    """

    label: ClassVar[str] = "divide by the decay rate at critical damping"
    requires: ClassVar = (assumptions.CONSTANT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Minus the root of branch 0 at that damping, over r*."""
        root = inputs[0].right.subs({y.branch: 0, y.damping: inputs[1].right})
        return Equation(y.share_of_best, sp.simplify(-root / inputs[2].right))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """r - a e^{r theta}."""
        rate = output.right * inputs[2].right
        yield rate - inputs[1].right * sp.exp(rate * y.mean_delay)
