"""Stage: rules of bounds on speed. Input: a(r) = r/E[e^{r tau}]. Output: what no law of the delay exceeds.

Each bound is met by the constant delay, which the second routes put in.
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

_PLACE = sp.Dummy("x", positive=True)


def _at_constant(right: sp.Expr) -> sp.Expr:
    """The law put in: every delay equals theta."""
    return right.replace(transform_of, lambda at: sp.exp(-at * y.mean_delay))


def _tangent(function: sp.Expr, at: sp.Expr) -> sp.Expr:
    """The tangent of a function of u, whose mean over a law of mean ``at`` is its value there."""
    return function.subs(y.u, at) + sp.diff(function, y.u).subs(y.u, at) * (y.u - at)


@dataclass(frozen=True)
class LeastMomentOfMean(Rule):
    """a(r) <= r e^{-r theta}: among the laws of mean theta the constant one has the least E[e^{r tau}].

    ``apply`` averages the tangent of e^{ru} at theta, below which the convex function nowhere falls. The second route
    looks at the gap's value, slope and curvature, and puts the constant delay in, where the bound is met.
    """

    left: sp.Expr
    label: ClassVar[str] = "bound the exponential moment by its tangent at the mean"
    requires: ClassVar = (assumptions.DURATION, assumptions.EXPONENTIAL_MOMENT)

    def apply(self, *inputs: Equation) -> Equation:
        """The mean of the tangent in the place of the moment."""
        least = _tangent(sp.exp(y.decay * y.u), y.mean_delay).subs(y.u, y.mean_delay)
        return Equation(self.left, inputs[0].right.replace(transform_of, lambda _: least))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The constant delay; then e^{ru} less the line through it: tangent at theta, convex."""
        yield _at_constant(inputs[0].right) - output.right
        moment = y.decay / output.right
        gap = sp.exp(y.decay * y.u) - moment * (1 + y.decay * (y.u - y.mean_delay))
        yield gap.subs(y.u, y.mean_delay)
        yield sp.diff(gap, y.u).subs(y.u, y.mean_delay)
        yield sp.Integer(0) if sp.diff(gap, y.u, 2).is_positive else sp.Integer(1)


@dataclass(frozen=True)
class GreatestCriticalDecay(Rule):
    """r* <= 1/theta: up to a(r)'s maximum 1/r >= E[tau e^{r tau}]/E[e^{r tau}] >= theta, long delays weighing more.

    (tau - theta)(e^{r tau} - e^{r theta}) is never negative, nor is its mean E[tau e^{r tau}] - theta E[e^{r tau}].
    ``apply`` puts the least weighted mean into the slope of log a; the second route finds where the constant delay's
    a(r) is stationary, and looks at the signs.
    """

    left: sp.Expr
    label: ClassVar[str] = "weigh long delays by e^{r tau}"
    requires: ClassVar = (assumptions.DURATION, assumptions.EXPONENTIAL_MOMENT)

    def apply(self, *inputs: Equation) -> Equation:
        """The stationary point of log a(r), E[tau e^{r tau}] replaced by theta E[e^{r tau}]."""
        slope = sp.diff(sp.log(inputs[0].right), y.decay).doit()
        derivative = next(iter(slope.atoms(sp.Subs)))
        least = sp.simplify(slope.subs(derivative, -y.mean_delay * transform_of(-y.decay)))
        (stationary,) = sp.solve(least, y.decay)
        return Equation(self.left, stationary)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The constant delay's slope; and both factors of the mean rise with tau, through 0 at theta."""
        yield sp.simplify(sp.diff(_at_constant(inputs[0].right), y.decay).subs(y.decay, output.right))
        factors = (y.u - y.mean_delay, sp.exp(y.decay * y.u) - sp.exp(y.decay * y.mean_delay))
        yield from (factor.subs(y.u, y.mean_delay) for factor in factors)
        rising = all(sp.diff(factor, y.u).is_positive for factor in factors)
        yield sp.Integer(0) if rising else sp.Integer(1)


@dataclass(frozen=True)
class GreatestSpeedup(Rule):
    """r/a = E[e^{r tau}] <= e up to critical damping, for every law.

    Up to a(r)'s maximum E[(r tau - 1) e^{r tau}] <= 0. With x = r tau, e^x <= e + c (x - 1) e^x for all x >= 0 if the
    two touch at x = 1, and averaging leaves e. ``apply`` finds c and the value there; the second route follows the gap
    from its only minimum, and takes the constant delay at its critical damping, where the bound is met.
    """

    left: sp.Expr
    label: ClassVar[str] = "bound e^x by e + c (x - 1) e^x"
    requires: ClassVar = (assumptions.DURATION, assumptions.EXPONENTIAL_MOMENT)

    def apply(self, *inputs: Equation) -> Equation:
        """c from the slopes at 1, then what is left of the mean."""
        slack, rest = (_PLACE - 1) * sp.exp(_PLACE), sp.exp(_PLACE)
        factor = sp.Dummy("c")
        (found,) = sp.solve(sp.diff(rest - factor * slack, _PLACE).subs(_PLACE, 1), factor)
        return Equation(self.left, (rest - found * slack).subs(_PLACE, 1))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The constant delay at its maximum of a(r); the gap vanishes at 1, falls before it and rises after it."""
        damping = _at_constant(inputs[0].right)
        (best,) = sp.solve(sp.diff(sp.log(damping), y.decay), y.decay)
        yield sp.simplify((y.decay / damping).subs(y.decay, best) - output.right)
        gap = output.right + (_PLACE - 1) * sp.exp(_PLACE) - sp.exp(_PLACE)
        yield sp.simplify(gap.subs(_PLACE, 1))
        share = sp.simplify(sp.diff(gap, _PLACE) / (_PLACE - 1))
        yield sp.Integer(0) if share.is_positive else share


@dataclass(frozen=True)
class SpeedUp(Rule):
    """left = damping (first input) times the greatest ratio of decay rate to damping (second); the check divides."""

    left: sp.Expr
    label: ClassVar[str] = "multiply by the greatest speedup"

    def apply(self, *inputs: Equation) -> Equation:
        """The product."""
        return Equation(self.left, inputs[0].right * inputs[1].right)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """output/damping - ratio."""
        yield sp.simplify(output.right / inputs[0].right) - inputs[1].right
