"""Stage: rules about exponential phases. Input: one phase, or a generator. Output: transforms and cdfs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.calculus import Integrate
from derive.rules.laws import cdf_of, density_of, transform_of


@dataclass(frozen=True)
class Mix(Rule):
    """left = sum_i weights[i] (right side of the second input at parameter = values[i]).

    The first input is the density of one part: the second route mixes it, then integrates or differentiates.
    """

    weights: tuple[sp.Expr, ...]
    parameter: sp.Symbol
    values: tuple[sp.Expr, ...]
    label: ClassVar[str] = "average over the parts"
    requires: ClassVar = (assumptions.PARTS,)

    def apply(self, *inputs: Equation) -> Equation:
        """Mix what was derived of one part."""
        return Equation(inputs[1].left, self._mixed(inputs[1].right))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Of a transform: the integral of the mixed density. Of F(t): its derivative, and F(0)."""
        density = Equation(density_of(y.u), self._mixed(inputs[0].right))
        if output.left == transform_of(y.s):
            integral = Integrate(output.left, sp.exp(-y.s * y.u), y.u, sp.Integer(0), sp.oo)
            yield sp.together(integral.apply(density).right - output.right)
        else:
            yield sp.diff(output.right, y.t) - density.right.subs(y.u, y.t)
            yield output.right.subs(y.t, 0)

    def _mixed(self, part: sp.Expr) -> sp.Expr:
        pairs = zip(self.weights, self.values, strict=True)
        return sp.Add(*(weight * part.subs(self.parameter, value) for weight, value in pairs))


@dataclass(frozen=True)
class FirstJump(Rule):
    """L = sum_i initial[i] L_i, the L_i from the first jump out of each phase: (s - T_ii) L_i = sum_j T_ij L_j + t_i.

    T is the generator among the phases, t_i = -sum_j T_ij the rate of ending. The second route solves nothing: the
    series of L in 1/s has the coefficients initial T^k t, and 2n of them fix a fraction of degree n.
    """

    initial: tuple[sp.Expr, ...]
    generator: sp.ImmutableMatrix
    label: ClassVar[str] = "condition on the first jump"
    requires: ClassVar = (assumptions.DURATION, assumptions.PHASES)

    def apply(self, *inputs: Equation) -> Equation:
        """Solve the linear equations of the L_i."""
        count = len(self.initial)
        unknown = sp.symbols(f"L_1:{count + 1}", cls=sp.Dummy)
        ends = self._ends()
        rows = [
            y.s * unknown[i] - ends[i] - sum((self.generator[i, j] * unknown[j] for j in range(count)), sp.Integer(0))
            for i in range(count)
        ]
        (solution,) = sp.linsolve(rows, unknown)
        total = sp.Add(*(weight * part for weight, part in zip(self.initial, solution, strict=True)))
        above, below = sp.fraction(sp.cancel(sp.together(total)))
        return Equation(transform_of(y.s), sp.factor(above) / sp.factor(below))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The denominator times the series in 1/s minus the numerator, power by power; too high a degree."""
        count = len(self.initial)
        above, below = (sp.Poly(part, y.s) for part in sp.fraction(sp.together(output.right)))
        yield sp.Integer(max(0, below.degree() - count))
        vector, series = self._ends(), []
        for _ in range(2 * count):
            series.append((sp.Matrix([self.initial]) * vector)[0])
            vector = self.generator * vector
        for power in range(below.degree(), -count - 1, -1):
            terms = (
                coefficient * series[degree - power - 1]
                for (degree,), coefficient in below.terms()
                if 0 <= degree - power - 1 < len(series)
            )
            yield sp.expand(sp.Add(*terms) - (above.coeff_monomial(y.s**power) if power >= 0 else 0))

    def _ends(self) -> sp.Matrix:
        return -self.generator * sp.ones(len(self.initial), 1)


@dataclass(frozen=True)
class InvertRational(Rule):
    """F(t) of a rational transform L(s): the residues of L(s) e^(st)/s at its poles, 1 at the pole s = 0 of 1/s.

    The second route transforms the exponential polynomials back, term by term.
    """

    label: ClassVar[str] = "invert by partial fractions"

    def apply(self, *inputs: Equation) -> Equation:
        """Sum the residues."""
        above, below = sp.fraction(sp.cancel(sp.together(inputs[0].right / y.s)))
        every = sp.Poly(below, y.s)
        numeric = not every.free_symbols_in_domain
        poles = dict(Counter(every.all_roots())) if numeric else sp.roots(every)
        if sum(poles.values()) < every.degree():
            raise ValueError(f"the poles of {inputs[0].right} have no closed form")
        total = sp.Integer(0)
        for pole, order in poles.items():
            others = sp.Mul(*((y.s - other) ** power for other, power in poles.items() if other != pole))
            regular = above / (every.LC() * others) * sp.exp(y.s * y.t)
            residue = sp.diff(regular, y.s, order - 1).subs(y.s, pole) / sp.factorial(order - 1)
            total += sp.expand(residue, power_exp=False)
        return Equation(cdf_of(y.t), total)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """int_0^oo e^(-st) of each term t^m e^(pt) is m!/(s - p)^(m+1)."""
        back = sp.Integer(0)
        for term in sp.Add.make_args(sp.expand(output.right, power_exp=False)):
            steady, moving = term.as_independent(y.t)
            rate = sp.Add(*(node.exp for node in moving.atoms(sp.exp))).coeff(y.t)
            order = sp.degree(sp.simplify(moving * sp.exp(-rate * y.t)), y.t)
            back += steady * sp.factorial(order) / (y.s - rate) ** (order + 1)
        yield back - inputs[0].right / y.s


@dataclass(frozen=True)
class TwoPhaseWalk(Rule):
    """F(t) = 1 - e^{mt} (cosh qt + (v - m) sinh(qt)/q) of a walk through two phases with the generator T.

    m is half the trace of T, q^2 = m^2 - det T > 0, v = initial T 1: by Cayley and Hamilton e^{Tt} = e^{mt} (cosh qt +
    (T - m) sinh(qt)/q). The second route reads the differential equation of F and its start off the transform that the
    input has derived from the first jumps.
    """

    initial: tuple[sp.Expr, ...]
    generator: sp.ImmutableMatrix
    label: ClassVar[str] = "exponential of the generator"
    requires: ClassVar = (assumptions.DURATION, assumptions.PHASES)

    def apply(self, *inputs: Equation) -> Equation:
        """One minus the probability that the walk goes on."""
        (first, there), (back, second) = self.generator.tolist()
        middle = (first + second) / 2
        split = sp.sqrt(((first - second) / 2) ** 2 + there * back)
        slope = sp.Add(*(p * row for p, row in zip(self.initial, (first + there, back + second), strict=True)))
        lasting = sp.cosh(split * y.t) + (slope - middle) * sp.sinh(split * y.t) / split
        return Equation(cdf_of(y.t), 1 - sp.exp(middle * y.t) * lasting)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """L = (b s + c)/(s^2 + d s + c) means F'' + d F' + c F = c, F(0) = 0 and F'(0) = b."""
        above, below = (sp.Poly(part, y.s) for part in sp.fraction(sp.together(inputs[0].right)))
        leading, *lower = below.all_coeffs()
        slope, level = lower
        started = above.coeff_monomial(y.s)
        first, second = (sp.diff(output.right, y.t, order) for order in (1, 2))
        yield second + slope / leading * first + level / leading * (output.right - 1)
        yield output.right.subs(y.t, 0)
        yield first.subs(y.t, 0) - started / leading
