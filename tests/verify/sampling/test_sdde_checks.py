"""The SDDE, simulated, agrees with its claims, refutes them made wrong, and is left alone where it cannot speak."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.studies.study import load_study
from verify.mutants.planted_claims import fresh, planted
from verify.predicting.predictions import ModePredictions
from verify.sampling.sdde_checks import COVARIANCE, sdde_checks

TEXTBOOK = load_study(Path(__file__).parents[3] / "reports" / "studies" / "textbook.toml")
MODES = {case.label: ModePredictions(case.study, 0) for case in TEXTBOOK.cases}
LEVEL = 1e-5


@pytest.mark.parametrize("case", MODES)
def test_the_claims_agree_with_samples_and_are_refuted_a_tenth_off(case: str) -> None:
    checks = sdde_checks(MODES[case])
    assert len(checks) == (3 if case == "constant" else 1)
    for check in checks:
        samples = check.sampler()
        assert check.judge(case, samples, LEVEL).outcome == "pass"
        assert check.judge(case, tuple(1.1 * sample for sample in samples), LEVEL).outcome == "refuted"
        assert check.resolution < 1e-3


def test_the_bias_of_the_step_does_not_hide_a_wrong_claim() -> None:
    claim = CLAIMS[COVARIANCE]
    with planted(claim, claim.expression * sp.Rational(11, 10)):
        wrong = [check for check in sdde_checks(fresh(MODES["constant"])) if check.prediction.claim == COVARIANCE]
        assert len(wrong) == 2
        assert {check.judge("", check.sampler(), LEVEL).outcome for check in wrong} == {"refuted"}


def test_without_noise_or_far_below_critical_damping_nothing_is_planned() -> None:
    study = MODES["constant"].study
    assert study.objective is not None
    assert study.optimizer is not None
    silent = replace(study, objective=replace(study.objective, gradient_noise=(sp.Integer(0),)))
    slow = replace(study, optimizer=replace(study.optimizer, learning_rate=sp.Rational(1, 1000)))
    assert sdde_checks(ModePredictions(silent, 0)) == []
    assert sdde_checks(ModePredictions(slow, 0)) == []
    assert ModePredictions(slow, 0).model.values[y.damping] > 0
