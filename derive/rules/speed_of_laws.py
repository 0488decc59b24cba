"""Stage: rules about the speed of single laws. Input: H, a(r). Output: double roots, crossings, what mixtures do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_PRIMES = (2, 3, 5, 7, 11)


@dataclass(frozen=True)
class OnlyStationaryPoint(Rule):
    """r* with (ln a)' = 0 below the ``pole`` of E e^{r tau}; ln a(r) = ln r - ln E e^{r tau} is concave.

    So there is one such point, and a is largest there. The second route puts s = -r* into H' = 0 with a = a(r*), and
    looks at the place of r*.
    """

    left: sp.Expr
    pole: sp.Expr
    label: ClassVar[str] = "find the one maximum over r"
    requires: ClassVar = (assumptions.EXPONENTIAL_MOMENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Solve, and keep the solution below the pole."""
        slope = sp.simplify(sp.diff(sp.log(inputs[0].right), y.decay))
        solutions = [root for root in sp.solve(slope, y.decay) if self._inside(root)]
        if len(solutions) != 1:
            raise ValueError(f"{len(solutions)} stationary points of {inputs[0].right}")
        return Equation(self.left, solutions[0])

    def _inside(self, root: sp.Expr) -> bool:
        """Between 0 and the pole, at parameters in several orders of size."""
        names = sorted(self.pole.free_symbols | root.free_symbols, key=str)
        for turn in range(len(names)):
            at = {name: _PRIMES[(place + turn) % len(names)] for place, name in enumerate(names)}
            if not 0 < root.subs(at).evalf() < self.pole.subs(at).evalf():
                return False
        return True

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """1 + a L'(s) with L(s) = -s/a(-s), at the root; and 0 < r* < pole."""
        transform = -y.s / inputs[0].right.subs(y.decay, -y.s)
        damping = inputs[0].right.subs(y.decay, output.right)
        yield (1 + damping * sp.diff(transform, y.s)).subs(y.s, -output.right)
        yield sp.Integer(0) if self._inside(output.right) else sp.Integer(1)


@dataclass(frozen=True)
class TiltedCrossing(Rule):
    """omega at which exp((xi/theta)(1 - v)), v^2 = 1 + 2 i omega theta^2/xi, has phase -pi/2: Im v = pi theta/(2 xi).

    Re v follows from Re v^2 = 1 and omega from Im v^2. The second route puts i omega into the transform: its real part
    must vanish, and its imaginary part be negative.
    """

    transform: sp.Expr
    left: sp.Expr
    label: ClassVar[str] = "set the phase of L(i omega) to -pi/2"
    requires: ClassVar = (assumptions.INVERSE_GAUSSIAN,)

    def apply(self, *inputs: Equation) -> Equation:
        """From Im v to Re v to omega."""
        imaginary = sp.pi * y.mean_delay / (2 * y.level_shape)
        real = sp.sqrt(1 + imaginary**2)
        return Equation(self.left, sp.factor(y.level_shape / y.mean_delay**2 * imaginary) * real)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """L(i omega) + L(-i omega) = 0, and the sign of the other part."""
        above, below = (self.transform.subs(y.s, sign * sp.I * output.right) for sign in (1, -1))
        yield above + below
        half = {y.mean_delay: sp.Integer(2), y.level_shape: sp.Integer(3)}
        yield sp.Integer(0) if sp.im(above.subs(half).evalf()) < 0 else sp.Integer(1)


@dataclass(frozen=True)
class TiltedLimit(Rule):
    """a_max = omega exp((xi/theta)(Re v - 1)) at the omega (second input) of the crossing, Re v = sqrt(1 + (Im v)^2).

    The second route puts both into H (first input).
    """

    left: sp.Expr
    label: ClassVar[str] = "compare moduli at i omega"
    requires: ClassVar = (assumptions.INVERSE_GAUSSIAN,)

    def apply(self, *inputs: Equation) -> Equation:
        """The modulus from Re v."""
        real = sp.sqrt(1 + (sp.pi * y.mean_delay / (2 * y.level_shape)) ** 2)
        return Equation(self.left, inputs[1].right * sp.exp(y.level_shape / y.mean_delay * (real - 1)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(i omega) at that damping."""
        yield inputs[0].right.subs({y.damping: output.right, y.s: sp.I * inputs[1].right}, simultaneous=True)


@dataclass(frozen=True)
class ShiftAtFrequency(Rule):
    """d = (pi/2 - arctan(omega theta_d))/omega: the phase of e^{-s d}/(1 + s theta_d) is -pi/2 at i omega.

    It falls from oo to 0 as omega grows, so each d > 0 has one omega, the least at which a root may cross. The second
    route puts i omega into H, with the damping from the modulus.
    """

    label: ClassVar[str] = "set the phase of L(i omega) to -pi/2"
    requires: ClassVar = (assumptions.SHIFTED,)

    def apply(self, *inputs: Equation) -> Equation:
        """The phase, solved for the shift."""
        phase = y.crossing_frequency * y.shift + sp.atan(y.crossing_frequency * y.tail_mean)
        (shift,) = sp.solve(phase - sp.pi / 2, y.shift)
        return Equation(y.shift, shift)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(i omega)."""
        size = y.crossing_frequency * sp.sqrt(1 + (y.crossing_frequency * y.tail_mean) ** 2)
        at = {y.s: sp.I * y.crossing_frequency, y.damping: size}
        yield inputs[0].right.subs(at, simultaneous=True).subs(y.shift, output.right)


@dataclass(frozen=True)
class LimitAtFrequency(Rule):
    """a_max = omega sqrt(1 + omega^2 theta_d^2), where d is that of the crossing (second input).

    The second route puts it into H (first input).
    """

    label: ClassVar[str] = "compare moduli at i omega"
    requires: ClassVar = (assumptions.SHIFTED,)

    def apply(self, *inputs: Equation) -> Equation:
        """omega over |L|; a shift turns and does not shrink."""
        transform = sp.diff(inputs[0].right, y.damping).subs(y.shift, 0)
        at_axis = transform.subs(y.s, sp.I * y.crossing_frequency)
        return Equation(y.stability_limit, y.crossing_frequency / sp.Abs(at_axis))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H(i omega)."""
        at = {y.s: sp.I * y.crossing_frequency, y.damping: output.right}
        yield inputs[0].right.subs(at, simultaneous=True).subs(y.shift, inputs[1].right)
