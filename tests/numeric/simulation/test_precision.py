"""Planned precision: reached, at fixed boundaries, with the bits of a task of that size, and given up where it must."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import System
from numeric.running.resuming import Running
from numeric.running.store import Store
from numeric.simulation import precision
from numeric.simulation.precision import next_boundary, relative_error, simulate_to_precision
from numeric.simulation.tasks import Task, simulate_all

TASK = Task(System(4, DrawRecipe(standard_exponential), 0.1, (1.0, 0.5), (1.0, 1.0)), 1, 16, 2000, 200)


def test_a_wanted_precision_is_reached_at_a_boundary_and_not_before() -> None:
    run = simulate_to_precision(TASK, 0.015)
    replicas = run.provenance["replicas"]
    assert replicas in [16 * 2**k for k in range(1, 9)]
    assert run.provenance["precision_reached"] == relative_error(run) <= 0.015
    (alone,) = simulate_all([replace(TASK, replicas=replicas)])
    assert run.quantities == alone.quantities
    (half,) = simulate_all([replace(TASK, replicas=replicas // 4)])
    assert relative_error(half) > 0.015


def test_a_first_look_that_suffices_is_the_result() -> None:
    (look,) = simulate_all([TASK])
    run = simulate_to_precision(TASK, 0.5, look)
    assert run.quantities == look.quantities
    assert run.provenance["replicas"] == 16


def test_replicas_that_are_kept_are_not_run_again(tmp_path) -> None:
    running = Running(store=Store(tmp_path / "runs.sqlite"))
    first = simulate_to_precision(TASK, 0.015, running=running)
    again = simulate_to_precision(TASK, 0.015, running=running)
    assert again == first
    assert again.updates_per_second == 0


def test_without_noise_or_stability_no_more_are_run() -> None:
    one = replace(TASK.system, curvature=(1.0,), gradient_noise=(1.0,), initial=(0.0,))
    for system in (replace(one, gradient_noise=(0.0,)), replace(one, learning_rate=9.0)):
        assert simulate_to_precision(replace(TASK, system=system), 1e-6).provenance["replicas"] == 16


def test_what_cannot_be_reached_is_given_up_and_said(monkeypatch) -> None:
    monkeypatch.setattr(precision, "MOST_REPLICAS", 64)
    run = simulate_to_precision(TASK, 1e-9)
    assert run.provenance["replicas"] == 64
    assert run.provenance["precision_reached"] > 1e-9


def test_boundaries_are_doublings() -> None:
    assert [next_boundary(10, excess) for excess in (1.001, 1.5, 3.0, 1e9)] == [20, 40, 160, 1_000_000]
    with pytest.raises(ValueError, match="precision = 1"):
        simulate_to_precision(TASK, 1.0)
