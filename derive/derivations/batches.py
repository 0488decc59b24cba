"""Stage: K-batch-async. Input: arrivals, a batch. Output: delay, damping, noise, staleness, run time."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.arrivals import arrival_rate
from derive.rules.batches import AddWaiting, BatchMean, BatchNoise, CountPairsInBatches, TimePerBatch, WaitForBatch
from derive.rules.calculus import Solve, Specialise
from derive.rules.filters import applied_transform_of

Given = frozenset[Assumption]


@cache
def batch_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_W(s) = L(s) (1/n_B) sum_{j < n_B} (Lambda/(Lambda + s))^j (rung R1, any law)."""
    waited = Derivation("delay in a batch", given).then(WaitForBatch())
    return waited.then(AddWaiting())


@cache
def batch_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s + eta h M/(n_B theta) L_W(s) (rung R3)."""
    return arrival_rate(given).then(BatchMean()).concluded("characteristic function of batches")


@cache
def batch_damping(given: Given = assumptions.ALL) -> Derivation:
    """a = eta h M/(n_B theta)."""
    at_zero = ((y.s, sp.Integer(0)), (applied_transform_of(y.s), sp.Integer(1)))
    return batch_characteristic(given).then(Specialise(y.damping, at_zero)).concluded("damping coefficient of batches")


@cache
def batch_noise(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 M/(n_B^2 theta)."""
    return arrival_rate(given).then(BatchNoise()).concluded("noise intensity of batches")


@cache
def batch_staleness(given: Given = assumptions.ALL) -> Derivation:
    """E[K] = (M - 1)/n_B for every law of the cycle (rung R0, exact)."""
    counted = arrival_rate(given).then(CountPairsInBatches()).then(Solve(y.mean_staleness))
    return counted.concluded("mean staleness in batches")


@cache
def batch_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = n_B theta/M for every law of the cycle."""
    found = arrival_rate(given).then(TimePerBatch((assumptions.BATCHES,)))
    return found.concluded("time per update of batches", source="Dutta2018")
