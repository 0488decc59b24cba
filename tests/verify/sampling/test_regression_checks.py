"""Checks of a regression, their tolerances declared from data and theory alone; and that they can fail."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra learn is not installed")

from derive.studies.records import Case, Study
from derive.studies.study import study_from_table
from numeric.simulation.response import simulate_response
from verify.predicting.linearised import linear_study, regression_of
from verify.predicting.predictions import ModePredictions
from verify.predicting.regression_case import RegressionCase
from verify.regression_findings import regression_findings
from verify.sampling.judging import judge_case, plan_case
from verify.sampling.planned import initial_slopes
from verify.sampling.regression_checks import FEWEST_STARTS, _starts, regression_checks
from verify.sampling.simulating import system_of


def _study(**changes: object) -> Study:
    table = {
        "workers": {"count": 8, "compute": {"law": "exponential", "mean": 1.5}},
        "optimizer": {"learning_rate": "1/20"},
        "objective": {
            "dataset": "breast_cancer",
            "model": "softmax",
            "ridge": "1/10",
            "batch_size": 32,
            "components": 2,
        },
        "run": {"seed": 4, "replicas": 64, "updates": 6000, "burn_in": 1000},
    }
    return linear_study(study_from_table({**table, **changes}).cases[0].study)


STUDY = _study()
CASE = RegressionCase.of(STUDY)


@cache
def _checks():
    return regression_checks(CASE)


def _of(quantity: str):
    return [check for check in _checks() if check.prediction.quantity == quantity]


def test_every_noisy_mode_is_planned_with_a_declared_tolerance_and_a_wrong_place_to_look() -> None:
    assert len(CASE.modes) == 4
    noisy = [mode.mode for mode in CASE.modes if CASE.has_noise(mode)]
    assert noisy == [0, 1]
    assert [check.mode for check in _of("stationary_variance")] == noisy
    for check in [*_of("stationary_variance"), *_of("excess_risk"), *_of("decay_rate"), *_of("damping_coefficient")]:
        assert check.tolerance > 0
        assert "declared beforehand" in check.why
    for check in [*_of("stationary_variance"), *_of("excess_risk")]:
        assert check.wrong is not None
        assert float(check.wrong[1].mid) > (1 + check.tolerance) * float(check.prediction.value)


def test_the_simulation_is_told_data_and_the_theory_numbers() -> None:
    system = system_of(STUDY)
    assert system.curvature == system.gradient_noise == ()
    assert system.objective is not None
    assert system.modes == len(CASE.curvature)


def test_noisier_gradients_are_given_more_starts() -> None:
    assert _starts(CASE) == FEWEST_STARTS
    objective = {"dataset": "breast_cancer", "model": "softmax", "ridge": "1/1000", "batch_size": 1, "components": 2}
    flat = RegressionCase.of(_study(objective=objective, optimizer={"learning_rate": "1/1000"}))
    assert _starts(flat) > FEWEST_STARTS
    assert _starts(flat) % FEWEST_STARTS == 0


@pytest.mark.slow
def test_the_error_of_a_slope_is_the_one_that_starts_are_planned_from() -> None:
    cycle, starts = 1.5, 2**13
    path = simulate_response(system_of(STUDY), seed=1, replicas=starts, times=[0.2 * cycle], batches=2**8)
    seen = np.array([np.std(initial_slopes(path, mode)) / 2**4 for mode in range(4)])
    problem, found = regression_of(STUDY)
    everywhere = np.ones(4)
    variance = problem.response_variance(0 * everywhere, everywhere) / 32 + found.curvature**2
    reckoned = 8 / cycle * float(STUDY.optimizer.learning_rate) * np.sqrt(variance / (0.2 * 8 * starts))
    assert seen == pytest.approx(reckoned, rel=0.2)
    assert seen != pytest.approx(reckoned / 2**0.5, rel=0.2)  # the control: twice as many starts


def test_the_excess_loss_is_the_sum_of_h_v_over_two() -> None:
    parts = [
        float(h) * float(ModePredictions(STUDY, mode).number(CASE.variance_claim)) / 2
        for mode, h in enumerate(CASE.curvature[:2])
    ]
    assert float(CASE.excess_risk.mid) == pytest.approx(sum(parts), rel=1e-12)


def test_where_the_theory_is_reckoned_to_say_nothing_no_variance_is_judged() -> None:
    objective = {"dataset": "breast_cancer", "model": "softmax", "ridge": "1/1000", "batch_size": 1, "components": 2}
    far = RegressionCase.of(_study(objective=objective, optimizer={"learning_rate": 2}))
    assert not [check for check in regression_checks(far) if check.prediction.quantity == "stationary_variance"]


@pytest.mark.slow
def test_a_regression_passes_and_with_curvatures_of_another_ridge_it_fails() -> None:
    one = plan_case(Case("", STUDY))
    kept = tuple(check for check in one.checks if check.prediction.quantity in ("stationary_variance", "excess_risk"))
    judged = judge_case(replace(one, checks=kept), 1e-4)
    assert {verdict.outcome for verdict in judged.verdicts} == {"pass"}
    told = regression_findings("", CASE, kept, judged.run, judged.excess_risk)
    assert "condition number" in told[0]
    assert "declared beforehand" in told[1]
    assert STUDY.objective is not None
    wrong = replace(STUDY.objective, curvature=tuple(h * 3 / 2 for h in STUDY.objective.curvature))
    other = regression_checks(RegressionCase.of(replace(STUDY, objective=wrong)))
    stiffest = next(check for check in other if check.prediction.quantity == "stationary_variance")
    samples = judged.run.measured("stationary_variance", 0, "time").samples
    assert stiffest.judge("", samples, 1e-4).outcome == "refuted"
    assert np.mean(samples) == pytest.approx(float(kept[0].prediction.value), rel=kept[0].tolerance)
