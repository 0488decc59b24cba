"""Stage: modelling rules. Input: arrivals and a law. Output: equations about staleness, the mean, the noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import density_of, transform_of

mean_path = sp.Function("xbar")
counting_transform = sp.Function("P")
_normal = sp.Dummy("g", real=True)


def gaussian_mean(expression: sp.Expr) -> sp.Expr:
    """The mean over a standard normal ``_normal`` of a polynomial in it, its powers integrated against its density.

    Raises ``sympy.PolynomialError`` for anything else.
    """
    powers = sp.Poly(expression, _normal).all_terms()
    return sp.Add(*(factor * _normal_moment(power) for (power,), factor in powers if factor))


@cache
def _normal_moment(power: int) -> sp.Expr:
    """E Z^n."""
    density = sp.exp(-(_normal**2) / 2) / sp.sqrt(2 * sp.pi)
    return sp.integrate(_normal**power * density, (_normal, -sp.oo, sp.oo))


@dataclass(frozen=True)
class ConditionOnDelay(Rule):
    """E[z^K | T = u] = exp(-lambda u (1 - z)): K counts a Poisson process over the gradient's own cycle.

    The second route compares Taylor coefficients in z with the Poisson probabilities.
    """

    label: ClassVar[str] = "condition on the delay"
    requires: ClassVar = (assumptions.POISSON, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Sum z^j times the Poisson probabilities."""
        weight = sp.exp(-y.other_rate * y.u) * sp.exp(y.other_rate * y.u * y.z)
        return Equation(counting_transform(y.z, y.u), sp.powsimp(weight))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Coefficients of z^0 .. z^4, minus the probabilities."""
        for count in range(5):
            probability = sp.exp(-y.other_rate * y.u) * (y.other_rate * y.u) ** count / sp.factorial(count)
            yield sp.diff(output.right, y.z, count).subs(y.z, 0) / sp.factorial(count) - probability


@dataclass(frozen=True)
class MixOverDelay(Rule):
    """E[z^K e^{-sT}] = L(s + lambda (1 - z)): average the conditional transform over the delay law.

    Both sides are linear in the law, so the identity is proved by its truth for the atom at every u > 0.
    """

    left: sp.Expr
    label: ClassVar[str] = "average over the delay law"
    requires: ClassVar = (assumptions.INDEPENDENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """The exponent of e^{-u(...)} becomes the argument of L."""
        exponent = sp.expand_log(sp.log(sp.powsimp(inputs[0].right * sp.exp(-y.s * y.u))), force=True)
        argument = sp.collect(sp.expand(-exponent / y.u), y.other_rate)
        return Equation(self.left, transform_of(argument))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Both sides at the atom at u."""
        at_atom = output.right.replace(transform_of, lambda argument: sp.exp(-argument * y.u))
        yield at_atom - inputs[0].right * sp.exp(-y.s * y.u)


@dataclass(frozen=True)
class MeanDrift(Rule):
    """xbar'(t) = -eta h Lambda int_0^oo xbar(t - u) f(u) du: gradients arrive at rate Lambda, read at age u.

    The second route averages one update's change over the noise by integration, with xbar(t) = e^{st} and
    exponential delays carried out on both sides.
    """

    label: ClassVar[str] = "condition on the arrivals"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.NOISE, assumptions.POISSON, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Rate times mean change of one update."""
        gain = y.learning_rate * y.curvature * inputs[0].right
        average = sp.Integral(mean_path(y.t - y.u) * density_of(y.u), (y.u, 0, sp.oo))
        return Equation(sp.Derivative(mean_path(y.t), y.t), -gain * average)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One concrete law and path on both sides."""
        read, rate = sp.Dummy("x", real=True), inputs[0].right
        change = gaussian_mean(-y.learning_rate * (y.curvature * read + y.gradient_noise * _normal))
        expected = rate * sp.integrate(change.subs(read, _path(y.t - y.u)) * _DENSITY, (y.u, 0, sp.oo))
        yield sp.simplify(expected - carried_out(output.right))


_POSITIVE = sp.Dummy("s", positive=True)
_DENSITY = y.worker_rate * sp.exp(-y.worker_rate * y.u)


def _path(at: sp.Expr) -> sp.Expr:
    return sp.exp(_POSITIVE * at)


def carried_out(expression: sp.Expr) -> sp.Expr:
    """An expression in xbar and f with xbar(t) = e^{st} and the exponential density put in, and integrated."""
    return expression.replace(mean_path, _path).replace(density_of, lambda u: _DENSITY.subs(y.u, u)).doit()


@dataclass(frozen=True)
class InsertExponential(Rule):
    """H(s) = e^{-st} (d/dt - drift) e^{st}: a mode e^{st} solves the mean equation iff H(s) = 0.

    The second route carries both sides out for exponential delays.
    """

    left: sp.Expr
    label: ClassVar[str] = "insert exp(s t)"

    def apply(self, *inputs: Equation) -> Equation:
        """The average of e^{-su} over the law is L(s)."""
        drift = inputs[0].right
        gain = drift.as_independent(mean_path)[0]
        return Equation(self.left, y.s - gain * transform_of(y.s))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """s e^{st} - drift[e^{st}] - H(s) e^{st} for exponential delays."""
        transform = y.worker_rate / (y.worker_rate + _POSITIVE)
        claimed = output.right.replace(transform_of, lambda _: transform).subs(y.s, _POSITIVE)
        yield sp.simplify(_POSITIVE - carried_out(inputs[0].right) / _path(y.t) - claimed)


@dataclass(frozen=True)
class NoiseIntensity(Rule):
    """q = Lambda Var[eta sigma N(0,1)]: variance per second of the driving noise.

    ``apply`` uses that variance scales with the square; the second route integrates against the normal density.
    """

    label: ClassVar[str] = "superpose the noise of the arrivals"
    requires: ClassVar = (assumptions.NOISE, assumptions.POISSON)

    def apply(self, *inputs: Equation) -> Equation:
        """Rate times the variance of one update's noise."""
        return Equation(y.noise_intensity, inputs[0].right * (y.learning_rate * y.gradient_noise) ** 2)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Second moment of one update's noise by integration."""
        yield inputs[0].right * gaussian_mean((y.learning_rate * y.gradient_noise * _normal) ** 2) - output.right


@dataclass(frozen=True)
class Name(Rule):
    """Give a subexpression of the input a name: every ``subexpression`` becomes ``symbol``; undoing it is the check."""

    symbol: sp.Expr
    subexpression: sp.Expr
    label: ClassVar[str] = "abbreviate"

    def apply(self, *inputs: Equation) -> Equation:
        """Solve the naming equation for one factor and put it in."""
        factor = sp.Mul.make_args(self.subexpression)[0]
        value = self.symbol * factor / self.subexpression
        return Equation(inputs[0].left, sp.simplify(inputs[0].right.subs(factor, value)))

    def named(self, *inputs: Equation) -> sp.Basic:
        """Only a part of the right side is renamed."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The name replaced by what it names."""
        yield sp.expand(output.right.subs(self.symbol, self.subexpression) - inputs[0].right)
