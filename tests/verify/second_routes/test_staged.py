"""Variances of staged workers: by name and by occupancy, the values known, and where nothing is predicted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Gamma
from derive.models.modes import OutsideDomainError
from derive.studies.study import Optimizer, Study, Workers, load_study
from numeric.enclosed.staged_variance import staged_variance
from verify.predicting.predictions import ModePredictions
from verify.second_routes.staged import AT_UPDATES, GAPS, OVER_TIME, named_variance, staged_agreement, staged_series

STUDY = load_study("reports/studies/textbook.toml").cases[2].study


def staged(workers: int, law: Gamma, step: str) -> ModePredictions:
    study: Study = STUDY.with_workers(Workers.alike(workers, law))
    study = replace(study, scheme=replace(study.scheme, workers=sp.Integer(workers)))  # type: ignore[type-var]
    return ModePredictions(replace(study, optimizer=Optimizer(sp.Rational(step) / 2)), 0)


def test_one_worker_by_name_reads_what_it_wrote() -> None:
    for stages in (1, 2, 4):
        assert named_variance(1, stages, sp.Rational(1, 4)) == (sp.Rational(16, 7),) * 2


def test_two_exponential_workers_by_name_are_the_closed_form() -> None:
    put = {y.workers: 2, y.step: sp.Rational(1, 5), y.step_noise: 1}
    closed = CLAIMS["finite-workers.second-moment.exponential"].expression.subs(put)
    assert named_variance(2, 1, sp.Rational(1, 5)) == (closed, closed)


def test_a_study_of_staged_workers_is_predicted_exactly() -> None:
    """Four workers of two stages, step 1/5: 4.761723 and 4.725569 per variance of an update."""
    mode = staged(4, Gamma(2, 3), "1/5")
    noise = float(mode.model.values[y.step_noise])
    found = {one: float(mode.number(CLAIMS[one])) / noise for one in (OVER_TIME, AT_UPDATES)}
    assert found == {OVER_TIME: pytest.approx(4.761723, abs=1e-6), AT_UPDATES: pytest.approx(4.725569, abs=1e-6)}
    assert all(mode.model.is_about(CLAIMS[one]) for one in found)


def test_too_many_unstable_or_unstaged_workers_are_not_predicted() -> None:
    for mode, why in ((ModePredictions(STUDY, 0), "too many"), (staged(16, Gamma(2, 1), "3438/16000"), "not stable")):
        with pytest.raises(OutsideDomainError, match=why):
            mode.number(CLAIMS[OVER_TIME])
    expression, values = CLAIMS[OVER_TIME].expression, ModePredictions(STUDY, 0).model.values
    for stages in (sp.Integer(1), sp.Rational(3, 2), None):
        with pytest.raises(OutsideDomainError, match="two or more"):
            staged_variance(expression, stages, 2, values)


def test_named_workers_agree_and_a_larger_step_is_left_alone() -> None:
    verdicts = list(staged_agreement(staged(4, Gamma(2, 3), "1/5"), ""))
    assert len(verdicts) == 4
    assert {one.outcome for one in verdicts} == {"pass"}
    assert not list(staged_agreement(staged(4, Gamma(2, 3), "3/2"), ""))


def test_two_stages_keep_their_series_and_other_stages_are_left_alone() -> None:
    verdicts = list(staged_series(staged(4, Gamma(2, 3), "1/5"), ""))
    assert [one.claim for one in verdicts] == list(GAPS.values())
    assert {one.outcome for one in verdicts} == {"pass"}
    assert not list(staged_series(staged(4, Gamma(3, 3), "1/5"), ""))


@pytest.mark.parametrize(("rung", "known"), [("R2", -0.112), ("R1", -1.7405)])
def test_the_series_has_the_measured_coefficients(rung: str, known: float) -> None:
    """a theta = 1.2: relative errors -.112/M and -1.7405/M, measured on the occupancies."""
    put = {y.damping: sp.Rational(6, 5), y.mean_delay: 1, y.workers: 1}
    assert float(CLAIMS[GAPS[rung]].expression.subs(put)) - 1 == pytest.approx(known, abs=1.5e-4)
