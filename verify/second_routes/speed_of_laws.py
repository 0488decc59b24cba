"""Stage: proofs about single laws. Input: predictions of a mode. Output: verdicts on crossings, spread, spectra.

Certified roots and counts at the dampings that the claims name, and transforms at single points.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation, momentum_equation
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Hyperexponential, ShiftedExponential
from derive.rules.laws import transform_of
from derive.rules.spread import mean_excess
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate, evaluate_complex
from numeric.roots.characteristic import spectrum
from numeric.roots.thresholds import stability_limit
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.kept_limits import limit_of_law
from verify.second_routes.speed import round_mean, slope_beyond
from verify.verdict import Verdict

SHIFT, SHIFTED = "delay.crossing-shift.shifted-exponential", "delay.stability-limit.shifted-exponential"
BEYOND, RESPONSE = "delay.beyond-critical.hyperexponential", "delay.response-real-part.hyperexponential"
BOUND = "delay.root-bound.any-law"
EXCESS, LEAST = "delay.damping-by-excess.any-law", "delay.least-decay-rate.any-law"
SHARE, STEP = "momentum.crossing-share.constant", "momentum.stability-limit.constant"
RISK, MOMENTUM = "spectrum.excess-risk.exponential", "momentum.stability-limit.exponential"
MIXED = Hyperexponential(("9/10", "1/10"), (1, 3))  # its double root lies at -1/4, at a* = 5/32
CALM = sp.Rational(1, 5)  # a theta below every critical damping looked at here
WORKERS, KEPT = 4, sp.Rational(1, 2)
EVEN = "spectrum.excess-risk-of-even-spread.constant"
_GAUSS = Fraction(1, 10**12)  # relative, far more than seven points leave: the next pole is at three times the range


def shifted_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The frequency at which the phases add up to pi/2, then the limit by bisection on certified counts."""
    law = plain_model(mode).law
    if not isinstance(law, ShiftedExponential) or law.shift == 0 or mode.mode != 0:
        return
    at = {y.crossing_frequency: _frequency(law), y.tail_mean: law.tail_mean}
    words = "shift of the crossing at its frequency"
    yield judge_agreement(SHIFT, case, words, evaluate(CLAIMS[SHIFT].expression, at), Exact(law.shift))
    found = limit_of_law(law, sp.Rational(1, 7) / law.mean, 1e-4)
    if found is not None:
        words = "stability limit at the crossing's frequency, bisection on certified counts"
        yield judge_agreement(SHIFTED, case, words, evaluate(CLAIMS[SHIFTED].expression, at), found, 1e-3)


def _frequency(law: ShiftedExponential) -> Enclosure:
    """Where omega d + arctan(omega theta_d), which grows, is pi/2."""
    balance = y.frequency * law.shift + sp.atan(y.frequency * law.tail_mean) - sp.pi / 2
    near = sp.nsolve(balance, y.frequency, (1e-9, float(sp.pi / (2 * law.shift))), solver="bisect", prec=40)
    middle, width = sp.Rational(str(near)), sp.Rational(1, 10**25)
    below, above = (evaluate(balance.subs(y.frequency, middle + sign * width)) for sign in (-1, 1))
    if not (below.is_negative() and above.is_positive()):
        raise ArithmeticError(f"no change of sign around {near}")
    return Enclosure.of(middle) + between(-Fraction(1, 10**25), Fraction(1, 10**25))


def mixture_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Nine tenths of mean 1, one of mean 3: slope beyond a* = 5/32, extrapolated; response at omega = 1."""
    if mode.mode != 0:
        return
    double = sp.Rational(1, 4)
    critical = double / MIXED.laplace_transform(-double)
    phases = {y.phase_weight: MIXED.weights[0], y.first_mean: MIXED.means[0], y.second_mean: MIXED.means[1]}
    at = {**phases, y.critical_decay: double, y.critical_damping: critical}
    words = "two exponentials mixed, just beyond critical damping: slope of the pair's real part, extrapolated"
    found = slope_beyond(MIXED, double, critical)
    yield judge_agreement(BEYOND, case, words, Exact(CLAIMS[BEYOND].expression.subs(at)), found, 1e-6)
    claimed = CLAIMS[RESPONSE].expression.subs({**phases, y.frequency: 1}, simultaneous=True)
    direct = evaluate_complex(MIXED.laplace_transform(sp.I)).re
    words = "two exponentials mixed: real part of the transform at i, claimed and evaluated"
    yield judge_agreement(RESPONSE, case, words, Exact(claimed), direct)


def spread_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two stages of the mode's mean: damping by their mean excess, rates against those of the constant delay."""
    if mode.mode != 0:
        return
    mean = round_mean(mode)
    stages, fixed = Gamma(2, mean), Constant(mean)
    rate = sp.Rational(1, 3) / mean
    stated = CLAIMS[EXCESS].expression.subs({y.decay: rate, y.mean_delay: mean}, simultaneous=True)
    (integral,) = stated.atoms(sp.Integral)
    excess = (mean + y.u) * sp.exp(-2 * y.u / mean)  # E(tau - u)^+ of two stages
    value = sp.integrate(sp.expand(integral.function.subs(mean_excess(y.u), excess)), (y.u, 0, sp.oo))
    damping = sp.nsimplify(sp.simplify(stated.xreplace({integral: value})))
    words = "two stages: decay rate at the damping that the mean excess makes, certified root"
    yield judge_agreement(EXCESS, case, words, Exact(rate), _rate(damping, stages))
    least = evaluate(CLAIMS[LEAST].expression.subs({y.damping: CALM / mean, y.mean_delay: mean}, simultaneous=True))
    words = "least decay rate at a theta = 1/5, certified root of the constant delay"
    yield judge_agreement(LEAST, case, words, least, _rate(CALM / mean, fixed))
    words = "least decay rate at a theta = 1/5, certified root of two stages"
    yield judge_certified_bound(LEAST, case, words, least, _rate(CALM / mean, stages), direction="at least")


def bound_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The certified rightmost pair at a theta = 1: of a constant delay on the bound, of two stages within it."""
    if mode.mode != 0:
        return
    mean = round_mean(mode)
    for law in (Constant(mean), Gamma(2, mean)):
        root = spectrum(delay_equation(1 / mean, law)).roots[0]
        stated = CLAIMS[BOUND].expression.replace(transform_of, law.laplace_transform)
        bound = evaluate(stated.subs({y.damping: 1 / mean}), {y.re_part: root.re})
        modulus = evaluate(sp.sqrt(y.re_part**2 + y.im_part**2), {y.re_part: root.re, y.im_part: root.im})
        words = f"modulus of the certified rightmost root of the law {law.name}, and its bound"
        if isinstance(law, Constant):
            yield judge_agreement(BOUND, case, words, bound, modulus)
        else:
            yield judge_certified_bound(BOUND, case, words, bound, modulus, direction="at most")


def _rate(damping: sp.Expr, law: Law) -> Enclosure:
    found = spectrum(delay_equation(damping, law)).decay_rate
    if found is None:
        raise ArithmeticError(f"no certified rate at the damping {damping}")
    return found


def risk_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Curvatures 1 and 3, exponential delays: each mode's variance by quadrature, added up."""
    law = plain_model(mode).law
    if not isinstance(law, Exponential) or mode.mode != 0:
        return
    eta = sp.Rational(1, 20)
    at = {y.modes: 2, y.learning_rate: eta, y.gradient_noise: 1, y.workers: WORKERS, y.mean_curvature: 2}
    claimed = CLAIMS[RISK].expression.subs(at, simultaneous=True)
    arrivals, total = WORKERS / law.mean, Enclosure.of(0)
    for curvature in (1, 3):
        gain = noise_gain(delay_equation(eta * curvature * arrivals, law), 8)
        total = total + gain * Fraction(str(sp.nsimplify(curvature * eta**2 * arrivals / 2)))
    words = "curvatures 1 and 3, exponential delays: excess risk, claimed and by quadrature of every mode"
    yield judge_agreement(RISK, case, words, Exact(claimed), total, 1e-6)


def even_spread(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Constant delays, curvatures evenly spread from 1 to 3: Gauss's rule over seven modes, each by quadrature."""
    law = plain_model(mode).law
    if not isinstance(law, Constant) or mode.mode != 0:
        return
    eta, arrivals = sp.Rational(1, 20), WORKERS / law.mean
    ends = {y.least_curvature: sp.Integer(1), y.greatest_curvature: sp.Integer(3)}
    at = {y.modes: 1, y.learning_rate: eta, y.gradient_noise: 1, y.workers: WORKERS, **ends}
    total = Enclosure.of(0)
    for point, weight in zip(*np.polynomial.legendre.leggauss(7), strict=True):
        curvature = 2 + sp.Rational(*float(point).as_integer_ratio())
        gain = noise_gain(delay_equation(eta * curvature * arrivals, law), 10)
        total = total + gain * Fraction(str(curvature * eta**2 * arrivals / 2)) * (Fraction(float(weight)) / 2)
    words = "curvatures evenly spread from 1 to 3, constant delays: excess risk, claimed and by Gauss's rule over modes"
    rest = between(1 - _GAUSS, 1 + _GAUSS)
    yield judge_agreement(
        EVEN, case, words, evaluate(CLAIMS[EVEN].expression.subs(at, simultaneous=True)), total * rest, 1e-6
    )


def momentum_limit(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Four workers, momentum 1/2, exponential delays: the limit by bisection on certified counts."""
    law = plain_model(mode).law
    if not isinstance(law, Exponential) or mode.mode != 0:
        return
    rate, transform = WORKERS / law.mean, law.laplace_transform(y.s)

    def family(step: sp.Expr) -> CharacteristicEquation:
        function = y.s * (y.s + rate * (1 - KEPT)) + step * rate * (y.s + rate) * transform
        return momentum_equation(function, transform, delay_equation(1, law))

    claimed = CLAIMS[MOMENTUM].expression.subs({y.workers: WORKERS, y.momentum: KEPT}, simultaneous=True)
    found = stability_limit(family, sp.Rational(1, 10), 1e-5)
    if found is not None:
        words = "momentum 1/2, four workers, exponential delays: limit, bisection on certified counts"
        yield judge_agreement(MOMENTUM, case, words, Exact(claimed), found, 1e-4)


def constant_momentum(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Four workers, the momentum of the angle 1 over one constant delay: the limit by bisection on certified counts.

    A wrong share is another momentum, whose limit is another one: each claim is held with the other one's value.
    """
    law = plain_model(mode).law
    if not isinstance(law, Constant) or mode.mode != 0:
        return
    rate, transform = WORKERS / law.mean, law.laplace_transform(y.s)
    at = {y.workers: WORKERS, y.mean_delay: law.mean, y.frequency: 1 / law.mean}
    kept, claimed = (CLAIMS[name].expression.subs(at, simultaneous=True) for name in (SHARE, STEP))

    def family(step: sp.Expr) -> CharacteristicEquation:
        function = y.s * (y.s + rate * (1 - kept)) + step * rate * (y.s + rate) * transform
        return momentum_equation(function, transform, delay_equation(1, law))

    found = stability_limit(family, sp.Rational(1, 10), 1e-5)
    if found is None:
        raise ArithmeticError(f"no stability limit is found with the claimed momentum {kept}")
    for name in (SHARE, STEP):
        words = "momentum of the angle 1, four workers, constant delay: limit, bisection on certified counts"
        yield judge_agreement(name, case, words, evaluate(claimed), found, 1e-4)
