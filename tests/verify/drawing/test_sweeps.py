"""Sweeps over a number: one line through the predictions, simulated points on it."""

import pytest

from numeric.values import Estimate
from verify.drawing.sweeps import series, sweep_figures

RATE = Estimate(0.3, 0.01, 8)


def test_a_swept_threshold_is_drawn_with_predictions_and_simulations(judged) -> None:
    cases = judged(RATE, sweep={"scheme": {"staleness_threshold": [4, 20]}})
    rate, variance = sweep_figures(cases)
    assert (rate.name, variance.name) == (
        "decay-rate-against-staleness-threshold",
        "variance-against-staleness-threshold",
    )
    predicted, simulated = rate.curves
    assert predicted.x == simulated.x == (4.0, 20.0)
    assert predicted.y == tuple(pytest.approx(float(case.mode.spectrum.decay_rate)) for case in cases)
    assert (simulated.y, simulated.errors) == ((0.3, 0.3), (0.01, 0.01))
    drawn, seen = variance.curves
    assert drawn.y[0] == pytest.approx(float(cases[0].mode.find("stationary_variance", "R2").value))
    assert seen.y[1] == cases[1].run.measured("stationary_variance", 0, "time").value.mean


def test_every_other_number_makes_a_line_of_its_own(judged) -> None:
    cases = judged(
        sweep={"workers": {"count": [4, 8]}, "objective": {"gradient_noise": [1, 2]}}, objective={"curvature": [1]}
    )
    found = {(one.key, one.label): [value for value, _ in one.cases] for one in series(cases)}
    assert found == {
        ("workers.count", "gradient noise = 1"): [4, 8],
        ("workers.count", "gradient noise = 2"): [4, 8],
        ("objective.gradient_noise", "count = 4"): [1, 2],
        ("objective.gradient_noise", "count = 8"): [1, 2],
    }


def test_words_and_single_cases_are_no_series(judged) -> None:
    laws = [{"law": "constant", "value": 2}, {"law": "exponential", "mean": 2}]
    assert sweep_figures(judged(sweep={"workers": {"compute": laws}})) == ()
    assert series(judged()) == ()
