"""Stage: unlike workers. Input: a law for each worker. Output: rate, delay at an update, mean staleness."""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.rules.calculus import Solve
from derive.rules.heterogeneous import (
    CountPairsOfWorkers,
    DispersionOfUnlike,
    IntervalOfUnlike,
    MixByRates,
    SuperposeUnlike,
)

Given = frozenset[Assumption]


@cache
def unlike_rate(given: Given = assumptions.ALL) -> Derivation:
    """Lambda = sum_j 1/theta_w(j), for every law of every worker."""
    return Derivation("arrival rate of unlike workers", given).then(SuperposeUnlike())


@cache
def unlike_delay(given: Given = assumptions.ALL) -> Derivation:
    """L_u(s) = sum_j L_w(j, s)/theta_w(j) over sum_j 1/theta_w(j): at an update, not over the workers."""
    return unlike_rate(given).then(MixByRates()).concluded("delay of an applied gradient, unlike workers")


@cache
def unlike_staleness(given: Given = assumptions.ALL) -> Derivation:
    """E[K] = M - 1, averaged over applied gradients, however unlike the workers are (rung R0, exact)."""
    counted = Derivation("mean staleness of unlike workers", given).then(CountPairsOfWorkers((assumptions.UNLIKE,)))
    return counted.then(Solve(y.mean_staleness))


@cache
def unlike_interval(given: Given = assumptions.ALL) -> Derivation:
    """Q(t): how long after an arrival of unlike workers the next one comes, for every law of every worker."""
    return unlike_rate(given).then(IntervalOfUnlike()).concluded("interval between arrivals, unlike workers")


@cache
def unlike_dispersion(given: Given = assumptions.ALL) -> Derivation:
    """I_N(t) = sum_j I_w(j, t)/theta_w(j) over sum_j 1/theta_w(j): the index of dispersion of unlike workers."""
    return unlike_rate(given).then(DispersionOfUnlike()).concluded("index of dispersion, unlike workers")
