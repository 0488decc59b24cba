"""Stage: noise. Input: H and the noise intensity. Output: covariance and stationary variance on R2 and R1."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import (
    characteristic_function,
    constant_characteristic,
    exponential_characteristic,
)
from derive.derivations.speed import gamma_stability_limit
from derive.rules.calculus import Insert, Rewrite, Solve, Specialise
from derive.rules.lagged import CovarianceOverFrequencies, StageCovariance, UnitNoise
from derive.rules.noise import (
    CampbellVariance,
    CovarianceEquation,
    Lyapunov,
    MeanSquareLimit,
    Parseval,
    SolveCovariance,
)

Given = frozenset[Assumption]
STABLE_CONSTANT = sp.And(y.damping * y.mean_delay > 0, y.damping * y.mean_delay < sp.pi / 2)


@cache
def constant_covariance(given: Given = assumptions.ALL) -> Derivation:
    """C(t), 0 <= t <= theta, for the constant delay (rung R2)."""
    solved = constant_characteristic(given).then(CovarianceEquation()).then(SolveCovariance())
    return solved.concluded("stationary covariance, constant delay", STABLE_CONSTANT, "Kuchler1992")


@cache
def constant_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = q (1 + sin a theta)/(2 a cos a theta), 0 < a theta < pi/2 (rung R2, constant delay)."""
    at_zero = constant_covariance(given).then(Specialise(y.variance, ((y.t, sp.Integer(0)),)))
    return at_zero.concluded("stationary variance, constant delay", STABLE_CONSTANT, "Kuchler1992")


@cache
def stages_variance(stages: int, given: Given = assumptions.ALL) -> Derivation:
    """V for Erlang delays of ``stages`` stages (1: exponential), a rational function of a theta (rung R2)."""
    solved = characteristic_function(given).then(Lyapunov(stages))
    limit = gamma_stability_limit(given).result.right.subs(y.shape, stages) if stages > 1 else sp.oo
    counted = "one stage" if stages == 1 else f"{stages} stages"
    return solved.concluded(f"stationary variance, {counted}", y.damping < limit)


@cache
def any_law_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = (q/pi) int_0^oo dw/|H(i w)|^2 (rung R2, any law)."""
    return characteristic_function(given).then(Parseval()).concluded("stationary variance, any law")


@cache
def shot_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = q I/(1 - eta^2 h^2 Lambda I), with q = eta^2 sigma^2 Lambda (rung R1, any law)."""
    started = Derivation("stationary variance of the shot model", given).then(CampbellVariance())
    solved = started.then(Solve(y.variance)).then(Rewrite(_positive_denominator))
    gain = y.learning_rate**2 * y.curvature**2 * y.arrival_rate * y.second_moment_gain
    return solved.concluded(started.title, gain < 1)


@cache
def mean_square_limit(given: Given = assumptions.ALL) -> Derivation:
    """1 = eta^2 h^2 Lambda I: stable in mean square on R1 iff the right side is below 1."""
    return shot_variance(given).then(MeanSquareLimit()).concluded("mean-square stability limit of the shot model")


def _positive_denominator(expression: sp.Expr) -> sp.Expr:
    numerator, denominator = sp.fraction(sp.together(expression))
    constant = denominator.subs(y.curvature, 0)
    return (numerator / constant) / sp.expand(denominator / constant)


@cache
def any_law_covariance(given: Given = assumptions.ALL) -> Derivation:
    """C(t) = (q/pi) int_0^oo cos(w t) dw/|H(i w)|^2 (rungs R2 and, over V, R1; any law)."""
    lagged = characteristic_function(given).then(CovarianceOverFrequencies())
    return lagged.concluded("stationary covariance, any law")


@cache
def exponential_covariance(given: Given = assumptions.ALL) -> Derivation:
    """C(t) = (q/2a) e^{-y} ((1 + a theta) cos k y + (1 - a theta) sin(k y)/k), y = t/2theta, k^2 = 4 a theta - 1."""
    characteristic = exponential_characteristic(given)
    both = characteristic.join(stages_variance(1, given))
    lagged = both.then(StageCovariance(), len(characteristic.steps), len(both.steps))
    return lagged.concluded("stationary covariance, exponential delays", 4 * y.damping * y.mean_delay > 1)


def _shot_margin(variance: Derivation, given: Given) -> Derivation:
    """1 = eta^2 h^2 Lambda I with I = V/q of a law, in the step eta h and the number of workers."""
    limit = mean_square_limit(given)
    joined = limit.join(variance).then(UnitNoise())
    inserted = joined.then(Insert(), len(limit.steps), len(joined.steps))
    workers = (
        (y.learning_rate, y.step / y.curvature),
        (y.arrival_rate, y.workers / y.mean_delay),
        (y.damping, y.workers * y.step / y.mean_delay),
    )
    return inserted.then(Specialise(sp.Integer(1), workers))


@cache
def constant_mean_square_limit(given: Given = assumptions.ALL) -> Derivation:
    """1 = eps (1 + sin M eps)/(2 cos M eps), a theta = M eps: the limit in mean square on R1, constant delay."""
    stable = y.workers * y.step < sp.pi / 2
    margin = _shot_margin(constant_variance(given), given)
    return margin.concluded("mean-square limit of the shot model, constant delay", sp.And(y.step > 0, stable))


@cache
def exponential_mean_square_limit(given: Given = assumptions.ALL) -> Derivation:
    """eps_V = (sqrt(1 + 8 M) - 1)/(2 M): the limit in mean square on R1, exponential delays."""
    margin = _shot_margin(stages_variance(1, given), given)
    named = margin.then(Specialise(sp.Integer(1), ((y.step, y.mean_square_step),)))
    solved = named.then(Solve(y.mean_square_step, lambda root: bool(root.subs(y.workers, 2).evalf() > 0)))
    return solved.concluded("mean-square limit of the shot model, exponential delays")
