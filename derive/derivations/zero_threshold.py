"""Stage: the staleness threshold 0, exactly (rung R0). Input: exponential cycles. Output: the share, its gap to R1."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.filters import exponential_fraction
from derive.rules.calculus import Specialise
from derive.rules.fresh_workers import (
    CountFreshWorkers,
    FreshVariance,
    MeanBetweenUpdates,
    PositiveShare,
    RatioOfShares,
    TimeToFreshWorker,
)

Given = frozenset[Assumption]
NO_STALENESS = sp.Eq(y.staleness_threshold, 0)


@cache
def exact_share(given: Given = assumptions.ALL) -> Derivation:
    """p = 1/sum_{j=1}^M M!/((M - j)! M^j) for S = 0 and exponential cycles, exactly."""
    counted = Derivation("applied fraction of the threshold 0", given).then(CountFreshWorkers())
    return counted.concluded("applied fraction of the threshold 0, exponential cycles, exactly", NO_STALENESS)


@cache
def share_gap(given: Given = assumptions.ALL) -> Derivation:
    """p_exact/p_R1 -> sqrt(2/pi) as M grows, S = 0: the gap does not vanish where counts of updates stay small."""
    exact = exact_share(given)
    balance = exact.join(exponential_fraction(given))
    at_zero = balance.then(Specialise(y.applied_fraction, ((y.staleness_threshold, sp.Integer(0)),)))
    solved = at_zero.then(PositiveShare())
    ratio = solved.then(RatioOfShares(), len(exact.steps), len(solved.steps))
    return ratio.concluded("exact over Poisson share of the threshold 0, many workers", NO_STALENESS)


@cache
def exact_interval(given: Given = assumptions.ALL) -> Derivation:
    """E e^{-s T} = sum_j (j/M) M!/((M - j)! M^j) (M/(M + s theta))^j, T between updates, S = 0, exponential cycles."""
    counted = Derivation("time between updates at the threshold 0", given).then(TimeToFreshWorker())
    return counted.concluded("time between updates at the threshold 0, exponential cycles, exactly", NO_STALENESS)


@cache
def exact_mean(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = 1 - (1 - epsilon) E e^{-s T} of the mean, S = 0, exponential cycles, exactly."""
    found = exact_interval(given).then(MeanBetweenUpdates())
    return found.concluded("mean at the threshold 0, exponential cycles, exactly", NO_STALENESS)


@cache
def fresh_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = sigma_epsilon^2/(epsilon (2 - epsilon)), 0 < epsilon < 2, S = 0, any law and any number of workers."""
    found = Derivation("stationary variance at the threshold 0", given).then(FreshVariance())
    return found.concluded(found.title, sp.And(NO_STALENESS, y.step > 0, y.step < 2))
