"""Stage: rules about densities exp(-quadratic/u). Input: such a density. Output: its transform and cdf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import cdf_of, transform_of


@dataclass(frozen=True)
class Tilt(Rule):
    """L(s) = exp(-s u) f(u; theta)/f(u; theta~), the theta~ for which that depends on u no more.

    Both densities have mass 1, so the ratio is the transform. The second route needs no theta~: f'/f is a rational
    function p/q of u, and q f' = p f becomes a linear differential equation of L, with L(0) = 1
    and L(oo) = 0: its other solution grows.
    """

    parameter: sp.Symbol
    label: ClassVar[str] = "tilt the density"

    def apply(self, *inputs: Equation) -> Equation:
        """Solve d/du of the logarithm of the ratio = 0 for the new parameter, positive as the old one."""
        density, variable = _positive(inputs[0].right)
        other, at = sp.Dummy("other", positive=True), sp.Dummy("s", positive=True)
        logarithm = sp.expand_log(sp.log(density), force=True)
        ratio = -at * variable + logarithm - logarithm.subs(self.parameter, other)
        solutions = sp.solve(sp.together(sp.diff(ratio, variable)), other)
        constant = [sp.simplify(root) for root in solutions if not sp.simplify(root).has(variable)]
        if len(constant) != 1:
            raise ValueError(f"{len(constant)} ways to tilt {inputs[0].right}")
        return Equation(transform_of(y.s), sp.exp(sp.factor(sp.simplify(ratio.subs(other, constant[0])))).subs(at, y.s))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The differential equation of L, divided by L, L(0) - 1, and L(oo)."""
        density, variable = _positive(inputs[0].right)
        slope = sp.together(sp.expand(sp.diff(sp.expand_log(sp.log(density), force=True), variable)))
        above, below = (sp.Poly(part, variable) for part in sp.fraction(slope))
        transform = output.right
        image = sp.Add(*(c * (-1) ** n * sp.diff(y.s * transform, y.s, n) for (n,), c in below.terms()))
        image -= sp.Add(*(c * (-1) ** n * sp.diff(transform, y.s, n) for (n,), c in above.terms()))
        yield sp.simplify(image / transform)
        yield sp.simplify(transform.subs(y.s, 0)) - 1
        far = sp.Dummy("s", positive=True)
        yield sp.limit(transform.subs(y.s, far), far, sp.oo)


@dataclass(frozen=True)
class TwoNormalTails(Rule):
    """F(t) = A Phi(alpha) + B Phi(beta): the exponent of f is -alpha^2/2, and -beta^2/2 up to a constant.

    alpha = sqrt(k/u) (u - theta)/theta, and beta is minus alpha mirrored, theta -> -theta. A and B come from F' = f,
    power by power of u. The second route differentiates F, and takes it to both ends.
    """

    label: ClassVar[str] = "complete the square, and its mirror image"

    def apply(self, *inputs: Equation) -> Equation:
        """Find both squares and their coefficients."""
        density, variable = _positive(inputs[0].right)
        root = sp.sqrt(y.level_shape / variable)
        first = root * (variable / y.mean_delay - 1)
        second = -root * (variable / y.mean_delay + 1)
        tails = [sp.exp(-(edge**2) / 2) / sp.sqrt(2 * sp.pi) * sp.diff(edge, variable) for edge in (first, second)]
        weights = sp.symbols("A B", cls=sp.Dummy)
        parts = (weight * sp.simplify(tail / density) for weight, tail in zip(weights, tails, strict=True))
        numerator = sp.fraction(sp.together(sp.Add(*parts) - 1))[0]
        (solved,) = sp.linsolve(sp.Poly(sp.expand(numerator), variable).coeffs(), weights)
        total = sp.Add(*(w * sp.erfc(-edge / sp.sqrt(2)) / 2 for w, edge in zip(solved, (first, second), strict=True)))
        return Equation(cdf_of(y.t), total.subs(variable, y.t))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """F'/f - 1, F(0+) and F(oo) - 1."""
        density, variable = _positive(inputs[0].right)
        stated = output.right.subs(y.t, variable)
        yield sp.simplify(sp.diff(stated, variable) / density) - 1
        yield sp.limit(stated, variable, 0, "+")
        yield sp.limit(stated, variable, sp.oo) - 1


def _positive(density: sp.Expr) -> tuple[sp.Expr, sp.Symbol]:
    """The density of a variable that is known to be positive."""
    variable = sp.Dummy("v", positive=True)
    return density.subs(y.u, variable), variable
