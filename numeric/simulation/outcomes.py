"""Stage: outcomes. Input: the replicas of a job. Output: everything that was asked for, as one simulation's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from numeric.event_loop.compiled import Replica
from numeric.running.jobs import StationaryRuns
from numeric.simulation.measured import Binned, Measured, Simulation, measured, provenance, quantities_of


def measured_simulation(
    job: StationaryRuns, runs: list[Replica], diverged_at: tuple[float, ...], speed: float
) -> Simulation:
    """What ``runs`` of ``job`` come to; where replicas diverged, what does not depend on x.

    ``speed`` in updates per second is no part of the result. Raises ``OverflowError`` for a clock that stands still and
    for delays outside 1e-100 to 1e100 s.
    """
    quantities = quantities_of(runs, diverged=bool(diverged_at))
    if not diverged_at:
        risks = () if job.system.objective else excess_risks(runs, job.system.curvature)
        quantities += (*risks, *covariances(runs, job.looks.lags))
    made = provenance(job.seed, job.replicas, {"updates": job.updates, "burn_in": job.burn_in})
    counts, width = [run.delay_counts for run in runs if run.delay_counts is not None], job.looks.delay_bin
    delays = None if width is None else Binned(width, tuple(np.sum(counts, axis=0).tolist()))
    sent = (max(1, run.updates - run.rejected.suppressed) for run in runs)
    lost = tuple(run.rejected.lost / each for run, each in zip(runs, sent, strict=True))
    return Simulation(quantities, _pooled(runs), diverged_at, speed, made, delays, lost)


def excess_risks(runs: list[Replica], curvature: Sequence[float]) -> tuple[Measured, ...]:
    """The mean of sum_i h_i x_i^2/2 just after updates and over time, in units of the objective."""
    half = np.array(curvature) / 2
    events = [float(half @ run.event_sums[1]) / run.made for run in runs]
    times = [float(half @ run.time_sums[1]) / run.duration for run in runs]
    return (measured("excess_risk", events, None, "event"), measured("excess_risk", times, None, "time"))


def covariances(runs: list[Replica], lags: Sequence[int]) -> tuple[Measured, ...]:
    """The mean of x x_before just after updates, x_before as it was ``lag`` updates earlier, per lag and mode."""
    found = []
    sums = [(run.products, run.made) for run in runs if run.products is not None]
    for k, lag in enumerate(lags):
        for mode in range(len(runs[0].event_sums[0])):
            samples = [float(products[mode, k]) / made for products, made in sums]
            found.append(replace(measured("stationary_covariance", samples, mode, "event"), lag=lag))
    return tuple(found)


def _pooled(runs: list[Replica]) -> tuple[int, ...]:
    pooled = np.zeros(max(len(run.staleness_histogram) for run in runs), np.int64)
    for run in runs:
        pooled[: len(run.staleness_histogram)] += run.staleness_histogram
    return tuple(pooled.tolist())
