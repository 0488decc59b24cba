"""The advised setting against those beside it, simulated; a wrong optimum must fail."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.law import Law
from derive.laws import Constant, Gamma
from derive.studies.records import Study, Workers
from derive.studies.study import load_study
from numeric.policies.branch_and_bound import fastest_setting
from verify.policies.neighbours import judge_neighbours
from verify.policies.settings import HALF, MeanSquareRoom, largest_learning_rate, open_setting

ROOT = Path(__file__).parents[3]


def study_of(count: int, law: Law) -> Study:
    textbook = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[0].study
    return textbook.with_workers(Workers.alike(count, law))


def outcomes(study: Study, centre: sp.Rational, replicas: int) -> list[str]:
    setting = open_setting(study, "learning_rate")
    return [one.outcome for one in judge_neighbours(setting, centre, [centre / 2, centre * 2], replicas=replicas)]


def test_the_advised_learning_rate_beats_half_and_twice_of_it_and_a_planted_one_does_not() -> None:
    study = study_of(16, Constant("3/2"))  # fastest at 1/(e h M) = 0.0115
    assert outcomes(study, sp.Rational(23, 2000), 128) == ["pass", "pass"]
    assert outcomes(study, sp.Rational(23, 800), 128)[0] == "refuted"


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(32, 64), st.integers(4, 12), st.integers(1, 8))
def test_drawn_studies_beat_their_neighbours(count: int, shape: int, mean: int) -> None:
    setting = open_setting(study_of(count, Gamma(shape, mean)), "learning_rate")
    top = largest_learning_rate(setting.study)
    room = MeanSquareRoom(setting, HALF)
    found = fastest_setting(setting.equations, setting.symbol, sp.S.Zero, top, admissible=room)
    assert found is not None
    assert found.certified
    assert outcomes(setting.study, found.setting, 4096) == ["pass", "pass"]
