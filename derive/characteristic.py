"""Stage: characteristic equations. Input: a damping and a law, or a step and a staleness. Output: H, ready for proof.

continuous       H(s) = s + a L(s)            or, with friction b, s^2 + b s + a L(s)
update-indexed   H(z) = z - 1 + step E z^-K   or, with momentum b, (z - 1)(z - b)/z + step E z^-K
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import sympy as sp

from derive import symbols as y
from derive.exact import Number, exact, refuse_namesakes
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex
from derive.integer_laws import EmpiricalInteger, IntegerLaw, Poisson, UniformInteger
from derive.law import Law

Arrays = Mapping[sp.IndexedBase, tuple[sp.Rational, ...]]


@dataclass(frozen=True)
class CharacteristicEquation(ShownAsLatex):
    """H(variable) = 0, with what a proof about its roots needs to know.

    ``function`` may hold free symbols (parameters) until numbers are put in with ``at``.
    ``modulus_bound``: for "continuous", an expression in ``variable``; a root with Re s >= line has modulus
    at most its value at the real number min(line, 0).
    For "update-indexed", a bound on the modulus of every root.
    ``abscissa_of_convergence``: H is analytic right of it (-oo: everywhere), and for z outside this modulus.
    ``arrays``: the data behind indexed sums in ``function``.
    """

    function: sp.Expr
    variable: sp.Symbol
    modulus_bound: sp.Expr
    abscissa_of_convergence: sp.Expr
    plane: Literal["continuous", "update-indexed"] = "continuous"
    arrays: Arrays = field(default_factory=dict)

    def latex(self) -> str:
        """H = 0, with the numbers that were put in."""
        return f"{latex(self.function)} = 0"

    def at(self, values: Mapping[sp.Symbol, sp.Expr]) -> CharacteristicEquation:
        """The same equation with numbers put in for parameters."""
        return CharacteristicEquation(
            self.function.subs(values),
            self.variable,
            self.modulus_bound.subs(values),
            self.abscissa_of_convergence.subs(values),
            self.plane,
            self.arrays,
        )


def delay_equation(damping: Number, delay: Law, friction: Number | None = None) -> CharacteristicEquation:
    """H(s) = s + a L(s), or s^2 + b s + a L(s) with friction b; a in 1/s (1/s^2 with friction), any sign.

    The bound: on Re s >= line, |L(s)| <= L(min(line, 0)), hence |s| <= |a| L, and with friction
    |s| <= (|b| + sqrt(b^2 + 4 |a| L))/2.

    Example: ``delay_equation(1, Constant(1)).function == y.s + sp.exp(-y.s)``.
    """
    a, transform = exact(damping), delay.laplace_transform(y.s)
    refuse_namesakes(sp.Tuple(a, transform))
    if friction is None:
        function, bound = y.s + a * transform, sp.Abs(a) * transform
    else:
        b = exact(friction)
        function = y.s**2 + b * y.s + a * transform
        bound = (sp.Abs(b) + sp.sqrt(b**2 + 4 * sp.Abs(a) * transform)) / 2
    abscissa = -sp.oo if a == 0 else delay.abscissa_of_convergence  # without feedback H is a polynomial
    return CharacteristicEquation(function, y.s, bound, abscissa, arrays=delay.arrays)


def transform_equation(a: sp.Expr, transform: sp.Expr, abscissa: sp.Expr, arrays: Arrays) -> CharacteristicEquation:
    """H(s) = s + a L(s) for the transform of any positive delay, L(0) = 1; the bound is that of ``delay_equation``.

    ``a`` in 1/s, any sign; ``transform`` L in ``y.s``; ``abscissa`` of its convergence; ``arrays`` its data.

    Example: ``transform_equation(sp.Integer(1), sp.exp(-y.s), -sp.oo, {}).function == y.s + sp.exp(-y.s)``.
    """
    return CharacteristicEquation(y.s + a * transform, y.s, sp.Abs(a) * transform, abscissa, arrays=arrays)


def momentum_equation(function: sp.Expr, transform: sp.Expr, of: CharacteristicEquation) -> CharacteristicEquation:
    """H(s) = s (s + b) + c (s + Lambda) L(s), given as ``function`` of ``y.s`` with L = ``transform``.

    The bound: |s|^2 <= (|b| + |c| L)|s| + |c| Lambda L on Re s >= line, L at min(line, 0). Its coefficients are read
    off ``function``, which is linear in L; ``of`` is the equation without momentum.

    Example: ``momentum_equation(y.s * (y.s + 1) + (y.s + 2) * sp.exp(-y.s), sp.exp(-y.s), delay_equation(1,
    Constant(1))).modulus_bound.subs(y.s, 0) == 1 + sp.sqrt(3)``.
    """
    name = sp.Dummy("L")
    opened = sp.expand(function.subs(transform, name))
    friction = opened.subs(name, 0).coeff(y.s, 1)
    linear = sp.expand(sp.diff(opened, name))
    first, last = (sp.Abs(linear.coeff(y.s, power)) * transform for power in (1, 0))
    both = sp.Abs(friction) + first
    bound = (both + sp.sqrt(both**2 + 4 * last)) / 2
    return CharacteristicEquation(function, y.s, bound, of.abscissa_of_convergence, arrays=of.arrays)


def divided_by_velocity(of: CharacteristicEquation, rate: sp.Expr, transform: sp.Expr) -> CharacteristicEquation:
    """H(s)/(s + Lambda) = s + G(s) of an equation with momentum, in which white noise drives the parameter alone.

    H is linear in L = ``transform``, H = P + Q L with Q/(s + Lambda) constant; ``rate`` is Lambda. The bound on |G|
    where Re s >= line: |Lambda beta s/(s + Lambda)| <= Lambda beta (1 + Lambda/(Lambda + line)), beside |c| L. It is
    the bound on the roots, too; the root of the divisor lies at -Lambda, where convergence ends.

    Example: ``divided_by_velocity(momentum_equation(y.s * (y.s + 1) + (y.s + 2) * sp.exp(-y.s), sp.exp(-y.s),
    delay_equation(1, Constant(1))), sp.Integer(2), sp.exp(-y.s)).function.subs(y.s, 0) == 1``.
    """
    name = sp.Dummy("L")
    opened = sp.expand(of.function.subs(transform, name))
    gain = sp.expand(sp.diff(opened, name)).coeff(y.s, 1)
    free = opened.subs(name, 0)
    share = rate - free.coeff(y.s, 1)
    # Divided by hand: a lognormal law's rates are powers of e, over which SymPy's polynomials divide or fail.
    free = y.s - share + free.subs(y.s, -rate) / (y.s + rate)
    bound = share * (1 + rate / (rate + y.s)) + sp.Abs(gain) * transform
    abscissa = sp.Max(of.abscissa_of_convergence, -rate)
    return CharacteristicEquation(free + gain * transform, y.s, bound, abscissa, arrays=of.arrays)


def update_equation(step: Number, staleness: int | IntegerLaw, momentum: Number = 0) -> CharacteristicEquation:
    """H(z) of x_{k+1} = x_k - step x_{k-K}, cleared of negative powers: z^K (z-1)(z-b)/z + step, K >= 1 or b = 0.

    A law of K puts E z^-K in the place of z^-K; its denominator is cleared where it is rational. On |z| >= 1,
    |E z^-K| <= 1, so every root obeys |z| <= 2 + |b| + |step|. ``ValueError`` unless ``staleness`` is an integer >= 0
    or such a law.

    Example: ``update_equation(1, 1).function == y.z**2 - y.z + 1``.
    """
    x, b = exact(step), exact(momentum)
    bound = 2 + sp.Abs(b) + sp.Abs(x)
    if isinstance(staleness, IntegerLaw):
        function, inside = _drawn_staleness(x, b, staleness), staleness.inner_radius
        return CharacteristicEquation(function, y.z, bound, inside, "update-indexed")
    if isinstance(staleness, bool) or not isinstance(staleness, int | sp.Integer) or staleness < 0:
        raise ValueError(f"staleness = {staleness}: not a count of updates; allowed: an integer >= 0")
    polynomial = y.z**staleness * (y.z - 1) + x
    if b != 0:
        if staleness < 1:
            polynomial = (y.z - 1) * (y.z - b) + x * y.z
        else:
            polynomial = y.z ** (staleness - 1) * (y.z - 1) * (y.z - b) + x
    return CharacteristicEquation(sp.expand(polynomial), y.z, bound, sp.Integer(0), "update-indexed")


def _drawn_staleness(step: sp.Expr, momentum: sp.Expr, staleness: IntegerLaw) -> sp.Expr:
    """H with E z^-K, as the polynomial in its numerator where it is rational."""
    moved = (y.z - 1) * (y.z - momentum) / y.z if momentum != 0 else y.z - 1
    whole = moved + step * staleness.generating_function(y.z)
    if isinstance(staleness, Poisson):
        return whole
    if isinstance(staleness, UniformInteger | EmpiricalInteger):
        return sp.expand(whole * y.z ** max(staleness.high, int(momentum != 0)))
    return sp.Poly(sp.fraction(sp.cancel(sp.together(whole)))[0], y.z).monic().as_expr()
