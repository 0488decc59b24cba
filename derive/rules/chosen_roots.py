"""Stage: rules about chosen roots. Input: H. Output: the damping that makes them roots, two modes that decay alike.

With one learning rate the flattest mode decays at a real root -r, the steepest one, beyond its critical damping, at a
pair -r +- i omega.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Equation, Rule

_PAIR = -y.decay + sp.I * y.frequency


def _damping_at(function: sp.Expr, root: sp.Expr) -> sp.Expr:
    """-s/L(s): the damping, maybe not real, at which s is a root of s + a L(s)."""
    transform = sp.diff(function, y.damping)
    return (-y.s / transform).subs(y.s, root)


@dataclass(frozen=True)
class DampingOfRoot(Rule):
    """a = -s/L(s) at a point s named as a root, if L is finite there (``needs``); put back, H must vanish."""

    left: sp.Expr
    root: sp.Expr
    needs: tuple[Assumption, ...] = ()
    label: ClassVar[str] = "solve H(s) = 0 for the damping"

    @property
    def requires(self) -> tuple[Assumption, ...]:
        """What the transform needs at that point."""
        return self.needs

    def apply(self, *inputs: Equation) -> Equation:
        """H is linear in a."""
        return Equation(self.left, _damping_at(inputs[0].right, self.root))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the root and the output's damping."""
        yield inputs[0].right.subs({y.s: self.root, y.damping: output.right}, simultaneous=True)


@dataclass(frozen=True)
class DecayOfPair(Rule):
    """r as a function of omega where -r +- i omega are roots of H at one real damping: Im(s/L(s)) = 0.

    The second route puts both roots of the pair in: they must ask for the same damping.
    """

    label: ClassVar[str] = "ask for a real damping"

    def apply(self, *inputs: Equation) -> Equation:
        """The imaginary part of -s/L(s), linear in r up to a real factor."""
        parts = sp.im(sp.expand(_damping_at(inputs[0].right, _PAIR), complex=True))
        (found,) = sp.solve(sp.simplify(parts * sp.exp(y.decay * y.mean_delay)), y.decay)
        return Equation(y.decay, found)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The difference of the two dampings."""
        pair = (_damping_at(inputs[0].right, root) for root in (_PAIR, sp.conjugate(_PAIR)))
        first, second = (one.subs(y.decay, output.right) for one in pair)
        yield first - second


@dataclass(frozen=True)
class RatioOfDampings(Rule):
    """kappa_h = (damping of the pair)/(damping of the real root) at one decay rate: H, a(r), r(omega).

    The second route puts kappa_h a(r) into H at the pair.
    """

    left: sp.Expr
    label: ClassVar[str] = "divide the dampings of the two modes"

    def apply(self, *inputs: Equation) -> Equation:
        """The real part of -s/L(s) at the pair, over a(r)."""
        pair = sp.re(sp.expand(_damping_at(inputs[0].right, _PAIR), complex=True))
        ratio = sp.simplify(pair / inputs[1].right).subs(y.decay, inputs[2].right)
        return Equation(self.left, sp.trigsimp(sp.simplify(ratio)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """H at the pair with the steeper mode's damping: both parts must vanish."""
        steep = output.right * inputs[1].right
        at_pair = inputs[0].right.subs({y.s: _PAIR, y.damping: steep}, simultaneous=True)
        yield at_pair.subs(y.decay, inputs[2].right)


@dataclass(frozen=True)
class RealPartOfPair(Rule):
    """r = -(s_0 + s_1)/2 for the two roots of a quadratic beyond its double root, where they are conjugate.

    The second route multiplies H's denominator out and compares with (s + r)^2 + (imaginary part)^2.
    """

    label: ClassVar[str] = "average the two conjugate roots"
    requires: ClassVar = (assumptions.CONJUGATE_PAIR,)

    def apply(self, *inputs: Equation) -> Equation:
        """The second input holds both roots by their branch."""
        both = [inputs[1].right.subs(y.branch, number) for number in (0, 1)]
        return Equation(y.decay, sp.simplify(-sum(both) / 2))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The linear coefficient of the numerator of H over its leading one is 2 r."""
        powers = sp.Poly(sp.numer(sp.together(inputs[0].right)), y.s).all_coeffs()
        yield sp.simplify(powers[1] / powers[0] - 2 * output.right)
