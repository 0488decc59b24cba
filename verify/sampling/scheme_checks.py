"""Stage: statistical checks of a case. Input: predictions of a mode. Output: checks of what a scheme applies.

Two experiments with the scheme in force, in the event loop: steps so small that x stays where it is show the damping
as a drift, and x without curvature shows the noise intensity as a random walk. Planning draws no sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.event_loop.compiled import System
from numeric.simulation.decay import simulate_mean_path
from numeric.simulation.shots import noise_increments
from verify.predicting.orders import declared
from verify.predicting.predictions import ModePredictions, Prediction
from verify.sampling.moment_checks import FEWEST_WORKERS, arrival_checks, rate_checks, variance_checks
from verify.sampling.planned import ROUNDING, PlannedCheck
from verify.sampling.simulating import system_of

STILL = 1e-4  # eta h M of the drift's system: the share of x that a cycle moves
BURN_IN, DRIFT = 20, 200  # in cycles
REPLICAS = 512
NEAR_OPTIMUM = 0.1  # h x over the s.d. of the gradient noise, at which an event trigger's gain is seen
SLOPE_RESOLUTION = 6e-3
"""Relative bias of the drift at that distance: u^2 kappa^3 phi(kappa)/(3 G), at most .55 % up to kappa = 2."""
FLAT_RESOLUTION = 1e-3  # relative bias of the drift of a system without trigger: about ``STILL``, and edges
WINDOW, WINDOWS = 0.125, 16_000  # of a mean cycle

_FILTERED = ("filter.damping-coefficient.any-law", "threshold.noise-intensity.any-law")
_LIMITS = (*_FILTERED, "discount.noise-intensity.any-law")


def drift_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The damping coefficient of a scheme as the drift of x in its stationary state."""
    found = _own(mode, "damping_coefficient")
    if found is None or mode.model.values[y.curvature] == 0:
        return []
    triggered = "event_trigger" in mode.model.scheme.active
    if triggered and not mode.model.values[y.gradient_noise] > 0:
        return []
    system, seed = system_of(mode.study), mode.study.run.seed
    sampler = partial(drift_samples, system, mode.mode, _cycle(mode), seed)
    resolution = SLOPE_RESOLUTION if triggered else FLAT_RESOLUTION
    return _planned(mode, found, "relative drift of x per second, steps so small that x stays", sampler, resolution)


def walk_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The noise intensity of a scheme as the mean squared increment of x per second, where no curvature moves x."""
    found = _own(mode, "noise_intensity")
    if found is None or not mode.model.values[y.gradient_noise] > 0 or y.momentum in mode.model.values:
        return []
    cycle, system = _cycle(mode), system_of(mode.study)
    sampler = partial(
        noise_increments,
        system,
        mode.study.run.seed,
        WINDOW * float(mode.model.law.mean),
        WINDOWS,
        mode=mode.mode,
        after=BURN_IN * cycle,
    )
    words = "mean squared increment of x per second at curvature 0, the scheme in force"
    return _planned(mode, found, words, sampler, ROUNDING)


def _own(mode: ModePredictions, quantity: str) -> Prediction | None:
    """The prediction of a claim about this scheme, not one about plain workers."""
    return None if mode.is_plain else mode.find(quantity, "R1")


def _cycle(mode: ModePredictions) -> float:
    """A time in which workers and their queue forget how they began: the mean computation, and M transmissions."""
    queue = mode.model.scheme.workers / mode.model.values[y.capacity] if y.capacity in mode.model.values else 0
    return float(mode.model.law.mean + queue)


def _planned(
    mode: ModePredictions, found: Prediction, words: str, sampler: Callable[[], tuple[float, ...]], resolution: float
) -> list[PlannedCheck]:
    """Exact where the scheme's rates are; of a staleness filter, whose staleness is Poisson on R1, a limit."""
    prediction = replace(found, quantity="sampled")
    workers = int(mode.model.scheme.workers)
    geometric = "staleness_discount" in mode.model.scheme.active and mode.model.law.name == "exponential"
    if found.claim not in _LIMITS or geometric:  # the staleness of exponential cycles is geometric on R0, too
        return [PlannedCheck(prediction, mode.mode, resolution=resolution, sampler=sampler, words=words)]
    if workers < FEWEST_WORKERS:
        return []
    order = declared(mode, CLAIMS[found.claim].rung)
    return [] if order is None else [PlannedCheck(prediction, mode.mode, "", *order, sampler=sampler, words=words)]


def drift_samples(system: System, mode: int, cycle: float, seed: int) -> tuple[float, ...]:
    """-d ln x/dt per second over ``DRIFT`` cycles of a system that hardly moves, times the factor it was slowed by.

    Without trigger the noise is left out. A trigger needs it: there x begins at both sides of the optimum with the same
    noise, half the difference of which is the drift. One value per batch of replicas (rung R0, kind: samples).
    """
    curvature = system.curvature[mode]
    slowed = STILL / (system.learning_rate * abs(curvature) * system.workers)
    triggered, modes = system.event_trigger > 0, len(system.curvature)
    away = NEAR_OPTIMUM * system.gradient_noise[mode] / abs(curvature) if triggered else 1.0
    noise = system.gradient_noise if triggered else (0.0,) * modes
    paths = []
    for side in (1, -1) if triggered else (1,):
        start = tuple(side * away if k == mode else 0.0 for k in range(modes))
        still = replace(system, learning_rate=slowed * system.learning_rate, gradient_noise=noise, initial=start)
        times = [BURN_IN * cycle, (BURN_IN + DRIFT) * cycle]
        paths.append(side * simulate_mean_path(still, seed=seed, replicas=REPLICAS, times=times).batches[:, mode])
    x = np.mean(paths, axis=0)
    return tuple((-np.log(x[:, 1] / x[:, 0]) / (DRIFT * cycle) / slowed).tolist())


ROWS: tuple[
    tuple[Callable[[ModePredictions], list[PlannedCheck]], tuple[str, ...]], ...
] = (  # of verify/ledger/evidence.py
    (
        arrival_checks,
        (
            "threshold.applied-fraction.any-law",
            "threshold.applied-fraction.exponential",
            "threshold.transform.gamma",
            "finite-workers.applied-fraction-with-threshold.exponential",
            "age-threshold.applied-fraction.age-drop",
            "age-threshold.arrival-rate.age-drop",
            "age-threshold.arrival-rate.age-abandon",
            "age-threshold.delay.age-drop",
            "age-threshold.delay.age-abandon",
            "age-threshold.staleness-mean.age-drop",
            "age-threshold.staleness-mean.age-abandon",
            "dropout.arrival-rate.any-law",
            "dropout.staleness-mean.any-law",
            "dropout.delay.any-law",
            "trigger.applied-fraction.event-trigger",
            "batch.transform.k-batch-async",
            "batch.staleness-mean.k-batch-async",
            "uplink.arrival-rate.shared-uplink",
            "uplink.transform.shared-uplink",
            "uplink.delay-mean.shared-uplink",
            "uplink.staleness-mean.shared-uplink",
            "run-time.time-per-update.k-batch-async",
            "k-sync.time-per-update.exponential",
            "synchronous.time-per-update.exponential",
            "k-batch-sync.time-per-update.exponential",
            "k-async.time-per-update.exponential",
            "k-async.staleness-mean.any-law",
        ),
    ),
    (
        drift_checks,
        (
            "filter.damping-coefficient.any-law",
            "age-threshold.damping-coefficient.age-drop",
            "age-threshold.damping-coefficient.age-abandon",
            "dropout.damping-coefficient.any-law",
            "trigger.damping-coefficient.event-trigger",
            "batch.damping-coefficient.k-batch-async",
            "uplink.damping-coefficient.shared-uplink",
        ),
    ),
    (
        walk_checks,
        (
            "threshold.noise-intensity.any-law",
            "discount.noise-intensity.any-law",
            "age-threshold.noise-intensity.age-drop",
            "age-threshold.noise-intensity.age-abandon",
            "dropout.noise-intensity.any-law",
            "trigger.noise-intensity.event-trigger",
            "batch.noise-intensity.k-batch-async",
            "uplink.noise-intensity.shared-uplink",
        ),
    ),
    (
        variance_checks,
        (
            "momentum.stationary-variance.any-law",
            "synchronous.stationary-variance.any-law",
            "k-async.stationary-variance.exponential",
            "finite-workers.second-moment-with-momentum.exponential",
            "finite-workers.second-moment-with-dropout.exponential",
            "finite-workers.second-moment-with-threshold.exponential",
        ),
    ),
    (
        rate_checks,
        (
            "filter.characteristic-function.any-law",
            "batch.characteristic-function.k-batch-async",
            "momentum.characteristic-function.any-law",
        ),
    ),
)
