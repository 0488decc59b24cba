"""The bias printed beside drift, windows, SDDE and schemes, planted: caught in at least 180 of 200 runs.

As tests/verify/test_planted_biases.py, of the checks that draw samples of their own or look at mean paths. `make test`
plants each in 5 runs, of which 4 must notice it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pytest

from derive.studies.study import study_from_table
from numeric.simulation.decay import MeanPath, decay_samples, simulate_mean_path
from verify.agreement import enclosed
from verify.predicting.predictions import ModePredictions
from verify.sampling.judging import PATH_CYCLES, PATH_POINTS, START_SHARE
from verify.sampling.moment_checks import rate_checks, slope_checks
from verify.sampling.planned import PlannedCheck, initial_slopes
from verify.sampling.scheme_checks import drift_checks, walk_checks
from verify.sampling.sdde_checks import sdde_checks
from verify.sampling.simulating import system_of
from verify.sampling.window_checks import window_checks
from verify.statistics.gates import ErrorBudget
from verify.verdict import Verdict

LEVEL = ErrorBudget(checks=30).level()
PATHS = 2048
SHARES = {5: 4, 200: 180}
"""Runs, and in how many of them at least the bias must be caught."""

TABLE: dict[str, Any] = {
    "workers": {"count": 16, "compute": {"law": "exponential", "mean": 1}},
    "optimizer": {"learning_rate": "1/40"},
    "objective": {"curvature": [1]},
    "run": {"replicas": 64, "updates": 4000, "burn_in": 400},
}
LOSSY = {**TABLE, "workers": {**TABLE["workers"], "count": 4}, "scheme": {"dropout": "1/4"}}

Plan = Callable[[ModePredictions], Iterable[PlannedCheck]]


@dataclass(frozen=True)
class Kind:
    """A planner, the study it plans for, which of its checks is meant, and what is simulated if it draws nothing."""

    plan: Plan
    table: str = "plain"
    number: int = 0
    simulated: Callable[[ModePredictions], tuple[float, ...]] | None = None


def starts(mode: ModePredictions) -> tuple[float, ...]:
    """Initial slopes of the mean path."""
    return initial_slopes(path(mode, 6 * PATHS, (START_SHARE,)), 0)


def path(mode: ModePredictions, replicas: int, times: tuple[float, ...]) -> MeanPath:
    quiet = replace(system_of(mode.study), gradient_noise=(0.0,), initial=(1.0,))
    return simulate_mean_path(quiet, seed=mode.study.run.seed, replicas=replicas, times=times)


def decays(mode: ModePredictions) -> tuple[float, ...]:
    """Decay rates fitted to the mean path, over the cycles that reports watch; of fewer runs."""
    return decay_samples(path(mode, PATHS, tuple(np.linspace(0, PATH_CYCLES, PATH_POINTS + 1))), 0)


KINDS = {
    "damping coefficient": Kind(slope_checks, simulated=starts),
    "decay rate": Kind(rate_checks, simulated=decays),
    "one worker's arrivals in a window": Kind(window_checks, number=0),
    "long intervals": Kind(window_checks, number=1),
    "index of dispersion": Kind(window_checks, number=2),
    "variance of the SDDE": Kind(sdde_checks),
    "drift of a scheme": Kind(drift_checks, "lossy"),
    "random walk of a scheme": Kind(walk_checks, "lossy"),
}


@cache
def planned_mode(table: str) -> ModePredictions:
    """The mode whose theory all seeds share."""
    mode = ModePredictions(study_from_table({"plain": TABLE, "lossy": LOSSY}[table]).cases[0].study, 0)
    assert mode.mean_is_stable
    assert mode.noise_gain is not None
    assert mode.all
    return mode


def seeded(table: str, seed: int) -> ModePredictions:
    """That mode with another seed: what its samplers draw changes, what is predicted does not."""
    mode = planned_mode(table)
    anew = ModePredictions(replace(mode.study, run=replace(mode.study.run, seed=seed)), 0)
    anew.__dict__.update({name: known for name, known in mode.__dict__.items() if name not in ("study", "mode")})
    return anew


@lru_cache(maxsize=4 * 200)
def looked_at(name: str, seed: int) -> tuple[PlannedCheck, tuple[float, ...]]:
    """The check of a kind as planned for a seed, and what it sees of that seed's run."""
    kind, mode = KINDS[name], seeded(KINDS[name].table, seed)
    check = list(kind.plan(mode))[kind.number]
    if kind.simulated is not None:
        return check, kind.simulated(mode)
    assert check.sampler is not None
    return check, check.sampler()


def judged(name: str, seed: int, bias: float = 0.0) -> Verdict:
    """The verdict of one run on a prediction that is moved by a share of itself."""
    check, samples = looked_at(name, seed)
    value = enclosed(check.prediction.value) * Fraction(1 + bias)
    wrong = replace(check, wrong=None, prediction=replace(check.prediction, value=value))
    return wrong.judge("", samples, LEVEL)


def printed_bias(name: str, seed: int) -> float:
    bias = judged(name, seed).smallest_bias_noticed
    assert bias is not None
    return bias


@pytest.mark.parametrize("runs", [5, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", KINDS)
def test_the_bias_printed_is_caught_in_nine_of_ten_runs(name: str, runs: int) -> None:
    first = range(1, min(runs, 9) + 1)
    printed = sorted(printed_bias(name, seed) for seed in first)[len(first) // 2]  # of these runs the one in the middle
    for sign in (1, -1):
        caught = sum(judged(name, seed, sign * printed).outcome == "refuted" for seed in range(1, runs + 1))
        assert caught >= SHARES[runs], f"{sign * printed:+.3g} caught in {caught} of {runs} runs"
    assert not any(judged(name, seed).outcome == "refuted" for seed in range(1, runs + 1))


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_a_fifth_of_the_bias_printed_is_caught_seldom(name: str) -> None:
    # the negative control: a count that caught everything would say nothing
    printed = printed_bias(name, 1)
    assert sum(judged(name, seed, printed / 5).outcome == "refuted" for seed in range(1, 201)) < 60


def test_the_checks_are_those_that_reports_plan() -> None:
    assert {check.prediction.quantity for check in slope_checks(planned_mode("plain"))} == {"damping_coefficient"}
    assert {check.prediction.rung for check in rate_checks(planned_mode("plain"))} == {"R0"}
    assert len(list(window_checks(planned_mode("plain")))) == 3
