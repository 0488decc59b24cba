"""Stage: rules about noise. Input: characteristic functions. Output: covariances and stationary variances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of
from derive.rules.modelling import _normal, gaussian_mean

covariance_of = sp.Function("C")


@dataclass(frozen=True)
class CovarianceEquation(Rule):
    """C'(t) = -a C(theta - t) on (0, theta): multiply the equation of x by x(0), and C is even.

    The second route puts C(t) = e^{st} in, seen at t - theta: the operator's symbol must be H(s).
    """

    label: ClassVar[str] = "multiply by x(0) and average"
    requires: ClassVar = (assumptions.SMALL_STEP, assumptions.STABLE, assumptions.NOISE, assumptions.CONSTANT)

    def apply(self, *inputs: Equation) -> Equation:
        """The delay turns t into t - theta; evenness turns it round."""
        gain = (inputs[0].right - y.s) * sp.exp(y.s * y.mean_delay)
        return Equation(sp.Derivative(covariance_of(y.t), y.t), -sp.simplify(gain) * covariance_of(y.mean_delay - y.t))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """(d/dt - right side) e^{st} e^{-st} - H(s)."""
        seen = output.right.replace(covariance_of, lambda at: sp.exp(-y.s * at))
        yield sp.simplify(y.s - seen * sp.exp(-y.s * y.t) - inputs[0].right)


@dataclass(frozen=True)
class SolveCovariance(Rule):
    """C(t) on (0, theta) from C' = -a C(theta - t) and C'(0+) = -q/2, which balances the noise.

    C'' = -a^2 C, so C = A cos a t + B sin a t. The second route puts C back into both conditions.
    """

    label: ClassVar[str] = "solve for the covariance with C'(0+) = -q/2"
    requires: ClassVar = (assumptions.SMALL_STEP, assumptions.STABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """Two linear equations for A and B."""
        cosine, sine = sp.symbols("A B", cls=sp.Dummy)
        rate = -inputs[0].right.as_independent(covariance_of)[0]
        ansatz = cosine * sp.cos(rate * y.t) + sine * sp.sin(rate * y.t)
        at_delay = ansatz.subs(y.t, y.mean_delay)
        balance = sp.diff(ansatz, y.t).subs(y.t, 0) + y.noise_intensity / 2
        coupling = sp.diff(ansatz, y.t).subs(y.t, 0) + rate * at_delay
        found = sp.solve([balance, coupling], [cosine, sine], dict=True)[0]
        return Equation(covariance_of(y.t), sp.simplify(ansatz.subs(found)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """C' - right side for all t in (0, theta), and C'(0) + q/2."""
        claimed = inputs[0].right.replace(covariance_of, lambda at: output.right.subs(y.t, at))
        yield sp.trigsimp(sp.diff(output.right, y.t) - claimed)
        yield sp.diff(output.right, y.t).subs(y.t, 0) + y.noise_intensity / 2


@dataclass(frozen=True)
class Lyapunov(Rule):
    """E x^2 for n exponential stages: A P + P A^T + q e e^T = 0 for (x, y_1 .. y_n), y_i' = (n/theta)(y_{i-1} - y_i).

    The second route integrates q/|H(i omega)|^2 over frequencies: split b(s)b(-s)/(c(s)c(-s)) into
    g(s)/c(s) + g(-s)/c(-s), and read the integral off the leading coefficients.
    """

    stages: int
    label: ClassVar[str] = "solve the Lyapunov equation of the stages"
    requires: ClassVar = (assumptions.SMALL_STEP, assumptions.STABLE, assumptions.NOISE, assumptions.STAGES)

    def apply(self, *inputs: Equation) -> Equation:
        """A linear system for the symmetric P."""
        size, rate = self.stages + 1, self.stages / y.mean_delay
        drift = sp.zeros(size, size)
        drift[0, size - 1] = -y.damping
        for row in range(1, size):
            drift[row, row - 1], drift[row, row] = rate, -rate
        names = {(i, j): sp.Dummy(f"P_{i}{j}") for i in range(size) for j in range(i, size)}
        matrix = sp.Matrix(size, size, lambda i, j: names[min(i, j), max(i, j)])
        equations = drift * matrix + matrix * drift.T
        equations[0, 0] += y.noise_intensity
        upper = [equations[i, j] for i, j in names]
        solution = sp.solve(upper, list(names.values()), dict=True)[0]
        return Equation(y.variance, sp.factor(solution[names[0, 0]]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The frequency integral by spectral factorisation minus the output."""
        transform = (self.stages / (self.stages + y.s * y.mean_delay)) ** self.stages
        at_law = inputs[0].right.subs(transform_of(y.s), transform)
        numerator, denominator = sp.fraction(sp.together(1 / at_law))
        gain = _spectral_integral(sp.Poly(numerator, y.s), sp.Poly(denominator, y.s))
        yield sp.cancel(y.noise_intensity * gain - output.right)


def _spectral_integral(numerator: sp.Poly, denominator: sp.Poly) -> sp.Expr:
    """(1/2pi) int |b(i w)/c(i w)|^2 dw for a Hurwitz polynomial c of higher degree than b."""
    degree = denominator.degree()
    unknown = sp.symbols(f"g_0:{degree}", cls=sp.Dummy)
    partial = sp.Poly(list(unknown), y.s)
    mirrored = [poly.compose(sp.Poly(-y.s, y.s)) for poly in (partial, denominator, numerator)]
    identity = partial * mirrored[1] + mirrored[0] * denominator - numerator * mirrored[2]
    solution = sp.solve(identity.all_coeffs(), unknown, dict=True)[0]
    return sp.factor(solution[unknown[0]] / denominator.LC())


# One exponential stage with rational poles, -4/3 and -4, so that the frequency integral is elementary.
_ONE_STAGE = {y.damping: sp.Integer(1), y.mean_delay: sp.Rational(3, 16)}


def _modulus(value: sp.Expr) -> sp.Expr:
    """|value| of an expression in which all but I is real, as the root of a rational function."""
    return sp.sqrt(sp.factor(sp.together(value * value.subs(sp.I, -sp.I))))


@dataclass(frozen=True)
class Parseval(Rule):
    """V = q I, I = (1/2pi) int dw/|H(i w)|^2, the squared fundamental solution seen in frequency.

    The second route takes the delay away: H = s + a, whose variance is q/(2a). As that hides at which argument L
    stands, it also takes one exponential stage, whose variance the Lyapunov equation knows.
    """

    label: ClassVar[str] = "integrate the spectral density"
    requires: ClassVar = (assumptions.SMALL_STEP, assumptions.STABLE, assumptions.NOISE)

    def apply(self, *inputs: Equation) -> Equation:
        """The noise is white of intensity q."""
        density = 1 / sp.Abs(inputs[0].right.subs(y.s, sp.I * y.frequency)) ** 2
        return Equation(y.variance, y.noise_intensity * sp.Integral(density, (y.frequency, 0, sp.oo)) / sp.pi)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The integral without delay against the Ornstein-Uhlenbeck variance, and with one stage against Lyapunov's."""
        undelayed = output.right.replace(transform_of, lambda _: sp.Integer(1)).doit()
        yield sp.simplify(undelayed - y.noise_intensity / (2 * y.damping))
        staged = output.right.replace(transform_of, lambda at: 1 / (1 + at * y.mean_delay)).subs(_ONE_STAGE)
        yield sp.simplify(staged.replace(sp.Abs, _modulus).doit() - Lyapunov(1).apply(*inputs).right.subs(_ONE_STAGE))


@dataclass(frozen=True)
class CampbellVariance(Rule):
    """V = Lambda I eta^2 (sigma^2 + h^2 V): every shot is eta times a gradient whose second moment is sigma^2 + h^2 V.

    Shots are uncorrelated (Poisson arrivals, fresh noise and reads), so their second moments add through the
    squared fundamental solution, with integral I. The second route integrates the gradient's square over the noise.
    """

    label: ClassVar[str] = "Campbell's theorem for the shots"
    requires: ClassVar = (assumptions.POISSON, assumptions.QUADRATIC, assumptions.NOISE, assumptions.STABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """Second moments add."""
        square = y.gradient_noise**2 + y.curvature**2 * y.variance
        return Equation(y.variance, y.arrival_rate * y.second_moment_gain * y.learning_rate**2 * square)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E[(eta (h x + sigma Z))^2], with E x = 0 and E x^2 = V, by integration."""
        read = sp.Dummy("x", real=True)
        shot = gaussian_mean((y.learning_rate * (y.curvature * read + y.gradient_noise * _normal)) ** 2)
        averaged = sp.expand(shot).subs(read**2, y.variance).subs(read, 0)
        yield sp.expand(y.arrival_rate * y.second_moment_gain * averaged - output.right)


@dataclass(frozen=True)
class MeanSquareLimit(Rule):
    """eta^2 h^2 Lambda I = 1: the ``gain`` at which the variance becomes infinite, none ``without`` feedback.

    ``besides``: a factor of the denominator that vanishes without feedback, where x walks at random.
    The second route looks for the pole of the variance: its reciprocal must vanish there.
    """

    without: sp.Symbol = y.curvature
    gain: sp.Symbol = y.second_moment_gain
    besides: sp.Expr = sp.S.One
    label: ClassVar[str] = "find the pole of the variance"

    def apply(self, *inputs: Equation) -> Equation:
        """The denominator, normalised to 1 without feedback."""
        _, denominator = sp.fraction(sp.together(inputs[0].right * self.besides))
        constant = denominator.subs(self.without, 0)
        return Equation(sp.Integer(1), sp.factor(1 - denominator / constant))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """1/V at the I for which left = right."""
        for gain in sp.solve(output.left - output.right, self.gain):
            yield sp.simplify((1 / inputs[0].right).subs(self.gain, gain))
