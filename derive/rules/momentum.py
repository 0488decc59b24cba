"""Stage: rules about momentum. Input: arrivals. Output: the mean of velocity and parameter, H, the recursion, noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.characteristic import characteristic_of
from derive.rules.laws import density_of, transform_of
from derive.rules.modelling import _normal, _path, carried_out, gaussian_mean, mean_path
from derive.rules.recursion import parameter

velocity_path = sp.Function("vbar")
_SPEED = sp.Dummy("V")


@dataclass(frozen=True)
class VelocityDrift(Rule):
    """vbar' = Lambda ((beta - 1) vbar - eta h X), xbar' = Lambda (beta vbar - eta h X), X = E xbar(t - tau).

    One update turns v into beta v - eta g and adds it to x. The second route averages one update of named numbers
    over the noise by integration, exponential delays put in.
    """

    label: ClassVar[str] = "condition on the arrivals, velocity and parameter"
    requires: ClassVar = (
        *(assumptions.MOMENTUM, assumptions.QUADRATIC, assumptions.NOISE),
        *(assumptions.POISSON, assumptions.INDEPENDENT),
    )

    def apply(self, *inputs: Equation) -> Equation:
        """Rate times mean change of one update."""
        read = sp.Integral(mean_path(y.t - y.u) * density_of(y.u), (y.u, 0, sp.oo))
        pull = y.learning_rate * y.curvature * read
        kept = y.momentum * velocity_path(y.t)
        changes = (kept - pull - velocity_path(y.t), kept - pull)
        left = [sp.Derivative(path(y.t), y.t) for path in (velocity_path, mean_path)]
        return Equation(sp.ImmutableMatrix(left), sp.ImmutableMatrix([inputs[0].right * each for each in changes]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E of (v after - v before, x after - x before) with v and the read gradient as numbers."""
        speed, read = sp.symbols("v x", real=True, cls=sp.Dummy)
        gradient = y.curvature * read + y.gradient_noise * _normal
        after = y.momentum * speed - y.learning_rate * gradient
        for row, change in enumerate((after - speed, after)):
            mean = gaussian_mean(change)
            mixed = sp.integrate(_path(y.t - y.u) * y.worker_rate * sp.exp(-y.worker_rate * y.u), (y.u, 0, sp.oo))
            expected = inputs[0].right * mean.subs({read: mixed, speed: _SPEED})
            yield sp.simplify(expected - carried_out(output.right[row].subs(velocity_path(y.t), _SPEED)))


@dataclass(frozen=True)
class EliminateVelocity(Rule):
    """H(s) = s (s + Lambda (1 - beta)) + eta h Lambda (s + Lambda) L(s): the determinant for v, x ~ e^{st}.

    The second route solves the velocity's equation and puts it into the parameter's, exponential delays carried out.
    """

    rate: sp.Expr
    label: ClassVar[str] = "insert exp(s t) for velocity and parameter"

    def apply(self, *inputs: Equation) -> Equation:
        """det(s - drift), the average of e^{-su} named L(s); factored as momentum is read."""
        speed, place = sp.symbols("v x", cls=sp.Dummy)
        rows = [
            row.replace(sp.Integral, lambda *_: place * transform_of(y.s)).subs(velocity_path(y.t), speed)
            for row in inputs[0].right
        ]
        drift = sp.Matrix([[sp.diff(row, name) for name in (speed, place)] for row in rows])
        polynomial = sp.expand((y.s * sp.eye(2) - drift).det())
        without = polynomial.subs(transform_of(y.s), 0)
        slope = sp.diff(polynomial.subs(transform_of(y.s), place), place)
        return Equation(characteristic_of(y.s), sp.factor(without) + sp.factor(slope) * transform_of(y.s))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """s v = .., then s minus the parameter's drift, over its factor s + Lambda (1 - beta)."""
        first, second = (
            sp.expand(carried_out(row.subs(velocity_path(y.t), _SPEED * _path(y.t))) / _path(y.t))
            for row in inputs[0].right
        )
        laplace = next(iter(_path(sp.Integer(1)).atoms(sp.Dummy)))
        speed = sp.solve(laplace * _SPEED - first, _SPEED)[0]
        transform = y.worker_rate / (y.worker_rate + laplace)
        claimed = output.right.replace(transform_of, lambda _: transform).subs(y.s, laplace)
        friction = laplace + self.rate * (1 - y.momentum)
        yield sp.simplify((laplace - second.subs(_SPEED, speed)) * friction - claimed)


@dataclass(frozen=True)
class NoiseOfVelocity(Rule):
    """V = (q/pi) int_0^oo (omega^2 + Lambda^2)/|H(i omega)|^2 d omega: an update's noise moves v and x at once.

    Noise in v drives x through Lambda beta/(s + Lambda (1 - beta)), noise in x adds 1; together
    (s + Lambda)/(s + Lambda (1 - beta)). The second route takes the delay away and solves the Lyapunov equation of
    (v, x), in which both have the same noise.
    """

    label: ClassVar[str] = "integrate the spectral density, noise in velocity and parameter"
    requires: ClassVar = (assumptions.SLOW_STEP, assumptions.STABLE, assumptions.NOISE, assumptions.MOMENTUM)

    def apply(self, *inputs: Equation) -> Equation:
        """Eliminate the velocity with unit noise in both equations."""
        friction = y.s + y.arrival_rate * (1 - y.momentum)
        through = sp.factor(sp.simplify((y.arrival_rate * y.momentum / friction + 1) * friction))
        ratio = sp.Abs((through / inputs[0].right).subs(y.s, sp.I * y.frequency)) ** 2
        return Equation(y.variance, y.noise_intensity * sp.Integral(ratio, (y.frequency, 0, sp.oo)) / sp.pi)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """No delay, two settings of (Lambda, beta, eta h): the integral minus the Lyapunov equation's E x^2."""
        for rate, share, step in ((1, "1/3", "1/6"), (2, "3/5", "1/20")):
            at = {y.momentum: sp.Rational(share), y.learning_rate: 1, y.curvature: sp.Rational(step)}
            at |= {y.arrival_rate: rate, y.noise_intensity: 1}
            undelayed = output.right.replace(transform_of, lambda _: sp.Integer(1)).subs(at)
            by_frequency = undelayed.replace(sp.Abs, _modulus)
            yield sp.simplify(_integrated(by_frequency) - _lyapunov(at))


def _modulus(value: sp.Expr) -> sp.Expr:
    return sp.sqrt(sp.cancel(sp.expand(value * value.subs(y.frequency, -y.frequency))))


def _integrated(expression: sp.Expr) -> sp.Expr:
    """A rational integral over frequencies by residues in the upper half-plane."""
    (integral,) = expression.atoms(sp.Integral)
    numerator, denominator = sp.fraction(sp.cancel(integral.function))
    roots = sp.roots(sp.Poly(denominator, y.frequency), multiple=False)
    slope = sp.diff(denominator, y.frequency)
    upper = (root for root in roots if sp.im(root).evalf() > 0)
    terms = (sp.simplify((numerator / slope).subs(y.frequency, root)) for root in upper)
    whole = 2 * sp.pi * sp.I * sum(terms, start=sp.Integer(0))
    return sp.simplify(expression.subs(integral, whole / 2))


def _lyapunov(at: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """E x^2 of v' = rate((beta - 1) v - eta h x) + noise, x' = rate(beta v - eta h x) + the same noise."""
    beta, step = at[y.momentum], at[y.learning_rate] * at[y.curvature]
    drift = at[y.arrival_rate] * sp.Matrix([[beta - 1, -step], [beta, -step]])
    names = sp.symbols("P_vv P_vx P_xx", cls=sp.Dummy)
    matrix = sp.Matrix([[names[0], names[1]], [names[1], names[2]]])
    balance = drift * matrix + matrix * drift.T + at[y.noise_intensity] * sp.ones(2, 2)
    return sp.solve([balance[0, 0], balance[0, 1], balance[1, 1]], names, dict=True)[0][names[2]]


@dataclass(frozen=True)
class StateHeavyBall(Rule):
    """x(j+1) = x(j) + beta (x(j) - x(j-1)) - epsilon x(j-K): the velocity is the last change of the parameter.

    The second route runs v <- beta v - epsilon x(j-K), x <- x + v on the path x(i) = z^i.
    """

    label: ClassVar[str] = "write one update with momentum"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.FIXED_STALENESS, assumptions.MOMENTUM)

    def apply(self, *inputs: Equation) -> Equation:
        """State it."""
        change = y.momentum * (parameter(y.j) - parameter(y.j - 1)) - y.step * parameter(y.j - y.staleness)
        return Equation(parameter(y.j + 1), parameter(y.j) + change)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Velocity from two neighbouring values, then one update."""
        before = y.z**y.j - y.z ** (y.j - 1)
        after = y.momentum * before - y.step * y.z ** (y.j - y.staleness)
        claimed = output.right.replace(parameter, lambda at: y.z**at)
        yield sp.expand(sp.expand((y.z**y.j + after - claimed) * y.z ** (-y.j)))


@dataclass(frozen=True)
class InsertHeavyBallPower(Rule):
    """H(z) = z^{K-1} (z - 1)(z - beta) + epsilon for K >= 1: z^j solves the recursion iff H(z) = 0.

    The second route does it for K = 1, 2, 5 with powers written out.
    """

    label: ClassVar[str] = "insert z^j"

    def apply(self, *inputs: Equation) -> Equation:
        """Powers cancel; the part without the step factors."""
        moved = y.z ** (y.j + 1) - inputs[0].right.replace(parameter, lambda at: y.z**at)
        reduced = sp.expand(sp.powsimp(sp.expand(moved * y.z**-y.j)))
        free = sp.factor(sp.expand(reduced.subs(y.step, 0) * y.z))
        pulled = sp.powsimp(sp.expand((reduced - reduced.subs(y.step, 0)) * y.z**y.staleness))
        return Equation(characteristic_of(y.z), y.z ** (y.staleness - 1) * free + sp.simplify(pulled))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Concrete K at j = 7."""
        for staleness in (1, 2, 5):
            at = {y.staleness: staleness, y.j: 7}
            explicit = y.z**8 - inputs[0].right.subs(at).replace(parameter, lambda i: y.z**i)
            yield sp.simplify(explicit / y.z ** (7 - staleness) - output.right.subs(at))


@dataclass(frozen=True)
class CrossWithMomentum(Rule):
    """epsilon at which a pair reaches +-i omega: c_0 c_3 = c_1 c_2 in the cubic H(s) (1 + s theta) (Routh, Hurwitz).

    The second route takes omega from the imaginary part at i omega, for several workers and momenta, and wants the real
    part to vanish there; at half the step the condition must hold strictly.
    """

    label: ClassVar[str] = "clear the denominator and let a pair reach the axis"

    def apply(self, *inputs: Equation) -> Equation:
        """Linear in the step."""
        balance = sp.expand(self._cubic(inputs[0])[0])
        (step,) = sp.solve(balance, y.step)
        above, below = sp.fraction(sp.factor(step))
        lost = sp.Dummy("b", positive=True)
        return Equation(y.step_limit, sp.factor(above.subs(y.momentum, 1 - lost)).subs(lost, 1 - y.momentum) / below)

    @staticmethod
    def _cubic(given: Equation) -> tuple[sp.Expr, tuple[sp.Expr, ...]]:
        numerator = sp.numer(sp.together(given.right.subs(y.curvature, y.step / y.learning_rate)))
        third, second, first, zeroth = sp.Poly(sp.expand(numerator), y.s).all_coeffs()
        return first * second - third * zeroth, (third, second, first, zeroth)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at i omega, and the sign below the limit."""
        for workers, kept in ((2, sp.Rational(3, 4)), (4, sp.Rational(1, 2)), (9, sp.Rational(1, 5))):
            at = {y.workers: workers, y.momentum: kept, y.mean_delay: 1}
            step = output.right.subs(at)
            function = inputs[0].right.subs(y.curvature, y.step / y.learning_rate).subs(at)
            forth = sp.expand(sp.numer(sp.together(function.subs(y.step, step))).subs(y.s, sp.I * y.frequency))
            size = sp.solve(sp.im(forth.subs(y.frequency, y.t)) / y.t, y.t**2)
            yield sp.simplify(sp.re(forth.subs(y.frequency, sp.sqrt(size[0]))))
            below = self._cubic(inputs[0])[0].subs(at).subs(y.step, step / 2)
            yield sp.Integer(0) if below.is_positive else sp.Integer(1)
