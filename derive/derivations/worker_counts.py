"""Stage: worker counts. Input: H of a law, the damping of M workers. Output: the counts where adding stops helping.

Claim A for every law, claim B's other side, two curvatures at one learning rate, and claim C in workers.
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
    damping_coefficient,
    exponential_characteristic,
    gamma_characteristic,
)
from derive.derivations.speed import (
    constant_stability_limit,
    gamma_stability_limit,
    safe_damping,
)
from derive.derivations.staleness import mean_staleness
from derive.rules.calculus import Equate, Insert, Rewrite, Solve
from derive.rules.characteristic import AtMaximum, DampingAsFunctionOfDecay, Maximise, QuadraticRoots
from derive.rules.chosen_roots import DampingOfRoot, DecayOfPair, RatioOfDampings, RealPartOfPair
from derive.rules.polar_pairs import DecayOfPolarPair, RatioOfPolarDampings
from derive.rules.speed_bounds import GreatestCriticalDecay, GreatestSpeedup, LeastMomentOfMean

Given = frozenset[Assumption]
_DESCENT = y.curvature > 0
_OVERTAKES = sp.And(y.shape > 1, y.angle > 0, 2 * y.shape * y.angle < sp.pi)


def count_at(damping: Derivation, given: Given) -> Derivation:
    """M from a = eta h M/theta at the damping that a derivation ends in."""
    joined = damping.join(damping_coefficient(given))
    return joined.then(Equate(), len(damping.steps), len(joined.steps)).then(Solve(y.workers))


def _damping_of_decay(given: Given) -> Derivation:
    return characteristic_function(given).then(DampingAsFunctionOfDecay())


@cache
def fastest_workers(given: Given = assumptions.ALL) -> Derivation:
    """M* = r* theta/(eta h E e^{r* tau}), r* where r/E e^{r tau} is largest; any law."""
    double = DampingOfRoot(y.critical_damping, -y.critical_decay, (assumptions.EXPONENTIAL_MOMENT,))
    critical = characteristic_function(given).then(double)
    return count_at(critical, given).concluded("worker count at critical damping, any law", _DESCENT)


@cache
def greatest_fastest_workers(given: Given = assumptions.ALL) -> Derivation:
    """M* <= 1/(e eta h), whatever the law of the cycles; equal for constant ones."""
    bounded = _damping_of_decay(given).then(LeastMomentOfMean(y.greatest_damping))
    maximum = bounded.then(Maximise(y.greatest_critical_decay))
    greatest = maximum.then(AtMaximum(y.greatest_critical_damping), len(bounded.steps), len(maximum.steps))
    return count_at(greatest, given).concluded("greatest worker count at critical damping", _DESCENT)


@cache
def greatest_critical_decay(given: Given = assumptions.ALL) -> Derivation:
    """r* <= 1/theta: no learning rate and no count of workers makes a mean that does not oscillate decay faster."""
    bounded = _damping_of_decay(given).then(GreatestCriticalDecay(y.greatest_critical_decay))
    return bounded.concluded("greatest decay rate at critical damping")


@cache
def greatest_speedup(given: Given = assumptions.ALL) -> Derivation:
    """r/a <= e up to critical damping, whatever the law."""
    return _damping_of_decay(given).then(GreatestSpeedup(y.greatest_speedup)).concluded("greatest speedup by delays")


def _overtaking(given: Given) -> tuple[Derivation, int]:
    """Constant delay: kappa_h = 1/cos(omega theta) solved for omega, put into r; and the number of the step a(r)."""
    flat = constant_characteristic(given).then(DampingAsFunctionOfDecay())
    function, real = len(flat.steps) - 1, len(flat.steps)
    pair = flat.then(DecayOfPair(), function)
    ratio = pair.then(RatioOfDampings(y.curvature_ratio), function, real, len(pair.steps))
    first = sp.acos(1 / y.curvature_ratio) / y.mean_delay  # later crossings lie further left
    frequency = ratio.then(Solve(y.frequency, choose=lambda found: sp.simplify(found - first) == 0))
    rate = frequency.then(Insert(), len(pair.steps), len(frequency.steps))
    return rate.then(Rewrite(_over_one_root)), real


def _over_one_root(expression: sp.Expr) -> sp.Expr:
    """kappa_h sqrt(1 - 1/kappa_h^2) and sqrt(kappa_h - 1) sqrt(kappa_h + 1) as sqrt(kappa_h^2 - 1), kappa_h > 1."""
    ratio, root = y.curvature_ratio, sp.sqrt(y.curvature_ratio**2 - 1)
    whole = expression.subs(sp.sqrt(1 - 1 / ratio**2), root / ratio)
    return sp.powsimp(whole.subs(sp.sqrt(ratio - 1), root / sp.sqrt(ratio + 1)))


@cache
def overtaking_decay(given: Given = assumptions.ALL) -> Derivation:
    """r theta = arccos(1/kappa_h)/sqrt(kappa_h^2 - 1): flattest and steepest mode decay alike, constant delay."""
    return _overtaking(given)[0].concluded("decay rate where two modes decay alike", y.curvature_ratio > 1)


@cache
def overtaking_workers(given: Given = assumptions.ALL) -> Derivation:
    """M = rho e^{-rho}/(eta h), rho = r theta there, h the smallest curvature: more workers slow the whole down."""
    alike, real = _overtaking(given)
    damping = alike.then(Insert(), real, len(alike.steps))
    domain = sp.And(_DESCENT, y.curvature_ratio > 1)
    count = count_at(damping, given).then(Rewrite(_over_one_root))
    return count.concluded("worker count where two modes decay alike", domain)


def _overtaking_gamma(given: Given) -> tuple[Derivation, Derivation, int]:
    """Gamma delays: up to r(phi), up to kappa_h(phi), and the number of the step a(r)."""
    flat = gamma_characteristic(given).then(DampingAsFunctionOfDecay())
    function, real = len(flat.steps) - 1, len(flat.steps)
    pair = flat.then(DecayOfPolarPair(), function)
    return pair, pair.then(RatioOfPolarDampings(), function, real, len(pair.steps)), real


@cache
def overtaking_ratio_gamma(given: Given = assumptions.ALL) -> Derivation:
    """kappa_h = 1/(cos(k phi) cos(phi)^k): steepest and flattest mode decay alike at the pair of angle phi, k > 1."""
    return _overtaking_gamma(given)[1].concluded(
        "curvature ratio where two modes decay alike, gamma cycles", _OVERTAKES
    )


@cache
def overtaking_decay_gamma(given: Given = assumptions.ALL) -> Derivation:
    """r = k sin(phi) cos(k phi)/(theta sin((k + 1) phi)) there."""
    return _overtaking_gamma(given)[0].concluded("decay rate where two modes decay alike, gamma cycles", _OVERTAKES)


@cache
def overtaking_workers_gamma(given: Given = assumptions.ALL) -> Derivation:
    """M = (r theta/(eta h)) (1 - r theta/k)^k there, h the smallest curvature, 1 - r theta/k by phi."""
    pair, _, real = _overtaking_gamma(given)
    damping = pair.then(Insert(), real, len(pair.steps))
    count = count_at(damping, given)
    return count.concluded("worker count where two modes decay alike, gamma cycles", _OVERTAKES & _DESCENT)


@cache
def saturated_decay(given: Given = assumptions.ALL) -> Derivation:
    """r = 1/(2 theta) for exponential cycles of more than 1/(4 eta h) workers."""
    roots = exponential_characteristic(given).then(QuadraticRoots())
    halved = roots.then(RealPartOfPair(), len(roots.steps) - 1, len(roots.steps))
    return halved.concluded("decay rate beyond critical damping, exponential cycles")


@cache
def safe_workers(given: Given = assumptions.ALL) -> Derivation:
    """M < pi/(2 eta h) is stable, whatever the law of the cycles and its mean."""
    return count_at(safe_damping(given), given).concluded("safe worker count, any law", _DESCENT)


@cache
def safe_staleness(given: Given = assumptions.ALL) -> Derivation:
    """E[K] < pi/(2 eta h) - 1 is stable: (staleness + 1) x learning rate x curvature decides, not time."""
    count, stale = safe_workers(given), mean_staleness(given)
    both = count.join(stale).then(Insert(), len(count.steps) + len(stale.steps), len(count.steps))
    return both.concluded("safe mean staleness, any law", _DESCENT)


@cache
def crossing_workers(given: Given = assumptions.ALL) -> Derivation:
    """M = -i omega_c theta/(eta h L(i omega_c)), wherever Re L(i omega_c) = 0; the least count is the limit."""
    crossing = characteristic_function(given).then(DampingOfRoot(y.stability_limit, sp.I * y.crossing_frequency))
    return count_at(crossing, given).concluded("worker count at a crossing, any law", _DESCENT)


@cache
def constant_stable_workers(given: Given = assumptions.ALL) -> Derivation:
    """M = pi/(2 eta h), constant cycles: more workers diverge."""
    return count_at(constant_stability_limit(given), given).concluded("largest stable count, constant", _DESCENT)


@cache
def gamma_stable_workers(given: Given = assumptions.ALL) -> Derivation:
    """M = k sin(pi/2k)/(eta h cos^(k+1)(pi/2k)), gamma cycles of shape k > 1."""
    limit = gamma_stability_limit(given)
    return count_at(limit, given).concluded("largest stable count, gamma cycles", sp.And(_DESCENT, limit.domain))
