"""Charts of studies: schemes, momentum, mean square, domains that end inside the chart."""

from __future__ import annotations

import tomllib
from fractions import Fraction

import pytest

from derive.studies.records import Study
from derive.studies.schema import StudyError
from derive.studies.study import study_from_table
from numeric.charts.subdivision import ChartBudget
from verify.predicting.chart_figures import chart_figure
from verify.predicting.charts import mean_square_rung, own_point, study_chart

ROUGH = ChartBudget(30_000, Fraction(1, 20))
WORKERS = """[workers]
count = 8
compute = {law}
[optimizer]
learning_rate = 0.05
{more}
[objective]
curvature = [1]
[chart]
x = {{ parameter = "{x}", low = {low}, high = {high} }}
y = {{ parameter = "optimizer.learning_rate", low = 0.01, high = 0.4 }}
"""
CONSTANT = '{ law = "constant", value = 1 }'


def study(text: str) -> Study:
    return study_from_table(tomllib.loads(text)).cases[0].study


def workers(x: str, low: object, high: object, law: str = CONSTANT, more: str = "") -> Study:
    return study(WORKERS.format(law=law, x=x, low=low, high=high, more=more))


def test_the_limits_of_constant_cycles_in_both_senses() -> None:
    """eta h M = a theta: pi/2 in the mean, 1.396656 in mean square for M = 8."""
    one = workers("workers.compute.value", 0.5, 2)
    chart = study_chart(one, ChartBudget(100_000, Fraction(1, 50)))
    assert mean_square_rung(one)[0] == "R1"
    assert chart.mean_square is not None
    assert chart.status_at(1, "0.19") == "stable"
    assert chart.status_at(1, "0.205") == "unstable"
    at = chart.x.share_of(1)
    assert chart.mean_square.status_at(at, chart.y.share_of("0.16")) == "stable"
    assert chart.mean_square.status_at(at, chart.y.share_of("0.185")) == "unstable"
    assert own_point(one)[0] == 1


def test_a_number_of_workers_is_proven_for_what_lies_between_as_well() -> None:
    chart = study_chart(workers("workers.count", 1, 20), ChartBudget(60_000, Fraction(1, 20)))
    assert chart.status_at(8, "0.15") == "stable"
    assert chart.status_at(16, "0.15") == "unstable"


@pytest.mark.parametrize(
    ("x", "low", "high", "more"),
    [
        ("optimizer.momentum", 0, 0.8, ""),
        ("scheme.dropout", 0, 0.9, "[scheme]\ndropout = 0.5"),
        ("scheme.staleness_discount", 0.5, 1, "[scheme]\nstaleness_discount = 0.9"),
    ],
)
def test_schemes_and_momentum_have_charts(x: str, low: float, high: float, more: str) -> None:
    one = workers(x, low, high, '{ law = "exponential", mean = 1 }', more)
    chart = study_chart(one, ROUGH)
    assert chart.mean.share("stable") > 0
    assert chart.mean_square is not None
    assert mean_square_rung(one)[0] == "R1"


def test_beyond_the_laws_condition_lies_no_law() -> None:
    one = study(
        '[equation]\ndamping = 1\ndelay = { law = "uniform", low = 0, high = 2 }\n'
        '[chart]\nx = { parameter = "damping", low = -1, high = 1 }\n'
        'y = { parameter = "delay.low", low = 0, high = 4 }\n'
    )
    chart = study_chart(one, ChartBudget(10_000, Fraction(1, 10)))
    assert chart.status_at("1/2", 3) == "outside"
    assert chart.status_at("1/2", "1/2") == "stable"
    assert chart.status_at("-1/2", "1/2") == "unstable"
    assert chart.mean.share("outside") >= Fraction(1, 2) - chart.undecided_share
    figure = chart_figure(one, chart)
    assert {area.kind for area in figure.areas} >= {"stable", "unstable", "outside"}


def test_a_figure_shows_regions_boundary_rates_and_the_study() -> None:
    one = workers("workers.compute.value", 0.5, 2)
    chart = study_chart(one, ROUGH)
    figure = chart_figure(one, chart)
    assert [area.kind for area in figure.areas][:3] == ["stable", "mean-square", "unstable"]
    assert {heights.kind for heights in figure.heights} == {"contours", "boundary"}
    assert figure.markers == (("this study", 1.0, 0.05),)
    assert "uncertified" in figure.heights[0].label
    assert figure.x_label == "compute value in s"
    assert "mean square" in figure.alt


def test_a_study_without_chart_is_refused() -> None:
    one = study(WORKERS.partition("[chart]")[0].format(law=CONSTANT, more=""))
    with pytest.raises(StudyError, match=r"chart = \(missing\): required"):
        study_chart(one)


def test_a_drawn_staleness_has_its_own_limit_in_mean_square() -> None:
    """Geometric, mean 1: 4 x^2 + x = 6 in mean square, that is 1.1061; 6 in the mean."""
    one = study(
        '[equation]\nstep = 1\nstaleness = { law = "geometric", mean = 1 }\n'
        '[chart]\nx = { parameter = "step", low = 0.5, high = 2 }\n'
        'y = { parameter = "staleness.mean", low = 0.8, high = 1.2 }\n'
    )
    chart = study_chart(one, ROUGH)
    assert mean_square_rung(one)[0] == "Rd"
    assert chart.mean_square is not None
    at = chart.y.share_of(1)
    assert chart.status_at("1.5", 1) == "stable"
    assert chart.mean_square.status_at(chart.x.share_of("1.05"), at) == "stable"
    assert chart.mean_square.status_at(chart.x.share_of("1.2"), at) == "unstable"
