"""Stage: rules about a spectrum of curvatures. Input: V of one mode. Output: the sum of risks over all modes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule


@dataclass(frozen=True)
class SumOverModes(Rule):
    """R = d_m eta sigma^2 (1 + eta M hbar)/4: sum over modes of h V/2, which is linear in h for exponential delays.

    Inputs: V of one mode, a and q. So a list and a density of eigenvalues tell the same by their mean hbar. The second
    route adds up two and three modes of unlike curvatures.
    """

    label: ClassVar[str] = "add up the modes' excess risks"
    requires: ClassVar = (assumptions.QUADRATIC,)

    def apply(self, *inputs: Equation) -> Equation:
        """Constant and slope in h; ``ValueError`` where the risk of a mode is not linear."""
        risk = sp.expand(_risk(inputs))
        constant, slope = risk.subs(y.curvature, 0), sp.diff(risk, y.curvature)
        if slope.has(y.curvature):
            raise ValueError(f"the excess risk {risk} is not linear in the curvature")
        return Equation(y.excess_risk, y.modes * sp.factor(constant + slope * y.mean_curvature))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Modes of curvatures 1, 3 and 1/2, 2, 7."""
        for curvatures in ((1, 3), (sp.Rational(1, 2), 2, 7)):
            total = sp.Add(*(_risk(inputs).subs(y.curvature, h) for h in curvatures))
            mean = sp.Add(*curvatures) / sp.Integer(len(curvatures))
            at = {y.modes: len(curvatures), y.mean_curvature: mean}
            yield sp.simplify(total - output.right.subs(at, simultaneous=True))


def _risk(inputs: tuple[Equation, ...]) -> sp.Expr:
    """h V/2 of one mode."""
    variance = inputs[0].right.subs({y.damping: inputs[1].right, y.noise_intensity: inputs[2].right}, simultaneous=True)
    return sp.cancel(sp.together(y.curvature * variance / 2))
