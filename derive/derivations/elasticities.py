"""Stage: elasticities. Input: roots, variances, the training time. Output: how delays weigh against noise (claim I)."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import characteristic_function
from derive.derivations.noise import STABLE_CONSTANT, constant_variance, stages_variance
from derive.derivations.transients import training_time
from derive.laws.gamma import Gamma
from derive.rules.elasticities import (
    DelaysOverNoise,
    Elasticity,
    ElasticityOfRoot,
    NoiseInTrainingTime,
    PutTransformIn,
)

Given = frozenset[Assumption]


@cache
def root_elasticity(given: Given = assumptions.ALL) -> Derivation:
    """d ln s/d ln theta = G/(1 - G), G = s L'(s)/L(s), a held; any law, any simple root."""
    return characteristic_function(given).then(ElasticityOfRoot()).concluded("elasticity of a root to the delays")


@cache
def constant_decay_elasticity(given: Given = assumptions.ALL) -> Derivation:
    """d ln r/d ln theta = r theta/(1 - r theta): infinite at critical damping."""
    transform = sp.exp(-y.s * y.mean_delay)
    put_in = root_elasticity(given).then(PutTransformIn(transform, (assumptions.CONSTANT,)))
    return put_in.concluded("elasticity of the decay rate, constant delay", y.decay * y.mean_delay < 1)


@cache
def gamma_decay_elasticity(given: Given = assumptions.ALL) -> Derivation:
    """d ln r/d ln theta = k r theta/(k - (k + 1) r theta) for gamma delays of shape k."""
    transform = Gamma.transform_derivation().result.right
    put_in = root_elasticity(given).then(PutTransformIn(transform, (assumptions.GAMMA,)))
    domain = y.decay * y.mean_delay * (y.shape + 1) < y.shape
    return put_in.concluded("elasticity of the decay rate, gamma delays", domain)


@cache
def constant_variance_elasticity(given: Given = assumptions.ALL) -> Derivation:
    """d ln V/d ln theta = a theta/cos(a theta), constant delay; that to the noise intensity is 1."""
    found = constant_variance(given).then(Elasticity(y.delay_elasticity, y.mean_delay))
    return found.concluded("elasticity of the variance, constant delay", STABLE_CONSTANT)


@cache
def exponential_variance_elasticity(given: Given = assumptions.ALL) -> Derivation:
    """d ln V/d ln theta = a theta/(1 + a theta) < 1, exponential delays."""
    found = stages_variance(1, given).then(Elasticity(y.delay_elasticity, y.mean_delay))
    return found.concluded("elasticity of the variance, exponential delays")


@cache
def training_time_noise(given: Given = assumptions.ALL) -> Derivation:
    """d ln T/d ln q = rho_R/(2 (1 - rho_R) r T), rho_R the stationary share of the excess risk to be reached."""
    found = training_time(given).then(NoiseInTrainingTime())
    return found.concluded("elasticity of the training time to the noise", y.risk_share < 1)


@cache
def delays_over_noise(given: Given = assumptions.ALL) -> Derivation:
    """2 r T (1 - rho_R)/rho_R x r theta/(1 - r theta): how much more delays weigh than noise, constant delay."""
    delays, noise = constant_decay_elasticity(given), training_time_noise(given)
    both = delays.join(noise).then(DelaysOverNoise(), len(delays.steps), len(delays.steps) + len(noise.steps))
    return both.concluded("delays against noise in the training time", sp.And(delays.domain, noise.domain))
