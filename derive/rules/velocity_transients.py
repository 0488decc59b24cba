"""Stage: rules about transients with momentum. Input: H and a constant history. Output: the mean path, its residues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of
from derive.rules.transients import transform_of_mean


def _drive(characteristic: sp.Expr) -> sp.Expr:
    """What L multiplies in H: eta h Lambda (s + Lambda)."""
    named = sp.Dummy("L")
    return sp.factor(sp.diff(characteristic.subs(transform_of(y.s), named), named))


def _one_stage(at: sp.Expr) -> sp.Expr:
    return y.worker_rate / (y.worker_rate + at)


@dataclass(frozen=True)
class TransformOfVelocity(Rule):
    """xhat(s) = (x0/s)(1 - eta h Lambda (s + Lambda)/H(s)): what x falls short of x0 starts at rest, velocity 0.

    The second route solves for the transforms of velocity, parameter and reads of one exponential stage, whose reads y
    obey y' = mu (x - y), from v = 0 and x = y = x0.
    """

    label: ClassVar[str] = "transform, from a constant history"
    requires: ClassVar = (assumptions.HISTORY, assumptions.MOMENTUM)

    def apply(self, *inputs: Equation) -> Equation:
        """The step response of the feedback, taken from x0."""
        share = _drive(inputs[0].right) / inputs[0].right
        return Equation(transform_of_mean(y.s), y.initial / y.s * (1 - share))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The linear system of (v, x, y) by its matrix, against the output."""
        pull = y.learning_rate * y.curvature * y.arrival_rate
        friction = (1 - y.momentum) * y.arrival_rate
        matrix = sp.Matrix(
            [
                [-friction, 0, -pull],
                [y.momentum * y.arrival_rate, 0, -pull],
                [0, y.worker_rate, -y.worker_rate],
            ]
        )
        solved = (y.s * sp.eye(3) - matrix).LUsolve(sp.Matrix([0, y.initial, y.initial]))
        yield sp.cancel(sp.together(solved[1] - output.right.replace(transform_of, _one_stage)))


@dataclass(frozen=True)
class ResidueOfVelocity(Rule):
    """c = -x0 eta h Lambda (s + Lambda)/(s H'(s)) at a simple root s_l of H, from H and xhat.

    The second route differentiates 1/xhat of one exponential stage, at the root -rho of the step that makes it one.
    """

    label: ClassVar[str] = "take the residue at a simple root"

    def apply(self, *inputs: Equation) -> Equation:
        """The drive over the slope of H."""
        residue = -y.initial * _drive(inputs[0].right) / (y.s * sp.diff(inputs[0].right, y.s))
        return Equation(y.amplitude, residue.subs(y.s, y.root))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """1/(1/xhat)' minus the output, at exact numbers."""
        numbers = {y.worker_rate: 1, y.arrival_rate: 3, y.curvature: sp.Rational(5, 4), y.initial: 2}
        for share, place in ((sp.Rational(1, 3), sp.Rational(1, 5)), (sp.Rational(1, 2), sp.Rational(2, 7))):
            at = {**numbers, y.momentum: share}
            function, path = (one.right.replace(transform_of, _one_stage).subs(at) for one in inputs)
            (step,) = sp.solve(function.subs(y.s, -place), y.learning_rate)
            steep = sp.diff(1 / sp.cancel(path.subs(y.learning_rate, step)), y.s).subs(y.s, -place)
            claimed = output.right.replace(transform_of, _one_stage).doit()
            yield sp.cancel(1 / steep - claimed.subs(at).subs({y.learning_rate: step, y.root: -place}))
