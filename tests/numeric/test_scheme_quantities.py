"""What event loops measure under schemes against known numbers.

Statistical checks compare replica means with exact values at |z| < 5: false-alarm rate below 3e-5 each for 32 replicas
(Student's t). Each has a control: a nearby wrong value that the same data must refuse.
"""

from __future__ import annotations

import math
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import interpreted
from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.features import Features
from numeric.event_loop.source import loop_source
from numeric.event_loop.system import System, WorkerClass
from numeric.running import jobs
from numeric.simulation.tasks import Simulation, simulate

LIMIT = 5.0
EXPONENTIAL = DrawRecipe(standard_exponential)


def _measured(workers: int, draw: DrawRecipe = EXPONENTIAL, **changes: Any) -> Simulation:
    return _run(System(workers, draw, 0.02, (1.0,), (1.0,), **changes), 2500)


def _run(system: System, updates: int) -> Simulation:
    """As Python, which compiles nothing."""
    loop = interpreted(loop_source(print_cycle(system), Features.of(system)), system)
    with patch.object(jobs, "event_loop", lambda system, looks: loop):
        return simulate(system, seed=5, replicas=32, updates=updates, burn_in=400, threads=1)


def _differs(measured: Simulation, quantity: str, exact: float) -> float:
    value = measured.measured(quantity).value
    return abs(value.mean - exact) / value.standard_error


@pytest.mark.parametrize(("threshold", "applied"), [(10, 0.4984), (25, 0.6934)])
def test_a_staleness_threshold_applies_the_known_fraction(threshold: int, applied: float) -> None:
    # Exponential cycles, M = 32: p = 1 - (31 p/(1 + 31 p))^(S + 1), to four digits.
    measured = _measured(32, staleness_threshold=threshold)
    value = measured.measured("applied_fraction").value
    assert abs(value.mean - applied) < LIMIT * value.standard_error + 5e-5
    assert _differs(measured, "applied_fraction", 1.05 * applied) > LIMIT
    assert len(measured.staleness_histogram) <= threshold + 1


@pytest.mark.parametrize(("rule", "batch"), [("k-sync", 3), ("k-async", 3), ("k-batch-sync", 3), ("synchronous", None)])
def test_the_time_per_update_of_exponential_cycles(rule: Any, batch: int | None) -> None:
    measured = _measured(8, DrawRecipe(2 * standard_exponential), rule=rule, batch=batch)
    harmonic = 2 * sum(1 / n for n in range(9 - (batch or 8), 9))  # E of the batch-th smallest of 8
    exact = 2 * 3 / 8 if rule == "k-batch-sync" else harmonic
    assert _differs(measured, "time_per_update", exact) < LIMIT
    assert _differs(measured, "time_per_update", 1.08 * exact) > LIMIT
    assert measured.measured("applied_fraction").samples == (1.0,) * 32
    staleness = 8 / 3 - 1 if rule == "k-async" else 0.0
    assert measured.measured("staleness_mean").value.mean == pytest.approx(staleness, abs=0.01)


def test_batches_without_waiting_workers_have_the_known_rate_and_staleness() -> None:
    measured = _measured(8, rule="k-batch-async", batch=3)
    assert _differs(measured, "time_per_update", 3 / 8) < LIMIT
    assert measured.measured("staleness_mean").value.mean == pytest.approx(7 / 3, abs=0.01)
    assert _differs(measured, "delay_mean", 1 + 1 / 8) < LIMIT  # a gradient waits for (3 - 1)/2 more on average
    assert _differs(measured, "delay_mean", 1.0) > LIMIT


def test_a_shared_uplink_carries_the_known_throughput_and_delay() -> None:
    measured = _measured(8, uplink_capacity=4.0)
    for quantity, exact in {"arrival_rate": 3.87832, "delay_mean": 2.06275}.items():
        assert _differs(measured, quantity, exact) < LIMIT
        assert _differs(measured, quantity, 1.08 * exact) > LIMIT
    assert measured.measured("staleness_mean").value.mean == pytest.approx(7, abs=0.02)


def test_losses_ages_and_triggers_reject_what_they_must() -> None:
    assert _differs(_measured(8, dropout=0.25), "applied_fraction", 0.75) < LIMIT
    dropped, abandoned = (_measured(8, age_threshold=1.0, age_action=action) for action in ("drop", "abandon"))
    assert _differs(dropped, "applied_fraction", 1 - np.exp(-1)) < LIMIT
    assert abandoned.measured("applied_fraction").samples == (1.0,) * 32
    # Applied rate M F(A)/E[min(T, A)]: for exponential cycles it is M.
    assert _differs(abandoned, "arrival_rate", 8.0) < LIMIT
    small = _run(System(8, EXPONENTIAL, 1e-6, (1.0,), (1.0,), event_trigger=1.0), 2000)
    assert _differs(small, "applied_fraction", math.erfc(math.sqrt(0.5))) < LIMIT
    assert _differs(small, "applied_fraction", 1.1 * math.erfc(math.sqrt(0.5))) > LIMIT


def test_momentum_without_delay_has_the_exact_variance() -> None:
    # One worker: x' = x + v', v' = b v - e (x + N), an autoregression of order two.
    b, e = 0.9, 0.05
    first, second = 1 + b - e, -b
    exact = e**2 * (1 - second) / ((1 + second) * ((1 - second) ** 2 - first**2))
    measured = _run(System(1, EXPONENTIAL, e, (1.0,), (1.0,), momentum=b), 8000)
    value = measured.measured("stationary_variance", 0, "event").value
    assert abs(value.mean - exact) < LIMIT * value.standard_error
    assert abs(value.mean - 1.3 * exact) > LIMIT * value.standard_error


def test_classes_arrive_at_the_sum_of_their_rates_with_the_delays_of_their_updates() -> None:
    fast, slow = WorkerClass(4, EXPONENTIAL), WorkerClass(2, DrawRecipe(2 * standard_exponential), EXPONENTIAL)
    measured = _measured(6, classes=(fast, slow))
    rate = 4 / 1 + 2 / 3
    for quantity, exact in {"arrival_rate": rate, "delay_mean": 6 / rate}.items():
        assert _differs(measured, quantity, exact) < LIMIT
        assert _differs(measured, quantity, 1.05 * exact) > LIMIT
    assert measured.measured("staleness_mean").value.mean == pytest.approx(5, abs=0.02)
