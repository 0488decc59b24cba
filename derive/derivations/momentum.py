"""Stage: momentum. Input: arrivals, the share of the velocity that is kept. Output: H, noise, the recursion's H."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.arrivals import arrival_rate
from derive.laws import Exponential
from derive.rules.calculus import Rewrite, Specialise
from derive.rules.characteristic import PutLawIn, characteristic_of
from derive.rules.heavy_ball import HeavyBallVariance, MomentumAtAngle, StepAtAngle
from derive.rules.laws import transform_of
from derive.rules.modelling import Name
from derive.rules.momentum import (
    CrossWithMomentum,
    EliminateVelocity,
    InsertHeavyBallPower,
    NoiseOfVelocity,
    StateHeavyBall,
    VelocityDrift,
)
from derive.rules.momentum_crossings import MomentumAtFrequency, StepAtFrequency

Given = frozenset[Assumption]
_ANGLES = sp.And(y.staleness >= 1, (2 * y.staleness + 1) * y.angle <= sp.pi)  # at which momentum is in [0, 1)
_FREQUENCIES = 2 * y.frequency * y.mean_delay <= sp.pi  # at which momentum is in [0, 1)


@cache
def momentum_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s (s + Lambda (1 - beta)) + eta h Lambda (s + Lambda) L(s), Lambda = M/theta (rung R3)."""
    rate = y.workers / y.mean_delay
    stated = arrival_rate(given).then(VelocityDrift()).then(EliminateVelocity(rate))
    named = stated.then(Name(y.arrival_rate, rate)).then(Rewrite(_by_transform))
    return named.concluded("characteristic function with momentum", y.momentum < 1)


@cache
def momentum_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = (q/pi) int_0^oo (omega^2 + Lambda^2)/|H(i omega)|^2 d omega (rung R2, eta h small beside 1 - beta)."""
    found = momentum_characteristic(given).then(NoiseOfVelocity())
    return found.concluded("stationary variance with momentum", y.momentum < 1)


@cache
def momentum_limit(given: Given = assumptions.ALL) -> Derivation:
    """epsilon_max = (1 - beta)(1 + M (1 - beta))/(beta M - 1), beta M > 1; at no step unstable for beta M <= 1 (R3)."""
    transform = Exponential.transform_derivation().result.right
    put_in = momentum_characteristic(given).then(PutLawIn(transform, (assumptions.EXPONENTIAL_DELAYS,)))
    rate = ((y.arrival_rate, y.workers / y.mean_delay),)
    limit = put_in.then(Specialise(characteristic_of(y.s), rate)).then(CrossWithMomentum())
    return limit.concluded("stability limit with momentum", sp.And(y.momentum < 1, y.momentum * y.workers > 1))


@cache
def constant_crossing(given: Given = assumptions.ALL) -> Derivation:
    """beta = 1 - (x/M)(M sin x - x cos x)/(M cos x + x sin x), x = omega theta <= pi/2, constant delays (R3)."""
    crossed = _constant(given).then(MomentumAtFrequency())
    return crossed.concluded("momentum of a crossing, constant delays", _FREQUENCIES)


@cache
def constant_limit(given: Given = assumptions.ALL) -> Derivation:
    """epsilon_max = x^2/(M (M cos x + x sin x)) with the momentum of x = omega theta, constant delays (R3)."""
    share = constant_crossing(given)
    limit = share.then(StepAtFrequency(), len(share.steps) - 1, len(share.steps))
    return limit.concluded("stability limit with momentum, constant delays", _FREQUENCIES)


def _constant(given: Given) -> Derivation:
    transform = sp.exp(-y.s * y.mean_delay)
    put_in = momentum_characteristic(given).then(PutLawIn(transform, (assumptions.CONSTANT,)))
    return put_in.then(Specialise(characteristic_of(y.s), ((y.arrival_rate, y.workers / y.mean_delay),)))


@cache
def heavy_ball_polynomial(given: Given = assumptions.ALL) -> Derivation:
    """H(z) = z^{K-1} (z - 1)(z - beta) + epsilon, K >= 1 (rung Rd)."""
    stated = Derivation("characteristic polynomial with momentum, fixed staleness", given).then(StateHeavyBall())
    return stated.then(InsertHeavyBallPower()).concluded(stated.title, y.staleness >= 1)


def _by_transform(expression: sp.Expr) -> sp.Expr:
    """What multiplies L(s), and the rest, each factored."""
    parts = sp.collect(sp.expand(expression), transform_of(y.s), evaluate=False)
    return sum((sp.factor(factor) * name for name, factor in parts.items()), start=sp.Integer(0))


@cache
def heavy_ball_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = (s2/pi) int_0^pi d phi/|H(e^{i phi})|^2, K >= 1 (exact on Rd)."""
    found = heavy_ball_polynomial(given).then(HeavyBallVariance())
    return found.concluded("stationary variance with momentum, fixed staleness", y.staleness >= 1)


@cache
def heavy_ball_crossing(given: Given = assumptions.ALL) -> Derivation:
    """beta = cos((K + 1/2) phi)/cos((K - 1/2) phi), 0 < phi <= pi/(2K + 1)."""
    crossed = heavy_ball_polynomial(given).then(MomentumAtAngle())
    return crossed.concluded("momentum of a crossing", _ANGLES)


@cache
def heavy_ball_limit(given: Given = assumptions.ALL) -> Derivation:
    """epsilon_max = 2 sin(phi/2) sin(phi)/cos((K - 1/2) phi) at the angle of a crossing."""
    share = heavy_ball_crossing(given)
    limit = share.then(StepAtAngle(), len(share.steps) - 1, len(share.steps))
    return limit.concluded("stability limit with momentum, fixed staleness", _ANGLES)
