"""Stage: rules about filtered modes. Input: what a filter applies. Output: mean, noise, applied share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.characteristic import characteristic_of
from derive.rules.filters import WRITTEN, applied_transform_of, at_atom
from derive.rules.laws import transform_of
from derive.rules.modelling import _normal, gaussian_mean


@dataclass(frozen=True)
class SlopeOfThreshold(Rule):
    """d L_W(s)/d lambda = (-lambda)^S/S! L^(S+1)(s + lambda) for a threshold S: the sum telescopes.

    At s = 0 it is minus a positive number, as L is completely monotone. The second route differentiates the
    Poisson probabilities of the atom for S = 0 .. 4.
    """

    label: ClassVar[str] = "differentiate by the rate of the other updates"

    def apply(self, *inputs: Equation) -> Equation:
        """The derivative of term j cancels all of the derivative of term j + 1 but its own last part."""
        total, last = inputs[0].right, y.staleness_threshold
        point = next(iter(total.function.atoms(sp.Subs))).point[0]
        derivative = sp.Subs(sp.Derivative(transform_of(y.t), (y.t, last + 1)), y.t, point)
        slope = (-y.other_rate) ** last / sp.factorial(last) * derivative
        return Equation(sp.Derivative(inputs[0].left, y.other_rate), slope)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The derivative of the sum, written out, minus the output."""
        for largest in range(5):
            given = at_atom(inputs[0].right.subs(y.staleness_threshold, largest))
            claimed = at_atom(output.right.subs(y.staleness_threshold, largest))
            scale = sp.exp((y.s + y.other_rate) * y.u)
            yield sp.expand(sp.simplify((sp.diff(given, y.other_rate) - claimed) * scale))


@dataclass(frozen=True)
class BalanceSlope(Rule):
    """d/dp (L_W(0) - p) = L_W'(0; lambda) d lambda/dp - 1 (chain rule).

    Inputs: the derivative by lambda, and lambda as a function of p. The second route integrates it back at the atom:
    the output must be the derivative of the written-out Poisson probabilities in p.
    """

    label: ClassVar[str] = "differentiate the balance by the applied fraction"

    def apply(self, *inputs: Equation) -> Equation:
        """Rate in, inner derivative out."""
        inner = sp.diff(inputs[1].right, y.applied_fraction)
        slope = inputs[0].right.subs(y.other_rate, inputs[1].right) * inner - 1
        balance = applied_transform_of(0) - y.applied_fraction
        return Equation(sp.Derivative(balance, y.applied_fraction), slope)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """P(N <= S) - p for a Poisson count N of mean lambda u, differentiated, for S = 0 .. 3."""
        mean = inputs[1].right * y.u
        for largest in range(4):
            terms = (mean**j / sp.factorial(j) for j in range(largest + 1))
            balance = sp.exp(-mean) * sum(terms, start=sp.Integer(0)) - y.applied_fraction
            claimed = at_atom(output.right.subs(y.staleness_threshold, largest))
            yield sp.simplify(sp.diff(balance, y.applied_fraction) - claimed)


@dataclass(frozen=True)
class FilteredMean(Rule):
    """H(s) = s + eta h Lambda L_W(s): each gradient pulls with its weight, at its age.

    Inputs: Lambda, then L_W for any weights. The second route averages one update's change of the path e^{st} over
    the noise, by integration, and over the staleness at the atom.
    """

    label: ClassVar[str] = "condition on the arrivals, insert exp(s t)"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.NOISE, assumptions.POISSON, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Rate times mean change of one update, with the average named L_W."""
        gain = y.learning_rate * y.curvature * inputs[0].right
        return Equation(characteristic_of(y.s), y.s + gain * inputs[1].left)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """s minus the drift of e^{st} over e^{st}, minus the output at the atom."""
        read, mean = sp.Dummy("x", real=True), y.other_rate * y.u
        change = gaussian_mean(-y.learning_rate * (y.curvature * read + y.gradient_noise * _normal))
        counts = (y.staleness_weight[j] * mean**j / sp.factorial(j) for j in range(WRITTEN + 1))
        weight = sp.exp(-mean) * sum(counts, start=sp.Integer(0))
        drift = inputs[0].right * weight * change.subs(read, sp.exp(-y.s * y.u))
        claimed = output.right.replace(applied_transform_of, lambda at: at_atom(inputs[1].right.subs(y.s, at)))
        yield sp.expand(sp.expand(y.s - drift - claimed) * sp.exp(y.s * y.u + mean))


@dataclass(frozen=True)
class FilteredNoise(Rule):
    """q = eta^2 sigma^2 Lambda sum_j W_j^2 P(K = j): every applied gradient brings its weight squared.

    Inputs: Lambda, then L_W. The second route integrates the square of one weighed gradient's noise over the normal
    density and over the Poisson staleness of the atom.
    """

    label: ClassVar[str] = "superpose the weighed noise"
    requires: ClassVar = (assumptions.NOISE, assumptions.POISSON)

    def apply(self, *inputs: Equation) -> Equation:
        """Weights squared, at s = 0."""
        squared = inputs[1].right.replace(lambda node: isinstance(node, sp.Indexed), lambda node: node**2).subs(y.s, 0)
        return Equation(y.noise_intensity, inputs[0].right * (y.learning_rate * y.gradient_noise) ** 2 * squared)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E[(eta W_K sigma Z)^2] per gradient, one staleness after the other."""
        mean = y.other_rate * y.u
        square = gaussian_mean((y.learning_rate * y.gradient_noise * _normal) ** 2)
        terms = (y.staleness_weight[j] ** 2 * mean**j / sp.factorial(j) for j in range(WRITTEN + 1))
        expected = inputs[0].right * square * sum(terms, start=sp.Integer(0))
        yield sp.expand(expected - sp.expand(at_atom(output.right) * sp.exp(mean)))
