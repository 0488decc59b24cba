"""Stage: updates by fresh gradients (rung Rd) and by drawn ones. Input: step, batch. Output: limit, variance, speed, H.

In the synchronous family every gradient is computed at the parameter it changes: the recursion with staleness 0 and
the noise of a mean. In K-async with exponential cycles each update spends a fair draw of the workers' gradients.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.recursion import characteristic_polynomial, recursion_variance, step_limit
from derive.rules.batches import CountPairsOfIdlers
from derive.rules.calculus import Insert, Rewrite, Solve, Specialise
from derive.rules.characteristic import characteristic_of
from derive.rules.drawn_batches import VarianceOfDraws
from derive.rules.fresh_paths import MeanAfterUpdates, SecondMomentAfterUpdates, TimeToLevel
from derive.rules.run_time import AverageNoise, RatePerSecond, RootWithoutStaleness, SpendAtRandom

Given = frozenset[Assumption]
FRESH = ((y.staleness, sp.Integer(0)),)
STABLE_STEP = sp.And(y.learning_rate * y.curvature > 0, y.learning_rate * y.curvature < 2)


@cache
def fresh_limit(given: Given = assumptions.ALL) -> Derivation:
    """eta h < 2: the recursion's limit without staleness."""
    return step_limit(given).then(Specialise(y.step_limit, FRESH)).concluded("stability limit, fresh gradients")


@cache
def fresh_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = eta sigma^2/(n_B h (2 - eta h)), 0 < eta h < 2 (exact on Rd)."""
    fresh = recursion_variance(given).then(Specialise(y.variance, FRESH))
    width = ((y.half_angle, 2 * sp.asin(y.learning_rate * y.curvature / 2)),)
    algebraic = fresh.then(Specialise(y.variance, width)).then(Rewrite(_algebraic))
    number = len(algebraic.steps)
    noise = algebraic.join(Derivation("noise of a mean", given).then(AverageNoise()))
    inserted = noise.then(Insert(), number, len(noise.steps)).then(Rewrite(_positive))
    return inserted.concluded("stationary variance, fresh gradients", STABLE_STEP)


@cache
def fresh_decay(given: Given = assumptions.ALL) -> Derivation:
    """r = -ln|1 - eta h|/T_u: decay per second of the mean with fresh gradients."""
    return _factor(given).then(RatePerSecond()).concluded("decay rate, fresh gradients", STABLE_STEP)


def _factor(given: Given) -> Derivation:
    """z = 1 - eta h, what an update leaves of the mean."""
    values = (*FRESH, (y.step, y.learning_rate * y.curvature))
    polynomial = characteristic_polynomial(given).then(Specialise(characteristic_of(y.z), values))
    return polynomial.then(RootWithoutStaleness())


@cache
def fresh_mean_path(given: Given = assumptions.ALL) -> Derivation:
    """m_j = x0 (1 - eta h)^j after j updates by fresh gradients (exact on Rd)."""
    return _factor(given).then(MeanAfterUpdates()).concluded("mean path, fresh gradients")


@cache
def fresh_second_moment(given: Given = assumptions.ALL) -> Derivation:
    """E x_j^2 = V + (x0^2 - V)(1 - eta h)^(2 j) after j updates by fresh gradients (exact on Rd)."""
    relaxed = fresh_variance(given).then(SecondMomentAfterUpdates())
    return relaxed.concluded("second moment by updates, fresh gradients", STABLE_STEP)


@cache
def fresh_training_time(given: Given = assumptions.ALL) -> Derivation:
    """T = T_u ln(|x0|/x_eps)/(-ln|1 - eta h|): the update after it is the first whose mean is below x_eps."""
    return fresh_decay(given).then(TimeToLevel()).concluded("training time, fresh gradients", STABLE_STEP)


@cache
def drawn_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(z) = (z - 1)(z - 1 + n_B/M) + epsilon (n_B/M) z: K-async with exponential cycles, the mean exactly."""
    drawn = Derivation("characteristic polynomial of drawn gradients", given).then(SpendAtRandom())
    return drawn.concluded(drawn.title, y.batch <= y.workers)


@cache
def drawn_variance(given: Given = assumptions.ALL) -> Derivation:
    """V of K-async with exponential cycles, 2 <= M, a rational function of epsilon (exact on Rd, and over time)."""
    found = Derivation("stationary variance of drawn gradients", given).then(VarianceOfDraws())
    (positive,) = (one for one in sp.Mul.make_args(sp.fraction(found.result.right)[1]) if one.is_Add)
    several = sp.And(y.workers >= 2, y.batch <= y.workers)
    return found.concluded(found.title, sp.And(several, y.step > 0, positive > 0))


@cache
def idle_staleness(given: Given = assumptions.ALL) -> Derivation:
    """E[K] = M/n_B - 1 for every law of the cycle (rung R0, exact): K-async."""
    counted = Derivation("mean staleness with idling workers", given).then(CountPairsOfIdlers())
    return counted.then(Solve(y.mean_staleness)).concluded(counted.title, y.batch < y.workers)


def _positive(expression: sp.Expr) -> sp.Expr:
    """Every factor positive on the domain of stability."""
    distance = 2 - y.learning_rate * y.curvature
    return sp.factor(sp.cancel(expression * distance)) / distance


def _algebraic(expression: sp.Expr) -> sp.Expr:
    """Sines and cosines of arcsin written out."""
    opened = sp.expand_trig(expression.subs(sp.asin(y.learning_rate * y.curvature / 2), sp.Dummy("b")))
    angle = next(iter(opened.free_symbols - expression.free_symbols))
    back = opened.subs(angle, sp.asin(y.learning_rate * y.curvature / 2))
    return sp.factor(sp.simplify(back))
