"""Stage: merged arrivals. Input: the law of a cycle. Output: intervals between arrivals, and counts in a window.

They say how far the arrivals of M renewing workers are from the Poisson process that rung R1 takes them for.
"""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive.derivation import Assumption, Derivation
from derive.rules.merging import (
    CountOfStages,
    ForwardRecurrence,
    IndexOfDispersion,
    IntervalBetweenArrivals,
    LongWindow,
    ShortWindow,
)
from derive.rules.poisson_distance import AddExcess, CompareWithOneMore, ExpandInWorkers
from derive.rules.staleness import EquilibriumCountVariance

Given = frozenset[Assumption]


@cache
def interval_between_arrivals(given: Given = assumptions.ALL) -> Derivation:
    """Q(t) = (1 - F(t)) ((1/theta) int_t^oo (1 - F))^(M-1): how long after an arrival the next one comes."""
    cut = Derivation("interval between arrivals", given).then(ForwardRecurrence()).then(IntervalBetweenArrivals())
    return cut.concluded("interval between arrivals", source="Cox1954")


@cache
def index_of_dispersion(given: Given = assumptions.ALL) -> Derivation:
    """I_N(t) = 1 + 2 A(t)/t - t/theta, the same for every number of workers."""
    return (
        Derivation("index of dispersion of the arrivals", given)
        .then(EquilibriumCountVariance())
        .then(IndexOfDispersion())
    )


@cache
def long_window(given: Given = assumptions.ALL) -> Derivation:
    """I_N(t) -> c_2 as the window grows: regular cycles stay more regular than Poisson arrivals, for every M."""
    return index_of_dispersion(given).then(LongWindow()).concluded("dispersion in long windows", source="Cox1954")


@cache
def short_window(given: Given = assumptions.ALL) -> Derivation:
    """I_N(t) -> 1 as the window shrinks: within windows far shorter than a cycle arrivals look Poisson."""
    return index_of_dispersion(given).then(ShortWindow()).concluded("dispersion in short windows")


@cache
def stage_count(given: Given = assumptions.ALL) -> Derivation:
    """P(one worker's arrivals in a window are j) for cycles of n exponential stages."""
    return Derivation("arrivals in a window", given).then(ForwardRecurrence()).then(CountOfStages())


@cache
def distance_bound(given: Given = assumptions.ALL) -> Derivation:
    """d_Pmax = (1 - e^{-m}) (1 - I_N(t)), m = M t/theta: how far the arrivals in a window are from Poisson at most."""
    bounded = index_of_dispersion(given).then(CompareWithOneMore())
    return bounded.concluded("longest distance from Poisson arrivals")


@cache
def distance_of_many(given: Given = assumptions.ALL) -> Derivation:
    """d_P = (|I_N(t) - 1|/2) (p_a (m - a) + p_b (b - m)) for many workers, p the Poisson probabilities of mean m."""
    expanded = index_of_dispersion(given).then(ExpandInWorkers()).then(AddExcess())
    return expanded.concluded("distance from Poisson arrivals, many workers")
