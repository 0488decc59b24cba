"""Stage: transients. Input: H of a law and a constant history. Output: the mean path, its residues, the training time.

Every path starts with m = x0 until time 0: each worker holds the parameter x0, and gradients arrive as they do later.
"""

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
    gamma_characteristic,
)
from derive.derivations.finite_workers import exponential_second_moments
from derive.derivations.momentum import momentum_characteristic
from derive.derivations.noise import shot_variance
from derive.laws import Pareto
from derive.rules.calculus import Insert
from derive.rules.second_moments import CampbellPath, ExcessRisk, MomentTransform
from derive.rules.transients import (
    InvertQuadratic,
    LateMean,
    MethodOfSteps,
    SimpleResidue,
    SlowestTerm,
    TransformFromHistory,
)
from derive.rules.velocity_transients import ResidueOfVelocity, TransformOfVelocity

Given = frozenset[Assumption]


def _transformed(characteristic: Derivation) -> Derivation:
    return characteristic.then(TransformFromHistory())


def _residue(characteristic: Derivation) -> Derivation:
    number = len(characteristic.steps)
    return _transformed(characteristic).then(SimpleResidue(), number, number + 1)


@cache
def mean_transform(given: Given = assumptions.ALL) -> Derivation:
    """xhat(s) = (x0/s)(1 - a/(s + a L(s))), any law."""
    return _transformed(characteristic_function(given)).concluded("transform of the mean path")


@cache
def mean_residue(given: Given = assumptions.ALL) -> Derivation:
    """c_l = -x0 a/(s_l H'(s_l)) at a simple root, any law."""
    return _residue(characteristic_function(given)).concluded("residues of the mean path")


@cache
def velocity_transform(given: Given = assumptions.ALL) -> Derivation:
    """xhat(s) = (x0/s)(1 - eta h Lambda (s + Lambda)/H(s)) with momentum, any law."""
    path = momentum_characteristic(given).then(TransformOfVelocity())
    return path.concluded("transform of the mean path with momentum", y.momentum < 1)


@cache
def velocity_residue(given: Given = assumptions.ALL) -> Derivation:
    """c_l = -x0 eta h Lambda (s_l + Lambda)/(s_l H'(s_l)) at a simple root, with momentum, any law."""
    path = velocity_transform(given)
    number = len(path.steps)
    residue = path.then(ResidueOfVelocity(), number - 1, number)
    return residue.concluded("residues of the mean path with momentum", y.momentum < 1)


@cache
def constant_residue(given: Given = assumptions.ALL) -> Derivation:
    """c_l = -x0 a/(s_l (1 + s_l theta)), constant delay."""
    return _residue(constant_characteristic(given)).concluded("residues of the mean path, constant delay")


@cache
def gamma_residue(given: Given = assumptions.ALL) -> Derivation:
    """c_l = -x0 a (k + s_l theta)/(s_l (k + (k + 1) s_l theta)), gamma delays of shape k."""
    return _residue(gamma_characteristic(given)).concluded("residues of the mean path, gamma delays")


@cache
def constant_mean_path(given: Given = assumptions.ALL) -> Derivation:
    """m(t) = x0 sum_j (-a)^j (t - (j - 1) theta)^j/j!, constant delay, by the method of steps."""
    path = _transformed(constant_characteristic(given)).then(MethodOfSteps())
    return path.concluded("mean path, constant delay")


@cache
def exponential_mean_path(given: Given = assumptions.ALL) -> Derivation:
    """m(t) as two exponentials about the rate 1/(2 theta), exponential delays below critical damping."""
    path = _transformed(exponential_characteristic(given)).then(InvertQuadratic(oscillates=False))
    return path.concluded("mean path, exponential delays", 4 * y.damping * y.mean_delay < 1)


@cache
def exponential_oscillation(given: Given = assumptions.ALL) -> Derivation:
    """m(t) as an oscillation that decays at the rate 1/(2 theta), exponential delays beyond critical damping."""
    path = _transformed(exponential_characteristic(given)).then(InvertQuadratic(oscillates=True))
    return path.concluded("oscillating mean path, exponential delays", 4 * y.damping * y.mean_delay > 1)


@cache
def late_mean(given: Given = assumptions.ALL) -> Derivation:
    """m(t) ~ -x0 P(tau > t) = -x0 (u_s/t)^alpha, Pareto delays: their tail falls as a power."""
    late = _transformed(characteristic_function(given)).then(LateMean())
    joined = late.join(Pareto.cdf_derivation(given))
    put_in = joined.then(Insert(), len(late.steps), len(joined.steps))
    return put_in.concluded("late mean path, Pareto delays", sp.And(y.tail_index > 1, y.t > y.scale))


@cache
def training_time(given: Given = assumptions.ALL) -> Derivation:
    """T ~ ln(|c|/x_eps)/r, c the residue at the rightmost root -r, which is real and simple."""
    residue = _residue(characteristic_function(given))
    last = len(residue.steps)
    return residue.then(SlowestTerm(), last, last - 1).concluded("training time of the mean")


@cache
def shot_second_moment(given: Given = assumptions.ALL) -> Derivation:
    """V(t) = m^2 + Lambda eta^2 int_0^t r(t - u)^2 (sigma^2 + h^2 E V(u - tau)) du (rung R1, any law)."""
    started = Derivation("second moment of the shot model in time", given)
    return started.then(CampbellPath()).concluded(started.title)


@cache
def stationary_excess_risk(given: Given = assumptions.ALL) -> Derivation:
    """R = h V/2 with the variance of the shot model, what the training time's level must exceed."""
    variance = shot_variance(given)
    risk = variance.then(ExcessRisk())
    return risk.concluded("stationary excess risk", sp.And(variance.domain, y.curvature > 0))


@cache
def exponential_second_moment_in_time(given: Given = assumptions.ALL) -> Derivation:
    """int e^{-st} E x^2 dt of M workers with exponential cycles that all hold x0 at time 0, exactly (rung R0)."""
    transformed = exponential_second_moments(given).then(MomentTransform())
    return transformed.concluded("second moment in time, exponential cycles")
