"""Stage: rules about shots of any weight. Input: noise intensity, or a limit. Output: variance of weighted shots (R1).

A filter, a loss, an age threshold or a queue gives a gradient a weight W and a delay. What it adds to the noise says
already how many squared weights a second there are: q = eta^2 sigma^2 Lambda E W^2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.modelling import _normal, gaussian_mean

_MEAN = sp.Dummy("m", positive=True)
_noise = sp.Dummy("z", real=True)


@dataclass(frozen=True)
class CampbellOfWeights(Rule):
    """V = q I (1 + h^2 V/sigma^2): a shot's second moment is that of its noise times 1 + h^2 V/sigma^2.

    Its weight multiplies both and is drawn with its delay alone, so that shots stay uncorrelated and their second
    moments add. The second route integrates a shot with a weight of two values, and its noise, over the normal law.
    """

    label: ClassVar[str] = "Campbell's theorem for weighted shots"
    requires: ClassVar = (
        *(assumptions.POISSON, assumptions.QUADRATIC, assumptions.NOISE, assumptions.STABLE),
        assumptions.DRAWN_WEIGHTS,
    )

    def apply(self, *inputs: Equation) -> Equation:
        """The read parameter has the second moment V, the noise sigma^2."""
        more = 1 + y.curvature**2 * y.variance / y.gradient_noise**2
        return Equation(y.variance, y.noise_intensity * y.second_moment_gain * more)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The rate of shots times their mean square, by integration, where q is the rate times that of their noise."""
        read, share, small, rate = (sp.Dummy(name, positive=True) for name in ("x", "c", "w", "Lambda"))
        gradient = y.curvature * read + y.gradient_noise * _normal
        shots, noises = (
            rate * (share * gaussian_mean((y.learning_rate * one) ** 2)
                    + (1 - share) * gaussian_mean((y.learning_rate * small * one) ** 2))
            for one in (gradient, y.gradient_noise * _normal)
        )  # fmt: skip
        averaged = sp.expand(shots).subs(read**2, y.variance)
        claimed = output.right.subs(y.noise_intensity, noises)
        yield sp.simplify(y.second_moment_gain * averaged - claimed)


@dataclass(frozen=True)
class SendAllFarOut(Rule):
    """The limit of all gradients, times the share of the squared gradient that is sent where the mean is large: 1.

    What a trigger holds back of m + Z is at most kappa in size, so that the share is at least 1 - kappa^2/(1 + m^2):
    seen from far out, scaled by the start, the mode has neither noise nor trigger, and a bounded change of every shot
    moves no limit of boundedness. The second route integrates what is sent and takes its limit term by term.
    """

    label: ClassVar[str] = "send everything far from the optimum"
    requires: ClassVar = (assumptions.TRIGGER, assumptions.NORMAL)

    def apply(self, *inputs: Equation) -> Equation:
        """Both bounds of the share meet."""
        least = sp.limit(1 - y.trigger**2 / (1 + _MEAN**2), _MEAN, sp.oo)
        return Equation(inputs[0].left, least * inputs[0].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Output over input, less the limit of E[(m + Z)^2; sent]/E (m + Z)^2."""
        density = sp.exp(-(_noise**2) / 2) / sp.sqrt(2 * sp.pi)
        sums = sp.integrate(sp.expand((_MEAN + _noise) ** 2) * density, _noise)
        held = sp.expand((sums.subs(_noise, 1 - _MEAN) - sums.subs(_noise, -1 - _MEAN)).replace(sp.erf, _complement))
        terms = (sp.limit(term / (1 + _MEAN**2), _MEAN, sp.oo) for term in sp.Add.make_args(held))
        yield sp.simplify(output.right / inputs[0].right - 1 + sum(terms, start=sp.Integer(0)))


def _complement(at: sp.Expr) -> sp.Expr:
    """erf by erfc of an argument that grows with the mean, which vanishes far out."""
    return 1 - sp.erfc(at) if sp.expand(at).coeff(_MEAN) > 0 else sp.erfc(-at) - 1
