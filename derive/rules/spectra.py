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


@dataclass(frozen=True)
class AverageOverCurvatures(Rule):
    """R = d_m E[h V/2], h uniform from h_min to h_max, for a constant delay: ln of a ratio of 1 - sin(eta M h).

    Inputs: V of one mode, a and q. ``apply`` knows the risk by x = a theta as a slope, that of -ln(1 - sin x). The
    second route differentiates R (h_max - h_min) by h_max, which must be the risk there, and lets it vanish.
    """

    label: ClassVar[str] = "average the excess risk over the curvatures"
    requires: ClassVar = (assumptions.QUADRATIC,)

    def apply(self, *inputs: Equation) -> Equation:
        """The integral of the risk of one mode, by substitution."""
        product = y.learning_rate * y.workers  # a theta per curvature
        phase = sp.Dummy("x", positive=True)
        grows = -sp.diff(sp.log(1 - sp.sin(phase)), phase)
        scale = sp.simplify(_risk(inputs).subs(y.curvature, phase / product) / grows)
        if scale.has(phase):
            raise ValueError("the excess risk of a mode is no multiple of the slope of -ln(1 - sin(a theta))")
        low, high = (product * end for end in (y.least_curvature, y.greatest_curvature))
        logs = sp.log((1 - sp.sin(low)) / (1 - sp.sin(high)))
        return Equation(y.excess_risk, sp.factor(sp.cancel(scale / (high - low))) * y.modes * logs)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The risk of the steepest mode; nothing where the range is empty."""
        added = sp.cancel(output.right * (y.greatest_curvature - y.least_curvature) / y.modes)
        steepest = _risk(inputs).subs(y.curvature, y.greatest_curvature)
        yield sp.simplify(sp.diff(added, y.greatest_curvature) - steepest)
        yield sp.simplify(added.subs(y.greatest_curvature, y.least_curvature))


def _risk(inputs: tuple[Equation, ...]) -> sp.Expr:
    """h V/2 of one mode."""
    variance = inputs[0].right.subs({y.damping: inputs[1].right, y.noise_intensity: inputs[2].right}, simultaneous=True)
    return sp.cancel(sp.together(y.curvature * variance / 2))
