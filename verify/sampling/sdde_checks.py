"""Stage: statistical checks of a case. Input: predictions of a mode. Output: checks against the SDDE itself, simulated.

Everything else sampled lives on R0 or R1 and meets a claim of R2 as a limit; this is its own rung. The bias of the step
is not left to chance: the recursion's exact variances at one step and at half of it say how large it is. Planning draws
no sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache, partial

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Constant
from derive.models.modes import OutsideDomainError
from numeric.enclosed.autoregression import NotStableError
from numeric.enclosed.delay_grid import delay_weights
from numeric.enclosure import Enclosure, evaluate
from numeric.simulation.sdde import SDDE, simulate_sdde
from verify.predicting.claimed_numbers import Predicted
from verify.predicting.predictions import ModePredictions, Prediction
from verify.sampling.planned import ROUNDING, PlannedCheck
from verify.second_routes.euler import sdde_covariances

COVARIANCE = "delay.stationary-covariance.constant"
CLAIMED = (COVARIANCE, *(f"delay.stationary-variance.{law}" for law in ("constant", "exponential", "erlang-4")))
STEPS = 16  # of a mean delay
LAGS = (Fraction(1, 4), Fraction(3, 4))  # of a delay
REPLICAS, DELAYS, BURN_IN = 96, 6000, 60  # a replica, in mean delays
SMALLEST_DAMPING = Fraction(1, 8)  # a theta below which paths forget too slowly
TAIL = 1e-9  # of a law, cut off
WIDEST = 0.02  # relative bias of the step beyond which nothing is planned


def sdde_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """Variance and covariances of the SDDE of a stable plain mode whose variance has a closed form."""
    if not mode.is_plain or not mode.mean_is_stable or mode.noise_gain is None:
        return []
    values, law = mode.model.values, mode.model.law
    if not values[y.damping] * law.mean >= SMALLEST_DAMPING:
        return []
    closed = [claim for claim in mode.model.claims if claim.id in CLAIMED and claim.quantity]
    if not closed or not values[y.gradient_noise] > 0:
        return []
    coarse, fine = (_equation(mode, factor) for factor in (1, 2))
    try:
        bias = _bias(coarse, fine)
    except NotStableError:
        return []
    if not bias < WIDEST:
        return []
    return [
        PlannedCheck(
            Prediction(claim, "sampled", "R2", "", value),
            mode.mode,
            resolution=ROUNDING + bias,
            sampler=partial(_samples, coarse, mode.study.run.seed, lag),
            words=words,
        )
        for claim, value, words, lag in _predicted(mode, closed[0].id, coarse)
    ]


def _predicted(mode: ModePredictions, variance: str, equation: SDDE) -> Iterator[tuple[str, Predicted, str, int]]:
    """Claim, number, words and the lag in steps."""
    yield variance, mode.number(CLAIMS[variance]), "variance of the SDDE, simulated (R2)", 0
    if not isinstance(mode.model.law, Constant):
        return
    try:
        claimed = mode.model.claimed(COVARIANCE)
    except OutsideDomainError:
        return
    for share in LAGS:
        at = sp.Rational(share.numerator, share.denominator) * mode.model.law.mean
        words = f"covariance of the SDDE at {share} of a delay, simulated (R2)"
        yield COVARIANCE, evaluate(claimed.subs(y.t, at)), words, int(share * STEPS)


def _equation(mode: ModePredictions, factor: int) -> SDDE:
    law, values = mode.model.law, mode.model.values
    step = float(law.mean) / (factor * STEPS)
    delay = delay_weights(law, step, TAIL, centred=True)
    return SDDE(float(values[y.damping]), float(values[y.noise_intensity]), step, delay)


@lru_cache(maxsize=64)
def _bias(coarse: SDDE, fine: SDDE) -> float:
    """Relative, of covariances up to a delay: an error of the order step^2 is 4/3 of what halving the step changes."""
    lags = [int(share * STEPS) for share in (0, *LAGS)]
    here, there = sdde_covariances(coarse, max(lags)), sdde_covariances(fine, 2 * max(lags))
    ratios: list[Enclosure] = [here[lag] / there[2 * lag] for lag in lags]
    return 1.5 * max(max(abs(ratio.lower - 1), abs(ratio.upper - 1)) for ratio in ratios)


def _samples(equation: SDDE, seed: int, lag: int) -> tuple[float, ...]:
    return _covariances(equation, seed)[lag]


@lru_cache(maxsize=4)
def _covariances(equation: SDDE, seed: int) -> dict[int, tuple[float, ...]]:
    """One simulation for every lag."""
    lags = tuple(int(share * STEPS) for share in (0, *LAGS))
    steps, burn_in = DELAYS * STEPS, BURN_IN * STEPS
    run = simulate_sdde(equation, seed=seed, replicas=REPLICAS, steps=steps, burn_in=burn_in, lags=lags)
    found = (run.measured("stationary_covariance", 0, "time", lag * equation.step) for lag in lags)
    return {lag: one.samples for lag, one in zip(lags, found, strict=True)}
