"""Stage: rules of calculus. Input: a density. Output: its transform by the name of a standard integral."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of


@dataclass(frozen=True)
class NameIntegral(Rule):
    """L(s) = int exp(-s u) f(u) du = int exp(-(s l) v) l f(l v) dv with the scale l, by name.

    ``known`` makes the named function of x out of the scaled density l f(l v) of v = ``y.u``. The second route
    writes the name out as its integral and takes the integrand and the range back to the scale of seconds.
    """

    scale: sp.Expr
    known: Callable[[sp.Expr, sp.Expr], sp.Expr]
    lower: sp.Expr = sp.S.Zero
    upper: sp.Expr = sp.S.Infinity
    label: ClassVar[str] = "name the integral"

    def apply(self, *inputs: Equation) -> Equation:
        """Measure durations in units of the scale and look the density up; ``ValueError`` if it has no name."""
        return Equation(transform_of(y.s), self.known(self._scaled(inputs[0].right, y.u), y.s * self.scale))

    def _scaled(self, density: sp.Expr, at: sp.Symbol) -> sp.Expr:
        moved = sp.expand_log(self.scale * density.subs(y.u, self.scale * at), force=True)
        return sp.powsimp(sp.expand_power_base(moved, force=True), force=True)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The integrand of the name over the law's own, minus 1; the lower end in seconds; the upper end."""
        at, variable = sp.Dummy("v", positive=True), sp.Dummy("s", positive=True)
        written = output.right.subs(y.s, variable).rewrite(sp.Integral)
        (integral,) = written.atoms(sp.Integral)
        ((name, low, high),) = integral.limits
        found = written.xreplace({integral: integral.function.subs(name, at)})
        own = self._scaled(inputs[0].right, at) * sp.exp(-variable * self.scale * at)
        yield sp.simplify(sp.powsimp(sp.expand_power_base(found / own, force=True), force=True)) - 1
        yield low * self.scale - self.lower
        yield sp.Integer(0) if high == self.upper == sp.oo else sp.simplify(high * self.scale - self.upper)


def power_law(density: sp.Expr) -> sp.Expr:
    """The exponent nu of a density c v^-nu of v = ``y.u``; ``ValueError`` for any other.

    Example: ``power_law(3 / y.u**4) == 4``.
    """
    exponent = sp.simplify(-y.u * sp.diff(sp.log(density), y.u))
    if exponent.has(y.u):
        raise ValueError(f"no power of {y.u}: {density}")
    return exponent
