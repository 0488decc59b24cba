"""Stage: checks of a regression. Input: predictions at its optimum. Output: checks, tolerances declared beforehand.

The linear theory is off where noise and curvature change over the spread of the parameter. By how much is computed from
the data and the theory's own variances (verify/predicting/linearised.py); no sample is seen before a tolerance stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import sympy as sp

from derive.studies.records import Study
from numeric.enclosure import Enclosure
from numeric.running.jobs import BATCHES
from numeric.simulation.decay import MeanPath
from numeric.simulation.response import simulate_excess_risk, simulate_response
from verify.agreement import enclosed
from verify.predicting.claimed_numbers import Predicted
from verify.predicting.linearised import SILENT, LinearityError, regression_of
from verify.predicting.orders import SAYS_NOTHING
from verify.predicting.prediction import Prediction
from verify.predicting.predictions import ModePredictions
from verify.predicting.regression_case import RegressionCase
from verify.sampling.moment_checks import arrival_checks
from verify.sampling.planned import PlannedCheck, initial_slopes
from verify.sampling.simulating import system_of
from verify.statistics.trials import Wrong

ROOM = 2.5  # what is declared for each part of error that the linear theory is reckoned to have
SIGMAS = 12.0  # reckoned standard errors that are declared beside it: intervals that hold for any law are that wide
RATE_RESOLUTION = 0.1  # of a rate of decay read off responses, beside the change of the curvature
SLOPE_TOLERANCE = 0.2  # of the slope at the start
FASTEST = 0.125  # decay rates per cycle that are read off: faster ones may oscillate, and are soon lost in the noise
PATH_CYCLES, PATH_ROWS = 32.0, 2**17  # replicas times the rows of a batch: small batches are noisy
START_SHARE = 0.2  # of a cycle, over which the slope at the start is read off
FEWEST_PATHS, FEWEST_STARTS = 2**12, 2**16
STARTS_A_BATCH = 2**10  # between which the slope's error is measured: more of them leave a narrower interval
SETTLED = 0.25  # of the path, after which the fast exponentials have gone
RISK_POINTS = 64


def regression_checks(case: RegressionCase) -> tuple[PlannedCheck, ...]:
    """Arrivals as ever; per mode variance, damping, rate of decay; the excess loss: what can be told apart at all."""
    checks = [*arrival_checks(case.modes[0])]
    if not case.is_linear:
        return tuple(checks)
    for mode in case.modes:
        if mode.mean_is_stable:
            checks += [*_variance(case, mode), *_damping(case, mode), *_decay(case, mode)]
    if all(mode.mean_is_stable for mode in case.modes):
        checks += _excess_risk(case)
    return tuple(checks)


def _declared(tolerance: float, why: str) -> tuple[float, str]:
    return tolerance, f"{why}; tolerance {tolerance:.2g} declared beforehand"


def _variance(case: RegressionCase, mode: ModePredictions) -> list[PlannedCheck]:
    claim, error, value = case.variance_claim, case.errors[mode.mode], case.variance(mode)
    if value is None:
        return []
    tolerance = ROOM * error.total + SIGMAS * case.reckoned_error(float(case.curvature[mode.mode]))
    if tolerance >= SAYS_NOTHING:
        return []
    prediction = Prediction(claim.id, "stationary_variance", claim.rung, claim.average, value)
    wrong = _noise_at_zero(value, case.noise_growth_at_zero[mode.mode])
    return [PlannedCheck(prediction, mode.mode, "time", *_declared(tolerance, error.words), wrong=wrong)]


def _noise_at_zero(value: Predicted, growth: float) -> Wrong:
    return "gradient noise of w = 0", enclosed(value) * Enclosure.of(sp.Rational(growth))


def _damping(case: RegressionCase, mode: ModePredictions) -> list[PlannedCheck]:
    found, error = mode.find("damping_coefficient", "R1"), case.errors[mode.mode]
    if found is None or not mode.is_plain:
        return []
    replicas, why = _starts(case), "few arrivals of few rows are seen so soon"
    cycle = float(mode.model.law.mean)
    sampler = partial(_read, initial_slopes, _response, case.study, mode.mode, cycle * START_SHARE, replicas)
    tolerance = _slope_tolerance(error)
    words = "a small displacement of the mode begins to decay at the rate of the damping coefficient"
    return [PlannedCheck(found, mode.mode, "", *_declared(tolerance, why), sampler=sampler, words=words)]


def _slope_tolerance(error: LinearityError) -> float:
    return SLOPE_TOLERANCE + ROOM * abs(error.curvature)


def _starts(case: RegressionCase) -> int:
    """How many starts leave every judged slope a reckoned standard error of its tolerance over ``SIGMAS``.

    Arrivals before the slope is read off are a compound Poisson count: the variance of one row's Hessian times the
    displacement, over the rows of a batch, and its mean squared, each over the mean number of them.
    """
    assert case.study.workers is not None
    problem, found = regression_of(case.study)
    everywhere = np.ones(problem.modes)
    variance = problem.response_variance(0 * everywhere, everywhere) / case.batch + found.curvature**2
    tolerance = np.array([_slope_tolerance(error) for error in case.errors])
    wanted = variance * (SIGMAS / (tolerance * found.curvature)) ** 2 / (START_SHARE * case.study.workers.count)
    largest = max(wanted[mode.mode] for mode in case.modes)
    return FEWEST_STARTS * max(1, math.ceil(largest / FEWEST_STARTS))


def _decay(case: RegressionCase, mode: ModePredictions) -> list[PlannedCheck]:
    limit, error, cycle = mode.find("decay_rate", "R0", "R3"), case.errors[mode.mode], float(mode.model.law.mean)
    if limit is None or float(limit.value) * cycle > FASTEST:
        return []
    tolerance = RATE_RESOLUTION + ROOM * abs(error.curvature)
    words = "a small displacement of the mode decays at the predicted rate, under gradients over rows drawn at random"
    replicas = max(FEWEST_PATHS, PATH_ROWS // case.batch)
    why = f"the curvature changes by {100 * error.curvature:.2g} % over the predicted spread"
    sampler = partial(_read, _late_rates, _response, case.study, mode.mode, cycle * PATH_CYCLES, replicas)
    return [PlannedCheck(limit, mode.mode, "", *_declared(tolerance, why), sampler=sampler, words=words)]


def _read(
    look: Callable[[MeanPath, int], tuple[float, ...]],
    simulated: Callable[[Study, float, int], MeanPath],
    study: Study,
    mode: int,
    *amount: Any,
) -> tuple[float, ...]:
    return look(simulated(study, *amount), mode)


@cache
def _response(study: Study, horizon: float, replicas: int) -> MeanPath:
    times, batches = horizon * np.array([SETTLED, 1.0]), max(BATCHES, replicas // STARTS_A_BATCH)
    return simulate_response(system_of(study), seed=study.run.seed, replicas=replicas, times=times, batches=batches)


def _late_rates(path: MeanPath, mode: int) -> tuple[float, ...]:
    """The slope of the logarithm between the two times: the jackknife's pseudo-values, one a batch."""
    count, whole = len(path.batches), path.mean[mode]
    left_out = (count * whole - path.batches[:, mode]) / (count - 1)
    values = np.concatenate([whole[None, :], left_out])
    slope = -np.log(values[:, 1] / values[:, 0]) / (path.times[1] - path.times[0])
    return tuple(map(float, count * slope[0] - (count - 1) * slope[1:]))


def _excess_risk(case: RegressionCase) -> list[PlannedCheck]:
    _, found = regression_of(case.study)
    shares = np.diag(found.noise) / np.diag(found.noise).sum()  # h V/2 of a mode is near eta sigma^2/4
    totals = np.array([error.total for error in case.errors])
    heard = shares > SILENT
    error = float((shares[heard] * totals[heard]).sum())
    noise = float(np.sqrt((shares**2 * [case.reckoned_error(float(h)) ** 2 for h in case.curvature]).sum()))
    tolerance = ROOM * error + SIGMAS * noise * 2
    if tolerance >= SAYS_NOTHING or case.excess_risk is None:
        return []
    claim = case.variance_claim
    prediction = Prediction(claim.id, "excess_risk", claim.rung, "time", case.excess_risk)
    growth = float((shares[heard] * np.array(case.noise_growth_at_zero)[heard]).sum())
    why = f"noise, curvature and drift change by {100 * error:.2g} % over the predicted spread, weighted by their share"
    return [
        PlannedCheck(
            prediction, None, "time", *_declared(tolerance, why),
            wrong=_noise_at_zero(case.excess_risk, growth),
            sampler=lambda: excess_risk_samples(case.study),
            words="the mean loss above that of the optimum is the sum of h V/2",
        )
    ]  # fmt: skip


@cache
def excess_risk_samples(study: Study) -> tuple[float, ...]:
    """Mean loss above the optimum's, one value a replica, read at times after the burn-in over a quarter of a run."""
    system, run = system_of(study), study.run
    assert study.workers is not None
    interval = float(study.workers.cycle_law.mean) / system.workers
    begin = run.updates // 2 if run.burn_in is None else run.burn_in
    times = interval * np.linspace(begin, begin + (run.updates - begin) / 4, RISK_POINTS)
    return simulate_excess_risk(system, seed=run.seed, replicas=run.replicas, times=times)
