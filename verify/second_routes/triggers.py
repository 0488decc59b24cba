"""Stage: proofs about event triggers. Input: predictions of a mode. Output: verdicts on gain, share and noise, rung R1.

What a trigger lets through of a normal gradient is here a certified quadrature of the normal density, over what is
sent or over what is held back; no incomplete gamma function and no error function enters.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.models.modes import put_in
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.verdict import Verdict

LEAST = sp.Rational(3, 2)  # the trigger looked at, in standard deviations of a gradient's noise
MODES = 3  # in the norm: a point in space, whose radius has density 4 pi r^2 times the normal density of three
_NEAR, _FAR = sp.Rational(1, 10**40), sp.Integer(40)
_BEYOND = Fraction(1, 10**100)  # int_40^oo u^4 e^{-u^2/2} du and int_0^{1e-40} u^2 du are smaller
_NORMAL = sp.exp(-(y.u**2) / 2) / sp.sqrt(2 * sp.pi)
_RADIUS = 4 * sp.pi * y.u**2 * sp.exp(-(y.u**2) / 2) / (2 * sp.pi) ** sp.Rational(3, 2)


def trigger_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Damping and noise of one mode: the slope of what is held back at the optimum, the variance of what is sent."""
    # What is sent of m + z is m + z less what is held back, int_{-k}^k w phi(w - m) dw with slope int w^2 phi(w) dw.
    gain = 1 - 2 * _quadrature(_NORMAL, y.u**2, _NEAR, LEAST)
    words = f"trigger {LEAST}: slope of the mean gradient, less what is held back"
    yield _judged("trigger.gain.event-trigger", case, words, gain)
    sent = 2 * _quadrature(_NORMAL, y.u**2, LEAST, _FAR)
    words = f"trigger {LEAST}: variance of what is sent, quadrature of the normal density"
    yield _judged("trigger.noise-gain.event-trigger", case, words, sent)


def norm_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Three modes with a joint norm: gain, share, and what follows for the rate of updates, damping and noise."""
    values = {**plain_model(mode).values, y.modes: sp.Integer(MODES)}
    workers, mean = values[y.workers], values[y.mean_delay]
    share = _quadrature(_RADIUS, sp.S.One, LEAST, _FAR)
    gain = _quadrature(_RADIUS, y.u**2, LEAST, _FAR) / MODES
    words = f"trigger {LEAST} of the norm of three modes"
    yield _judged("trigger.gain-of-norm.event-trigger", case, f"{words}: gain, quadrature", gain, values)
    yield _judged("trigger.applied-fraction.event-trigger", case, f"{words}: share, quadrature", share, values)
    steps = values[y.learning_rate] * values[y.curvature] * workers / mean
    noise = (values[y.learning_rate] * values[y.gradient_noise]) ** 2 * workers / mean
    yield _judged("trigger.damping-coefficient.event-trigger", case, f"{words}: damping", gain * steps, values)
    yield _judged("trigger.noise-intensity.event-trigger", case, f"{words}: noise", gain * noise, values)
    name = "trigger.other-rate.event-trigger"
    claimed = evaluate(put_in(CLAIMS[name], values), {y.applied_fraction: share})
    others = share * (workers / mean) - share / mean  # everyone's gradients that are sent, less the own ones
    yield judge_agreement(name, case, f"{words}: others' updates a second", claimed, others)


def quadratures(modes: int) -> tuple[Enclosure, Enclosure]:
    """Gain and share of the trigger, of one mode or of the norm of ``MODES``."""
    density, both = (_RADIUS, sp.S.One) if modes == MODES else (_NORMAL, sp.Integer(2))  # the sides of a normal law
    gain, share = (_quadrature(density, both * weight, LEAST, _FAR) for weight in (y.u**2, sp.S.One))
    return gain / modes, share


@cache
def _quadrature(density: sp.Expr, weight: sp.Expr, low: sp.Rational, high: sp.Rational) -> Enclosure:
    """The integral of density times weight, with what lies beyond 40 standard deviations or below 1e-40."""
    return integral_over_density(density, weight, y.u, (low, high)) + between(Fraction(0), _BEYOND)


def _judged(
    name: str, case: str, words: str, found: Enclosure, values: dict[sp.Symbol, sp.Expr] | None = None
) -> Verdict:
    claimed = CLAIMS[name].expression.subs({**(values or {}), y.trigger: LEAST}, simultaneous=True)
    return judge_agreement(name, case, words, evaluate(claimed), found)
