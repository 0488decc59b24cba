"""Stage: classical policies. Input: staleness, damping, roots. Output: what is left over the staleness."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import damping_coefficient, lambert_roots
from derive.derivations.staleness import joint_transform, mean_staleness
from derive.derivations.worker_counts import greatest_critical_decay
from derive.laws import Exponential
from derive.rules.inverse_staleness import AverageInverse, DivideLearningRate, ShareOfBest

Given = frozenset[Assumption]


@cache
def exponential_mean_weight(given: Given = assumptions.ALL) -> Derivation:
    """E[1/(1 + K)] = ln(1 + lambda theta)/(lambda theta) for exponential cycles (rung R1)."""
    transform = Exponential.transform_derivation().result.right
    averaged = joint_transform(given).then(AverageInverse(transform, (assumptions.EXPONENTIAL_DELAYS,)))
    return averaged.concluded("mean weight 1/(1 + K), exponential cycles")


@cache
def constant_mean_weight(given: Given = assumptions.ALL) -> Derivation:
    """E[1/(1 + K)] = (1 - e^{-lambda theta})/(lambda theta) for constant cycles (rung R1)."""
    transform = sp.exp(-y.s * y.mean_delay)
    averaged = joint_transform(given).then(AverageInverse(transform, (assumptions.CONSTANT,)))
    return averaged.concluded("mean weight 1/(1 + K), constant cycles")


@cache
def divided_damping(given: Given = assumptions.ALL) -> Derivation:
    """a = eta h/theta with the learning rate eta/(1 + E[K]) = eta/M: no worker adds any."""
    plain = damping_coefficient(given)
    both = plain.join(mean_staleness(given))
    divided = both.then(DivideLearningRate(), len(plain.steps), len(both.steps))
    return divided.concluded("damping coefficient, learning rate over staleness")


@cache
def divided_share(given: Given = assumptions.ALL) -> Derivation:
    """-W_0(-eta h): the decay rate with eta/M over the best one, 1/theta; constant cycles, eta h <= 1/e."""
    roots, damping = lambert_roots(given), divided_damping(given)
    two = roots.join(damping)
    three = two.join(greatest_critical_decay(given))
    shared = three.then(ShareOfBest(), len(roots.steps), len(two.steps), len(three.steps))
    step = y.learning_rate * y.curvature
    domain = sp.And(step > 0, step * sp.E < 1)
    return shared.concluded("share of the best decay rate, learning rate over staleness", domain)
