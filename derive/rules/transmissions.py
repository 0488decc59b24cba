"""Stage: rules about triggered transmissions. Input: gain and share of a trigger. Output: what each one carries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule

_x = sp.Dummy("x", positive=True)


def _beyond(power: int) -> sp.Expr:
    """The integral of r^{power - 1} e^{-r^2/2} over r >= kappa."""
    if power == 1:
        return sp.sqrt(sp.pi / 2) * sp.erfc(y.trigger / sp.sqrt(2))
    edge = y.trigger ** (power - 2) * sp.exp(-(y.trigger**2) / 2)
    return edge if power == 2 else edge + (power - 2) * _beyond(power - 2)


@dataclass(frozen=True)
class GainPerTransmission(Rule):
    """g = G/p = E[|Z|^2/d given |Z| >= kappa]: inputs G and p of d modes.

    The second route averages |Z|^2/d over what is sent, for one to four modes in polar coordinates.
    """

    label: ClassVar[str] = "divide the gain by the share that is sent"
    requires: ClassVar = (assumptions.TRIGGER,)

    def apply(self, *inputs: Equation) -> Equation:
        """The quotient."""
        return Equation(y.gain_per_transmission, sp.gammasimp(inputs[0].right / inputs[1].right))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Integrals of r^{n-1} e^{-r^2/2} beyond kappa, by parts from n = 1 and n = 2."""
        for modes in (1, 2, 3, 4):
            claimed = sp.expand_func(output.right.subs(y.modes, modes))
            yield sp.simplify((claimed * _beyond(modes) - _beyond(modes + 2) / modes).rewrite(sp.erf))


@dataclass(frozen=True)
class LeastGainPerTransmission(Rule):
    """g >= 1 + kappa^2 for one mode: kappa times a normal tail is below the density, kappa P(Z >= kappa) <= phi(kappa).

    ``apply`` puts the largest share that the density allows, p = 2 phi/kappa, into G/p (inputs G, p of one mode).
    The second route goes far out, where g exceeds the bound by 1, and shows that phi - kappa P(Z >= kappa) falls to 0.
    """

    label: ClassVar[str] = "bound the share by the density"
    requires: ClassVar = (assumptions.TRIGGER, assumptions.NORMAL)

    def apply(self, *inputs: Equation) -> Equation:
        """G is p plus 2 kappa phi."""
        edge = sp.simplify(inputs[0].right - inputs[1].right)  # 2 kappa phi(kappa)
        return Equation(y.gain_per_transmission, sp.simplify(1 + edge / (edge / y.trigger**2)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """g less the bound far out, by the tail's own series; phi - kappa p/2 falls, towards 0."""
        tail = sp.erfc(y.trigger / sp.sqrt(2))
        yield sp.simplify((inputs[1].right - tail).rewrite(sp.erf))
        bound = output.right.subs(y.trigger, _x)
        density = sp.exp(-(_x**2) / 2) / sp.sqrt(2 * sp.pi)
        mills = (1 - 1 / _x**2 + 3 / _x**4) / _x  # P(Z >= x)/phi(x) lies between this and this less 15/x^7
        yield sp.limit(1 + _x / mills - bound, _x, sp.oo) - 1
        gap = density - _x * sp.erfc(_x / sp.sqrt(2)) / 2
        slope = sp.simplify(sp.diff(gap, _x) + sp.erfc(_x / sp.sqrt(2)) / 2)
        yield slope  # the slope of the gap is minus a tail probability
        yield sp.limit(gap, _x, sp.oo)


@dataclass(frozen=True)
class CyclesUntilSent(Rule):
    """theta_C/p: a worker computes 1/p gradients for one that it sends, in the place of theta_C.

    ``apply`` sums the mean of a geometric count; the second route conditions on the first gradient.
    """

    label: ClassVar[str] = "compute until a gradient is sent"
    requires: ClassVar = (assumptions.TRIGGER, assumptions.INDEPENDENT)

    def apply(self, *inputs: Equation) -> Equation:
        """Sum j p (1 - p)^(j-1) in closed form."""
        lost = sp.Dummy("q")
        total = sp.simplify(sp.diff(1 / (1 - lost), lost)).subs(lost, 1 - y.applied_fraction) * y.applied_fraction
        return Equation(inputs[0].left, inputs[0].right.subs(y.compute_time, y.compute_time * sp.simplify(total)))

    def named(self, *inputs: Equation) -> sp.Basic:
        """Nothing but the time between two transmissions changes."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """N = 1 + (1 - p) N solved for the mean count, put in."""
        count = sp.Dummy("N")
        (mean,) = sp.solve(1 + (1 - y.applied_fraction) * count - count, count)
        yield inputs[0].right.subs(y.compute_time, mean * y.compute_time) - output.right
