"""Stage: rules about mixtures of exponentials. Input: H, a double root. Output: what lies beyond, the response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.expansions import derivative_at_double_root

response_part = sp.Function("L_re")
_POINTS = tuple(tuple(map(sp.Rational, each)) for each in (("1/10", 1, 3), ("1/5", 2, 1), ("1/7", 5, "1/2")))


@dataclass(frozen=True)
class PutMixtureAtDoubleRoot(Rule):
    """(Re s)' = (A_1 A_2 - A_0 A_3)/(2 a* A_2^2) <= 0 for N exponentials mixed, A_n = |L^(n)(-r*)|/n!.

    With v_j = p_j/(1 - r* theta_j) and x_j = theta_j/(1 - r* theta_j), positive below the pole, A_n = sum_j v_j x_j^n,
    and A_0 A_3 - A_1 A_2 = (1/2) sum_ij v_i v_j (x_i - x_j)^2 (x_i + x_j) (Chebyshev): 0 for one mean alone. A
    mixture over more than finitely many means, as that of gamma delays of shape k < 1 is, has integrals in place of
    sums. The second route differentiates the transforms of two and three phases, and multiplies Chebyshev's sum out.
    """

    label: ClassVar[str] = "put a mixture of exponentials in at the double root"
    requires: ClassVar = (assumptions.EXPONENTIAL_MIXTURE,)

    def apply(self, *inputs: Equation) -> Equation:
        """(-1)^n L^(n)(-r*) = n! A_n."""
        sums = sp.symbols("A_0:4", positive=True, cls=sp.Dummy)
        put = {derivative_at_double_root(n): (-1) ** n * sp.factorial(n) * sums[n] for n in range(4)}
        right = sp.factor(sp.together(inputs[0].right.xreplace(put)))
        return Equation(inputs[0].left, right.xreplace({name: _power_sum(n) for n, name in enumerate(sums)}))

    def named(self, *inputs: Equation) -> sp.Basic:
        """The slope of the input."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Two and three phases by their transforms; then the sign."""
        for count in (2, 3):
            phases = [(y.atom_weights[j], y.atoms[j]) for j in range(1, count + 1)]
            transform = sp.Add(*(weight / (1 + y.s * mean) for weight, mean in phases))
            slopes = (sp.diff(transform, y.s, n).subs(y.s, -y.critical_decay) for n in range(4))
            right = inputs[0].right.xreplace({derivative_at_double_root(n): at for n, at in enumerate(slopes)})
            written = output.right.subs(y.atom_count, count).doit()
            yield sp.cancel(sp.together(right - written))
            sums = [sp.Add(*(v * x**n for v, x in _tilted(phases))) for n in range(4)]
            pairs = [(v, x, w, z) for v, x in _tilted(phases) for w, z in _tilted(phases)]
            spread = sp.Add(*(v * w * (x - z) ** 2 * (x + z) for v, x, w, z in pairs)) / 2
            yield sp.cancel(sp.together(written + spread / (2 * y.critical_damping * sums[2] ** 2)))


def _tilted(phases: list[tuple[sp.Expr, sp.Expr]]) -> list[tuple[sp.Expr, sp.Expr]]:
    """v_j and x_j."""
    pole = [1 - y.critical_decay * mean for _, mean in phases]
    return [(weight / left, mean / left) for (weight, mean), left in zip(phases, pole, strict=True)]


def _power_sum(order: int) -> sp.Expr:
    """A_n."""
    weight, mean = y.atom_weights[y.j], y.atoms[y.j]
    return sp.Sum(weight * mean**order / (1 - y.critical_decay * mean) ** (order + 1), (y.j, 1, y.atom_count))


@dataclass(frozen=True)
class PutTwoPhases(Rule):
    """The same of two phases: p_1 of mean theta_1, 1 - p_1 of mean theta_2.

    The second route differentiates the logarithm of the balance twice and thrice: ln a = ln(-s) - ln L(s) along the
    pair, so that (Re s)' = -f_3/(2 a* f_2) with the coefficients of its series at a double root.
    """

    label: ClassVar[str] = "put two phases in"
    requires: ClassVar = (assumptions.EXPONENTIAL_MIXTURE,)

    def apply(self, *inputs: Equation) -> Equation:
        """Write the sums out; the difference of their products has a factor (theta_1 - theta_2)^2."""
        put = dict(zip((y.atom_weights[1], y.atom_weights[2]), (y.phase_weight, 1 - y.phase_weight), strict=True))
        put |= {y.atoms[1]: y.first_mean, y.atoms[2]: y.second_mean}
        sums = [_power_sum(n).subs(y.atom_count, 2).doit().subs(put, simultaneous=True) for n in range(4)]
        below = 2 * y.critical_damping * sums[2] ** 2
        apart = y.phase_weight * (1 - y.phase_weight) * (y.first_mean - y.second_mean) ** 2
        rest = sp.factor(sp.cancel(sp.together((sums[0] * sums[3] - sums[1] * sums[2]) / apart)))
        above, shares = sp.fraction(rest)
        sign = -1 if above.subs(y.critical_decay, 0).could_extract_minus_sign() else 1
        return Equation(inputs[0].left, -apart * sp.expand(sign * above) / (below * sign * shares))

    def named(self, *inputs: Equation) -> sp.Basic:
        """The slope of the input."""
        return inputs[0].left

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Where s L' = L at -r*, which p_1 is solved from: x = i c d + slope d^2 in ln(a/a*) = f_2 x^2 + f_3 x^3."""
        share = sp.Dummy("p")  # of either sign: the identity is algebraic
        for decay, first, second in _POINTS:
            at = {y.first_mean: first, y.second_mean: second}
            there = share / (1 + y.s * first) + (1 - share) / (1 + y.s * second)
            (weight,) = sp.solve((there - y.s * sp.diff(there, y.s)).subs(y.s, -decay), share)
            there = there.subs(share, weight)
            damping = decay / there.subs(y.s, -decay)
            balance = sp.log(-y.s) - sp.log(there)
            f_2, f_3 = (sp.diff(balance, y.s, n).subs(y.s, -decay) / sp.factorial(n) for n in (2, 3))
            at |= {y.phase_weight: weight, y.critical_damping: damping, y.critical_decay: decay}
            yield output.right.subs(at) + f_3 / (2 * f_2**2 * damping)


@dataclass(frozen=True)
class RealResponse(Rule):
    """Re L(i omega) = sum_j p_j/(1 + omega^2 theta_j^2) > 0 for two exponentials mixed: no root ever crosses.

    H(i omega) = i omega + a L(i omega) = 0 would ask for Re L = 0. Every term is positive, however many there are. The
    second route averages cos(omega u) over the density.
    """

    left: sp.Expr
    label: ClassVar[str] = "take the real part at i omega"
    requires: ClassVar = (assumptions.EXPONENTIAL_MIXTURE,)

    def apply(self, *inputs: Equation) -> Equation:
        """Half of L(i omega) + L(-i omega), phase by phase."""
        total = sp.Integer(0)
        for term in sp.Add.make_args((inputs[0].right - y.s) / y.damping):
            both = sum(term.subs(y.s, sign * sp.I * y.frequency) for sign in (1, -1))
            share = term.subs(y.s, 0)
            total += share * sp.cancel(sp.together(both / (2 * share)))
        return Equation(self.left, total)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The cosine transform of the density."""
        shares = (y.phase_weight, 1 - y.phase_weight)
        total = sp.Integer(0)
        for share, mean in zip(shares, (y.first_mean, y.second_mean), strict=True):
            wave = sp.exp(-y.u / mean) / mean * sp.cos(y.frequency * y.u)
            total += share * sp.integrate(wave, (y.u, 0, sp.oo))
        yield sp.cancel(sp.together(total - output.right))
