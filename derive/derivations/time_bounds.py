"""Stage: bounds on run time. Input: what is known of the cycles. Output: the longest and shortest time per update."""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive.derivation import Assumption, Derivation
from derive.derivations.arrivals import arrival_rate
from derive.derivations.run_time import ENOUGH_WORKERS
from derive.rules.time_bounds import CutTheRound, LeaveRestsOut, NeverFasterThanBusy, RenewTheAged, SpreadAroundMean

Given = frozenset[Assumption]


@cache
def idle_bound(given: Given = assumptions.ALL) -> Derivation:
    """T_max = E[X_{n_B:M}] in K-async, for cycles that are new longer than used; equality for exponential ones."""
    derived = Derivation("longest time per update with idling workers", given).then(RenewTheAged())
    return derived.concluded(derived.title, ENOUGH_WORKERS, "Dutta2018")


@cache
def spread_bound(given: Given = assumptions.ALL) -> Derivation:
    """T_max = theta (1 + sqrt(c_2 (n_B - 1)/(M - n_B + 1))) in K-sync, for every law of a finite variance."""
    derived = Derivation("longest time per update of the first to finish", given).then(SpreadAroundMean())
    return derived.concluded(derived.title, ENOUGH_WORKERS, "Arnold1979")


@cache
def idle_least(given: Given = assumptions.ALL) -> Derivation:
    """T_min = n_B theta/M in K-async, for every law of the cycle."""
    derived = arrival_rate(given).then(NeverFasterThanBusy())
    return derived.concluded("shortest time per update with idling workers", ENOUGH_WORKERS)


@cache
def fresh_batch_bound(given: Given = assumptions.ALL) -> Derivation:
    """T_max = theta (M + n_B - 1)/M in K-batch-sync, for every law of the cycle."""
    return Derivation("longest time per update of fresh batches", given).then(CutTheRound())


@cache
def fresh_batch_least(given: Given = assumptions.ALL) -> Derivation:
    """T_min = n_B theta/M in K-batch-sync, for cycles that are new longer than used; equality for exponential ones."""
    return Derivation("shortest time per update of fresh batches", given).then(LeaveRestsOut())
