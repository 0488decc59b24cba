"""Stage: rules of the recursion with momentum. Input: H(z). Output: variance, and where roots cross the circle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_FIRST, _SECOND = sp.symbols("r_1 r_2", cls=sp.Dummy)


@dataclass(frozen=True)
class HeavyBallVariance(Rule):
    """V = (s2/pi) int_0^pi d phi/|H(e^{i phi})|^2: what one unit of noise at every update makes of x.

    The second route solves the Yule-Walker equations, the roots of H standing for step and momentum (K = 1), or
    numbers standing for two of three (K = 2); the integral by residues at those roots.
    """

    label: ClassVar[str] = "integrate over the unit circle"
    requires: ClassVar = (assumptions.NOISE, assumptions.STABLE)

    def apply(self, *inputs: Equation) -> Equation:
        """Parseval's identity."""
        square = _squared_modulus(inputs[0].right)
        return Equation(y.variance, y.step_noise * sp.Integral(1 / square, (y.angle, 0, sp.pi)) / sp.pi)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """1 + beta is the roots' sum; beta + epsilon (K = 1), or beta (K = 2), that of their products."""
        first, second = _FIRST, _SECOND
        one = {y.staleness: 1, y.momentum: first + second - 1, y.step: (1 - first) * (1 - second)}
        cases: list[tuple[dict[sp.Expr, sp.Expr], tuple[sp.Expr, ...]]] = [(one, (first, second))]
        for first, second in ((sp.Rational(1, 2), sp.Rational(-1, 3)), (sp.Rational(2, 5), sp.Rational(1, 7))):
            last = (1 + first * second - first - second) / (1 - first - second)  # sum = 1 + sum of products
            two = {y.staleness: 2, y.momentum: first + second + last - 1, y.step: -first * second * last}
            cases.append((two, (first, second, last)))
        for values, poles in cases:
            claimed = by_residues(output.right.subs(values), poles)
            yield sp.cancel(claimed - y.step_noise * _yule_walker(values))


def _squared_modulus(function: sp.Expr) -> sp.Expr:
    """|H(e^{i phi})|^2 in cosines, H = (product) + epsilon: factor by factor, and what the step is multiplied by."""
    product = function - y.step
    sizes = (_waves(factor * factor.subs(y.z, 1 / y.z)) for factor in sp.Mul.make_args(product))
    return sp.Mul(*sizes) + y.step**2 + 2 * y.step * _waves(product)


def _waves(polynomial: sp.Expr) -> sp.Expr:
    """The real part at z = e^{i phi}: cos(n phi) for z^n, term by term."""
    total = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(polynomial)):
        factor, powers = term.as_independent(y.z)
        power = sum((one.as_base_exp()[1] for one in sp.Mul.make_args(powers) if one.has(y.z)), start=sp.Integer(0))
        total += factor * sp.cos(power * y.angle)
    return total


def _yule_walker(values: dict[sp.Expr, sp.Expr]) -> sp.Expr:
    """c_0 for noise of variance 1: x(j+1) times x(j+1-l) for l = 0 .. K + 1, averaged."""
    order = int(values[y.staleness]) + 1
    weights = [sp.Integer(0)] * (order + 1)  # of x(j+1-l)
    weights[1] += 1 + values[y.momentum]
    weights[2] -= values[y.momentum]
    weights[order] -= values[y.step]
    names = sp.symbols(f"c_0:{order + 1}", cls=sp.Dummy)
    balance = [
        names[lag] - sum(weight * names[abs(lag - back)] for back, weight in enumerate(weights)) - int(lag == 0)
        for lag in range(order + 1)
    ]
    return sp.solve(balance, names, dict=True)[0][names[0]]


def by_residues(expression: sp.Expr, poles: tuple[sp.Expr, ...]) -> sp.Expr:
    """An integral over (0, pi) of 1/|H|^2 by its simple ``poles`` inside the circle."""
    (integral,) = expression.atoms(sp.Integral)
    point = sp.Dummy("z")

    def wave(angle: sp.Expr) -> sp.Expr:
        return (point ** (angle / y.angle) + point ** (-angle / y.angle)) / 2

    rational = sp.factor(integral.function.replace(sp.cos, wave) / point)
    total = sum((sp.cancel(sp.cancel(rational * (point - pole)).subs(point, pole)) for pole in poles), sp.Integer(0))
    return expression.xreplace({integral: sp.pi * total})


@dataclass(frozen=True)
class MomentumAtAngle(Rule):
    """beta = cos((K + 1/2) phi)/cos((K - 1/2) phi): the momentum with which a root may cross at e^{i phi}.

    -z^{K-1} (z - 1)(z - beta) must be real: its phase without z - beta is (K - 1/2) phi - pi/2. The second
    route puts root and momentum into H, with the step at which the real part vanishes: so must the imaginary.
    """

    label: ClassVar[str] = "set z = e^{i phi}: the step is real"

    def apply(self, *inputs: Equation) -> Equation:
        """The imaginary part of -i e^{i (K - 1/2) phi} (e^{i phi} - beta) is linear in beta."""
        half = y.angle * (y.staleness - sp.Rational(1, 2))
        free = sp.Dummy("beta", real=True)
        turned = sp.expand_complex(-sp.I * (sp.exp(sp.I * (half + y.angle)) - free * sp.exp(sp.I * half)))
        (share,) = sp.solve(sp.im(turned), free)
        return Equation(y.momentum, share)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at K = 1, 2, 5, the step taken out by its own equation."""
        point = sp.cos(y.angle) + sp.I * sp.sin(y.angle)
        for staleness in (1, 2, 5):
            free = (inputs[0].right - y.step).subs(y.staleness, staleness).subs(y.momentum, output.right)
            yield sp.im(sp.expand_complex(free.subs(y.staleness, staleness).subs(y.z, point)))


@dataclass(frozen=True)
class StepAtAngle(Rule):
    """epsilon_max = 2 sin(phi/2) sin(phi)/cos((K - 1/2) phi), as |z - 1| = 2 sin(phi/2) and |z - beta| of the angle.

    Inputs: H, and beta at the angle. Both moduli grow with the angle, so the least angle with this momentum is met at
    the least step; as beta falls from 1 to 0 between the angles 0 and pi/(2K + 1), it lies there. The second route puts
    both into H.
    """

    label: ClassVar[str] = "compare moduli at z = e^{i phi}"

    def apply(self, *inputs: Equation) -> Equation:
        """e^{i phi} cos A - cos(A + phi) = i sin(phi) e^{-i A}, A = (K - 1/2) phi."""
        above, below = sp.fraction(inputs[1].right)
        share = sp.exp(sp.I * y.angle) * below - above
        angle = sp.Dummy("A", real=True)
        whole = share.subs(y.staleness, angle / y.angle + sp.Rational(1, 2))
        opened = sp.expand_complex(sp.expand_trig(sp.expand_complex(sp.expand(whole))))
        size = sp.sqrt(sp.factor(sp.trigsimp(sp.expand(sp.re(opened) ** 2 + sp.im(opened) ** 2))))
        size = size.replace(sp.Abs, lambda value: value)  # 0 < phi < pi
        return Equation(y.step_limit, 2 * sp.sin(y.angle / 2) * size / below)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(e^{i phi}) at both."""
        put = {y.z: sp.exp(sp.I * y.angle), y.step: output.right, y.momentum: inputs[1].right}
        yield inputs[0].right.subs(put, simultaneous=True)
