"""Compute times that depend on each other: their law stays, and their correlations are the declared ones."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray
from scipy import stats

from derive.draws import DrawRecipe, standard_exponential, standard_gamma
from numeric.event_loop.compiled import EventLoop, System, event_loop, generator, interpreted, printed_loop
from numeric.event_loop.system import Correlation, WorkerClass

Array = NDArray[np.float64]
WORKERS, UPDATES, REPLICAS = 8, 60_000, 12
GAMMA = DrawRecipe(standard_gamma(sp.Rational(5, 2)))  # drawn by rejection: no quantile is at hand
LAW = stats.gamma(2.5)


def _system(correlation: Correlation | None, rule: str = "asynchronous", start: str = "together") -> System:
    return System(WORKERS, GAMMA, 0.01, (1.0,), (0.0,), start, rule=rule, correlation=correlation)  # type: ignore[arg-type]


def compute_times(system: System, replica: int) -> list[Array]:
    """The compute times of every worker in their order, from the times of its arrivals; all begin at 0."""
    events, _ = event_loop(system, "events").events(generator(5, replica), UPDATES)
    if system.rule == "synchronous":
        rounds = events.time.reshape(-1, WORKERS)
        ends = rounds[np.arange(len(rounds))[:, None], np.argsort(events.worker.reshape(-1, WORKERS), axis=1)]
        return list((ends - np.concatenate(([0.0], rounds[:-1, -1]))[:, None]).T)
    return [np.diff(events.time[events.worker == i], prepend=0.0) for i in range(WORKERS)]


def autocorrelation(times: list[Array], lag: int) -> float:
    """Over all workers, about the law's own mean and variance."""
    products = [(one[lag:] - LAW.mean()) * (one[:-lag] - LAW.mean()) for one in times]
    return float(np.concatenate(products).mean() / LAW.var())


def across(times: list[Array]) -> float:
    """The mean correlation of two workers' compute times with the same number."""
    least = min(map(len, times))
    centred = np.array([one[:least] - LAW.mean() for one in times])
    pairs = centred.sum(axis=0) ** 2 - (centred**2).sum(axis=0)
    return float(pairs.mean() / LAW.var() / (WORKERS * (WORKERS - 1)))


def _score(values: list[float], declared: float) -> float:
    """The distance from what was declared, in standard errors over replicas."""
    return abs(float(np.mean(values)) - declared) / (float(np.std(values, ddof=1)) / math.sqrt(len(values)))


def test_the_autocorrelation_is_the_declared_one_at_every_lag() -> None:
    system = _system(Correlation(cycles=0.7), start="stationary")  # a first cycle is met on its way, and longer
    times = [[one[40:] for one in compute_times(system, k)] for k in range(REPLICAS)]
    for lag in (1, 2, 5):
        found = [autocorrelation(replica, lag) for replica in times]
        assert _score(found, 0.7**lag) < 4
        assert _score(found, 0.75**lag) > 6  # the control
        assert _score(found, 0.0) > 6
    assert _score([across(replica) for replica in times], 0.0) < 4


def test_workers_of_a_round_have_the_declared_correlation_in_common() -> None:
    times = [compute_times(_system(Correlation(common=0.3), "synchronous"), k) for k in range(REPLICAS)]
    found = [across(replica) for replica in times]
    assert _score(found, 0.3) < 4
    assert _score(found, 0.33) > 6  # the control
    assert _score([autocorrelation(replica, 1) for replica in times], 0.0) < 4


def test_repeated_times_are_as_much_in_common_as_their_ages_allow() -> None:
    # Two are equal if both were drawn anew in one round, of which (1 - a)/(1 + a) pairs are left.
    times = [compute_times(_system(Correlation(0.5, 0.6), "synchronous"), k) for k in range(REPLICAS)]
    assert _score([across(replica) for replica in times], 0.6 / 3) < 4
    assert _score([autocorrelation(replica, 1) for replica in times], 0.5) < 4


@pytest.mark.parametrize(
    ("rule", "cycles"), [pytest.param("asynchronous", 0.6, marks=pytest.mark.slow), ("synchronous", 0.6)]
)
def test_the_law_of_a_compute_time_stays_exact(rule: str, cycles: float) -> None:
    """Shares below quantiles and the mean, between replicas; one that is 3% longer would be noticed."""
    times = [np.concatenate(compute_times(_system(Correlation(cycles, 0.3), rule), k)) for k in range(REPLICAS)]
    for level in (0.1, 0.5, 0.9):
        assert _score([float((one <= LAW.ppf(level)).mean()) for one in times], level) < 4
    means = [float(one.mean()) for one in times]
    assert _score(means, LAW.mean()) < 4
    assert _score([1.03 * mean for mean in means], LAW.mean()) > 6  # the control


def test_a_stationary_start_is_stationary() -> None:
    """Gradients arrive in the first second at the rate of all; begun together they come too late."""
    system = _system(Correlation(cycles=0.8), start="stationary")
    loop = event_loop(system, "events")
    assert _score([_early(loop, k) for k in range(4000)], WORKERS / LAW.mean()) < 4
    together = replace(system, start="together")
    late = interpreted(printed_loop(together, "events"), together)
    assert _score([_early(late, k) for k in range(200)], WORKERS / LAW.mean()) > 6  # the control


def _early(loop: EventLoop, replica: int) -> float:
    """Gradients that arrive in the first second."""
    times = loop.events(generator(9, replica), 100)[0].time
    return float((times <= 1.0).sum())


def test_a_class_has_rounds_of_its_own() -> None:
    exponential = DrawRecipe(standard_exponential)
    classes = (WorkerClass(3, exponential), WorkerClass(2, GAMMA, exponential))
    system = System(5, exponential, 0.1, (1.0,), (1.0,), classes=classes, correlation=Correlation(0.5, 0.25))
    source = printed_loop(system, "averages")
    assert "shared[1, 2] == p" in source
    assert "shared = np.zeros((2, 3))" in source


def test_a_system_without_correlation_has_no_trace_of_it() -> None:
    assert "kept" not in printed_loop(_system(None), "averages")
    alone = printed_loop(_system(Correlation(cycles=0.5)), "averages")
    assert "kept" in alone
    assert "together" not in alone


@pytest.mark.parametrize("changes", [{"cycles": 1.0}, {"cycles": -0.1}, {"common": 1.0}, {"common": math.nan}])
def test_impossible_correlations_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"allowed: number in \[0, 1\)"):
        Correlation(**changes)
