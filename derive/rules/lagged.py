"""Stage: rules about covariance in time and poles of variances. Input: H, variances. Output: C(t), limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of
from derive.rules.noise import covariance_of

_FIRST, _GAP = sp.symbols("rho delta", positive=True, cls=sp.Dummy)  # what roots of H are made of


@dataclass(frozen=True)
class CovarianceOverFrequencies(Rule):
    """C(t) = (q/pi) int_0^oo cos(omega t)/|H(i omega)|^2 d omega: the spectral density seen at the lag t.

    The second route takes the delay away, C(t) = q e^{-a t}/(2a), and takes one exponential stage, where residues of
    the integrand must make a covariance that obeys C'' theta + C' + a C = 0 and C'(0+) = -q/2.
    """

    label: ClassVar[str] = "integrate the spectral density at a lag"
    requires: ClassVar = (assumptions.SMALL_STEP, assumptions.STABLE, assumptions.NOISE)

    def apply(self, *inputs: Equation) -> Equation:
        """The noise is white of intensity q."""
        density = sp.cos(y.frequency * y.t) / sp.Abs(inputs[0].right.subs(y.s, sp.I * y.frequency)) ** 2
        return Equation(covariance_of(y.t), y.noise_intensity * sp.Integral(density, (y.frequency, 0, sp.oo)) / sp.pi)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Without delay; with one stage of the decay rates rho_1, rho_2: a = rho_1 rho_2 theta, theta their sum's."""
        undelayed = output.right.replace(transform_of, lambda _: sp.Integer(1))
        lone = by_residues(undelayed, (sp.I * y.damping,))
        yield sp.simplify(lone - y.noise_intensity * sp.exp(-y.damping * y.t) / (2 * y.damping))
        rates = _staged_rates()
        staged = output.right.replace(transform_of, lambda at: 1 / (1 + at * y.mean_delay)).subs(rates)
        found = by_residues(staged, (sp.I * _FIRST, sp.I * (_FIRST + _GAP)))
        slope, bend = (sp.diff(found, y.t, order) for order in (1, 2))
        yield sp.simplify(rates[y.mean_delay] * bend + slope + rates[y.damping] * found)
        yield sp.simplify(slope.subs(y.t, 0) + y.noise_intensity / 2)


def _staged_rates() -> dict[sp.Expr, sp.Expr]:
    """theta and a of one exponential stage whose H has the roots -rho_1 and -rho_1 - delta."""
    total = 2 * _FIRST + _GAP
    return {y.mean_delay: 1 / total, y.damping: _FIRST * (_FIRST + _GAP) / total}


def by_residues(expression: sp.Expr, poles: tuple[sp.Expr, ...]) -> sp.Expr:
    """An even integral of cos(omega t) times a rational function over (0, oo), by its ``poles`` above the axis."""
    (integral,) = expression.atoms(sp.Integral)
    rational = sp.factor((integral.function / sp.cos(y.frequency * y.t)).replace(sp.Abs, _modulus))
    above, below = sp.fraction(sp.together(rational))
    slope = sp.diff(below, y.frequency)
    terms = (sp.simplify((above / slope).subs(y.frequency, pole)) * sp.exp(sp.I * pole * y.t) for pole in poles)
    return expression.xreplace({integral: sp.pi * sp.I * sum(terms, start=sp.Integer(0))})


def _modulus(value: sp.Expr) -> sp.Expr:
    return sp.sqrt(sp.factor(sp.together(value * value.subs(sp.I, -sp.I))))


@dataclass(frozen=True)
class StageCovariance(Rule):
    """C(t) of one exponential stage from C'' theta + C' + a C = 0, C(0) = V (the second input), C'(0+) = -q/2.

    With kappa = sqrt(4 a theta - 1), real beyond critical damping, it is e^{-t/(2 theta)} times cosine and sine of
    kappa t/(2 theta). The second route closes the frequency integral around the roots of H, which stand for both.
    """

    label: ClassVar[str] = "solve for the covariance with C'(0+) = -q/2"
    requires: ClassVar = (assumptions.SMALL_STEP, assumptions.STABLE, assumptions.STAGES)

    def apply(self, *inputs: Equation) -> Equation:
        """A second-order equation with constant coefficients."""
        quadratic = sp.Poly(sp.numer(sp.together(inputs[0].right)), y.s)
        double, single, constant = quadratic.all_coeffs()
        half = single / (2 * double)
        spread = sp.sqrt(4 * constant * double / single**2 - 1)
        start, slope = inputs[1].right, -y.noise_intensity / 2
        unit = y.noise_intensity / (2 * y.damping)  # the variance without delay
        even, odd = (sp.expand(sp.cancel(part / unit)) for part in (start, slope / half + start))
        shape = even * sp.cos(spread * half * y.t) + odd * sp.sin(spread * half * y.t) / spread
        return Equation(covariance_of(y.t), unit * sp.exp(-half * y.t) * shape)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """q sum of e^{s t}/(H'(s) H(-s)) over both roots s = -rho +- i delta."""
        rates = {y.mean_delay: 1 / (2 * _FIRST), y.damping: (_FIRST**2 + _GAP**2) / (2 * _FIRST)}
        function = inputs[0].right.subs(rates)
        above, below = sp.fraction(sp.factor(1 / (function * function.subs(y.s, -y.s))))
        weight = sp.cancel(above / sp.diff(below, y.s))
        roots = (-_FIRST + sp.I * _GAP, -_FIRST - sp.I * _GAP)
        terms = (sp.simplify(weight.subs(y.s, root)) * sp.exp(root * y.t) for root in roots)
        put = output.right.subs(rates)
        claimed = put.replace(lambda node: node.is_Pow, lambda node: sp.factor(node.base) ** node.exp)
        difference = claimed.rewrite(sp.exp) - y.noise_intensity * sum(terms, start=sp.Integer(0))
        yield sp.powsimp(sp.expand(difference))


@dataclass(frozen=True)
class UnitNoise(Rule):
    """I = V/q: the noise gain is the variance per unit of noise intensity; the second route puts q = 1 in."""

    label: ClassVar[str] = "divide by the noise intensity"

    def apply(self, *inputs: Equation) -> Equation:
        """V is proportional to q."""
        return Equation(y.second_moment_gain, inputs[0].right / y.noise_intensity)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """At q = 1, and at q = 2."""
        for intensity in (1, 2):
            yield inputs[0].right.subs(y.noise_intensity, intensity) / intensity - output.right


@dataclass(frozen=True)
class StepOfInfiniteVariance(Rule):
    """epsilon_V > 0, the step at which 1/V = 0; the second route looks at the sign of 1/V before and beyond."""

    label: ClassVar[str] = "find the step at which the variance becomes infinite"

    def apply(self, *inputs: Equation) -> Equation:
        """The positive zero of the reciprocal."""
        _, below = sp.fraction(sp.factor(sp.together(inputs[0].right)))
        roots = [root for root in sp.solve(below, y.step) if root.subs(y.workers, 2).evalf() > 0]
        if len(roots) != 1:
            raise ValueError(f"{len(roots)} positive zeros of {below}")
        return Equation(y.mean_square_step, roots[0])

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """1/V there; and that the step is positive and 1/V falls through zero, for three worker counts."""
        reciprocal = 1 / inputs[0].right
        yield sp.simplify(reciprocal.subs(y.step, output.right))
        slope = sp.diff(reciprocal / y.step, y.step)
        for workers in (1, 3, 40):
            falls = slope.subs(y.step, output.right).subs({y.workers: workers, y.step_noise: 1})
            yield sp.Integer(0) if falls.is_negative else falls
            yield sp.Integer(0) if output.right.subs(y.workers, workers).is_positive else sp.Integer(1)
