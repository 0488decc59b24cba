"""Stage: rules of calculus. Input: a density whose logarithm of the duration is normal. Output: moments and cdf.

With u = e^v the density becomes exp of a quadratic in v, and so does its product with a power of u.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import StateDensity, cdf_of, density_of
from derive.rules.names import misnamed_average


def on_log_scale(density: sp.Expr, at: sp.Expr) -> sp.Expr:
    """e^v f(e^v) at v = ``at``, which is real: the density of the logarithm.

    Example: ``on_log_scale(1 / y.u**2, sp.Integer(0)) == 1``.
    """
    variable = sp.Dummy("u", positive=True)
    logarithm = sp.expand_log(sp.log(variable * density.subs(y.u, variable)), force=True)
    return sp.exp(sp.expand(logarithm.subs(sp.log(variable), at)))


@dataclass(frozen=True)
class StateOnLogScale(StateDensity):
    """f(u) = the law's density; the second route integrates the density of log u to 1."""

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Total mass minus 1."""
        at = sp.Dummy("v", real=True)
        yield sp.simplify(sp.integrate(on_log_scale(output.right, at), (at, -sp.oo, sp.oo), conds="none")) - 1


@dataclass(frozen=True)
class MomentOnLogScale(Rule):
    """E[tau^n] = int e^(n v) e^v f(e^v) dv over all v.

    The second route completes the square: at its top the integrand is the integral over sqrt(2 pi) times the width.
    """

    order: int
    label: ClassVar[str] = "integrate on the logarithmic scale"

    def apply(self, *inputs: Equation) -> Equation:
        """Integrate with SymPy; ``ValueError`` when it gives up."""
        at = sp.Dummy("v", real=True)
        value = sp.integrate(on_log_scale(inputs[0].right * y.u**self.order, at), (at, -sp.oo, sp.oo), conds="none")
        if value.has(sp.Integral):
            raise ValueError(f"SymPy finds no moment {self.order} of {inputs[0].right}")
        return Equation(y.delay_moment[self.order], sp.powsimp(sp.simplify(value)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The name; the third derivative of the exponent; top times sqrt(2 pi) times width minus the output."""
        yield from misnamed_average(output.left, y.u**self.order, sp.Integer(0), sp.oo)
        at = sp.Dummy("v", real=True)
        exponent = sp.expand(sp.expand_log(sp.log(on_log_scale(inputs[0].right * y.u**self.order, at)), force=True))
        yield sp.diff(exponent, at, 3)
        curved = -sp.diff(exponent, at, 2)
        top = -exponent.coeff(at, 1) / (2 * exponent.coeff(at, 2))
        yield sp.simplify(sp.exp(sp.simplify(exponent.subs(at, top))) * sp.sqrt(2 * sp.pi / curved)) - output.right


@dataclass(frozen=True)
class DistributionOnLogScale(Rule):
    """F(t) = int e^v f(e^v) dv up to log t; the second route differentiates it and takes it to both ends."""

    label: ClassVar[str] = "integrate on the logarithmic scale"

    def apply(self, *inputs: Equation) -> Equation:
        """Integrate with SymPy, and write one tail of the normal law."""
        at, end = sp.Dummy("v", real=True), sp.Dummy("log t", real=True)
        value = sp.integrate(on_log_scale(inputs[0].right, at), (at, -sp.oo, end), conds="none")
        tail = sp.simplify(value).replace(sp.erf, lambda argument: 1 - sp.erfc(argument))
        tail = sp.expand(tail).replace(sp.erfc, lambda argument: 2 - sp.erfc(sp.factor(-argument)))
        return Equation(cdf_of(y.t), sp.expand(tail).subs(end, sp.log(y.t)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """F' - f at a positive time, F at 0 and at the other end."""
        at, end = sp.Dummy("u", positive=True), sp.Dummy("log t", real=True)
        yield sp.simplify(sp.diff(output.right.subs(y.t, at), at) / inputs[0].right.subs(y.u, at)) - 1
        along = output.right.subs(sp.log(y.t), end)
        yield sp.limit(along, end, -sp.oo)
        yield sp.limit(along, end, sp.oo) - 1
        yield sp.Integer(0) if inputs[0].left == density_of(y.u) else sp.Integer(1)
