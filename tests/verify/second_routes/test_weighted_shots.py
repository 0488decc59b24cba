"""Shots by all second moments: the plain ones as a case, agreement, and wrong claims refuted."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Exponential
from derive.models.linear import LinearModel
from derive.schemes import Asynchronous
from derive.studies.study import load_study
from verify.mutants.planted_claims import planted
from verify.predicting.mean_square import CORRELATION, TRIGGER, VELOCITY, WEIGHTED
from verify.predicting.predictions import ModePredictions
from verify.second_routes.stage_moments import shot_variance_of_stages
from verify.second_routes.weighted_shots import (
    STEP,
    VARIANCE,
    VELOCITY_VARIANCE,
    WORKERS,
    Shots,
    velocity_agreement,
    weighted_agreement,
)

MODE = ModePredictions(load_study("reports/studies/textbook.toml").cases[0].study, 0)


def test_weights_of_one_without_momentum_are_the_chain_of_plain_shots() -> None:
    plain = LinearModel(Exponential(1), Asynchronous(WORKERS), sp.S.One, STEP, sp.S.One)
    for shots in (True, False):
        found, correlation = Shots(sp.S.One, 1).moments(shot=shots)
        assert found == shot_variance_of_stages(plain, 1, shots=shots)
    assert correlation.is_Rational


@pytest.mark.parametrize(
    ("claim", "check"),
    [
        (VARIANCE, weighted_agreement),
        (WEIGHTED, weighted_agreement),
        (TRIGGER, weighted_agreement),
        (CORRELATION, velocity_agreement),
        (VELOCITY_VARIANCE, velocity_agreement),
        (VELOCITY, velocity_agreement),
    ],
)
def test_claims_agree_and_with_a_gain_too_much_they_are_refuted(claim: str, check) -> None:  # type: ignore[no-untyped-def]
    assert {one.outcome for one in check(MODE, "") if one.claim == claim} == {"pass"}
    right = CLAIMS[claim].expression
    wrong = right.subs({y.second_moment_gain: sp.Rational(1001, 1000) * y.second_moment_gain,
                        y.band_gain: sp.Rational(1001, 1000) * y.band_gain})  # fmt: skip
    with planted(CLAIMS[claim], wrong):
        assert {one.outcome for one in check(MODE, "") if one.claim == claim} == {"refuted"}
