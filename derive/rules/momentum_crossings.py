"""Stage: rules about crossings with momentum. Input: H of a constant delay. Output: momentum, step at a frequency.

With b = (M/theta)(1 - beta), i omega (i omega + b) = -epsilon (M/theta)(i omega + M/theta) e^{-i omega theta} is two
real equations, linear in beta and epsilon: a curve of limits, drawn by its frequency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_NUMBERS = (sp.Rational(1, 3), sp.Integer(1), sp.Rational(3, 2))  # omega theta, on the curve


def _at_frequency(function: sp.Expr) -> sp.Expr:
    """H(i omega) with the step eta h by its name."""
    return function.subs({y.curvature: y.step / y.learning_rate, y.s: sp.I * y.frequency}, simultaneous=True)


@dataclass(frozen=True)
class MomentumAtFrequency(Rule):
    """beta = 1 - (x/M) (M sin x - x cos x)/(M cos x + x sin x), x = omega theta, at which a pair may reach +-i omega.

    From 1 at x = 0 it falls to 0 at x = pi/2: M (1 - beta)/x = tan(x - arctan(x/M)), and both sides grow with x. The
    second route leaves the step out: H without it, over what multiplies it, is real at i omega.
    """

    label: ClassVar[str] = "let a pair reach the axis at this frequency"
    requires: ClassVar = (assumptions.CONSTANT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Two real equations."""
        return Equation(y.momentum, 1 - sp.factor(sp.trigsimp(1 - _crossing(inputs[0])[y.momentum])))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Im(P/Q) at the frequency; beta at the ends of the curve, and its order on it."""
        whole = _at_frequency(inputs[0].right).subs(y.momentum, output.right)
        alone, pull = whole.subs(y.step, 0), sp.diff(whole, y.step)
        yield sp.simplify(sp.im(sp.expand_complex(alone * sp.conjugate(pull))))
        yield sp.limit(output.right.subs(y.mean_delay, 1), y.frequency, 0) - 1
        yield sp.simplify(output.right.subs(y.frequency, sp.pi / 2 / y.mean_delay))
        shares = [output.right.subs({y.frequency: x, y.mean_delay: 1, y.workers: 4}) for x in _NUMBERS]
        yield sp.Integer(0) if bool(1 > shares[0] > shares[1] > shares[2] > 0) else sp.Integer(1)


@dataclass(frozen=True)
class StepAtFrequency(Rule):
    """epsilon_max = x^2/(M (M cos x + x sin x)), x = omega theta, the step at which that pair reaches the axis.

    Inputs: H, and beta at the frequency. Every later crossing with this beta has a larger x, and |P|^2/|Q|^2 grows with
    x: so the first one is the least step; it leads out, as that quotient's slope is positive. The second route puts
    both into H, and finds the limit pi/2 of a theta without momentum.
    """

    label: ClassVar[str] = "solve H(i omega) = 0 for the step"
    requires: ClassVar = (assumptions.CONSTANT,)

    def apply(self, *inputs: Equation) -> Equation:
        """The other unknown of the two real equations."""
        return Equation(y.step_limit, sp.factor(sp.trigsimp(_crossing(inputs[0])[y.step])))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(i omega) at both; the slope of |P|^2/|Q|^2; beta = 0."""
        put = {y.step: output.right, y.momentum: inputs[1].right}
        whole = sp.expand_complex(_at_frequency(inputs[0].right).subs(put, simultaneous=True))
        yield sp.simplify(sp.re(whole))
        yield sp.simplify(sp.im(whole))
        square, lost = sp.symbols("w b", positive=True, cls=sp.Dummy)
        quotient = square * (square + lost**2) / (square + y.workers**2)
        grown = sp.factor(sp.diff(quotient, square) * (square + y.workers**2) ** 2)
        yield sp.Integer(0) if grown.is_positive else sp.Integer(1)
        at_edge = output.right.subs(y.frequency, sp.pi / 2 / y.mean_delay) * y.workers
        yield sp.simplify(at_edge - sp.pi / 2)


def _crossing(given: Equation) -> dict[sp.Symbol, sp.Expr]:
    """beta and epsilon at i omega, by e^{i omega theta} H = 0."""
    turned = sp.expand(_at_frequency(given.right) * sp.exp(sp.I * y.frequency * y.mean_delay))
    whole = sp.expand_complex(turned)
    (found,) = sp.solve([sp.re(whole), sp.im(whole)], [y.momentum, y.step], dict=True)
    return {name: sp.simplify(value) for name, value in found.items()}
