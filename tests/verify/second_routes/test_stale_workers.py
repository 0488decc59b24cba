"""Stale workers by name: the closed threshold 0, agreement with the classes, and a wrong claim without a number."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.models.modes import OutsideDomainError
from derive.studies.study import Study, load_study
from numeric.enclosed.class_sums import over_classes
from verify.mutants.planted_claims import planted
from verify.predicting.predictions import ModePredictions
from verify.second_routes.stale_workers import SHARE, STEP, VARIANCE, named_variance, stale_agreement

STUDY: Study = load_study("reports/studies/few_workers.toml").cases[0].study


def test_at_the_threshold_0_the_cycles_do_not_matter() -> None:
    for workers in (1, 2, 3):
        assert named_variance(workers, 0, STEP) == 1 / (STEP * (2 - STEP))


@pytest.mark.slow
def test_workers_by_name_agree_and_a_claim_that_leaves_one_out_does_not() -> None:
    mode = ModePredictions(STUDY, 0)
    verdicts = list(stale_agreement(mode, ""))
    assert [one.claim for one in verdicts] == [VARIANCE, SHARE] * 2
    assert {one.outcome for one in verdicts} == {"pass"}
    crowded = CLAIMS[SHARE].expression.subs(y.workers, y.workers + 1)
    with planted(CLAIMS[SHARE], crowded), pytest.raises(OutsideDomainError, match="occupancies"):
        list(stale_agreement(mode, ""))


def test_a_study_is_predicted_exactly_and_too_many_workers_are_not() -> None:
    mode = ModePredictions(STUDY, 0)
    noise = float(mode.model.plain.values[y.step_noise])  # type: ignore[attr-defined]
    assert float(mode.number(CLAIMS[VARIANCE])) / noise == pytest.approx(3.0003337781, abs=1e-9)
    found = mode.find("applied_fraction", "R0")
    assert found is not None
    assert float(found.value) == pytest.approx(0.5982574708, abs=1e-9)
    with pytest.raises(OutsideDomainError, match="too many"):
        over_classes(CLAIMS[VARIANCE].expression, 2, 40, mode.model.values)


def test_beyond_the_limit_in_mean_square_nothing_is_predicted() -> None:
    values = {y.step: sp.Rational(19, 10), y.step_noise: sp.S.One, y.mean_delay: sp.S.One}
    with pytest.raises(OutsideDomainError, match="mean square"):
        over_classes(CLAIMS[VARIANCE].expression, 1, 4, values)
