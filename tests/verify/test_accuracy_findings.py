"""Accuracy: every gap is that of the records; chance is not called a gap, and a failing model has its remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from numeric.values import Estimate
from verify.accuracy_findings import accuracy_findings, gaps


def test_the_gap_of_each_rung_is_that_of_the_measured_variance(case) -> None:
    one = case("exponential")
    found = gaps((one,), "stationary_variance")
    seen = one.run.measured("stationary_variance", 0, "time").value
    # a theta = .4: V = q (1 + a theta)/(2 a), q = 8/400; the shot model divides by 1 - V
    variance = 8 / 400 * 1.4 / 0.8
    assert found["R2"][0].off == pytest.approx(variance / seen.mean - 1)
    assert found["R1"][0].off == pytest.approx(variance / (1 - variance) / seen.mean - 1)
    assert found["R2"][0].error == pytest.approx(variance / seen.mean * seen.standard_error / seen.mean)


def test_what_chance_leaves_open_is_no_gap_and_a_planted_one_is(case) -> None:
    one = case("exponential")
    rate = float(one.mode.find("decay_rate", "R3").value)
    near = replace(one, decay_rate=Estimate(1.02 * rate, 0.01 * rate, 8))
    (told,) = [text for text in accuracy_findings((near,)) if "decay rate" in text]
    assert "the mean delay equation (R3) cannot be told from the simulation (−2.0 ± 1.0 % off)" in told
    far = replace(one, decay_rate=Estimate(rate / 1.1, 0.01 * rate, 8))
    (told,) = [text for text in accuracy_findings((far,)) if "decay rate" in text]
    assert "(R3) is +10.0 ± 1.2 % off" in told
    failing = replace(one, decay_rate=Estimate(rate / 2, 0.01 * rate, 8))
    (told,) = [text for text in accuracy_findings((failing,)) if "decay rate" in text]
    assert "(R3) fails: it is +100.0" in told


def test_the_better_model_is_recommended_and_the_gap_extrapolated(case) -> None:
    one = case("constant")
    variance = float(one.mode.find("stationary_variance", "Rd").value)
    exact = [replace(entry, value=Estimate(variance, 1e-4 * variance, 8)) for entry in one.run.quantities]
    (told,) = [
        text
        for text in accuracy_findings((replace(one, run=replace(one.run, quantities=tuple(exact))),))
        if "stationary variance" in text
    ]
    off = float(one.mode.find("stationary_variance", "R1").value) / variance - 1
    assert "the recursion per update (Rd) cannot be told from the simulation" in told
    assert "Take Rd here." in told
    # the gap of the shot model is some percent at 8 workers, and closes like 1/M
    assert 0.01 < off < 0.2
    count = int(told.partition("below 1 % from about ")[2].partition(" workers (R1)")[0])
    assert count == pytest.approx(800 * off, rel=0.1)
    assert count >= 800 * off


def test_a_case_that_diverges_has_no_gap(case) -> None:
    assert accuracy_findings((case("gamma", "2"),)) == ()
