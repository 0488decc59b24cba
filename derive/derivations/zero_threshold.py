"""Stage: the staleness threshold 0, exactly (rung R0). Input: exponential cycles. Output: the share, its gap to R1."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.filters import exponential_fraction
from derive.rules.calculus import Specialise
from derive.rules.fresh_workers import CountFreshWorkers, PositiveShare, RatioOfShares

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
