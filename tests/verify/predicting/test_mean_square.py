"""Conditions in mean square of every scheme: their rung, words where there is none, margins against known limits."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive import symbols as y
from derive.rules.velocity_shots import _second_moments
from derive.studies.records import Study
from numeric.charts.criteria import Gains
from numeric.charts.subdivision import ChartBudget
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosed.stationary import gain_weights
from numeric.enclosure import evaluate
from tests.verify.predicting.test_charts import CONSTANT, workers
from verify.predicting.charts import mean_square_rung, study_chart
from verify.predicting.mean_square import criteria_of, seen_from_far

EXPONENTIAL = '{ law = "exponential", mean = 1 }'
SCHEMES = {
    "dropout = 0.5": "R1",
    "staleness_discount = 0.9": "R1",
    "staleness_threshold = 8": "R1",
    "age_threshold = 2.0": "R1",
    "uplink_capacity = 9.0": "R1",
    "event_trigger = 1.0": "R1",
    'rule = "k-async"\nbatch = 2': "Rd",
    'rule = "k-batch-async"\nbatch = 2': "",
    'rule = "k-sync"\nbatch = 2': "",
}


def scheme(text: str, law: str = EXPONENTIAL) -> Study:
    return workers("objective.curvature", 0.5, 2, law, f"[scheme]\n{text}")


@pytest.mark.parametrize(("text", "rung"), SCHEMES.items())
def test_every_scheme_has_a_condition_or_a_reason(text: str, rung: str) -> None:
    found, words = mean_square_rung(scheme(text))
    assert found == rung
    assert words
    assert ("no formula" in words) == ("k-batch-async" in text)


def test_dropout_has_the_margin_of_as_many_fewer_workers() -> None:
    """Half of the gradients of 8 workers: those of 4, eta h = 1/10, exponential: I = (1 + a)/(2 a), a = .4."""
    ((equation, margin, _),) = criteria_of(scheme("dropout = 0.5"))
    at = {y.second_moment_gain: noise_gain(equation, 9)}
    assert abs(float(evaluate(margin, at)) - 0.05**2 * 4 * 1.2 / (2 * 0.2)) < 1e-8


def test_a_trigger_is_bounded_where_the_plain_workers_are() -> None:
    triggered = scheme("event_trigger = 1.0", CONSTANT)
    far = seen_from_far(triggered)
    assert far is not None
    assert criteria_of(far) == criteria_of(scheme("event_trigger = 0.0", CONSTANT))
    chart = study_chart(workers("workers.compute.value", 0.5, 2, CONSTANT, "[scheme]\nevent_trigger = 1.0"),
                        ChartBudget(40_000, Fraction(1, 20)))  # fmt: skip
    assert chart.mean_square is not None
    at = chart.x.share_of(1)
    assert chart.status_at(1, "0.2") == "stable"  # its linear model near the optimum, at .8 of the damping
    assert chart.mean_square.status_at(at, chart.y.share_of("0.16")) == "stable"
    assert chart.mean_square.status_at(at, chart.y.share_of("0.19")) == "unstable"


def test_k_async_ends_at_its_exact_limit() -> None:
    """2 of 8 workers: 96 e^2 - 20 e < 104, that is e < 1.15020."""
    one = workers("objective.curvature", 0.5, 4, EXPONENTIAL, '[scheme]\nrule = "k-async"\nbatch = 2')
    chart = study_chart(one, ChartBudget(20_000, Fraction(1, 20)))
    assert chart.mean_square is not None
    at = chart.x.share_of("3.5")
    assert chart.mean_square.status_at(at, chart.y.share_of("0.31")) == "stable"  # 1.085
    assert chart.mean_square.status_at(at, chart.y.share_of("0.35")) == "unstable"  # 1.225


def test_momentum_has_the_margin_of_its_exact_second_moments() -> None:
    """Eight workers, momentum 4/5, eta h = 1/20: V solved in rationals; the margin is h^2 V/(sigma^2 + h^2 V)."""
    study = workers("objective.curvature", 0.5, 2, EXPONENTIAL, "momentum = 0.8")
    (margin, correlation) = criteria_of(study)
    assert margin[0] is correlation[0]
    assert isinstance(margin[2], Gains)
    assert margin[2].weights == gain_weights(sp.Integer(8))
    gains = {name: noise_gain(margin[0], 8, weight) for name, weight in gain_weights(sp.Integer(8)).items()}
    variance, rho = _second_moments(sp.Rational(0.8), sp.Rational(0.05), sp.Integer(8), 1)
    shot = sp.Rational(0.05) ** 2 * variance
    assert float(evaluate(margin[1], gains)) == pytest.approx(float(shot / (1 + shot)), rel=1e-6)
    assert float(evaluate(correlation[1], gains)) == pytest.approx(float(rho**2), rel=1e-6)


@pytest.mark.slow
def test_a_chart_over_momentum_is_proven_on_both_sides() -> None:
    chart = study_chart(workers("optimizer.momentum", 0.1, 0.5, EXPONENTIAL), ChartBudget(400_000, Fraction(1, 5)))
    assert chart.mean_square is not None
    for beta in ("0.15", "0.3", "0.45"):
        for rate in ("0.05", "0.1", "0.3", "0.39"):
            variance, rho = _second_moments(sp.Rational(beta), sp.Rational(rate), sp.Integer(8), 1)
            told = chart.mean_square.status_at(chart.x.share_of(beta), chart.y.share_of(rate))
            assert told in ("undecided", "stable" if variance > 0 and abs(rho) < 1 else "unstable")
    assert chart.mean_square.share("stable") > Fraction(1, 5)
