"""Stage: rules about staleness filters. Input: the joint transform of staleness and delay. Output: what is applied.

A filter gives a gradient of staleness j the weight W_j. Everything is linear in the law of the delay, so identities
are proved on the atom at every u > 0, where the staleness is a Poisson count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.laws import transform_of

applied_transform_of = sp.Function("L_W")  # of what is applied, unnormalised: L_W(0) is the applied weight
WRITTEN = 6


def at_atom(expression: sp.Expr) -> sp.Expr:
    """The expression for the delay that is u with certainty, with derivatives and small sums carried out."""
    return written_out(expression).replace(transform_of, lambda at: sp.exp(-at * y.u)).doit()


def written_out(expression: sp.Expr, most: int = WRITTEN) -> sp.Expr:
    """Every sum term by term, up to the index ``most`` at the latest."""
    return expression.replace(lambda node: isinstance(node, sp.Sum), lambda node: _terms(node, most))


def the_sum(expression: sp.Expr) -> sp.Expr:
    """The one sum over the staleness in an expression."""
    (total,) = expression.atoms(sp.Sum)
    return total


def _terms(node: sp.Sum, most: int) -> sp.Expr:
    index, first, last = node.limits[0]
    if last != sp.oo and not sp.sympify(last).is_Integer:
        raise ValueError(f"no whole number of terms: {node}")
    last = most if last == sp.oo else int(last)
    terms = (node.function.subs(index, count) for count in range(int(first), min(last, most) + 1))
    return sum(terms, start=sp.Integer(0))


@dataclass(frozen=True)
class WeighStaleness(Rule):
    """L_W(s) = sum_j W_j (-lambda)^j/j! L^(j)(s + lambda): weigh the coefficients of z^j of L(s + lambda (1 - z)).

    The second route weighs the Taylor coefficients at the atom.
    """

    label: ClassVar[str] = "weigh each staleness"
    requires: ClassVar = (assumptions.WEIGHTS,)

    def apply(self, *inputs: Equation) -> Equation:
        """The chain rule brings out -lambda for each derivative."""
        argument = inputs[0].right.args[0]
        slope = sp.diff(argument, y.z)
        derivative = sp.Subs(sp.Derivative(transform_of(y.t), (y.t, y.j)), y.t, argument.subs(y.z, 0))
        term = y.staleness_weight[y.j] * slope**y.j / sp.factorial(y.j) * derivative
        return Equation(applied_transform_of(y.s), sp.Sum(term, (y.j, 0, sp.oo)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The first coefficients of z at the atom times their weights, minus the output's first terms."""
        generating = at_atom(inputs[0].right)
        coefficients = (sp.diff(generating, y.z, j).subs(y.z, 0) / sp.factorial(j) for j in range(WRITTEN + 1))
        weighed = sum((y.staleness_weight[j] * c for j, c in enumerate(coefficients)), start=sp.Integer(0))
        yield sp.expand((weighed - at_atom(output.right)) * sp.exp((y.s + y.other_rate) * y.u))


@dataclass(frozen=True)
class KeepUpToThreshold(Rule):
    """W_j = 1 for j <= S, else 0: the sum over every staleness ends at S; written out for S = 0 .. 3."""

    label: ClassVar[str] = "drop what is staler than S"
    requires: ClassVar = (assumptions.THRESHOLD,)

    def apply(self, *inputs: Equation) -> Equation:
        """Cut the sum off."""
        total = the_sum(inputs[0].right)
        term = total.function.subs(y.staleness_weight[y.j], 1)
        kept = sp.Sum(term, (y.j, 0, y.staleness_threshold))
        return Equation(inputs[0].left, inputs[0].right.subs(total, kept))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The input's terms with weights 1 and 0, one by one, minus the output."""
        for largest in range(4):
            weights = {y.staleness_weight[j]: int(j <= largest) for j in range(WRITTEN + 1)}
            kept = at_atom(inputs[0].right).subs(weights)
            claimed = at_atom(output.right.subs(y.staleness_threshold, largest))
            yield sp.expand((kept - claimed) * sp.exp((y.s + y.other_rate) * y.u))


@dataclass(frozen=True)
class SumDiscounts(Rule):
    """W_j = delta^j: sum_j W_j (-lambda)^j/j! L^(j)(x) = L(x - lambda delta) by Taylor's formula; W_j^2 likewise.

    The second route compares coefficients of the powers of delta at the atom.
    """

    label: ClassVar[str] = "sum the discounted series"
    requires: ClassVar = (assumptions.DISCOUNT,)

    def apply(self, *inputs: Equation) -> Equation:
        """Point and step of Taylor's formula are read off the term."""
        total = the_sum(inputs[0].right)
        point = next(iter(total.function.atoms(sp.Subs))).point[0]
        step = -y.other_rate * y.staleness_discount ** self._power(total)
        summed = transform_of(sp.collect(sp.expand(point + step), y.other_rate))
        return Equation(inputs[0].left, inputs[0].right.subs(total, summed))

    @staticmethod
    def _power(total: sp.Expr) -> sp.Expr:
        """Whether the weights are squared."""
        return sp.Integer(2) if total.function.has(y.staleness_weight[y.j] ** 2) else sp.Integer(1)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Taylor coefficients in powers of delta at the atom, minus the input with one weight 1 and the others 0."""
        root = sp.Dummy("x", positive=True)
        by_root = y.staleness_discount ** (1 / self._power(the_sum(inputs[0].right)))
        claimed = at_atom(output.right).subs(y.staleness_discount, by_root).subs(y.staleness_discount, root)
        given = at_atom(inputs[0].right)
        for count in range(WRITTEN + 1):
            weights = {y.staleness_weight[j]: int(j == count) for j in range(WRITTEN + 1)}
            coefficient = sp.diff(claimed, root, count).subs(root, 0) / sp.factorial(count)
            yield sp.simplify(coefficient - given.subs(weights))


@dataclass(frozen=True)
class PutGammaIn(Rule):
    """For gamma delays of shape k the j-th term of the filter is negative binomial.

    L(s) = (1 + s theta/k)^-k gives (-lambda)^j/j! L^(j)(s + lambda) = (k)_j/j! x^j L(s + lambda),
    x = lambda theta/(k + (s + lambda) theta). The second route differentiates L for S = 0 .. 3.
    """

    transform: sp.Expr
    label: ClassVar[str] = "put the gamma law in"
    requires: ClassVar = (assumptions.GAMMA,)

    def apply(self, *inputs: Equation) -> Equation:
        """A ratio of two transforms with neighbouring powers gives x."""
        moved = y.s + y.other_rate
        at_rate = self.transform.subs(y.s, moved)
        slope = sp.simplify(-sp.diff(self.transform, y.s) / self.transform / y.shape).subs(y.s, moved)
        ratio = sp.factor(y.other_rate * slope)
        term = sp.rf(y.shape, y.j) / sp.factorial(y.j) * ratio**y.j
        return Equation(inputs[0].left, at_rate * sp.Sum(term, (y.j, 0, y.staleness_threshold)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Derivatives of the transform one by one, over the transform."""
        for largest in range(4):
            given = written_out(inputs[0].right.subs(y.staleness_threshold, largest))
            explicit = given.replace(transform_of, lambda at: self.transform.subs(y.s, at)).doit()
            claimed = written_out(output.right.subs(y.staleness_threshold, largest))
            yield sp.simplify(sp.expand_func((explicit - claimed) / self.transform.subs(y.s, y.s + y.other_rate)))


@dataclass(frozen=True)
class SumGeometric(Rule):
    """One stage, k = 1: the terms are geometric, and the sum is L(s) (1 - x^(S+1)); written out for S = 0 .. 3."""

    label: ClassVar[str] = "sum the geometric series"
    requires: ClassVar = (assumptions.EXPONENTIAL_DELAYS,)

    def apply(self, *inputs: Equation) -> Equation:
        """(1 - x^(S+1))/(1 - x), x the ratio of neighbouring terms."""
        given = inputs[0].right.subs(y.shape, 1)
        total = next(iter(given.atoms(sp.Sum)))
        ratio = sp.factor(sp.simplify(total.function.subs(y.j, y.j + 1) / total.function))
        front = sp.factor(given / total / (1 - ratio))
        return Equation(inputs[0].left, front * (1 - ratio ** (y.staleness_threshold + 1)))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Term by term."""
        for largest in range(4):
            given = written_out(inputs[0].right.subs({y.staleness_threshold: largest, y.shape: 1}))
            yield sp.cancel(sp.together(sp.expand_func(given)) - output.right.subs(y.staleness_threshold, largest))


@dataclass(frozen=True)
class NameSum(Rule):
    """The sum over the staleness in the first input under the name of the second; undone at the atom, S = 0 .. 3."""

    label: ClassVar[str] = "name the sum"

    def apply(self, *inputs: Equation) -> Equation:
        """The left side of the second input for the sum."""
        return Equation(inputs[0].left, inputs[0].right.subs(the_sum(inputs[0].right), inputs[1].left))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """What the name stands for put back."""
        for largest in range(4):
            at = {y.staleness_threshold: largest}
            back = output.right.subs(inputs[1].left, at_atom(inputs[1].right.subs(at)))
            yield sp.expand(back - at_atom(inputs[0].right.subs(at)))
