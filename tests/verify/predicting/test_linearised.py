"""A study of a regression, linearised: what the theory is told, and how far it says that it may be off."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

pytest.importorskip("sklearn", reason="the extra learn is not installed")

from derive.studies.models import linear_model_of
from derive.studies.study import StudyError, load_study, study_from_table
from derive.studies.text import study_toml
from numeric.regression.datasets import dataset
from verify.predicting import linearised as module
from verify.predicting.linearised import linear_study, linearised, linearity_errors, regression_of

TABLE = {
    "workers": {"count": 16, "compute": {"law": "exponential", "mean": 1}},
    "optimizer": {"learning_rate": "1/10"},
    "objective": {
        "dataset": "breast_cancer",
        "model": "logistic",
        "ridge": "1/1000",
        "batch_size": 32,
        "components": 5,
    },
}
RAW = study_from_table(TABLE).cases[0].study
STUDY = linear_study(RAW)


def test_the_theory_is_told_the_curvatures_and_the_noise_at_the_optimum() -> None:
    problem, found = regression_of(RAW)
    assert STUDY.objective is not None
    assert list(map(float, STUDY.objective.curvature)) == pytest.approx(found.curvature, rel=1e-11)
    rows = problem.gradient_covariance(np.zeros(5)).diagonal()
    assert [float(sigma) ** 2 for sigma in STUDY.objective.gradient_noise] == pytest.approx(rows / 32, rel=1e-10)
    assert linear_model_of(STUDY, 4).scheme.workers == 16


def test_the_text_of_a_regression_reads_back_as_the_same_study(tmp_path) -> None:
    path = tmp_path / "again.toml"
    path.write_text(study_toml(STUDY))
    again = load_study(path)
    assert again.cases[0].study.objective == RAW.objective
    assert linearised(again).cases[0].study.objective == STUDY.objective


def test_as_long_as_nobody_has_looked_the_theory_says_nothing() -> None:
    with pytest.raises(StudyError, match=r"objective\.dataset"):
        linear_model_of(RAW)


def test_the_reckoned_error_falls_with_the_learning_rate_and_the_batch() -> None:
    def total(rate: str, batch: int) -> np.ndarray:
        objective = {**TABLE["objective"], "batch_size": batch}
        table = {**TABLE, "objective": objective, "optimizer": {"learning_rate": rate}}
        return np.array(
            [error.total for error in linearity_errors(linear_study(study_from_table(table).cases[0].study))]
        )

    reference = total("1/10", 32)
    assert total("1/5", 64) == pytest.approx(reference, rel=1e-6)  # eta/batch is what counts
    assert total("1/40", 32) == pytest.approx(reference / 4, rel=0.2)
    assert reference.max() < 0.06
    assert (total("1", 1) > 1).any()  # batches of one row at a large step: the linear theory says nothing


def test_modes_of_softmax_that_shift_all_classes_alike_have_no_noise() -> None:
    objective = {"dataset": "digits", "model": "softmax", "ridge": "1/10", "components": 1}
    study = linear_study(study_from_table({**TABLE, "objective": objective}).cases[0].study)
    assert study.objective is not None
    assert study.objective.gradient_noise[-1:] == (0,)
    assert study.objective.curvature[-1:] == (sp.Rational(1, 10),)
    assert len(study.objective.curvature) == 10


def test_without_scikit_learn_the_study_is_refused_in_one_line(monkeypatch) -> None:
    dataset.cache_clear()
    module._regression.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    refused = r"objective\.dataset = breast_cancer: scikit-learn is not installed; allowed: pip"
    with pytest.raises(StudyError, match=refused):
        linear_study(RAW)


def test_other_studies_stay_as_they_are() -> None:
    plain = load_study("reports/studies/textbook.toml")
    assert linearised(plain) == plain
    assert replace(plain, cases=()) == linearised(replace(plain, cases=()))
