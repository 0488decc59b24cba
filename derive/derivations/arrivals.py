"""Stage: arrivals. Input: the workers' mean cycle time. Output: gradients per second at the server, and its parts."""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.rules.arrivals import RenewalRate, Superpose, WeighByRates
from derive.rules.laws import update_transform_of


@cache
def arrival_rate(given: frozenset[Assumption] = assumptions.ALL) -> Derivation:
    """Lambda = M/theta, for every law of the cycle time with mean theta (elementary renewal theorem).

    Example: ``arrival_rate().result.right == y.workers / y.mean_delay``.
    """
    started = Derivation("arrival rate", given, source="Cox1954").then(RenewalRate())
    return started.then(Superpose(y.arrival_rate, y.workers))


@cache
def other_rate(given: frozenset[Assumption] = assumptions.ALL) -> Derivation:
    """lambda = (M - 1)/theta: updates per second that are not one given worker's."""
    started = Derivation("rate of the other workers' updates", given).then(RenewalRate())
    return started.then(Superpose(y.other_rate, y.workers - 1))


@cache
def delay_at_update(given: frozenset[Assumption] = assumptions.ALL) -> Derivation:
    """L_u(s) = L(s): the delay of an applied gradient has the law of a cycle (alike, always-busy workers)."""
    started = Derivation("delay of an applied gradient", given).then(RenewalRate())
    return started.then(WeighByRates(update_transform_of(y.s)))
