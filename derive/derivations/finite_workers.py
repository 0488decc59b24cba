"""Stage: finitely many workers, exactly (rung R0). Input: exponential cycles. Output: mean, variance, gaps."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import quadratic_roots
from derive.derivations.noise import shot_variance, stages_variance
from derive.rules.calculus import Rewrite, Specialise
from derive.rules.characteristic import QuadraticRoots, characteristic_of
from derive.rules.exchangeable import ExchangeableMean, ExchangeableVariance, Updates
from derive.rules.lagged import StepOfInfiniteVariance
from derive.rules.workers import ExchangeableMoments, MomentDeterminant, Ratio, SeriesInWorkers, StationaryMoment

Given = frozenset[Assumption]
STABLE_STEP = sp.And(y.step > 0, y.workers * y.step**2 < 2 + y.step)


@cache
def exponential_mean(given: Given = assumptions.ALL) -> Derivation:
    """H(s) = s^2 + mu (1 + eps) s + M mu^2 eps: the mean of M workers with exponential cycles, exactly."""
    closed = Derivation("mean of finitely many workers, exponential cycles", given).then(ExchangeableMoments(1))
    return closed.then(MomentDeterminant(characteristic_of(y.s)))


@cache
def exponential_second_moments(given: Given = assumptions.ALL) -> Derivation:
    """d/dt of (A, B, C, D) = E(x^2, x r, r^2, r r'), exactly."""
    return Derivation("second moments, exponential cycles", given).then(ExchangeableMoments(2))


@cache
def exponential_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = s2 (1 + M eps)/(eps (2 + eps - M eps^2)), stable in mean square iff M eps^2 < 2 + eps (R0, exact)."""
    solved = exponential_second_moments(given).then(StationaryMoment()).then(Rewrite(_as_in_print))
    return solved.concluded("stationary variance, exponential cycles", STABLE_STEP)


@cache
def exponential_mean_square_limit(given: Given = assumptions.ALL) -> Derivation:
    """eps_V = (1 + sqrt(1 + 8 M))/(2 M): M workers with exponential cycles have a variance below it (R0, exact)."""
    found = exponential_variance(given).then(StepOfInfiniteVariance())
    return found.concluded("mean-square limit, exponential cycles")


@cache
def exponential_gap(rung: str, given: Given = assumptions.ALL) -> Derivation:
    """Exact variance over the value of rung "R1" or "R2", as a series in 1/M at fixed a theta."""
    fixed = ((y.step, y.damping * y.mean_delay / y.workers), (y.worker_rate, 1 / y.mean_delay))
    exact = exponential_variance(given).then(Specialise(y.variance, fixed))
    number = len(exact.steps)
    chain = exact.join(stages_variance(1, given) if rung == "R2" else shot_variance(given))
    gain = (1 + y.damping * y.mean_delay) / (2 * y.damping)
    step_noise = y.step_noise * y.workers / y.mean_delay
    eta_h = y.damping * y.mean_delay / y.workers
    values = (
        ((y.noise_intensity, step_noise),)
        if rung == "R2"
        else (
            (y.second_moment_gain, gain),
            (y.curvature, eta_h / y.learning_rate),
            (y.arrival_rate, y.workers / y.mean_delay),
            (y.gradient_noise, sp.sqrt(y.step_noise) / y.learning_rate),
        )
    )
    approximate = chain.then(Specialise(y.variance, values))
    ratio = approximate.then(Ratio(y.variance_ratio), number, len(approximate.steps))
    return ratio.then(SeriesInWorkers(2)).concluded(f"variance of finitely many workers over {rung}")


def _as_in_print(expression: sp.Expr) -> sp.Expr:
    """Numerator and denominator positive on the domain of stability."""
    numerator, denominator = sp.fraction(sp.together(expression))
    inside = {y.workers: 1, y.step: sp.Rational(1, 2)}
    sign = -1 if denominator.subs(inside).is_negative else 1
    return sp.factor(sign * numerator) / sp.prod(
        factor if factor.subs(inside).is_positive else sp.expand(-factor)
        for factor in sp.Mul.make_args(sp.factor(denominator))
    )


@cache
def exponential_decay_gap(given: Given = assumptions.ALL) -> Derivation:
    """Exact decay rate over that of R3, 1 - a theta/(M sqrt(1 - 4 a theta)) + O(1/M^2), exponential cycles."""
    fixed = ((y.step, y.damping * y.mean_delay / y.workers), (y.worker_rate, 1 / y.mean_delay))
    slowest = Specialise(y.root, ((y.branch, sp.Integer(0)),))
    exact = exponential_mean(given).then(Specialise(characteristic_of(y.s), fixed)).then(QuadraticRoots()).then(slowest)
    both = exact.join(quadratic_roots(given)).then(slowest)
    ratio = both.then(Ratio(y.decay_ratio), len(exact.steps), len(both.steps))
    series = ratio.then(SeriesInWorkers(1)).then(Rewrite(_over_root))
    return series.concluded("decay rate of finitely many workers over R3", 4 * y.damping * y.mean_delay < 1)


@cache
def updated_mean(updates: Updates, given: Given = assumptions.ALL) -> Derivation:
    """H(s) of the mean of M workers with exponential cycles, with momentum or losses, exactly."""
    title = f"mean of finitely many workers, {_told(updates)}"
    return Derivation(title, given).then(ExchangeableMean(updates)).concluded(title, _range(updates))


@cache
def updated_variance(updates: Updates, given: Given = assumptions.ALL) -> Derivation:
    """V of M workers with exponential cycles, with momentum or losses, exactly; 1/V has one zero in eps > 0."""
    title = f"stationary variance of finitely many workers, {_told(updates)}"
    solved = Derivation(title, given).then(ExchangeableVariance(updates)).then(Rewrite(_positive_at_small_steps))
    (below,) = (factor for factor in sp.Mul.make_args(sp.fraction(solved.result.right)[1]) if factor.is_Add)
    return solved.concluded(title, sp.And(_range(updates), y.step > 0, below > 0))


def _told(updates: Updates) -> str:
    return "momentum" if updates.momentum else "dropout"


def _range(updates: Updates) -> sp.Basic:
    return y.momentum < 1 if updates.momentum else y.dropout < 1


def _positive_at_small_steps(expression: sp.Expr) -> sp.Expr:
    """Numerator and denominator by powers of the step, positive where it is small."""
    above, below = sp.fraction(sp.factor(sp.together(expression)))
    inside = {y.step: 0, y.workers: 2, y.momentum: sp.Rational(1, 3), y.dropout: sp.Rational(1, 3)}
    inner = sp.cancel(below / y.step)
    sign = -1 if inner.subs(inside).is_negative else 1
    parts = (_by_what_is_kept(sign * one) for one in (above / y.step_noise, inner))
    return y.step_noise * next(parts) / (y.step * next(parts))


def _by_what_is_kept(polynomial: sp.Expr) -> sp.Expr:
    """Powers of the step, each factored, in 1 - p_d."""
    kept = sp.Dummy("q", positive=True)
    collected = sp.collect(sp.expand(polynomial.subs(y.dropout, 1 - kept)), y.step, sp.factor)
    return collected.subs(kept, 1 - y.dropout)


def _over_root(expression: sp.Expr) -> sp.Expr:
    """The order 1/M as a theta times a function of the root of 1 - 4 a theta alone."""
    root, product = sp.Dummy("w", positive=True), y.damping * y.mean_delay
    order = y.workers * (expression - 1)
    in_root = order.subs(sp.sqrt(1 - 4 * product), root).subs(y.mean_delay, (1 - root**2) / (4 * y.damping))
    return (
        1 + product * sp.factor(4 * sp.cancel(in_root) / (1 - root**2)).subs(root, sp.sqrt(1 - 4 * product)) / y.workers
    )
