"""Stage: shared uplink. Input: compute times, capacity. Output: throughput, delay, staleness, damping, noise."""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import damping_coefficient, noise_intensity
from derive.rules.calculus import Solve
from derive.rules.heterogeneous import CountPairsOfWorkers
from derive.rules.modelling import Name
from derive.rules.uplink import DelayThroughUplink, LittleForCycles, QueueLaw, Throughput

Given = frozenset[Assumption]


@cache
def throughput(given: Given = assumptions.ALL) -> Derivation:
    """Lambda = nu (1 - p_q(0, M)), below nu and below M/theta_C."""
    passed = Derivation("throughput of a shared uplink", given).then(QueueLaw()).then(Throughput())
    return passed.concluded("throughput of a shared uplink")


@cache
def uplink_transform(given: Given = assumptions.ALL) -> Derivation:
    """L_u(s) = L_C(s) sum_{n < M} p_q(n, M - 1) (nu/(nu + s))^{n+1}."""
    queued = Derivation("delay through a shared uplink", given).then(QueueLaw())
    return queued.then(DelayThroughUplink())


@cache
def uplink_delay(given: Given = assumptions.ALL) -> Derivation:
    """E[tau] = M/Lambda."""
    return throughput(given).then(LittleForCycles()).concluded("mean delay through a shared uplink")


@cache
def uplink_staleness(given: Given = assumptions.ALL) -> Derivation:
    """E[K] = M - 1: waiting at the uplink belongs to the cycle."""
    counted = Derivation("mean staleness with a shared uplink", given)
    return counted.then(CountPairsOfWorkers((assumptions.UPLINK,))).then(Solve(y.mean_staleness))


@cache
def uplink_damping(given: Given = assumptions.ALL) -> Derivation:
    """a = eta h Lambda, Lambda the throughput: M/theta with the mean cycle through the uplink."""
    named = damping_coefficient(given).then(Name(y.arrival_rate, y.workers / y.mean_delay))
    return uplink_delay(given).join(named).concluded("damping coefficient with a shared uplink")


@cache
def uplink_noise(given: Given = assumptions.ALL) -> Derivation:
    """q = eta^2 sigma^2 Lambda, Lambda the throughput."""
    named = noise_intensity(given).then(Name(y.arrival_rate, y.workers / y.mean_delay))
    return uplink_delay(given).join(named).concluded("noise intensity with a shared uplink")
