"""Stage: age thresholds. Input: which gradients are applied. Output: their delay, staleness, damping, noise.

A gradient that is too old is dropped on arrival, or abandoned by its worker at that age; either way what is applied has
the delay of a cycle that is short enough, and its rate is known for every law.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.thinning import abandon_rate, age_rate
from derive.rules.ages import ConditionOnAge, CountOverYoungCycle
from derive.rules.arrivals import RenewalRate
from derive.rules.calculus import Insert, Specialise
from derive.rules.characteristic import characteristic_of
from derive.rules.laws import transform_of
from derive.rules.modelling import InsertExponential, MeanDrift, NoiseIntensity
from derive.rules.thinning import AbandonAtAge, FractionByAge, Thin, TruncateAtAge

Given = frozenset[Assumption]
Action = Literal["drop", "abandon"]
_NEEDS = {"drop": (assumptions.AGE_DROP,), "abandon": (assumptions.AGE_ABANDON,)}
_WORDS = {"drop": "gradients dropped by age", "abandon": "gradients abandoned by age"}
_RATE = {"drop": age_rate, "abandon": abandon_rate}


@cache
def aged_delay(action: Action, given: Given = assumptions.ALL) -> Derivation:
    """L_u(s) = int_0^A e^{-su} f(u) du/F(A): the delay of an applied gradient."""
    truncated = Derivation(f"delay, {_WORDS[action]}", given).then(TruncateAtAge(_NEEDS[action]))
    return truncated.then(FractionByAge()).then(ConditionOnAge(), 1, 2)


@cache
def aged_damping(action: Action, given: Given = assumptions.ALL) -> Derivation:
    """a = eta h Lambda, Lambda = F(A) M/theta (dropped) or M F(A)/E[min(T, A)] (abandoned)."""
    at_zero = ((y.s, sp.Integer(0)), (transform_of(y.s), sp.Integer(1)))
    drift = _RATE[action](given).then(MeanDrift()).then(InsertExponential(characteristic_of(y.s)))
    return drift.then(Specialise(y.damping, at_zero)).concluded(f"damping coefficient, {_WORDS[action]}")


@cache
def aged_noise(action: Action, given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 Lambda."""
    return _RATE[action](given).then(NoiseIntensity()).concluded(f"noise intensity, {_WORDS[action]}")


@cache
def aged_staleness(action: Action, given: Given = assumptions.ALL) -> Derivation:
    """E[K] = lambda E[tau], lambda the rate of the others' updates (rung R0, exact)."""
    rate = _other_rate(action, given)
    both = rate.join(aged_delay(action, given))
    counted = both.then(CountOverYoungCycle(), len(rate.steps), len(both.steps))
    return counted.concluded(f"mean staleness, {_WORDS[action]}")


def _other_rate(action: Action, given: Given) -> Derivation:
    title = f"rate of the other workers' updates, {_WORDS[action]}"
    if action == "abandon":
        return Derivation(title, given).then(AbandonAtAge(y.other_rate, y.workers - 1))
    thin = Thin(y.other_rate, y.workers - 1, y.applied_fraction, _NEEDS[action])
    thinned = Derivation(title, given).then(RenewalRate()).then(thin)
    fraction = thinned.then(TruncateAtAge(_NEEDS[action])).then(FractionByAge())
    return fraction.then(Insert(), len(thinned.steps), len(fraction.steps))
