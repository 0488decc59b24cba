"""Stage: rules about noise on the recursion with a drawn staleness. Input: the law of K. Output: gains and variance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.characteristic import characteristic_of

staleness_series = sp.Function("P")  # E z^K
_FIRST, _SECOND = sp.symbols("r_1 r_2", cls=sp.Dummy)  # the roots of H in the second routes, inside the circle


@dataclass(frozen=True)
class InsertDrawnPower(Rule):
    """H(z) = z - 1 + epsilon E z^-K: z^j solves x(j+1) = x(j) - epsilon E x(j - K), K drawn anew each time.

    The second route writes out a staleness that is 0 or 2.
    """

    label: ClassVar[str] = "insert z^j, average over the staleness"
    requires: ClassVar = (assumptions.QUADRATIC, assumptions.DRAWN_STALENESS)

    def apply(self, *inputs: Equation) -> Equation:
        """E z^-K is the generating function at 1/z."""
        return Equation(characteristic_of(y.z), y.z - 1 + y.step * staleness_series(1 / y.z))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """At j = 7."""
        stale = sp.Dummy("b")
        read = (1 - stale) * y.z**7 + stale * y.z**5
        claimed = output.right.replace(staleness_series, lambda at: 1 - stale + stale * at**2)
        yield sp.expand((y.z**8 - y.z**7 + y.step * read) / y.z**7 - sp.expand(claimed))


@dataclass(frozen=True)
class GainOnCircle(Rule):
    """I_d = (1/pi) int_0^pi d phi/|H(e^{i phi})|^2, and I_y with the factor |E e^{-i phi K}|^2.

    What one unit of noise at every update makes of x, and of the average E x(j - K) that a gradient reads. The second
    route lets K be 0 or 1 and solves the equations of E x(j)^2 and E x(j) x(j-1); the integral by residues.
    """

    left: sp.Expr  # response_gain or read_gain
    label: ClassVar[str] = "integrate over the unit circle"
    requires: ClassVar = (assumptions.STABLE, assumptions.NOISE)

    def apply(self, *inputs: Equation) -> Equation:
        """Parseval's identity."""
        point = sp.exp(sp.I * y.angle)
        seen = staleness_series(1 / point) if self.left == y.read_gain else sp.Integer(1)
        density = sp.Abs(seen / inputs[0].right.subs(y.z, point)) ** 2
        return Equation(self.left, sp.Integral(density, (y.angle, 0, sp.pi)) / sp.pi)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The roots r_1, r_2 stand for the step (1 - r_1)(1 - r_2) and for P(K = 1) = r_1 r_2/step."""
        step = (1 - _FIRST) * (1 - _SECOND)
        stale = _FIRST * _SECOND / step
        square, product = sp.symbols("V B", cls=sp.Dummy)
        crossed = (1 - stale) * square + stale * product  # E x(j) y(j), y the average read
        read = ((1 - stale) ** 2 + stale**2) * square + 2 * stale * (1 - stale) * product
        balance = [-2 * step * crossed + step**2 * read + 1, square - step * crossed - product]
        found = sp.solve(balance, [square, product], dict=True)[0]
        expected = (read if self.left == y.read_gain else square).subs(found)
        claimed = output.right.replace(staleness_series, lambda at: 1 - stale + stale * at).subs(y.step, step)
        yield sp.cancel(sp.together(by_residues(claimed) - expected))


def by_residues(expression: sp.Expr) -> sp.Expr:
    """An integral over (0, pi) of |.|^2, rational in e^{i phi}, by its residues at 0, r_1 and r_2."""
    (integral,) = expression.atoms(sp.Integral)
    point = sp.Dummy("z")
    around = integral.function.replace(sp.Abs, _modulus).replace(
        sp.exp, lambda power: point ** (power / sp.I / y.angle)
    )
    rational = sp.factor(sp.simplify(around) / point)
    inside = (_FIRST, _SECOND, sp.Integer(0))
    whole = sp.Add(*(_residue(rational, point, pole) for pole in inside))
    return expression.xreplace({integral: sp.pi * whole})


def _residue(rational: sp.Expr, point: sp.Symbol, pole: sp.Expr) -> sp.Expr:
    """Of a pole of order n: the (n-1)-th derivative of (z - p)^n f there, over (n-1)!."""
    above, below = (sp.Poly(part, point) for part in sp.fraction(rational))
    away, order = sp.Poly(point - pole, point), 0
    while sp.expand(below.eval(pole)) == 0:
        below, order = below.quo(away), order + 1
    if not order:
        return sp.Integer(0)
    left = sp.diff(above.as_expr() / below.as_expr(), point, order - 1)
    return left.subs(point, pole) / sp.factorial(order - 1)


def _modulus(value: sp.Expr) -> sp.Expr:
    """|value| of a real function of e^{i phi}, as the root of a rational one."""
    return sp.sqrt(sp.factor(sp.together(value * value.subs(y.angle, -y.angle))))


@dataclass(frozen=True)
class SplitDrawnRead(Rule):
    """V = I_d (s2 + epsilon^2 (V - V I_y/I_d)): what is read is its average over K and a rest that acts as noise.

    Given the past, the rest of x(j - K) has mean 0 and the variance E x^2 - E y^2, y the average; the filter H passes
    it on like the step's noise, and E y^2 is V I_y/I_d. The second route lets K be 0 or 1, and averages the squares of
    one update itself over K.
    """

    label: ClassVar[str] = "split what is read into its average over the staleness and the rest"
    requires: ClassVar = (
        *(assumptions.QUADRATIC, assumptions.DRAWN_STALENESS),
        *(assumptions.NOISE, assumptions.STABLE),
    )

    def apply(self, *inputs: Equation) -> Equation:
        """Martingale differences are uncorrelated."""
        rest = y.variance - y.variance * y.read_gain / y.response_gain
        return Equation(y.variance, y.response_gain * (y.step_noise + y.step**2 * rest))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """E x(j)^2 and E x(j) x(j-1) with K drawn, and with the average read in its place."""
        stale, square, product = sp.symbols("b V B", cls=sp.Dummy)
        crossed = (1 - stale) * square + stale * product
        neighbours = square - y.step * crossed - product
        average = ((1 - stale) ** 2 + stale**2) * square + 2 * stale * (1 - stale) * product
        drawn, averaged = (
            sp.solve([-2 * y.step * crossed + y.step**2 * read + noise, neighbours], [square, product], dict=True)[0]
            for read, noise in ((square, y.step_noise), (average, sp.Integer(1)))
        )
        gains = {y.variance: drawn[square], y.response_gain: averaged[square], y.read_gain: average.subs(averaged)}
        yield sp.simplify(output.right.subs(gains) - drawn[square])


@dataclass(frozen=True)
class GeometricGain(Rule):
    """A gain with P(K = j) = p q^j, p = 1/(1 + Kbar): the average read obeys y(j+1) = q y(j) + p x(j+1).

    ``apply`` solves the equations of E x^2, E x y, E y^2. The second route puts p/(1 - q z) into the integral
    over the circle (the input) and takes residues, the roots of H as symbols.
    """

    label: ClassVar[str] = "follow the average that is read, geometric staleness"
    requires: ClassVar = (assumptions.GEOMETRIC_STALENESS,)

    def apply(self, *inputs: Equation) -> Equation:
        """One linear system."""
        fresh = 1 / (1 + y.mean_staleness)
        moved = sp.Matrix([[1, -y.step], [fresh, 1 - fresh - fresh * y.step]])
        names = sp.symbols("A B C", cls=sp.Dummy)
        moments = sp.Matrix([[names[0], names[1]], [names[1], names[2]]])
        balance = moved * moments * moved.T + sp.Matrix([[1, fresh], [fresh, fresh**2]]) - moments
        found = sp.solve([balance[0, 0], balance[0, 1], balance[1, 1]], names, dict=True)[0]
        return Equation(inputs[0].left, sp.factor(found[names[2 if inputs[0].left == y.read_gain else 0]]))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """q = r_1 r_2, and the step follows from the sum of the roots."""
        kept = _FIRST * _SECOND
        step = (1 + kept - _FIRST - _SECOND) / (1 - kept)
        put = inputs[0].right.replace(staleness_series, lambda at: (1 - kept) / (1 - kept * at)).subs(y.step, step)
        claimed = output.right.subs({y.step: step, y.mean_staleness: kept / (1 - kept)}, simultaneous=True)
        yield sp.cancel(sp.together(by_residues(put) - claimed))


@dataclass(frozen=True)
class LeaveAtMinusOne(Rule):
    """H(-1) = 0 with geometric staleness: the step at which the mean ceases to be stable.

    Times (1 + Kbar) z - Kbar, H is a quadratic whose roots have the product Kbar/(1 + Kbar) < 1: a pair never
    meets the circle, and z = 1 is no root. The second route lets one root be -1 and reads the step off.
    """

    label: ClassVar[str] = "set z = -1"
    requires: ClassVar = (assumptions.GEOMETRIC_STALENESS,)

    def apply(self, *inputs: Equation) -> Equation:
        """Put the law in and solve for the step."""
        fresh = 1 / (1 + y.mean_staleness)
        put = inputs[0].right.replace(staleness_series, lambda at: fresh / (1 - (1 - fresh) * at))
        (step,) = sp.solve(put.subs(y.z, -1), y.step)
        return Equation(y.step_limit, sp.factor(step))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """(z + 1)(z + q) = z^2 - (1 + q - p epsilon) z + q."""
        kept = y.mean_staleness / (1 + y.mean_staleness)
        yield sp.simplify((1 + kept) + (1 + kept - output.right * (1 - kept)))
