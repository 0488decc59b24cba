"""Stage: rules about crossings. Input: H and the frequency of a crossing. Output: the damping at which it happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of


@dataclass(frozen=True)
class CrossAtFrequency(Rule):
    """a = omega/|L(i omega)| at the omega (second input) where arg L = -pi/2, so that |L| = Re(i L(i omega)).

    The second route puts s = i omega and a into H (first input): both its parts must vanish.
    """

    left: sp.Expr
    label: ClassVar[str] = "solve H(i omega) = 0 for the damping"

    def apply(self, *inputs: Equation) -> Equation:
        """Take the modulus as a real part."""
        transform = sp.diff(inputs[0].right, y.damping)
        frequency = inputs[1].right
        turned = sp.I * sp.hyperexpand(transform.subs(y.s, sp.I * frequency))
        if turned.has(transform_of):
            raise ValueError(f"no closed modulus of {transform}")
        modulus = sp.Integer(0)
        for term in sp.Add.make_args(sp.expand_mul(turned, deep=False)):  # all symbols are real
            steady, wave = term.as_independent(sp.exp)
            angle = sp.factor(sp.expand(sp.log(wave).expand(force=True) / sp.I))
            modulus += sp.re(steady) * sp.cos(angle) - sp.im(steady) * sp.sin(angle)
        return Equation(self.left, frequency / sp.factor(sp.together(modulus)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(i omega) at the output's damping."""
        yield inputs[0].right.subs({y.damping: output.right, y.s: sp.I * inputs[1].right}, simultaneous=True)
