"""Stage: limited bandwidth. Input: the throughput of a shared uplink. Output: from when on workers only add delay."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import damping_coefficient
from derive.derivations.uplink import throughput
from derive.derivations.worker_counts import greatest_speedup
from derive.rules.bandwidth import CeilingOfThroughput, SaturationCount
from derive.rules.calculus import Insert
from derive.rules.modelling import Name
from derive.rules.speed_bounds import SpeedUp

Given = frozenset[Assumption]


@cache
def saturation_count(given: Given = assumptions.ALL) -> Derivation:
    """M = 1 + nu theta_C: up to there the uplink could carry every gradient, beyond it the delay grows by 1/nu each."""
    passed = throughput(given)
    ceiling = passed.then(CeilingOfThroughput())
    met = ceiling.then(SaturationCount(), len(passed.steps), len(ceiling.steps))
    return met.concluded("worker count that saturates a shared uplink", source="Denning1978")


@cache
def greatest_decay(given: Given = assumptions.ALL) -> Derivation:
    """r <= e eta h nu up to critical damping, whatever the worker count and the law of the computations."""
    ceiling = throughput(given).then(CeilingOfThroughput())
    damped = damping_coefficient(given).then(Name(y.arrival_rate, y.workers / y.mean_delay))
    both = ceiling.join(damped)
    greatest = both.then(Insert(), len(both.steps), len(ceiling.steps))
    sped = greatest.join(greatest_speedup(given))
    rate = sped.then(SpeedUp(y.greatest_critical_decay), len(greatest.steps), len(sped.steps))
    return rate.concluded("greatest decay rate with a shared uplink", sp.Gt(y.curvature, 0))
