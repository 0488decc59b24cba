"""Stage: rules about gradients applied while they are young. Input: what is truncated. Output: delay, count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import cdf_of, update_transform_of
from derive.rules.thinning import carried_out_exponentially


@dataclass(frozen=True)
class ConditionOnAge(Rule):
    """L_u(s) = L_W(s)/F(A): an applied gradient's delay is a cycle, given that it lasts at most A.

    Inputs: L_W, then p. The second route splits exponential cycles at A, where they start anew:
    L(s) = F(A) L_u(s) + (1 - F(A)) e^{-s A} L(s).
    """

    label: ClassVar[str] = "condition on being young enough"

    def apply(self, *inputs: Equation) -> Equation:
        """Joint over marginal."""
        return Equation(update_transform_of(y.s), inputs[0].right / inputs[1].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Exponential cycles, split at the age threshold."""
        positive, rate = sp.Dummy("s", positive=True), y.worker_rate
        delay = carried_out_exponentially(output.right.subs(y.s, positive)).doit()
        young = 1 - sp.exp(-rate * y.age_threshold)
        whole = rate / (rate + positive)
        late = (1 - young) * sp.exp(-positive * y.age_threshold) * whole
        yield sp.simplify(young * delay + late - whole)


@dataclass(frozen=True)
class CountOverYoungCycle(Rule):
    """E[K] = lambda E[tau]: over the cycle of an applied gradient the others make updates at their rate lambda.

    Inputs: lambda, then L_u, of which E[tau] is the slope. The others' stationary phases know nothing of the cycle, nor
    of its end. The second route finds the mean from the distribution function, exponential cycles put in.
    """

    label: ClassVar[str] = "count the others' updates over an applied cycle"
    requires: ClassVar = (assumptions.STATIONARY, assumptions.INDEPENDENT, assumptions.BUSY)

    def apply(self, *inputs: Equation) -> Equation:
        """Rate times mean."""
        (integral,) = inputs[1].right.atoms(sp.Integral)
        slope = sp.Integral(-sp.diff(integral.function, y.s).subs(y.s, 0), *integral.limits)
        return Equation(y.mean_staleness, inputs[0].right * inputs[1].right.xreplace({integral: slope}))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """lambda int_0^A (F(A) - F(u)) du/F(A)."""
        oldest = y.age_threshold
        area = sp.Integral(cdf_of(oldest) - cdf_of(y.u), (y.u, 0, oldest))
        expected = inputs[0].right * area / cdf_of(oldest)
        yield sp.simplify(carried_out_exponentially(expected - output.right).doit())
