"""Covariances over time: one worker's by its exact exponential, consistent with the averages, refused where none is."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import System
from numeric.simulation.covariances import PathCovariances, simulate_covariances
from numeric.simulation.tasks import simulate

ALONE = System(1, DrawRecipe(standard_exponential), 0.2, (1.0, 0.5), (1.0, 1.0))
WORK = {"spacing": 0.5, "points": 4000, "burn_in": 60.0, "seed": 1, "replicas": 64}


def test_one_worker_reads_what_it_updates() -> None:
    """x_{n+1} = (1 - e) x_n - .2 N(0, 1) at Poisson times: C(t) = .04/(1 - (1 - e)^2) exp(-e t)."""
    found = simulate_covariances(ALONE, [0, 2, 10], **WORK)
    assert [(one.mode, one.lag) for one in found] == [(m, t) for m in (0, 1) for t in (0.0, 1.0, 5.0)]
    for one in found:
        e = 0.2 * ALONE.curvature[one.mode]
        exact = 0.04 / (1 - (1 - e) ** 2) * math.exp(-e * one.lag)
        late = 0.04 / (1 - (1 - e) ** 2) * math.exp(-e * (one.lag + 0.5))  # one spacing too late
        assert abs(one.value.mean - exact) < 4 * one.value.standard_error
        assert abs(one.value.mean - late) > 2 * one.value.standard_error
        assert (one.average, one.rung) == ("time", "R0")


def test_at_lag_zero_they_are_the_time_average() -> None:
    several = replace(ALONE, workers=4, learning_rate=0.1)
    (first, _) = simulate_covariances(several, [0], **WORK)
    run = simulate(several, seed=2, replicas=32, updates=20_000, burn_in=1000)
    other = run.measured("stationary_variance", 0, "time").value
    error = math.hypot(first.value.standard_error, other.standard_error)
    assert abs(first.value.mean - other.mean) < 4 * error


def test_text_changes_nothing() -> None:
    job = PathCovariances(ALONE, 1, 2, 0.5, 20, 1.0, (0, 3))
    outcome = job.runner()((0, 2))
    assert job.read(job.text(outcome)) == outcome


def test_a_diverging_path_and_numbers_out_of_range_are_refused() -> None:
    wild = System(4, DrawRecipe(sp.Integer(1)), 2.0, (1.0,), (1.0,))
    with pytest.raises(OverflowError, match="diverged"):
        simulate_covariances(wild, [0], **WORK)
    for wrong in ({"spacing": 0.0}, {"points": 0}, {"burn_in": -1.0}, {"replicas": 1}, {"lags": []}, {"lags": [-1]}):
        with pytest.raises(ValueError, match="allowed"):
            simulate_covariances(ALONE, **{"lags": [0], **WORK, **wrong})
