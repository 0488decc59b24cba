"""Findings: sentences whose numbers are those of the records, and that stay silent where nothing was found."""

from __future__ import annotations

from functools import cache
from typing import Any

from derive.studies.study import study_from_table
from numeric.values import Estimate
from verify.findings import findings
from verify.pictures import Observed
from verify.predicting.predictions import ModePredictions
from verify.sampling.simulating import simulate_study

CONSTANT = {"law": "constant", "value": 1}
EXPONENTIAL = {"law": "exponential", "mean": 1}
GAMMA = {"law": "gamma", "shape": 4, "mean": 1}
MEASURED = {"law": "empirical", "values": ["1/2", 1, "3/2", 2]}


@cache
def _observed(label: str, law: tuple[tuple[str, Any], ...], learning_rate: str) -> Observed:
    table = {
        "workers": {"count": 8, "compute": {key: list(v) if isinstance(v, tuple) else v for key, v in law}},
        "optimizer": {"learning_rate": learning_rate},
        "objective": {"curvature": [1]},
        "run": {"replicas": 4, "updates": 4000, "burn_in": 1000},
    }
    study = study_from_table(table).cases[0].study
    rate = Estimate(0.25 + 0.5 * (label == "exponential"), 0.01, 8)
    return Observed(label, ModePredictions(study, 0), simulate_study(study), rate)


def observed(label: str, law: dict[str, Any], learning_rate: str = "1/20") -> Observed:
    frozen = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in law.items())
    return _observed(label, frozen, learning_rate)


def sentences(*cases: Observed) -> list[str]:
    return list(findings(cases))


def test_a_predicted_divergence_is_the_only_finding_of_its_case() -> None:
    (found,) = sentences(observed("gamma", GAMMA, "2"))
    assert found == "Gamma cycles: the mean is predicted to be unstable, and the simulation diverged."


def test_regular_cycles_are_told_to_be_less_stale_than_poisson_arrivals() -> None:
    case = observed("gamma", GAMMA)
    (found,) = [one for one in sentences(case) if "staleness variance" in one]
    # 7 E Var N_e + 49/4 with E Var N_e = .407264 for shape 4; Poisson 7 + 49/4
    assert "the staleness variance is 15.1008493" in found
    assert "would make it 19.25" in found
    assert f"{19.25 / 15.1008:.3g} times" in found


def test_exponential_cycles_are_poisson_and_tell_no_such_thing() -> None:
    assert [one for one in sentences(observed("exponential", EXPONENTIAL)) if "Poisson arrivals would" in one] == []


def test_constant_cycles_have_no_staleness_variance_to_compare() -> None:
    assert [one for one in sentences(observed("constant", CONSTANT)) if "Poisson arrivals would" in one] == []


def test_the_gap_of_each_rung_is_that_of_the_measured_variance() -> None:
    case = observed("exponential", EXPONENTIAL)
    (found,) = [one for one in sentences(case) if "(R2)" in one]
    value = case.run.measured("stationary_variance", 0, "time").value
    seen, error = value.mean, value.standard_error
    # a theta = .4: V = q (1 + a theta)/(2 a), q = 8/400
    variance = 8 / 400 * 1.4 / 0.8
    assert f"(R2) is {100 * (variance / seen - 1):+.1f} ± {100 * variance / seen * error / seen:.1f} %" in found
    assert f"(R1) {100 * (variance / (1 - variance) / seen - 1):+.1f} ± " in found


def test_the_margin_to_instability_in_mean_square_is_told() -> None:
    (found,) = [one for one in sentences(observed("exponential", EXPONENTIAL)) if "mean-square gain" in one]
    # eta^2 h^2 Lambda I with I = (a + mu)/(2 a mu), a = .4
    assert "0.035" in found


def test_measured_cycles_are_compared_with_the_exponential_assumption() -> None:
    (found,) = [one for one in sentences(observed("", MEASURED)) if one.startswith("Assuming exponential")]
    # M = 8 exponential: geometric staleness, variance 7 + 49
    assert "a staleness variance of 56 " in found
    assert sentences(observed("", MEASURED))[0].startswith("The measured cycles: ")


def test_cases_are_ranked_by_what_was_simulated() -> None:
    found = sentences(observed("gamma", GAMMA), observed("exponential", EXPONENTIAL))
    (ranked,) = [one for one in found if one.startswith("Of the simulated cases")]
    assert "fastest with exponential cycles (0.75 per second)" in ranked
    assert "slowest with gamma cycles (0.25 per second)" in ranked
    assert not any(one.startswith("Of the simulated") for one in sentences(observed("gamma", GAMMA)))


def test_the_most_useful_number_of_workers_is_told_for_constant_cycles() -> None:
    (found,) = [one for one in sentences(observed("constant", CONSTANT)) if "workers slow the mean" in one]
    assert "more than 7.4 workers" in found  # 1/(e eta h) = 20/e = 7.36
    assert "the study uses 8" in found
