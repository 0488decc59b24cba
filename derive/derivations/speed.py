"""Stage: stability and speed. Input: H of a law. Output: stability limit, critical damping, worker count, claim B."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import (
    characteristic_function,
    constant_characteristic,
    damping_coefficient,
    gamma_characteristic,
    uniform_characteristic,
)
from derive.laws.gamma import Gamma
from derive.rules.calculus import Equate, Rewrite, Solve
from derive.rules.characteristic import (
    AtMaximum,
    CrossImaginaryAxis,
    DampingAsFunctionOfDecay,
    LeastExponentialMoment,
    Maximise,
    PhaseFrequency,
)
from derive.rules.crossings import CrossAtFrequency, LeastMeanAtCrossing
from derive.rules.expansions import LagrangeInversion, LeaveDoubleRoot, PutGammaAtDoubleRoot

Given = frozenset[Assumption]


def _limit(characteristic: Derivation, phase: sp.Expr) -> Derivation:
    at_phase = characteristic.then(PhaseFrequency(y.crossing_frequency, phase))
    crossing = CrossImaginaryAxis(at_phase.result.right, y.stability_limit)
    return at_phase.then(crossing, len(characteristic.steps))


@cache
def constant_stability_limit(given: Given = assumptions.ALL) -> Derivation:
    """a_max = pi/(2 theta) for the constant delay: stable iff 0 < a < a_max."""
    crossing = _limit(constant_characteristic(given), y.frequency * y.mean_delay)
    return crossing.concluded("stability limit, constant delay", source="Bernard2001")


@cache
def gamma_stability_limit(given: Given = assumptions.ALL) -> Derivation:
    """a_max = (k/theta) sin(pi/2k)/cos^{k+1}(pi/2k) for gamma delays of shape k > 1; none for k <= 1."""
    crossing = _limit(gamma_characteristic(given), y.shape * sp.atan(y.frequency * y.mean_delay / y.shape))
    return crossing.concluded("stability limit, gamma delays", y.shape > 1)


@cache
def uniform_stability_limit(given: Given = assumptions.ALL) -> Derivation:
    """a_max = omega^2 (u_max - u_min)/(2 sin(omega (u_max - u_min)/2)), omega = pi/(u_min + u_max), uniform delays.

    The law is symmetric about its mean, so the phase of L(i omega) is omega times the mean. Later crossings need omega
    at least three times as large, and a >= omega there exceeds this a <= (pi/2) omega.
    """
    characteristic = uniform_characteristic(given)
    phase = y.frequency * (y.shortest + y.longest) / 2
    at_phase = characteristic.then(PhaseFrequency(y.crossing_frequency, phase))
    crossed = at_phase.then(CrossAtFrequency(y.stability_limit), len(characteristic.steps), len(at_phase.steps))
    return crossed.then(Rewrite(_with_one_sine)).concluded("stability limit, uniform delays", characteristic.domain)


def _with_one_sine(expression: sp.Expr) -> sp.Expr:
    """cos A - cos B = 2 sin((A + B)/2) sin((B - A)/2), the first of which is 1 where A + B = pi."""
    difference = next(one for one in expression.atoms(sp.Add) if all(part.has(sp.cos) for part in one.args))
    plus, minus = sorted(difference.args, key=lambda part: part.could_extract_minus_sign())
    first, second = plus.args[0], (-minus).args[0]
    middle, half = sp.simplify((first + second) / 2), sp.factor((first - second) / 2)
    return expression.xreplace({difference: -2 * sp.sin(middle) * sp.sin(half)})


def _critical(characteristic: Derivation) -> Derivation:
    solved = characteristic.then(DampingAsFunctionOfDecay())
    maximum = solved.then(Maximise(y.critical_decay))
    return maximum.then(AtMaximum(y.critical_damping), len(solved.steps), len(maximum.steps))


@cache
def constant_critical_damping(given: Given = assumptions.ALL) -> Derivation:
    """a* = 1/(e theta), double root at -1/theta, for the constant delay."""
    return _critical(constant_characteristic(given)).concluded("critical damping, constant delay", source="Corless1996")


@cache
def gamma_critical_damping(given: Given = assumptions.ALL) -> Derivation:
    """a* theta = (k/(k+1))^(k+1), double root at -k/((k+1) theta), for gamma delays of shape k."""
    return _critical(gamma_characteristic(given)).concluded("critical damping, gamma delays")


@cache
def constant_fastest_workers(given: Given = assumptions.ALL) -> Derivation:
    """M* = 1/(e eta h): beyond it a further worker slows the mean down (claim A), constant delay."""
    return _worker_count(constant_critical_damping(given), given, "constant delay")


@cache
def gamma_fastest_workers(given: Given = assumptions.ALL) -> Derivation:
    """M* = (k/(k+1))^(k+1)/(eta h), gamma delays of shape k >= 1."""
    return _worker_count(gamma_critical_damping(given), given, "gamma delays", y.shape >= 1)


def _worker_count(critical: Derivation, given: Given, law: str, domain: sp.Basic = sp.true) -> Derivation:
    joined = critical.join(damping_coefficient(given))
    equated = joined.then(Equate(), len(critical.steps), len(joined.steps)).then(Solve(y.workers))
    return equated.concluded(f"worker count at critical damping, {law}", sp.And(y.curvature > 0, domain))


@cache
def decay_at_least_damping(given: Given = assumptions.ALL) -> Derivation:
    """r = a E[e^{r tau}] >= a for a <= a*: a small staleness does not slow the mean (claim B), any law."""
    solved = characteristic_function(given).then(DampingAsFunctionOfDecay())
    return solved.then(LeastExponentialMoment()).concluded("decay rate against damping")


@cache
def safe_damping(given: Given = assumptions.ALL) -> Derivation:
    """a_safe = pi/(2 theta): every law of mean theta is stable for 0 < a < a_safe, the constant delay no further."""
    least = characteristic_function(given).then(LeastMeanAtCrossing(y.safe_damping))
    return least.concluded("safe damping, any law", source="Bernard2001")


@cache
def small_delay_expansion(order: int, given: Given = assumptions.ALL) -> Derivation:
    """r = a + a^2 m_1 + a^3 (m_1^2 + m_2/2) + ... through a^``order``, in the raw moments m_n of the delay."""
    solved = characteristic_function(given).then(DampingAsFunctionOfDecay())
    return solved.then(LagrangeInversion(order)).concluded(f"decay rate at small delays, through order {order}")


@cache
def beyond_critical(given: Given = assumptions.ALL) -> Derivation:
    """(Re s)' = (|L'| - L |L'''|/(3 L''))/(a* L'') at -r*, an interior maximum of a(r); negative: faster beyond."""
    return characteristic_function(given).then(LeaveDoubleRoot()).concluded("the pair beyond critical damping")


@cache
def gamma_beyond_critical(given: Given = assumptions.ALL) -> Derivation:
    """(Re s)' for gamma delays of shape k: its sign is that of k - 1, and exponential delays are the tie."""
    general, critical = beyond_critical(given), gamma_critical_damping(given)
    both = general.join(critical)
    numbers = (len(general.steps), len(both.steps) - 1, len(both.steps))
    put_in = both.then(PutGammaAtDoubleRoot(Gamma.transform_derivation().result.right), *numbers)
    return put_in.concluded("the pair beyond critical damping, gamma delays")
