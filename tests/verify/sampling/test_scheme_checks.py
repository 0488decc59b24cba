"""Checks of what a scheme applies: planned for schemes alone, and they notice a wrong damping or noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from derive.scheme import Scheme
from derive.schemes import Asynchronous, KBatchAsync
from derive.studies.study import load_study
from numeric.enclosure import Enclosure
from verify.predicting.predictions import ModePredictions
from verify.sampling.planned import PlannedCheck
from verify.sampling.scheme_checks import drift_checks, walk_checks

PLAIN = load_study(Path(__file__).parents[3] / "reports/studies/textbook.toml").cases[1].study
SCHEMES = [Asynchronous(16, dropout="1/4"), KBatchAsync(16, batch=4)]


def mode_of(scheme: Scheme) -> ModePredictions:
    return ModePredictions(replace(PLAIN, scheme=scheme), 0)


def outcome(check: PlannedCheck, factor: str) -> str:
    assert check.sampler is not None
    value = Enclosure.of(check.prediction.value.expression) * Enclosure.of(factor)  # type: ignore[union-attr]
    moved = replace(check, prediction=replace(check.prediction, value=value))
    return moved.judge("", check.sampler(), 1e-4).outcome


def test_plain_workers_have_checks_of_their_own() -> None:
    assert not drift_checks(mode_of(Asynchronous(16)))
    assert not walk_checks(mode_of(Asynchronous(16)))


@pytest.mark.parametrize("scheme", SCHEMES, ids=["dropout", "batch"])
def test_the_drift_is_the_damping_and_no_other(scheme: Scheme) -> None:
    (check,) = drift_checks(mode_of(scheme))
    assert outcome(check, "1") == "pass"
    assert outcome(check, "21/20") == "refuted"


@pytest.mark.parametrize("scheme", SCHEMES, ids=["dropout", "batch"])
def test_the_walk_is_the_noise_intensity_and_no_other(scheme: Scheme) -> None:
    (check,) = walk_checks(mode_of(scheme))
    assert outcome(check, "1") in ("pass", "inconclusive")  # never refuted
    assert outcome(check, "6/5") == "refuted"
