"""Figures as data: their points are the predictions and measurements, their errors the standard errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from derive.studies.study import study_from_table
from numeric.values import Estimate
from verify.pictures import Observed, figures
from verify.pictures import _poisson_probabilities as poisson_probabilities
from verify.predicting.predictions import ModePredictions
from verify.report import Figure
from verify.sampling.simulating import simulate_study

LAWS: dict[str, dict[str, Any]] = {
    "constant": {"law": "constant", "value": 2},
    "exponential": {"law": "exponential", "mean": 2},
    "measured": {"law": "empirical", "values": [1, 2, 2, 3]},
    "uniform": {"law": "uniform", "low": 1, "high": 3},
}


def observed(label: str, learning_rate: str = "1/20", rate: Estimate | None = None) -> Observed:
    table = {
        "workers": {"count": 8, "compute": LAWS[label]},
        "optimizer": {"learning_rate": learning_rate},
        "objective": {"curvature": [1]},
        "run": {"replicas": 4, "updates": 4000, "burn_in": 1000},
    }
    study = study_from_table(table).cases[0].study
    return Observed(label, ModePredictions(study, 0), simulate_study(study), rate)


@pytest.fixture(scope="module")
def cases() -> tuple[Observed, ...]:
    return (observed("constant", rate=Estimate(0.375, 0.01, 8)), observed("exponential"))


@pytest.fixture(scope="module")
def drawn(cases: tuple[Observed, ...]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(cases)}


def curve(figure: Figure, label: str) -> dict[float, float]:
    (found,) = [one for one in figure.curves if one.label == label]
    return dict(zip(found.x, found.y, strict=True))


def test_the_staleness_of_a_transform_that_is_a_quotient_at_0_adds_up_to_1() -> None:
    assert poisson_probabilities(observed("uniform").mode, 80).sum() == pytest.approx(1, abs=1e-9)


def test_every_figure_has_its_axes_and_words_for_who_cannot_see_it(drawn: dict[str, Figure]) -> None:
    assert list(drawn) == [
        *("decay-rate-against-workers", "decay-rate-against-damping", "staleness", "roots", "variance-ladder"),
        *("variance-gap", "excess-risk"),
    ]
    for figure in drawn.values():
        assert all((figure.title, figure.caption, figure.alt, figure.x_label, figure.y_label))
        for one in figure.curves:
            assert len(one.x) == len(one.y) > 0
            assert len(one.errors) in (0, len(one.x))


def test_the_worker_axis_shows_the_study_and_what_was_simulated(drawn: dict[str, Figure]) -> None:
    figure = drawn["decay-rate-against-workers"]
    # exponential, theta = 2, eta h = 1/20: a = M/40; s^2 + s/2 + a/2 = 0
    exact = {count: 0.25 if count >= 5 else 0.25 - math.sqrt(1 / 16 - count / 80) for count in range(1, 19)}
    rates = curve(figure, "exponential, rung R3")
    assert set(rates) >= {1.0, 8.0}
    assert rates == {count: pytest.approx(exact[int(count)], rel=1e-12) for count in rates}
    (point,) = [one for one in figure.curves if one.label == "constant, simulated"]
    assert (point.x, point.y, point.errors, point.style) == ((8.0,), (0.375,), (0.01,), "points")
    assert not any(one.label == "exponential, simulated" for one in figure.curves)


def test_the_damping_axis_is_scaled_by_the_mean_delay(drawn: dict[str, Figure]) -> None:
    figure = drawn["decay-rate-against-damping"]
    rates = curve(figure, "exponential")
    assert rates[0.2] == pytest.approx(0.5 - math.sqrt(0.05), rel=1e-12)
    assert rates[1.0] == pytest.approx(0.5, rel=1e-12)
    assert curve(figure, "constant")[1.6] < 0 < curve(figure, "constant")[1.56]
    (marker,) = figure.markers
    assert marker[:2] == ("this study", pytest.approx(0.4))


def test_shares_of_staleness_are_those_of_the_histogram(cases: tuple[Observed, ...], drawn: dict[str, Figure]) -> None:
    assert curve(drawn["staleness"], "constant, simulated") == {7.0: 1.0}
    counts = np.array(cases[1].run.staleness_histogram)
    shares = curve(drawn["staleness"], "exponential, simulated")
    assert shares == {k: pytest.approx(counts[int(k)] / counts.sum()) for k in shares}
    assert len(shares) > 10
    # exponential cycles: geometric with success 1/M
    assert curve(drawn["staleness"], "exponential, rung R1")[5.0] == pytest.approx((7 / 8) ** 5 / 8, rel=1e-9)


COMPOSED: dict[str, dict[str, Any]] = {
    "uniform": {"law": "uniform", "low": 1, "high": 3},
    "truncated": {"law": "truncated", "of": {"law": "gamma", "shape": 2.5, "mean": 1}, "at": 1.5},
    "measured twice": {"law": "sum", "parts": [LAWS["measured"], LAWS["measured"]]},
    "slower of two": {"law": "order_statistic", "of": LAWS["measured"], "rank": 2, "count": 2},
}


@pytest.mark.parametrize("law", COMPOSED.values(), ids=list(COMPOSED))
def test_transforms_of_bounded_and_composed_laws_are_drawn(law: dict[str, Any]) -> None:
    table = {"workers": {"count": 8, "compute": law}, "optimizer": {"learning_rate": "1/20"}}
    study = study_from_table({**table, "objective": {"curvature": [1]}}).cases[0].study
    share = poisson_probabilities(ModePredictions(study, 0), 400)
    assert share @ np.arange(400) == pytest.approx(7, abs=1e-6)


@pytest.mark.parametrize("label", list(LAWS))
def test_probabilities_of_poisson_arrivals_sum_to_one_with_the_right_mean(label: str) -> None:
    share = poisson_probabilities(observed(label).mode, 400)
    assert share.min() >= 0
    assert share.sum() == pytest.approx(1, abs=1e-9)
    assert share @ np.arange(400) == pytest.approx(7, abs=1e-6)


def test_roots_are_drawn_with_their_conjugates(drawn: dict[str, Figure]) -> None:
    (found,) = [one for one in drawn["roots"].curves if one.label == "exponential"]
    # (s theta)^2 + s theta + a theta = 0 with a theta = .4
    height = math.sqrt(0.4 - 0.25)
    assert sorted(zip(found.x, found.y, strict=True)) == [
        (pytest.approx(-0.5), pytest.approx(-height)),
        (pytest.approx(-0.5), pytest.approx(height)),
    ]


def test_the_gap_to_the_limit_closes_like_one_over_the_workers(drawn: dict[str, Figure]) -> None:
    gaps = curve(drawn["variance-gap"], "exponential, exact")
    assert gaps[256.0] / gaps[512.0] == pytest.approx(2, rel=0.01)
    (point,) = [one for one in drawn["variance-gap"].curves if one.label == "exponential, simulated"]
    assert point.x == (8.0,)
    assert point.errors[0] > 0


def test_a_diverging_case_draws_no_measured_variance() -> None:
    found = {figure.name: figure for figure in figures((observed("constant", "2"),))}
    assert "variance-gap" not in found
    beside = {figure.name: figure for figure in figures((observed("constant", "2"), observed("exponential")))}
    assert {one.label for one in beside["variance-gap"].curves} == {"exponential, exact", "exponential, simulated"}


@pytest.mark.slow
def test_measured_cycles_have_no_exact_gap_but_a_simulated_one_beside_others() -> None:
    alone = {figure.name for figure in figures((observed("measured"),))}
    assert "variance-gap" not in alone
    beside = {figure.name: figure for figure in figures((observed("constant"), observed("measured")))}
    labels = [one.label for one in beside["variance-gap"].curves if one.label.startswith("measured")]
    assert labels == ["measured, simulated"]
