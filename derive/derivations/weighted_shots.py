"""Stage: shots of any weight, and shots with momentum. Output: variance and mean-square limit on R1."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.momentum import momentum_characteristic
from derive.derivations.noise import mean_square_limit
from derive.derivations.synchronous import drawn_variance
from derive.rules.calculus import Rewrite, Solve
from derive.rules.noise import MeanSquareLimit
from derive.rules.velocity_shots import SLOWER, CorrelationOfVelocity, ShotsOfVelocity
from derive.rules.weighted_shots import CampbellOfWeights, SendAllFarOut

Given = frozenset[Assumption]
NOISY = y.gradient_noise > 0


@cache
def weighted_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = q I/(1 - h^2 q I/sigma^2), whatever the weights that make q (rung R1)."""
    started = Derivation("stationary variance of weighted shots", given).then(CampbellOfWeights())
    solved = started.then(Solve(y.variance)).then(Rewrite(_by_noise))
    kept = y.curvature**2 * y.noise_intensity * y.second_moment_gain < y.gradient_noise**2
    return solved.concluded(started.title, sp.And(NOISY, kept))


@cache
def weighted_limit(given: Given = assumptions.ALL) -> Derivation:
    """1 = h^2 q I/sigma^2: stable in mean square on R1 iff the mean is and the right side is below 1."""
    found = weighted_variance(given).then(MeanSquareLimit())
    return found.concluded("mean-square stability limit of weighted shots", NOISY)


@cache
def trigger_limit(given: Given = assumptions.ALL) -> Derivation:
    """1 = eta^2 h^2 Lambda I with rate and gain of all gradients: E x^2 stays bounded iff the right side is below 1."""
    found = mean_square_limit(given).then(SendAllFarOut())
    return found.concluded("mean-square stability limit with an event trigger")


@cache
def velocity_correlation(given: Given = assumptions.ALL) -> Derivation:
    """rho_v of the velocity before and after an update (rung R1, any law)."""
    found = momentum_characteristic(given).then(CorrelationOfVelocity())
    return found.concluded("correlation of the velocity over an update", sp.And(y.momentum < 1, y.curvature > 0))


@cache
def velocity_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = eta^2 sigma^2 Lambda J/(1 - eta^2 h^2 Lambda J), J = I - I_f + I_f/(1 + beta^2 - 2 beta rho_v) (rung R1)."""
    shots = momentum_characteristic(given).then(ShotsOfVelocity())
    solved = shots.then(Solve(y.variance)).then(Rewrite(_by_margin))
    margin = y.learning_rate**2 * y.curvature**2 * y.arrival_rate * _passed()
    domain = sp.And(y.momentum < 1, sp.Abs(y.velocity_correlation) < 1, margin < 1)
    return solved.concluded("stationary variance of shots with momentum", domain)


@cache
def velocity_limit(given: Given = assumptions.ALL) -> Derivation:
    """1 = eta^2 h^2 Lambda (I - I_f + I_f/(1 + beta^2 - 2 beta rho_v)): the limit in mean square on R1."""
    found = velocity_variance(given).then(MeanSquareLimit())
    domain = sp.And(y.momentum < 1, sp.Abs(y.velocity_correlation) < 1)
    return found.then(Rewrite(_by_parts)).concluded("mean-square stability limit with momentum", domain)


@cache
def idle_limit(given: Given = assumptions.ALL) -> Derivation:
    """1 = epsilon (2 M epsilon (M - n_B) - n_B (2 M - n_B^2 - n_B))/(2 n_B^2 (2 M - n_B - 1)): K-async (Rd)."""
    several = sp.And(y.workers >= 2, y.batch <= y.workers)
    found = drawn_variance(given).then(MeanSquareLimit(y.step, y.step, y.step))
    return found.concluded("mean-square stability limit of drawn gradients", several)


def _by_noise(expression: sp.Expr) -> sp.Expr:
    above, below = sp.fraction(sp.together(expression))
    return sp.expand(above / y.gradient_noise**2) / sp.expand(below / y.gradient_noise**2)


def _passed() -> sp.Expr:
    return y.second_moment_gain - y.fast_gain + y.fast_gain / SLOWER


def _by_margin(expression: sp.Expr) -> sp.Expr:
    front = y.learning_rate**2 * y.arrival_rate * _passed()
    return front * y.gradient_noise**2 / (1 - y.curvature**2 * front)


def _by_parts(expression: sp.Expr) -> sp.Expr:
    return y.learning_rate**2 * y.curvature**2 * y.arrival_rate * _passed()
