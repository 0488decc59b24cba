"""Speed: what speeds a mean up or down is told with the records' numbers, and only where it can be noticed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from derive.studies.study import study_from_table
from numeric.values import Estimate
from verify.drawing.observed import Observed
from verify.predicting.predictions import ModePredictions
from verify.report import Curve, Figure
from verify.speed_findings import speed_findings


def swept(case, rates: dict[int, float], error: float = 0.01) -> tuple[Observed, ...]:
    """Cases that differ in their workers, with made-up decay rates; the simulation is that of another study."""
    table = {
        "workers": {"compute": {"law": "gamma", "shape": 4, "mean": 1}},
        "optimizer": {"learning_rate": "1/20"},
        "objective": {"curvature": [1]},
        "sweep": {"workers": {"count": list(rates)}},
    }
    run = case("gamma").run
    return tuple(
        Observed(one.label, ModePredictions(one.study, 0), run, Estimate(rate, error, 8))
        for one, rate in zip(study_from_table(table).cases, rates.values(), strict=True)
    )


def along(cases: tuple[Observed, ...]) -> str:
    (found,) = [one for one in speed_findings(cases) if one.startswith("At workers M = ")]
    return found


@pytest.mark.slow
def test_a_sweep_says_where_the_mean_is_fastest(case) -> None:
    found = along(swept(case, {4: 0.2, 8: 0.5, 16: 0.3}))
    rates = "0.200 ± 0.010, 0.500 ± 0.010 and 0.300 ± 0.010"
    assert found.startswith(f"At workers M = 4, 8 and 16 the mean decays at {rates} per second: fastest at 8")
    assert "the more, the faster" in along(swept(case, {4: 0.2, 8: 0.5, 16: 0.6}))
    assert "the more, the slower" in along(swept(case, {4: 0.6, 8: 0.5, 16: 0.4}))
    assert "no change that could be noticed" in along(swept(case, {4: 0.2, 8: 0.5, 16: 0.3}, error=0.2))


def test_the_delay_is_weighed_against_fresh_gradients_of_the_same_damping(case) -> None:
    # eta h M = .2 and .8: simulated at .25 and at .5 per second
    (found,) = [one for one in speed_findings(swept(case, {4: 0.25, 16: 0.5})) if one.startswith("Fresh gradients")]
    assert "speeds the mean up by 25.0 ± 5.0 % with count = 4" in found
    assert "slows it down by 37.5 ± 1.2 % with count = 16" in found
    assert not any(one.startswith("Fresh") for one in speed_findings(swept(case, {4: 0.21, 16: 0.79}, error=0.02)))


def test_a_predicted_divergence_has_its_remedy(case) -> None:
    (found,) = [one for one in speed_findings((case("gamma", "2"),)) if "unstable" in one]
    assert found.startswith("The mean is predicted to be unstable with gamma cycles, and the simulation diverged.")
    # the limit of shape 4 is a theta = 2.27417; here a theta = 16
    assert f"a learning rate below {2.27417 / 8:.3g} is stable" in found


def test_a_pair_of_roots_is_told_with_its_period(case) -> None:
    found = [one for one in speed_findings(swept(case, {4: 0.2, 16: 0.5})) if one.startswith("The rightmost root")]
    (told,) = found
    height = float(swept(case, {16: 0.5})[0].mode.spectrum.roots[0].im)
    assert "real with count = 4" in told
    assert f"with count = 16, {2 * math.pi / height:.3g} s a swing" in told


def test_critical_damping_names_its_learning_rate(case) -> None:
    (found,) = [one for one in speed_findings((case("gamma"),)) if "critical damping" in one]
    # (4/5)^5 = .32768 over M = 8
    assert "reached at 0.041 with gamma cycles (the study's is 1.2 times that)" in found


def test_cases_that_differ_in_words_are_ranked_by_what_was_simulated(case) -> None:
    found = speed_findings((case("gamma"), case("exponential")))
    (ranked,) = [one for one in found if one.startswith("Of the simulated cases")]
    assert "fastest with exponential cycles (0.750 ± 0.010 per second)" in ranked
    assert "slowest with gamma cycles (0.250 ± 0.010 per second), 3 times as fast" in ranked
    assert not any(one.startswith("Of the simulated") for one in speed_findings((case("gamma"),)))
    alike = replace(case("gamma"), decay_rate=Estimate(0.74, 0.01, 8))
    assert "Of the simulated cases none decays noticeably faster than another." in speed_findings(
        (alike, case("exponential"))
    )


def test_the_most_useful_number_of_workers_is_told_for_constant_cycles(case) -> None:
    (found,) = [one for one in speed_findings((case("constant"),)) if "workers slow the mean" in one]
    assert "more than 7.4 workers" in found  # 1/(e eta h) = 20/e = 7.36
    assert "the study uses 8" in found


def test_the_training_time_has_its_elasticity(case) -> None:
    cases = swept(case, {4: 0.2, 16: 0.5})
    names = [replace(one).name for one in cases]
    curves = tuple(Curve(f"{name}, rung R1", (0.0, 1.0), (1.0, 0.1)) for name in names)
    figure = Figure("excess-risk", "", "", "", "", "", curves, markers=(("8 s", 8.0, 0.1), ("2 s", 2.0, 0.1)))
    (found,) = [one for one in speed_findings(cases, figure) if "training time" in one]
    # a quarter of the time for four times the workers
    assert "changes by −1.00 % per percent of workers M." in found
    assert not any("training time" in one for one in speed_findings(cases))
