"""First passages by hand, from the reference's events, in distribution, and refused where they mean nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.compiled import System, generator
from numeric.event_loop.objectives import DenseQuadratic, Table
from numeric.event_loop.reference import simulate_events
from numeric.running.engines import Threads
from numeric.running.resuming import Running
from numeric.simulation.passages import Passages, simulate_first_passage

EXPONENTIAL = DrawRecipe(standard_exponential)
NOISY = System(4, EXPONENTIAL, 0.05, (1.0, 0.5), (1.0, 1.0), initial=(3.0, -2.0))
WORK = {"seed": 3, "replicas": 8, "updates": 3000}


def test_two_halvings_by_hand() -> None:
    """x = 8, 4, 2, 1 at 0, 1, 2, 3 s; the excess risk x^2/2 is 32, 8, 2, 1/2."""
    one = System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (0.0,), "together", (8.0,))
    found = simulate_first_passage(one, [40.0, 8.0, 7.9, 0.5, 1e-9], seed=1, replicas=2, updates=9)
    assert found.times[0].tolist() == [0.0, 1.0, 2.0, 3.0, math.inf]
    assert found.reached(3) == 1
    assert found.reached(4) == 0
    assert found.time(2).mean == 2
    with pytest.raises(ValueError, match="reached by 0%"):
        found.time(4)


@pytest.mark.parametrize("changes", [{}, {"rule": "k-batch-async", "batch": 2, "momentum": 0.5}], ids=str)
def test_they_are_those_of_the_reference(changes) -> None:
    system, levels = replace(NOISY, **changes), [2.0, 0.3, 0.05, 1e-9]
    found = simulate_first_passage(system, levels, **WORK)
    for replica in range(2):
        events = simulate_events(system, generator(3, replica), 3000)
        risks = [(event.time, event.x[0] ** 2 / 2 + event.x[1] ** 2 / 4) for event in events]
        expected = [next((time for time, risk in risks if risk <= level), math.inf) for level in levels]
        assert found.times[replica].tolist() == expected


def test_the_risk_of_a_dense_quadratic_is_its_own() -> None:
    hessian = Table.of([[1.0, 0.0], [0.0, 0.5]])
    dense = System(
        4, EXPONENTIAL, 0.05, (), (), initial=(3.0, -2.0), objective=DenseQuadratic(hessian, Table.of(np.eye(2)))
    )
    assert (
        simulate_first_passage(dense, [2.0], **WORK).times.tolist()
        == simulate_first_passage(NOISY, [2.0], **WORK).times.tolist()
    )


def test_threads_and_text_change_nothing() -> None:
    one, two = (simulate_first_passage(NOISY, [0.1], **WORK, running=Running(Threads(k))) for k in (1, 2))
    assert one.times.tolist() == two.times.tolist()
    job = Passages(NOISY, 3, 4, 50, (0.3, 1e-9), "distance")
    outcome = job.runner()((0, 4))
    assert job.read(job.text(outcome)) == outcome


def test_a_diverging_path_does_not_come_down() -> None:
    wild = System(8, DrawRecipe(sp.Integer(1)), 3.0, (1.0,), (1.0,), initial=(10.0,))
    found = simulate_first_passage(wild, [1e-3], seed=1, replicas=4, updates=20_000, of="distance")
    assert found.reached(0) < 1


def test_levels_and_counts_out_of_range_are_refused() -> None:
    for wrong in ({"levels": [0.0]}, {"levels": []}, {"replicas": 1}, {"updates": 0}):
        with pytest.raises(ValueError, match="allowed"):
            simulate_first_passage(NOISY, **{"levels": [1.0], **WORK, **wrong})
