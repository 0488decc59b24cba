"""Stage: staleness filters. Input: the joint transform of staleness and delay. Output: what is applied, and its noise.

A filter weighs a gradient by its staleness: all up to a threshold, or less for every update missed. Weights W_j > 0
still make updates; dropped gradients make none, so that the applied fraction solves an equation for itself.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.arrivals import arrival_rate
from derive.derivations.staleness import joint_transform
from derive.laws.gamma import Gamma
from derive.rules.arrivals import RenewalRate
from derive.rules.calculus import Insert, Rewrite, Specialise
from derive.rules.filtered_models import BalanceSlope, FilteredMean, FilteredNoise, SlopeOfThreshold
from derive.rules.filters import (
    KeepUpToThreshold,
    NameSum,
    PutGammaIn,
    SumDiscounts,
    SumGeometric,
    WeighStaleness,
    applied_transform_of,
)
from derive.rules.thinning import Thin

Given = frozenset[Assumption]
AT_ZERO = ((y.s, sp.Integer(0)),)


@cache
def filtered_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_W(s) = sum_j W_j (-lambda)^j/j! L^(j)(s + lambda), unnormalised (rung R1)."""
    weighed = joint_transform(given).then(WeighStaleness())
    return weighed.concluded("transform of what a filter applies")


@cache
def threshold_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_W(s) = sum_{j <= S} (-lambda)^j/j! L^(j)(s + lambda) (rung R1, any law)."""
    kept = filtered_transform(given).then(KeepUpToThreshold())
    return kept.concluded("transform of what a staleness threshold applies")


@cache
def gamma_threshold_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_W(s) = L(s + lambda) sum_{j <= S} (k)_j/j! x^j, x = lambda theta/(k + (s + lambda) theta)."""
    transform = Gamma.transform_derivation().result.right
    put_in = threshold_transform(given).then(PutGammaIn(transform))
    return put_in.concluded("transform of what a threshold applies, gamma delays")


@cache
def exponential_threshold_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_W(s) = (1 - x^(S+1))/(1 + s theta), x = lambda theta/(1 + (s + lambda) theta)."""
    summed = gamma_threshold_transform(given).then(SumGeometric())
    return summed.concluded("transform of what a threshold applies, exponential delays")


@cache
def discount_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_W(s) = L(s + lambda (1 - delta)) for W_j = delta^j (rung R1, any law)."""
    summed = filtered_transform(given).then(SumDiscounts())
    return summed.concluded("transform of what a discount applies")


@cache
def threshold_fraction(given: Given = assumptions.ALL) -> Derivation:
    """p = L_W(0) = sum_{j <= S} P(K = j): the share of gradients that a threshold lets pass."""
    at_zero = threshold_transform(given).then(Specialise(y.applied_fraction, AT_ZERO))
    return at_zero.concluded("applied fraction of a staleness threshold")


@cache
def rate_after_drops(given: Given = assumptions.ALL) -> Derivation:
    """lambda = p (M - 1)/theta: what is dropped makes no update."""
    needs = (assumptions.THRESHOLD, assumptions.EXCHANGEABLE)
    started = Derivation("rate of the other workers' applied updates", given).then(RenewalRate())
    return started.then(Thin(y.other_rate, y.workers - 1, y.applied_fraction, needs))


@cache
def exponential_fraction(given: Given = assumptions.ALL) -> Derivation:
    """p = 1 - (p (M - 1)/(1 + p (M - 1)))^(S+1): the applied fraction of exponential cycles solves it."""
    closed = exponential_threshold_transform(given).then(Specialise(y.applied_fraction, AT_ZERO))
    number = len(closed.steps)
    rate = closed.join(rate_after_drops(given))
    inserted = rate.then(Insert(), number, len(rate.steps)).then(Rewrite(_simple_base))
    return inserted.concluded("applied fraction of a staleness threshold, exponential cycles")


@cache
def unique_fraction(given: Given = assumptions.ALL) -> Derivation:
    """d/dp (L_W(0) - p) = ((M - 1)/theta) (-lambda)^S/S! L^(S+1)(lambda) - 1 <= -1, with lambda = p (M - 1)/theta.

    L is completely monotone, so the first term is not positive. As L_W(0) - p is 1 at p = 0 (then lambda = 0) and not
    positive at p = 1, there is exactly one applied fraction.
    """
    sloped = threshold_transform(given).then(SlopeOfThreshold())
    at_zero = sloped.then(Specialise(sp.Derivative(applied_transform_of(0), y.other_rate), AT_ZERO))
    number = len(at_zero.steps)
    rate = at_zero.join(rate_after_drops(given))
    chained = rate.then(BalanceSlope(), number, len(rate.steps))
    return chained.concluded("one applied fraction for every staleness threshold")


@cache
def filtered_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + eta h (M/theta) L_W(s) for any filter (rung R3)."""
    weighed = arrival_rate(given).join(filtered_transform(given))
    found = weighed.then(FilteredMean(), 2, len(weighed.steps))
    return found.concluded("characteristic function with a staleness filter")


@cache
def filtered_damping(given: Given = assumptions.ALL) -> Derivation:
    """a = eta h p M/theta, p = L_W(0): the gain of H's feedback at s = 0."""
    at_zero = ((y.s, sp.Integer(0)), (applied_transform_of(y.s), y.applied_fraction))
    found = filtered_characteristic(given).then(Specialise(y.damping, at_zero))
    return found.concluded("damping coefficient with a staleness filter")


@cache
def filtered_noise(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 (M/theta) sum_j W_j^2 P(K = j) for any filter (rung R1)."""
    weighed = arrival_rate(given).join(filtered_transform(given))
    found = weighed.then(FilteredNoise(), 2, len(weighed.steps))
    return found.concluded("noise intensity with a staleness filter")


@cache
def threshold_noise(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 p M/theta: weights of 0 and 1 are their own squares."""
    kept = filtered_noise(given).then(KeepUpToThreshold())
    both = kept.join(threshold_fraction(given))
    named = both.then(NameSum(), len(kept.steps), len(both.steps))
    return named.concluded("noise intensity with a staleness threshold")


@cache
def discount_noise(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 (M/theta) L(lambda (1 - delta^2)), lambda = (M - 1)/theta."""
    summed = filtered_noise(given).then(SumDiscounts())
    return summed.concluded("noise intensity with a staleness discount")


@cache
def discount_fraction(given: Given = assumptions.ALL) -> Derivation:
    """p = L(lambda (1 - delta)): the mean weight of a gradient."""
    at_zero = discount_transform(given).then(Specialise(y.applied_fraction, AT_ZERO))
    return at_zero.concluded("mean weight of a staleness discount")


def _simple_base(expression: sp.Expr) -> sp.Expr:
    """The ratio without a compound fraction."""
    return expression.replace(lambda node: node.is_Pow and node.exp.has(y.staleness_threshold), _with_simple_base)


def _with_simple_base(power: sp.Expr) -> sp.Expr:
    return sp.factor(sp.simplify(power.base)) ** power.exp
