"""Stage: proofs about the noise. Input: predictions of a mode. Output: verdicts on variances, R2 and R1.

Closed variances meet certified quadrature; the shot model with exponential stages meets the moments of a chain of
stages, solved exactly; the covariance of a constant delay meets the Fourier integral.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Constant
from derive.models.linear import LinearModel, OutsideDomainError
from derive.models.modes import stages_of
from numeric.enclosed.covariance import covariance_gain
from numeric.enclosure import evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, mean_square_margin
from verify.second_routes.stage_moments import shot_variance_of_stages
from verify.verdict import Verdict

MOST_STAGES = 8
LAGS = (sp.Rational(1, 3), sp.Rational(9, 10))  # of a delay


def variance_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The closed variance on R2 against the claimed integral over all frequencies, certified."""
    general = CLAIMS["delay.stationary-variance.any-law"]
    closed = [claim for claim in mode.model.claims if claim.rung == "R2" and claim.average and claim.law != "any"]
    if not closed or mode.noise_gain is None:
        return
    one, other = mode.number(closed[0]), mode.number(general)
    words = "variance on R2: closed form, certified quadrature"
    yield judge_agreement(closed[0].id, case, words, one, mode.noise_gain * mode.model.values[y.noise_intensity])
    yield judge_agreement(general.id, case, "variance on R2: claimed integral, closed form", other, one)


def covariance_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The closed covariance of a constant delay against its Fourier integral at two lags."""
    law, claim = mode.model.law, "delay.stationary-covariance.constant"
    if not isinstance(law, Constant):
        return
    try:
        closed = mode.model.claimed(claim)
    except OutsideDomainError:
        return
    for share in LAGS:
        lag = share * law.mean
        found = covariance_gain(mode.model.values[y.damping], law.mean, lag) * mode.model.values[y.noise_intensity]
        words = f"covariance at {share} of a delay: closed form, Fourier integral"
        yield judge_agreement(claim, case, words, evaluate(closed.subs(y.t, lag)), found, 1e-6)


def shot_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The shot model with exponential stages: variance and margin against the moments of the chain."""
    law = mode.model.law
    stages = stages_of(law)
    if not isinstance(mode.model, LinearModel):
        return
    if stages is None or not stages.is_Integer or stages > MOST_STAGES or mode.noise_gain is None:
        return
    exact, smooth = (shot_variance_of_stages(mode.model, int(stages), shots=shots) for shots in (True, False))
    claim = "shots.mean-square-limit.any-law"
    margin = mean_square_margin(mode)
    words = "mean-square margin of the shot model: claimed, one minus smooth over shot variance"
    yield judge_agreement(claim, case, words, margin, Exact(1 - smooth / exact))
    claim = "shots.stationary-variance.any-law"
    if margin.upper < 1:
        words = f"variance on R1: closed form, moments of {stages} stages"
        yield judge_agreement(claim, case, words, mode.number(CLAIMS[claim]), Exact(exact))
