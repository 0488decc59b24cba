"""Decay rates, first passages and the loss of a regression, where they are known without any theory of delays."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from derive.studies.study import Study, StudyError, study_from_table
from numeric.simulation.measured import Simulation
from tests.verify.interpreted import interpreted_loops
from verify.predicting.linearised import linearised
from verify.sampling.further_quantities import Entries, Wanted, further_quantities
from verify.sampling.simulating import simulate_study

EXPONENTIAL = {"law": "exponential", "mean": 1}
RUN = {"replicas": 64, "updates": 400, "burn_in": 100, "initial": 8.0}


def study_of(compute: Any = None, noise: float = 1.0, rate: Any = "1/5", **run: Any) -> Study:
    """One worker alone: its gradients are never stale."""
    table = {
        "workers": {"count": 1, "compute": compute or EXPONENTIAL},
        "optimizer": {"learning_rate": rate},
        "objective": {"curvature": [1], "gradient_noise": noise},
        "run": RUN | run,
    }
    return study_from_table(table, "here.toml").cases[0].study


def found(study: Study, **wanted: Any) -> tuple[Simulation, Entries]:
    with interpreted_loops():
        run = simulate_study(study)
        return run, further_quantities(study, run, Wanted(**wanted))


def test_nothing_is_measured_unless_it_is_wanted() -> None:
    assert found(study_of(replicas=2, updates=20, burn_in=0))[1] == {}


def test_the_mean_of_one_worker_decays_at_the_rate_of_its_steps() -> None:
    (rate,) = found(study_of(), decay_rate=True)[1]["decay_rate"]  # steps of a Poisson process: learning rate x h
    value = rate["value"]
    assert (rate["mode"], rate["rung"]) == (0, "R0")
    assert abs(value["mean"] - 0.2) < 4 * value["standard_error"] < 0.05


def test_a_mean_that_grows_has_a_negative_decay_rate() -> None:
    saddle = study_of(noise=0.0, updates=1600)
    assert saddle.objective is not None
    saddle = replace(saddle, objective=replace(saddle.objective, curvature=(-saddle.objective.curvature[0],)))
    (rate,) = found(saddle, decay_rate=True)[1]["decay_rate"]
    mean, error = rate["value"]["mean"], rate["value"]["standard_error"]
    assert abs(mean + 0.2) < 4 * error
    assert mean + 4 * error < 0  # and is not found to decay


def test_first_passages_of_halving_steps_are_counted() -> None:
    constant = study_of(
        {"law": "constant", "value": 1}, 0.0, "1/2", replicas=4, start="together", updates=40, burn_in=0
    )
    levels = (0.5, 0.1, 1e-30)  # of x^2/2, which is 32, 8, 2, 1/2, ...
    entries = found(constant, levels=levels)[1]
    assert [one["value"]["mean"] for one in entries["first_passage_share"]] == [1, 1, 0]
    assert [(one["level"], one["value"]["mean"]) for one in entries["first_passage_time"]] == [(0.5, 3), (0.1, 5)]


def test_a_start_at_the_optimum_is_refused() -> None:
    with pytest.raises(StudyError, match=r"run\.initial = 0: nothing decays from the optimum; allowed: "):
        found(study_of(initial=0, replicas=2, updates=20, burn_in=0), decay_rate=True)


def test_a_path_that_is_lost_in_noise_has_no_decay_rate() -> None:
    with pytest.raises(StudyError, match=r"run\.updates = 60: .* stand out of the noise"):
        found(study_of(noise=1e6, replicas=4, updates=60, burn_in=0), decay_rate=True)


def test_the_excess_risk_of_a_quadratic_is_there_already() -> None:
    run, entries = found(study_of(), excess_risk=True)
    assert entries == {}
    assert run.measured("excess_risk", None, "time").value.mean > 0


def test_the_excess_risk_of_a_regression_is_its_loss() -> None:
    pytest.importorskip("sklearn")
    table = {
        "workers": {"count": 2, "compute": EXPONENTIAL},
        "optimizer": {"learning_rate": 0.05},
        "objective": {"dataset": "breast_cancer", "model": "logistic", "ridge": 0.01, "components": 2},
        "run": {"replicas": 8, "updates": 2000, "burn_in": 1000},
    }
    study = linearised(study_from_table(table, "here.toml")).cases[0].study
    run, entries = found(study, excess_risk=True)
    (risk,) = entries["excess_risk"]
    assert risk["average"] == "time"
    assert study.objective is not None
    curvature = [float(h) for h in study.objective.curvature]
    quadratic = sum(h * run.measured("stationary_variance", m, "time").value.mean / 2 for m, h in enumerate(curvature))
    assert risk["value"]["mean"] == pytest.approx(quadratic, rel=0.5)  # what it would be if curvature stayed
    assert math.isfinite(risk["value"]["standard_error"])
    assert np.isfinite(quadratic)
    with pytest.raises(StudyError, match=r"--levels"):
        found(study, levels=(0.1,))
