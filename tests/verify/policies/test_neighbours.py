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
def test_few_workers_and_the_limit_of_many_disagree_at_critical_damping_and_both_are_right() -> None:
    """Gamma-4 cycles: the double root of R3 is split by M^(-1/2), so that 16 workers like half as much again better."""
    setting = open_setting(study_of(16, Gamma(4, 1)), "learning_rate")
    critical = sp.Rational(4, 5) ** 5 / 32
    (more,) = judge_neighbours(setting, critical, [critical * 3 / 2], replicas=1024, of_many=True)
    assert (more.outcome, more.outcome_of_many) == ("refuted", "pass")
    rates = [setting.rate(critical * factor) for factor in (1, sp.Rational(3, 2))]
    assert rates[0] is not None
    assert rates[1] is not None
    assert more.gain_of_many is not None
    assert abs(more.gain_of_many.mean - float(rates[0] - rates[1])) < 4 * more.gain_of_many.standard_error


def test_no_other_setting_has_a_limit_of_many_workers() -> None:
    setting = open_setting(study_of(4, Gamma(4, 1)), "workers")
    with pytest.raises(ValueError, match="of_many of workers"):
        judge_neighbours(setting, sp.Integer(2), [sp.Integer(3)], of_many=True)


@pytest.mark.slow
@pytest.mark.parametrize("count", [16, 32, 64])
def test_the_gap_closes_as_the_workers_are_doubled(count: int) -> None:
    """g(M) - g halves when M is four times as large: the gap between R0 and R3 is of order M^(-1/2) there."""
    critical = sp.Rational(4, 5) ** 5 / (2 * count)
    setting = open_setting(study_of(count, Gamma(4, 1)), "learning_rate")
    judged = judge_neighbours(setting, critical, [critical * 5 / 4, critical * 3 / 2, critical / 2], of_many=True)
    assert [one.outcome_of_many for one in judged] == ["pass"] * 3
    assert judged[0].outcome == "refuted"
    (planted,) = judge_neighbours(setting, critical / 2, [critical], replicas=2048, of_many=True)
    assert planted.outcome_of_many == "refuted"


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(16, 64), st.integers(2, 12), st.integers(1, 8))
def test_drawn_studies_beat_their_neighbours(count: int, shape: int, mean: int) -> None:
    setting = open_setting(study_of(count, Gamma(shape, mean)), "learning_rate")
    top = largest_learning_rate(setting.study)
    room = MeanSquareRoom(setting, HALF)
    found = fastest_setting(setting.equations, setting.symbol, sp.S.Zero, top, admissible=room)
    assert found is not None
    assert found.certified
    around = [found.setting * factor for factor in (sp.S.Half, sp.Rational(3, 4), sp.Rational(3, 2), 2)]
    judged = judge_neighbours(setting, found.setting, around, of_many=True)
    assert "refuted" not in {one.outcome_of_many for one in judged}
    assert [one.outcome_of_many for one in (judged[0], judged[-1])] == ["pass", "pass"]
