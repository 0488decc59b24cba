"""Decay rates against workers and damping: cases on one line share it, each with its simulated point."""

import math

import pytest

from numeric.values import Estimate
from verify.drawing.speed import damping_figure, workers_figure

RATE = Estimate(0.2, 0.01, 8)


def test_cases_of_one_law_lie_on_one_line_over_all_workers(judged) -> None:
    cases = judged(RATE, sweep={"workers": {"count": [2, 8]}})
    line, points = workers_figure(cases).curves
    assert (line.label, points.label) == ("exponential, rung R3", "exponential, simulated")
    assert (points.x, points.y, points.errors) == ((2.0, 8.0), (0.2, 0.2), (0.01, 0.01))
    # s^2 + s/2 + a/2 = 0 with a = M/40
    assert line.y[line.x.index(2.0)] == pytest.approx(0.25 - math.sqrt(1 / 16 - 1 / 40), rel=1e-12)


def test_a_sweep_of_the_learning_rate_moves_along_the_damping(judged) -> None:
    cases = judged(RATE, optimizer={}, sweep={"optimizer": {"learning_rate": ["1/20", "1/4"]}})
    figure = damping_figure(cases)
    (points,) = [curve for curve in figure.curves if curve.style == "points"]
    assert points.x == (pytest.approx(0.4), pytest.approx(2.0))
    assert points.y == (pytest.approx(0.4), pytest.approx(0.4))
    assert figure.markers == ()
    assert max(figure.curves[0].x) == pytest.approx(2.2)
    (marker,) = damping_figure(judged(RATE)).markers
    assert marker[:2] == ("this study", pytest.approx(0.4))
