"""The ladder: predicted over simulated variance, rung by rung."""

import pytest

from verify.drawing.ladder import ladder_figure, ratios


def test_each_ratio_is_the_prediction_over_what_was_simulated(judged) -> None:
    (case,) = judged()
    found = ratios(case)
    assert list(found) == ["R0", "R1", "R2"]
    seen = case.run.measured("stationary_variance", 0, "time").value
    for rung, (ratio, error) in found.items():
        prediction = case.mode.find("stationary_variance", rung)
        assert ratio == pytest.approx(float(prediction.value) / seen.mean)
        assert error == pytest.approx(ratio * seen.standard_error / seen.mean)
    # e = .05, M = 8: the exact (1 + .4)/(.05 (2.05 - .02)) s2 over R2's (1 + .4)/(.1) s2
    assert found["R0"][0] / found["R2"][0] == pytest.approx(2 / 2.03, rel=1e-9)


def test_cases_stand_beside_each_other_over_named_rungs(judged) -> None:
    figure = ladder_figure(judged(sweep={"workers": {"count": [4, 8]}}))
    assert figure.ticks == ("system, R0", "shots, R1", "SDDE, R2")
    line, first, second = figure.curves
    assert set(line.y) == {1.0}
    assert [round(x) for x in first.x] == [round(x) for x in second.x] == [0, 1, 2]
    assert set(first.x).isdisjoint(second.x)


def test_a_diverging_case_has_no_place_on_the_ladder(judged) -> None:
    assert ladder_figure(judged(optimizer={"learning_rate": 8})) is None
