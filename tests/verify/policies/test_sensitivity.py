"""How wrong inputs may be: the given setting against itself, other laws of the same mean."""

from __future__ import annotations

from pathlib import Path

import sympy as sp

from derive.studies.study import load_study
from verify.policies.sensitivity import SHAPES, sensitivities
from verify.policies.settings import open_setting

ROOT = Path(__file__).parents[3]


def test_a_setting_is_never_slower_than_itself_until_it_is_unstable() -> None:
    setting = open_setting(load_study(str(ROOT / "reports/studies/textbook.toml")).cases[0].study, "learning_rate")
    found = sensitivities(setting, setting)
    assert found.below is None
    assert found.above is not None
    assert found.above.contains(sp.pi / 2 / sp.Rational(4, 5))
    assert [law.squared_variation for law in found.laws] == [1 / shape for shape in SHAPES]
    own, other = setting.rate(setting.given), found.laws[0].given
    assert own is not None
    assert other is not None
    assert (own.mid, own.radius) == (other.mid, other.radius)
    assert found.to_json()["curvature_factor"]["below"] is None


def test_an_advice_that_is_worse_is_not_called_better() -> None:
    study = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[0].study
    setting = open_setting(study, "workers")
    worse, better = (open_setting(setting.at(sp.Integer(n)), "learning_rate") for n in (20, 8))
    found = sensitivities(better, worse)
    assert found.below is not None
    assert found.below.contains(1)
