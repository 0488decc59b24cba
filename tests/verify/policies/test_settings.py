"""Settings left open: equations, criteria, what is allowed, refusals."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp

from derive.studies.records import Study
from derive.studies.schema import StudyError
from derive.studies.study import load_study
from verify.policies.settings import HALF, MeanSquareRoom, largest_learning_rate, open_setting

ROOT = Path(__file__).parents[3]


def textbook(case: int) -> Study:
    return load_study(str(ROOT / "reports/studies/textbook.toml")).cases[case].study


def test_an_open_setting_has_the_rate_of_the_study_it_stands_for() -> None:
    for name in ("learning_rate", "workers"):
        setting = open_setting(textbook(1), name)
        rate = setting.rate(setting.given)
        assert rate is not None
        assert rate.contains(sp.Rational(1, 3))  # beyond critical damping, exponential cycles of 1.5 s
        assert setting.at(setting.given) == textbook(1)


def test_the_criterion_of_exponential_cycles() -> None:
    setting = open_setting(textbook(1), "learning_rate")
    criterion = setting.criterion(setting.given)
    assert criterion is not None
    assert criterion.contains(sp.Rational(1, 20) * (1 + sp.Rational(8, 10)) / 2)  # eta h (1 + a theta)/2


def test_the_largest_learning_rate_leaves_no_room() -> None:
    for case in range(2):
        setting = open_setting(textbook(case), "learning_rate")
        largest = largest_learning_rate(setting.study)
        value = Fraction(int(largest.p), int(largest.q))
        room = MeanSquareRoom(setting, sp.Rational(1, 10**6))
        rate = setting.rate(largest)
        assert rate is not None
        assert rate.is_negative() or room(value, value) is False


def test_room_is_told_for_whole_pieces() -> None:
    room = MeanSquareRoom(open_setting(textbook(1), "learning_rate"), HALF)
    limit = Fraction(11, 100)  # eta (1 + 32 eta) = 1/2 at 0.1103
    assert room(Fraction(105, 1000), Fraction(109, 1000)) is True
    assert room(Fraction(113, 1000), Fraction(12, 100)) is False
    assert room(Fraction(9, 100), Fraction(12, 100)) is None
    assert room(Fraction(0), limit) is None


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("curvature = [1, -1]", "objective.curvature[1]"),
        ('curvature = [1]\n[scheme]\nrule = "k-async"\nbatch = 2\ndropout = 0.5', "scheme.dropout"),
        ("curvature = [1]\n#", "workers.compute"),
    ],
)
def test_what_cannot_be_advised_is_refused_by_key(tmp_path: Path, line: str, key: str) -> None:
    law = '"pareto", shape = 2.5, scale = 1' if key == "workers.compute" else '"exponential", mean = 1'
    text = f"[workers]\ncount = 4\ncompute = {{ law = {law} }}\n[optimizer]\nlearning_rate = 0.1\n[objective]\n{line}\n"
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(StudyError) as refused:
        open_setting(load_study(str(tmp_path / "s.toml")).cases[0].study, "learning_rate")
    assert refused.value.key == key
