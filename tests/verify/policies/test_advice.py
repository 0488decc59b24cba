"""Advice: what it says, what it is worth, how far inputs may be off; the figure draws what it says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sympy as sp

from derive.studies.study import load_study
from verify.policies.advice import Advice, advise
from verify.policies.figure import advice_figure, settings_drawn

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def advice() -> Advice:
    return advise(load_study(str(ROOT / "reports/studies/textbook.toml")).cases[0].study, "workers")


def test_the_best_count_of_constant_workers(advice: Advice) -> None:
    assert advice.found.setting == 8  # next to 1/(e eta h) = 7.36; 7 decays slower
    rates = {count: advice.setting.rate(sp.Integer(count)) for count in (7, 8, 9)}
    assert all(rate is not None for rate in rates.values())
    assert max(rates, key=lambda count: float(rates[count] or 0)) == 8
    assert advice.certified


def test_gain_and_margins_are_enclosures_that_fit_together(advice: Advice) -> None:
    told = advice.to_json()
    assert {told[key]["kind"] for key in ("gain", "best_decay_rate")} == {"enclosure"}
    margins = advice.margins
    assert margins.mean is not None
    assert margins.mean_square is not None
    assert margins.criterion is not None
    assert margins.mean.contains(sp.pi / 32)  # a theta = pi/2 at M h = 16
    assert (margins.mean - margins.mean_square).is_positive()
    ours = advice.setting.criterion(sp.Integer(8))
    assert ours is not None
    assert not (ours - margins.criterion).is_positive()
    assert not (ours - margins.criterion).is_negative()


def test_the_advice_turns_bad_where_it_becomes_unstable_or_slower(advice: Advice) -> None:
    below, above = advice.sensitivity.below, advice.sensitivity.above
    assert below is not None
    assert above is not None
    limit = sp.pi / 2 / (sp.Rational(1, 40) * 2 * 8)
    assert above.contains(limit)
    factor = sp.Rational(str(round(float(below), 4)))
    eta = sp.Rational(1, 40)
    study = advice.setting.study
    from verify.policies.settings import open_setting

    ours, theirs = (open_setting(advice.setting.at(sp.Integer(n)), "learning_rate") for n in (8, 16))
    for scale, better in ((sp.Rational(99, 100), False), (sp.Rational(101, 100), True)):
        mine, given = ours.rate(eta * factor * scale), theirs.rate(eta * factor * scale)
        assert mine is not None
        assert given is not None
        assert (mine - given).is_positive() is better
    assert study.name == "textbook"


def test_a_curve_passes_through_both_marks() -> None:
    """A kinked rate would be drawn without its top: the settings marked are drawn, too."""
    best, given = sp.Rational(569, 100_000), sp.Rational(1, 100)
    one: Any = SimpleNamespace(found=SimpleNamespace(setting=best), setting=SimpleNamespace(whole=False, given=given))
    drawn = settings_drawn(one)
    assert {best, given} <= set(drawn)
    assert drawn == sorted(drawn)
    far: Any = SimpleNamespace(found=one.found, setting=SimpleNamespace(whole=False, given=sp.Integer(1)))
    assert sp.Integer(1) not in settings_drawn(far)


def test_the_figure_marks_both_settings(advice: Advice) -> None:
    figure = advice_figure(advice)
    assert [marker[0] for marker in figure.markers] == ["advised", "given"]
    curve = figure.curves[0]
    assert max(curve.y) == pytest.approx(1)
    assert curve.x[curve.y.index(max(curve.y))] == 8
