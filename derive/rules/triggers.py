"""Stage: rules about event triggers. Input: normal noise. Output: how much of a gradient a trigger lets through.

In units of the noise's standard deviation a gradient is m + Z, Z normal; it is sent where |m + Z| >= kappa. With
several modes the norm decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_z = sp.Dummy("z", real=True)
_m = sp.Dummy("m", real=True)
_x = sp.Dummy("x", positive=True)
_DENSITY = sp.exp(-(_z**2) / 2) / sp.sqrt(2 * sp.pi)


def _beyond(integrand: sp.Expr, edge: sp.Expr) -> sp.Expr:
    """The integral of an even integrand against the normal density over |z| >= edge."""
    positive = sp.Dummy("k", positive=True)
    found = sp.expand(sp.simplify(2 * sp.integrate(integrand * _DENSITY, (_z, positive, sp.oo))))
    return sp.expand(found.replace(sp.erf, lambda at: 1 - sp.erfc(at))).subs(positive, edge)


@dataclass(frozen=True)
class TriggerGain(Rule):
    """G = d/dm E[(m + Z) 1(|m + Z| >= kappa)] at m = 0 = E[Z^2 1(|Z| >= kappa)] (the score of the normal density).

    The second route shifts the limits of integration instead of the density, and differentiates the result.
    """

    label: ClassVar[str] = "differentiate the mean of a triggered gradient"
    requires: ClassVar = (assumptions.TRIGGER, assumptions.NORMAL, assumptions.SMALL_MEAN, assumptions.QUADRATIC)

    def apply(self, *inputs: Equation) -> Equation:
        """The derivative of the density by its mean is Z times the density."""
        return Equation(y.trigger_gain, _beyond(_z**2, y.trigger))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The mean as a function of m, from antiderivatives between shifted limits, differentiated at 0."""
        antiderivative = sp.integrate((_m + _z) * _DENSITY, _z)
        ends = (antiderivative.subs(_z, end - _m) for end in (y.trigger, -y.trigger))
        upper, lower = ends
        inside = sp.diff(upper - lower, _m).subs(_m, 0)
        yield sp.simplify(1 - inside - output.right.rewrite(sp.erf))


@dataclass(frozen=True)
class TriggeredNoise(Rule):
    """E[Z^2 1(|Z| >= kappa)]: the second moment of what is sent is multiplied by the same factor as the mean.

    ``apply`` integrates by parts; the second route differentiates by kappa, and sends everything at kappa = 0.
    """

    label: ClassVar[str] = "integrate the square of a triggered gradient"
    requires: ClassVar = (assumptions.TRIGGER, assumptions.NORMAL, assumptions.SMALL_MEAN)

    def apply(self, *inputs: Equation) -> Equation:
        """-z phi is an antiderivative of (z^2 - 1) phi."""
        boundary = 2 * (_z * _DENSITY).subs(_z, y.trigger)
        tail = _beyond(sp.Integer(1), y.trigger)
        return Equation(y.trigger_gain, sp.expand(boundary + tail))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """-2 kappa^2 phi(kappa), and 1 at 0."""
        yield sp.simplify(sp.diff(output.right, y.trigger) + 2 * (_z**2 * _DENSITY).subs(_z, y.trigger))
        yield output.right.subs(y.trigger, 0) - 1


@dataclass(frozen=True)
class SentFraction(Rule):
    """p = P(|Z| >= kappa), or of d modes P(chi^2_d >= kappa^2): at the optimum a gradient is all noise.

    The second route differentiates by kappa, and sends everything at kappa = 0.
    """

    label: ClassVar[str] = "integrate the density of the norm"
    requires: ClassVar = (assumptions.TRIGGER, assumptions.NORMAL, assumptions.SMALL_MEAN)

    def apply(self, *inputs: Equation) -> Equation:
        """The squared norm is chi-squared with d degrees of freedom."""
        tail = sp.uppergamma(y.modes / 2, y.trigger**2 / 2) / sp.gamma(y.modes / 2)
        return Equation(y.applied_fraction, tail)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One to four modes in polar coordinates: r^{d-1} e^{-r^2/2} over its whole integral."""
        for modes in (1, 2, 3, 4):
            radial = _x ** (modes - 1) * sp.exp(-(_x**2) / 2)
            whole = sp.integrate(radial, (_x, 0, sp.oo))
            claimed = sp.expand_func(output.right.subs(y.modes, modes))
            yield sp.simplify(sp.diff(claimed, y.trigger) + radial.subs(_x, y.trigger) / whole)
            yield sp.simplify(sp.limit(claimed, y.trigger, 0) - 1)


@dataclass(frozen=True)
class TriggerGainOfNorm(Rule):
    """G_d = E[Z_1^2 1(|Z|^2 >= kappa^2)] = E[|Z|^2 1(..)]/d: the modes are alike, their norm decides together.

    The second route takes one to four modes in polar coordinates.
    """

    label: ClassVar[str] = "share the squared norm among the modes"
    requires: ClassVar = (assumptions.TRIGGER, assumptions.NORMAL, assumptions.SMALL_MEAN, assumptions.QUADRATIC)

    def apply(self, *inputs: Equation) -> Equation:
        """x times the chi-squared density of d is d times the one of d + 2."""
        half = y.modes / 2
        density = _x ** (half - 1) * sp.exp(-_x / 2) / (2**half * sp.gamma(half))
        scaled = sp.simplify(_x * density / y.modes)
        power = sp.simplify(_x * sp.diff(sp.log(scaled), _x) + _x / 2) + 1  # scaled = c x^{power-1} e^{-x/2}
        constant = sp.simplify(scaled / (_x ** (power - 1) * sp.exp(-_x / 2)))
        scale = sp.gammasimp(sp.powsimp(constant * 2**power))
        return Equation(y.trigger_gain, sp.simplify(scale) * sp.uppergamma(power, y.trigger**2 / 2))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """d/d kappa: minus the radial density times kappa^2/d; everything is sent at 0."""
        for modes in (1, 2, 3, 4):
            radial = _x ** (modes - 1) * sp.exp(-(_x**2) / 2)
            whole = sp.integrate(radial, (_x, 0, sp.oo))
            claimed = sp.expand_func(output.right.subs(y.modes, modes))
            yield sp.simplify(sp.diff(claimed, y.trigger) + (_x**2 * radial).subs(_x, y.trigger) / whole / modes)
            yield sp.simplify(sp.limit(claimed, y.trigger, 0) - 1)


@dataclass(frozen=True)
class Multiply(Rule):
    """left = first input times second input; the second route divides."""

    left: sp.Expr
    label: ClassVar[str] = "multiply by the factor of the trigger"
    requires: ClassVar = (assumptions.TRIGGER,)

    def apply(self, *inputs: Equation) -> Equation:
        """The product."""
        return Equation(self.left, inputs[0].right * inputs[1].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """output/first - second."""
        yield sp.simplify(output.right / inputs[0].right) - inputs[1].right
