"""Stage: rules about laws made of laws. Input: what the parts are. Output: transform, distribution function, moments.

L_p(j, s), F_p(j, t), m_p(j, n) and w_p(j) are transform, distribution function, n-th moment and weight of part j of
n_p; F_b is the distribution function of the one law that a truncation or an order statistic is taken of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import ClassVar, Literal

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.filters import written_out
from derive.rules.laws import cdf_of, transform_of

part_transform = sp.Function("L_p")
part_cdf = sp.Function("F_p")
part_moment = sp.Function("m_p")
part_weight = sp.Function("w_p")
base_cdf = sp.Function("F_b")

EVERY = (y.j, 1, y.parts)

Functions = Mapping[sp.Basic, Callable[..., sp.Expr]]
Subject = Literal["transform", "distribution function", "second moment"]


def with_parts(expression: sp.Expr, count: int, functions: Functions) -> sp.Expr:
    """The expression for ``count`` parts, sums and products written out, with the parts' own functions.

    Example: ``with_parts(sp.Sum(part_weight(y.j), EVERY), 2, {part_weight: lambda j: j / 3}) == 1``.
    """
    found = expression.subs(y.parts, count)
    found = found.replace(lambda node: isinstance(node, sp.Sum | sp.Product), lambda node: node.doit())
    for function, value in functions.items():
        found = found.replace(function, value)
    return found


def _rate(number: sp.Expr) -> sp.Expr:
    """Of exponential parts that are written out, in 1/s: 3, 7, 13."""
    return number**2 + number + 1


def _share(number: sp.Expr, count: int) -> sp.Expr:
    """Their weights in a mixture."""
    return sp.Rational(1, 2) ** number / (1 - sp.Rational(1, 2) ** count)


def _exponentials(count: int) -> Functions:
    """Exponential parts of unlike rates and weights."""
    return {
        part_transform: lambda j, at: _rate(j) / (_rate(j) + at),
        part_cdf: lambda j, at: 1 - sp.exp(-_rate(j) * at),
        part_moment: lambda j, order: sp.factorial(order) / _rate(j) ** order,
        part_weight: lambda j: _share(j, count),
    }


def _integrated(density: sp.Expr, weight: sp.Expr, upper: sp.Expr) -> sp.Expr:
    return sp.integrate(sp.expand(density * weight), (y.u, 0, upper))


def _positive(subject: Subject) -> tuple[sp.Expr, sp.Expr]:
    """Weight and upper end of the integral of the density that is named."""
    positive = sp.Dummy("x", positive=True)
    whole = {"transform": (sp.exp(-positive * y.u), sp.oo), "second moment": (y.u**2, sp.oo)}
    return whole.get(subject, (sp.Integer(1), positive))


_NAMES: dict[Subject, sp.Expr] = {
    "transform": transform_of(y.s),
    "distribution function": cdf_of(y.t),
    "second moment": y.delay_moment[2],
}
_OF_PART: dict[Subject, sp.Expr] = {
    "transform": part_transform(y.j, y.s),
    "distribution function": part_cdf(y.j, y.t),
    "second moment": part_moment(y.j, 2),
}


@dataclass(frozen=True)
class MultiplyTransforms(Rule):
    """L(s) = prod_j L_p(j, s): the mean of a product of independent factors is the product of their means.

    The second route convolves exponential densities of unlike rates and transforms the result; both sides are linear
    in each part's law, and mixtures of exponentials are dense among the laws of a duration.
    """

    label: ClassVar[str] = "multiply over independent parts"
    requires: ClassVar = (assumptions.DURATION, assumptions.SUMMED)

    def apply(self, *inputs: Equation) -> Equation:
        """One factor a part."""
        return Equation(transform_of(y.s), sp.Product(part_transform(y.j, y.s), EVERY))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One, two, three parts: the transform of the convolved density."""
        for count in (1, 2, 3):
            weight, end = _positive("transform")
            found = _integrated(_convolved(count), weight, end)
            claimed = with_parts(output.right, count, _exponentials(count))
            (at,) = weight.free_symbols - {y.u}
            yield sp.simplify(found - claimed.subs(y.s, at))


def _convolved(count: int) -> sp.Expr:
    """The density of a sum of exponential durations, one convolution integral after the other."""
    inner = sp.Dummy("v", positive=True)
    first, *others = (_rate(sp.Integer(number)) for number in range(1, count + 1))
    density = first * sp.exp(-first * y.u)
    for rate in others:
        shifted = density.subs(y.u, inner) * rate * sp.exp(-rate * (y.u - inner))
        density = sp.expand(sp.integrate(sp.expand(shifted), (inner, 0, y.u)))
    return density


@dataclass(frozen=True)
class SecondMomentOfProduct(Rule):
    """m_2 = (sum_j m_p(j, 1))^2 + sum_j (m_p(j, 2) - m_p(j, 1)^2): L''(0) of a product through its logarithm.

    The second route multiplies the parts' series 1 - m_1 s + m_2 s^2/2 and reads the coefficient of s^2.
    """

    label: ClassVar[str] = "differentiate the product twice at 0"

    def apply(self, *inputs: Equation) -> Equation:
        """L'' = L ((ln L)'^2 + (ln L)''), with L = 1 at 0."""
        slope, curve = (sp.Dummy(name) for name in "ab")  # L_p' and L_p'' at 0 of one part, where L_p = 1
        of_part = sp.log(1 + slope * y.s + curve * y.s**2 / 2)
        first, second = (sp.diff(of_part, y.s, order).subs(y.s, 0) for order in (1, 2))
        known = {slope: -part_moment(y.j, 1), curve: part_moment(y.j, 2)}
        mean, spread = (sp.Sum(sign * each.subs(known), EVERY) for sign, each in ((-1, first), (1, second)))
        return Equation(y.delay_moment[2], mean**2 + spread)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One, two, three parts with free moments, by the factors that the input multiplies."""
        series = {part_transform: lambda j, at: 1 - part_moment(j, 1) * at + part_moment(j, 2) * at**2 / 2}
        for count in (1, 2, 3):
            multiplied = sp.expand(with_parts(inputs[0].right, count, series))
            yield sp.expand(2 * multiplied.coeff(y.s, 2) - with_parts(output.right, count, {}))


@dataclass(frozen=True)
class AverageOverParts(Rule):
    """Of a mixture, left = sum_j w_p(j) (what is named, of part j).

    The second route integrates the mixed density of exponential parts.
    """

    subject: Subject
    label: ClassVar[str] = "average over the parts"
    requires: ClassVar = (assumptions.DURATION, assumptions.PARTS)

    def apply(self, *inputs: Equation) -> Equation:
        """Total probability."""
        return Equation(_NAMES[self.subject], sp.Sum(part_weight(y.j) * _OF_PART[self.subject], EVERY))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One, two, three exponential parts."""
        for count in (1, 2, 3):
            known, numbers = _exponentials(count), range(1, count + 1)
            terms = (_share(j, count) * _rate(j) * sp.exp(-_rate(j) * y.u) for j in map(sp.Integer, numbers))
            weight, end = _positive(self.subject)
            at = (weight.free_symbols | end.free_symbols) - {y.u}
            claimed = with_parts(output.right, count, known)
            for name in (y.s, y.t):
                claimed = claimed.subs(name, next(iter(at), name))
            yield sp.simplify(_integrated(sp.Add(*terms), weight, end) - claimed)


@dataclass(frozen=True)
class ConditionOnBound(Rule):
    """F(t) = F_b(t)/F_b(A_b) for t <= A_b; the second route integrates exponential and linear densities up to both."""

    label: ClassVar[str] = "condition on being at most the bound"
    requires: ClassVar = (assumptions.DURATION, assumptions.TRUNCATED)

    def apply(self, *inputs: Equation) -> Equation:
        """Joint over marginal: to be at most t is to be at most the bound as well."""
        return Equation(cdf_of(y.t), base_cdf(y.t) / base_cdf(y.duration_bound))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Densities e^{-u} and 2u/9 on (0, 3)."""
        for density in (sp.exp(-y.u), 2 * y.u / 9):
            grown = sp.Lambda(y.u, sp.integrate(density, (y.u, 0, y.u)))
            shares = [sp.integrate(density, (y.u, 0, end)) for end in (y.t, y.duration_bound)]
            yield sp.simplify(shares[0] / shares[1] - output.right.replace(base_cdf, grown))


@dataclass(frozen=True)
class TransformUpToBound(Rule):
    """L(s) = e^{-s A} + s int_0^A e^{-su} F(u) du for a law on [0, A]: the integral of e^{-su} dF(u), by parts.

    The second route averages e^{-su} itself: over an exponential density up to A, and over an atom at 1 below A = 2.
    """

    label: ClassVar[str] = "transform a law that ends, by parts"

    def apply(self, *inputs: Equation) -> Equation:
        """F is 1 at the end; 0 before the start."""
        end = y.duration_bound
        inner = sp.Integral(sp.exp(-y.s * y.u) * inputs[0].right.subs(y.t, y.u), (y.u, 0, end))
        return Equation(transform_of(y.s), sp.exp(-y.s * end) + y.s * inner)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Carried out with s > 0."""
        at = sp.Dummy("s", positive=True)
        end = y.duration_bound
        grown = sp.Lambda(y.u, 1 - sp.exp(-y.u))
        found = sp.integrate(sp.exp(-(1 + at) * y.u), (y.u, 0, end)) / (1 - sp.exp(-end))
        yield sp.simplify(found - output.right.subs(y.s, at).replace(base_cdf, grown).doit())
        atom = sp.Lambda(y.u, sp.Piecewise((0, y.u < 1), (1, True)))
        yield sp.simplify(output.right.subs({y.s: at, end: 2}).replace(base_cdf, atom).doit() - sp.exp(-at))


@dataclass(frozen=True)
class AtLeastRank(Rule):
    """F(t) = 1 - sum_{j < k} C(n, j) F_b(t)^j (1 - F_b(t))^{n-j}: the k-th of n is over unless fewer than k are.

    The second route lists which of up to four durations are over.
    """

    label: ClassVar[str] = "count the durations that are over"
    requires: ClassVar = (assumptions.DURATION, assumptions.RANKED)

    def apply(self, *inputs: Equation) -> Equation:
        """One minus the binomial chances of fewer than k."""
        over, count = base_cdf(y.t), y.compared
        term = sp.binomial(count, y.j) * over**y.j * (1 - over) ** (count - y.j)
        return Equation(cdf_of(y.t), 1 - sp.Sum(term, (y.j, 0, y.rank - 1)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Case by case, at every share F_b(t)."""
        share = base_cdf(y.t)
        for count, rank in ((1, 1), (2, 1), (2, 2), (3, 2), (4, 3)):
            cases = (over for over in product((True, False), repeat=count) if sum(over) >= rank)
            total = sp.Add(*(sp.Mul(*(share if each else 1 - share for each in over)) for over in cases))
            yield sp.expand(total - written_out(output.right.subs({y.compared: count, y.rank: rank})))
