"""Stage: dropouts and age thresholds. Input: arrivals, what is lost. Output: rates, staleness, what is applied."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.arrivals import arrival_rate
from derive.rules.arrivals import RenewalRate
from derive.rules.calculus import Insert, Solve, Specialise
from derive.rules.characteristic import characteristic_of
from derive.rules.laws import transform_of, update_transform_of
from derive.rules.modelling import InsertExponential, MeanDrift, NoiseIntensity
from derive.rules.thinning import (
    AbandonAtAge,
    CountPairsOfApplied,
    FractionByAge,
    LoseAtRandom,
    Thin,
    TruncateAtAge,
)

Given = frozenset[Assumption]
KEPT = 1 - y.dropout


@cache
def dropout_rate(given: Given = assumptions.ALL) -> Derivation:
    """Lambda = (1 - p_d) M/theta updates a second, for every law of the cycle."""
    started = Derivation("update rate with dropout", given).then(RenewalRate())
    return started.then(Thin(y.arrival_rate, y.workers, KEPT, (assumptions.LOSSES,)))


@cache
def dropout_staleness(given: Given = assumptions.ALL) -> Derivation:
    """E[K] = (1 - p_d)(M - 1) for every law of the cycle (rung R0, exact)."""
    gradients = arrival_rate(given)
    both = gradients.join(dropout_rate(given))
    pairs = both.then(CountPairsOfApplied((assumptions.LOSSES,)), len(gradients.steps), len(both.steps))
    return pairs.then(Solve(y.mean_staleness)).concluded("mean staleness with dropout", y.dropout < 1)


@cache
def dropout_delay(given: Given = assumptions.ALL) -> Derivation:
    """L_u(s) = L(s): what is lost independently of its age leaves the law of the ages as it was."""
    return Derivation("delay of an applied gradient with dropout", given).then(LoseAtRandom(update_transform_of(y.s)))


@cache
def dropout_damping(given: Given = assumptions.ALL) -> Derivation:
    """a = eta h (1 - p_d) M/theta."""
    at_zero = ((y.s, sp.Integer(0)), (transform_of(y.s), sp.Integer(1)))
    drift = dropout_rate(given).then(MeanDrift()).then(InsertExponential(characteristic_of(y.s)))
    return drift.then(Specialise(y.damping, at_zero)).concluded("damping coefficient with dropout")


@cache
def dropout_noise(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 (1 - p_d) M/theta."""
    return dropout_rate(given).then(NoiseIntensity()).concluded("noise intensity with dropout")


@cache
def age_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_W(s) = int_0^A e^{-su} f(u) du, unnormalised, for gradients dropped beyond the age A."""
    return Derivation("transform of what an age threshold applies", given).then(TruncateAtAge())


@cache
def age_fraction(given: Given = assumptions.ALL) -> Derivation:
    """p = F(A): the share of gradients younger than the threshold."""
    return age_transform(given).then(FractionByAge()).concluded("applied fraction of an age threshold")


@cache
def age_rate(given: Given = assumptions.ALL) -> Derivation:
    """Lambda = F(A) M/theta updates a second: drop on arrival."""
    started = Derivation("update rate", given).then(RenewalRate())
    thinned = started.then(Thin(y.arrival_rate, y.workers, y.applied_fraction, (assumptions.AGE_DROP,)))
    both = thinned.join(age_fraction(given))
    inserted = both.then(Insert(), len(thinned.steps), len(both.steps))
    return inserted.concluded("update rate with an age threshold")


@cache
def abandon_rate(given: Given = assumptions.ALL) -> Derivation:
    """Lambda = M F(A)/int_0^A (1 - F): give up at the age A and start again."""
    return Derivation("update rate, abandoned gradients", given).then(AbandonAtAge(y.arrival_rate))
