"""Stage: rules about pairs of roots under gamma delays. Input: H of shape k. Output: where two modes decay alike.

A root s has 1 + s theta/k = rho e^(i phi); then a = -s (1 + s theta/k)^k has the argument of (1 - rho e^(i phi))
e^(i k phi), and every damping with that root is a power of rho times sines and cosines of k phi and phi.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule

_TURNED, _RADIUS = sp.symbols("alpha rho", positive=True, cls=sp.Dummy)  # k phi, |1 + s theta/k|
_SUM = sp.sin(_TURNED) * sp.cos(y.angle) + sp.cos(_TURNED) * sp.sin(y.angle)


def _over_sum(expression: sp.Expr) -> sp.Expr:
    """A function of phi and k phi over powers of sin((k + 1) phi), the addition theorem undone."""
    above, below = sp.fraction(sp.cancel(sp.together(sp.expand_trig(expression))))
    power = sp.degree(below, sp.sin(_TURNED)) if below.has(sp.sin(_TURNED)) else 0
    rest = sp.factor(sp.trigsimp(above * _SUM**power / below))
    whole = rest / sp.sin(_TURNED + y.angle) ** power
    return whole.subs(_TURNED, y.shape * y.angle).subs(
        sp.sin(y.shape * y.angle + y.angle), sp.sin((y.shape + 1) * y.angle)
    )


@dataclass(frozen=True)
class DecayOfPolarPair(Rule):
    """r = k sin(phi) cos(k phi)/(theta sin((k + 1) phi)): a pair with that angle belongs to one real damping.

    The second route puts both roots of the pair into H of two and of three stages: they ask for the same damping.
    """

    label: ClassVar[str] = "ask for a real damping"

    def apply(self, *inputs: Equation) -> Equation:
        """rho from the imaginary part of (1 - rho e^(i phi)) e^(i k phi), then the real part of the root."""
        imaginary = sp.sin(_TURNED) - _RADIUS * sp.sin(_TURNED + y.angle)
        (radius,) = sp.solve(imaginary, _RADIUS)
        return Equation(y.decay, y.shape / y.mean_delay * _over_sum(1 - radius * sp.cos(y.angle)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The difference of the two dampings, the imaginary part of the root by its angle."""
        for stages in (2, 3):
            rate, function = (one.subs(y.shape, stages) for one in (output.right, inputs[0].right))
            height = (stages / y.mean_delay - rate) * sp.tan(y.angle)
            first, second = (_damping_at(function, -rate + sign * sp.I * height) for sign in (1, -1))
            yield first - second


@dataclass(frozen=True)
class RatioOfPolarDampings(Rule):
    """kappa_h = 1/(cos(k phi) cos(phi)^k): damping of the pair over that of a real root of the same decay rate.

    Inputs: H, a(r), r(phi). The second route puts kappa_h a(r) into H at the pair, for two and for three stages.
    """

    label: ClassVar[str] = "divide the dampings of the two modes"

    def apply(self, *inputs: Equation) -> Equation:
        """rho^k cancels: |1 - rho e^(i phi)| over (1 - rho cos(phi)) cos(phi)^k."""
        radius = sp.sin(_TURNED) / sp.sin(_TURNED + y.angle)
        steep = sp.cos(_TURNED) - radius * sp.cos(_TURNED + y.angle)
        flat = 1 - radius * sp.cos(y.angle)
        ratio = sp.simplify(_over_sum(steep) / _over_sum(flat))
        return Equation(y.curvature_ratio, ratio / sp.cos(y.angle) ** y.shape)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the pair with the steeper mode's damping."""
        for stages in (2, 3):
            function, flat, rate, ratio = (
                one.subs(y.shape, stages) for one in (*(known.right for known in inputs), output.right)
            )
            root = -rate + sp.I * (stages / y.mean_delay - rate) * sp.tan(y.angle)
            yield function.subs({y.s: root, y.damping: ratio * flat.subs(y.decay, rate)}, simultaneous=True)


def _damping_at(characteristic: sp.Expr, root: sp.Expr) -> sp.Expr:
    """-s/L(s), the damping that makes s a root of s + a L(s)."""
    return -root / (sp.diff(characteristic, y.damping).subs(y.s, root))
