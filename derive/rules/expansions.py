"""Stage: rules of expansions. Input: a(r), H. Output: the decay rate at small delays, roots beyond critical damping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of

_SMALL = sp.Dummy("delta", positive=True)


@dataclass(frozen=True)
class LagrangeInversion(Rule):
    """r = sum_n (a^n/n!) d^{n-1}/dr^{n-1} E[e^{r tau}]^n at r = 0, through a^``order``: r = a E[e^{r tau}] inverted.

    The coefficient of a^n holds the raw moments m_1 .. m_{n-1} alone, the last one over (n - 1)!: n moments fix the
    expansion through a^{n+1}, and no fewer do. The second route puts it back into r = a sum_n m_n r^n/n!, and looks at
    which moments each coefficient holds.
    """

    order: int
    label: ClassVar[str] = "invert by Lagrange"
    requires: ClassVar = (assumptions.EXPONENTIAL_MOMENT,)

    def _moments(self, inputs: tuple[Equation, ...]) -> sp.Expr:
        """E e^{r tau} through r^order by the input's transform, a series in raw moments."""
        ratio = y.decay / inputs[0].right
        series = sum(y.delay_moment[n] * (-y.s) ** n / sp.factorial(n) for n in range(1, self.order + 1)) + 1
        return ratio.replace(transform_of, lambda at: series.subs(y.s, at))

    def apply(self, *inputs: Equation) -> Equation:
        """One derivative a term."""
        moment, total = self._moments(inputs), sp.Integer(0)
        for n in range(1, self.order + 1):
            slope = sp.diff(moment**n, y.decay, n - 1) if n > 1 else moment
            total += y.damping**n * sp.expand(slope.subs(y.decay, 0) / sp.factorial(n))
        return Equation(y.decay, total)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Powers of a in r - a E[e^{r tau}]; and the moments in each coefficient."""
        powers = sp.Poly(sp.expand(output.right), y.damping).all_coeffs()[::-1]
        truncated = sum(term * y.damping**n for n, term in enumerate(powers[: self.order + 1]))
        yield sp.expand(output.right - truncated)  # nothing beyond the order
        back, power = sp.Integer(0), sp.Integer(1)
        for n in range(self.order):
            moment = y.delay_moment[n] if n else sp.Integer(1)
            back += moment * power / sp.factorial(n)
            power = _through(power * truncated, self.order)
        yield _through(truncated - y.damping * back, self.order)
        for n in range(2, self.order + 1):
            yield sp.diff(powers[n], y.delay_moment[n - 1]) - 1 / sp.factorial(n - 1)
            yield sum((powers[n].coeff(y.delay_moment[m]) for m in range(n, self.order + 1)), start=sp.Integer(0))


def _through(expression: sp.Expr, order: int) -> sp.Expr:
    """The powers of a up to the order."""
    return sum((sp.expand(expression).coeff(y.damping, n) * y.damping**n for n in range(order + 1)), sp.Integer(0))


_SLOPES = sp.symbols("L_0 L_1 L_2 L_3", positive=True, cls=sp.Dummy)  # L, -L', L'', -L''' at the double root


@dataclass(frozen=True)
class LeaveDoubleRoot(Rule):
    """(Re s)' = (|L'| - L |L'''|/(3 L''))/(a* L''), at -r*: how the pair moves just beyond critical damping.

    Negative: more damping makes the mean faster still. The second route puts
    s = -r* + i c d + (Re s)' d^2 and a = a* + d^2 into H, where the orders d^2 and d^3 must vanish.
    """

    label: ClassVar[str] = "expand around the double root"
    requires: ClassVar = (assumptions.EXPONENTIAL_MOMENT,)

    def apply(self, *inputs: Equation) -> Equation:
        """H = (a*/2) L'' x^2 + (a*/6) L''' x^3 + (a - a*)(L + L' x) in x = s + r*: c^2 first, then the slope."""
        value, first, second, third = (derivative_at_double_root(order) for order in range(4))
        spread = 2 * value / (y.critical_damping * second)  # c^2
        slope = (y.critical_damping * third * spread / 6 - first) / (y.critical_damping * second)
        return Equation(sp.Derivative(y.re_part, y.damping), sp.expand(slope))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Two orders of H, with H = H' = 0 at the double root; L by its derivatives there."""
        value, first, second, third = _SLOPES
        put = {derivative_at_double_root(order): (-1) ** order * _SLOPES[order] for order in range(4)}
        slope = output.right.subs({node: put[node] for node in sorted(put, key=_order, reverse=True)})
        slope = slope.subs(y.critical_damping, 1 / first)
        width = sp.sqrt(2 * value * first / second)
        shift = sp.I * width * _SMALL + slope * _SMALL**2
        transform = value - first * shift + second * shift**2 / 2 - third * shift**3 / 6
        function = -value / first + shift + (1 / first + _SMALL**2) * transform
        expanded = sp.expand(function)
        for power in range(4):
            yield sp.simplify(expanded.coeff(_SMALL, power))


def derivative_at_double_root(order: int) -> sp.Expr:
    """L^(order) at -r*."""
    if order == 0:
        return transform_of(-y.critical_decay)
    return sp.Subs(sp.Derivative(transform_of(y.t), (y.t, order)), y.t, -y.critical_decay)


def _order(node: sp.Expr) -> int:
    return int(node.expr.derivative_count) if isinstance(node, sp.Subs) else 0


@dataclass(frozen=True)
class PutGammaAtDoubleRoot(Rule):
    """The slope with the gamma law's L, at r* (second input) and a* (third): its sign is that of k - 1.

    The second route follows both roots of ln H's balance, ln a = ln(-s) - ln L(s), as series in the distance.
    """

    transform: sp.Expr
    label: ClassVar[str] = "put the gamma law in at the double root"
    requires: ClassVar = (assumptions.GAMMA,)

    def apply(self, *inputs: Equation) -> Equation:
        """Differentiate and simplify."""
        decay, damping = inputs[1].right, inputs[2].right
        right = inputs[0].right
        for order in (3, 2, 1, 0):
            at = sp.diff(self.transform, y.s, order).subs(y.s, -decay)
            right = right.subs(derivative_at_double_root(order), at)
        return Equation(inputs[0].left, sp.factor(sp.simplify(right.subs(y.critical_damping, damping))))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """With s = -r* + x: ln(a/a*) = f_2 x^2 + f_3 x^3, so x = i c d + slope d^2 with a = a* + d^2."""
        decay, damping = inputs[1].right, inputs[2].right
        balance = sp.log(-y.s) - sp.log(self.transform)
        second, third = (sp.simplify(sp.diff(balance, y.s, n).subs(y.s, -decay) / sp.factorial(n)) for n in (2, 3))
        # 1/a* = f_2 (i c)^2 at d^2, and 0 = 2 f_2 (i c) slope + f_3 (i c)^3 at d^3
        yield sp.simplify(2 * second * output.right + third / (damping * second))
