"""Stage: stationary quantities. Input: a law, a count of workers, or a model. Output: variance and limit, enclosed.

With the noise gain I of s + a L(s), R2 has V = q I, and R1 has V = q I/(1 - lambda), lambda = eta^2 h^2 Lambda I. For
M workers lambda = a^2 theta I(a)/M: the mode is stable in mean square while this is below 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.law import Law
from derive.models.modes import ModeModel
from derive.models.recursion import RecursionModel
from numeric.enclosed.exact_variance import exact_variance
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from numeric.roots.thresholds import bisect

Rung: TypeAlias = Literal["R0", "R1", "R2", "Rd"]
VELOCITY_CORRELATION = "momentum.velocity-correlation.any-law"
SHOTS = {  # the claim on the variance of shots -> that on their limit in mean square
    "shots.stationary-variance.any-law": "shots.mean-square-limit.any-law",
    "weighted-shots.stationary-variance.any-law": "weighted-shots.mean-square-limit.any-law",
    "momentum.shot-variance.any-law": "momentum.mean-square-limit.any-law",
}


def stationary_variance(model: ModeModel, rung: Rung = "R1", digits: int = 8) -> Enclosure:
    """E x^2 of one mode in the stationary state on a ``rung`` of the ladder (kind: enclosure), in parameter^2.

    R0: the M workers themselves, over time, where their moments close. Rd: the recursion of their updates, at updates.
    R1: Poisson shots, of any weight and with momentum. R2: the delay equation, of every law and scheme that has one.
    ``digits`` of the noise gain on R1 and R2, at most 10 with momentum. Raises ``ValueError`` with the reason for
    another rung, where nothing closes on R0 or Rd, and where the mean is not proven stable, or on R0, Rd and R1 the
    mode in mean square: there a formula would answer with a wrong number.

    Example: ``stationary_variance(LinearModel(Exponential(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.Integer(1)), "R2").contains(sp.Rational(9, 100))``.
    """
    if rung not in get_args(Rung):
        raise ValueError(f"rung = {rung}; allowed: {', '.join(get_args(Rung))}")
    if rung in ("R0", "Rd"):
        return exact_variance(model, rung)
    if isinstance(model, RecursionModel):
        raise ValueError(f"rung = {rung}: workers that wait for each other have no delay equation; allowed: R0, Rd")
    if rung == "R2":
        gain = noise_gain(model.noise_equation, digits)
        return evaluate(model.values[y.noise_intensity] * y.second_moment_gain, {y.second_moment_gain: gain})
    return _of_shots(model, digits)


def _of_shots(model: ModeModel, digits: int) -> Enclosure:
    """R1: the claims on shots, with the noise gains of this model."""
    variance, limit = _shot_claims(model)
    moving = y.momentum in model.values
    weights = gain_weights(model.values[y.arrival_rate]) if moving else {y.second_moment_gain: sp.S.One}
    gains = {name: noise_gain(model.noise_equation, digits, weight) for name, weight in weights.items()}
    if moving:
        kept = _put(model, VELOCITY_CORRELATION, gains)
        if not (kept.lower > -1 and kept.upper < 1):
            raise ValueError(f"not proven stable in mean square: the correlation of the velocity is {kept}")
        gains[y.velocity_correlation] = kept
    margin = 1 - _put(model, limit, gains)
    if not margin.is_positive():
        raise ValueError(f"not proven stable in mean square: 1 - eta^2 h^2 Lambda I is {margin}")
    return _put(model, variance, gains)


def _shot_claims(model: ModeModel) -> tuple[str, str]:
    """The claims that give variance and limit of this scheme's shots."""
    for variance, limit in SHOTS.items():
        if model.is_about(CLAIMS[variance]):
            return variance, limit
    batch = "the gradients of a batch wait for each other and are correlated; allowed: R2"
    trigger = "whether a gradient is sent depends on its size; allowed: R2, near the optimum"
    raise ValueError(
        f"rung = R1: no shots of given weights: {trigger if 'event-trigger' in model.scheme_names else batch}"
    )


def _put(model: ModeModel, claim: str, gains: Mapping[sp.Symbol, Enclosure]) -> Enclosure:
    """The claim's right side at this model's numbers and those of the gains that it holds."""
    stated = model.claimed(claim)
    return evaluate(stated, {name: gains[name] for name in gains if stated.has(name)}, model.law.arrays)


def gain_weights(rate: sp.Expr) -> Mapping[sp.Symbol, sp.Expr]:
    """The noise gains of shots with momentum, by symbol: the weight of each frequency beside the arrival rate.

    Example: ``gain_weights(sp.Integer(1))[y.fast_gain].subs(y.frequency, 1) == sp.Rational(1, 2)``.
    """
    high = y.frequency**2 / (y.frequency**2 + rate**2)
    return {y.second_moment_gain: sp.S.One, y.fast_gain: high, y.band_gain: sp.factor(high * (1 - high))}


def stationary_risk(models: Sequence[ModeModel], rung: Rung = "R1", digits: int = 8) -> Enclosure:
    """The stationary excess risk of all modes together, sum of h V/2 over a spectrum of curvatures h (kind: enclosure).

    ``models``: one a mode, of any law; ``rung`` and ``digits`` as of ``stationary_variance``. Raises ``ValueError`` for
    no models, for another rung, and where a mode has no stationary variance.

    Example: ``stationary_risk([LinearModel(Exponential(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(h),
    sp.Integer(1)) for h in (1, 3)], "R2").contains(sp.Rational(13, 100))``.
    """
    if not models:
        raise ValueError("models = none; allowed: one or more modes")
    risks = [stationary_variance(one, rung, digits) * (one.values[y.curvature] / 2) for one in models]
    return sum(risks[1:], start=risks[0])


def mean_square_limit(law: Law, workers: int, relative_width: float = 1e-4) -> Enclosure | None:
    """The damping (1/s) at which ``workers`` M >= 1 lose stability in mean square on R1; None if none up to 2^40/theta.

    Kind: enclosure, proven by a margin a^2 theta I/M below 1 at its lower end, and at its upper end above 1 or a mean
    that is not stable.

    Example: ``mean_square_limit(Exponential(1), 2, 1e-2).contains(sp.sqrt(17) / 2 - sp.S.Half)``.
    """

    def lost(damping: sp.Expr) -> bool | None:
        equation = delay_equation(damping, law)
        found = spectrum(equation)
        if not found.certified or found.unstable_count is None:
            return None
        if found.unstable_count:
            return True
        try:
            gain = noise_gain(equation, 7)
        except ValueError:  # on the limit of stability itself
            return None
        margin = 1 - evaluate(damping**2 * law.mean / workers * y.second_moment_gain, {y.second_moment_gain: gain})
        return False if margin.is_positive() else True if margin.is_negative() else None

    return bisect(lost, sp.nsimplify(sp.N(1 / law.mean, 6), rational=True) / 7, relative_width)
