"""Stage: rules about crossings. Input: H and the frequency of a crossing. Output: the damping at which it happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
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


_PHASE = sp.Dummy("x", positive=True)


@dataclass(frozen=True)
class LeastMeanAtCrossing(Rule):
    """a theta >= pi/2 wherever a root crosses: a_safe = pi/(2 theta), whatever the law.

    H(i omega) = 0 says E cos(omega tau) = 0 and a E sin(omega tau) = omega. As x >= (pi/2) sin x - cos x for x >= 0,
    with equality at pi/2 alone, omega theta >= (pi/2) E sin(omega tau) = (pi/2) omega/a. For small a the mean is
    stable, and roots move continuously with a. ``apply`` finds the multipliers by tangency at pi/2; the second route
    proves the inequality, and puts the constant delay into H, where the bound is met.
    """

    left: sp.Expr
    label: ClassVar[str] = "bound x from below by sine and cosine"
    requires: ClassVar = (assumptions.DURATION,)

    def apply(self, *inputs: Equation) -> Equation:
        """x = A sin x + B cos x to first order at pi/2; the mean of cos is 0, that of sin omega/a."""
        sine, cosine = sp.symbols("A B", cls=sp.Dummy)
        gap = _PHASE - sine * sp.sin(_PHASE) - cosine * sp.cos(_PHASE)
        touch = [one.subs(_PHASE, sp.pi / 2) for one in (gap, sp.diff(gap, _PHASE))]
        found = sp.solve(touch, [sine, cosine], dict=True)[0]
        return Equation(self.left, found[sine] / y.mean_delay)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the constant delay; then the inequality: trivial beyond its amplitude, convex or concave before."""
        crossing = {y.s: sp.I * output.right, y.damping: output.right}
        constant = inputs[0].right.replace(transform_of, lambda at: sp.exp(-at * y.mean_delay))
        yield sp.simplify(constant.subs(crossing, simultaneous=True))
        least = output.right * y.mean_delay
        gap = _PHASE - least * sp.sin(_PHASE) + sp.cos(_PHASE)
        slope, bend = sp.diff(gap, _PHASE), sp.diff(gap, _PHASE, 2)
        turn, amplitude = sp.atan(1 / least), sp.sqrt(1 + least**2)  # concave before the turn, convex until turn + pi
        yield sp.simplify(bend.subs(_PHASE, turn))
        yield sp.simplify(slope.subs(_PHASE, sp.pi / 2))
        yield sp.simplify(gap.subs(_PHASE, sp.pi / 2))
        held = (amplitude < turn + sp.pi, gap.subs(_PHASE, 0) > 0, gap.subs(_PHASE, turn) > 0)
        yield sp.Integer(0) if all(bool(one) for one in held) else sp.Integer(1)
