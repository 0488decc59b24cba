"""The excess risk in time: enclosures with simulated points, and why a case is missing."""

import math
from dataclasses import replace

import pytest
import sympy as sp

from derive.studies.records import Data
from verify.drawing.training import training_figure


def test_every_case_starts_alike_and_is_simulated_from_there(judged) -> None:
    cases = judged(sweep={"workers": {"count": [4, 8]}})
    figure, missing = training_figure(cases)
    assert missing == ""
    lines, points = figure.curves[:-1:2], figure.curves[1:-1:2]
    assert len({line.y[0] for line in lines}) == 1
    for line, seen in zip(lines, points, strict=True):
        at = [min(range(len(line.x)), key=lambda k, x=x: abs(line.x[k] - x)) for x in seen.x]
        gaps = [(line.y[k] - up) / error for k, up, error in zip(at, seen.y, seen.errors, strict=True)]
        assert sum(abs(gap) < 8 for gap in gaps) >= 10  # a limit of many workers: near, not within the noise
        assert math.isclose(line.y[0] / seen.y[-1], line.y[0] / line.y[-1], rel_tol=0.5)
    level = figure.curves[-1].y[0]
    for label, ended, height in figure.markers:
        assert label == f"{ended:.3g} s"
        assert height == level
    assert max(one.y[-1] for one in lines) < level


def test_a_scheme_and_a_diverging_case_are_refused_in_words(judged) -> None:
    figure, why = training_figure(judged(scheme={"staleness_threshold": 4}))
    assert figure is None
    assert "plain asynchronous workers" in why
    figure, why = training_figure(judged(optimizer={"learning_rate": 8}))
    assert figure is None
    assert "not stable in mean square" in why


def test_a_regression_is_refused_in_words(judged) -> None:
    (case,) = judged()
    study = case.mode.study
    data = Data("breast_cancer", "logistic", sp.Rational(1, 1000), 32)
    linearised = replace(study, objective=replace(study.objective, data=data))
    figure, why = training_figure((replace(case, mode=replace(case.mode, study=linearised)),))
    assert figure is None
    assert "regression" in why


def test_without_noise_the_level_is_a_hundredth_of_the_start(judged) -> None:
    figure, _ = training_figure(judged(objective={"curvature": [1], "gradient_noise": 0}))
    assert figure.curves[-1].y[0] == pytest.approx(figure.curves[0].y[0] / 100)
