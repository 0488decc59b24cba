"""Stage: planned precision. Input: a task and a relative standard error. Output: a simulation with enough replicas.

The number of replicas is planned from the standard error seen so far, and stops at fixed boundaries: 1, 2, 4, 8, ...
times that of the first look. Whatever was planned on the way, the result is that of a task with so many replicas, bit
for bit; replicas that a store keeps are not run again.
"""

from __future__ import annotations

import math
from dataclasses import replace

from numeric.running.resuming import Labels, Running
from numeric.simulation.measured import Simulation
from numeric.simulation.tasks import Task, simulate_all

MOST_REPLICAS = 1_000_000
MARGIN = 1.1  # more replicas than planned: the standard error they are planned from is itself an estimate


def simulate_to_precision(
    task: Task,
    precision: float,
    first: Simulation | None = None,
    running: Running | None = None,
    labels: Labels | None = None,
) -> Simulation:
    """Simulate until every stationary variance has the relative standard error ``precision`` (kind: estimates).

    ``task.replicas`` are those of the first look, which ``first`` may be already; 0 < ``precision`` < 1. A system that
    is unstable, or has no noise, needs no more than it; nor are there more than a million replicas, even where they do
    not suffice: provenance says what was reached. Errors: ``ValueError`` for the precision, others as ``simulate_all``.

    Example: ``simulate_to_precision(Task(System(1, DrawRecipe(standard_exponential), 0.5, (1.0,), (1.0,)), 1, 4, 2000),
    0.02).provenance["replicas"] >= 4``.
    """
    if not 0 < precision < 1:
        raise ValueError(f"precision = {precision}; allowed: a number in (0, 1)")
    run = first
    while run is None or (not run.unstable and relative_error(run) > precision and task.replicas < MOST_REPLICAS):
        if run is not None:
            task = replace(task, replicas=next_boundary(task.replicas, relative_error(run) / precision))
        (run,) = simulate_all([task], running, [labels] if labels else [])
    reached = None if run.unstable else relative_error(run)
    return replace(run, provenance={**run.provenance, "precision": precision, "precision_reached": reached})


def relative_error(run: Simulation) -> float:
    """The largest standard error of a stationary variance over its mean; 0 where there is no noise.

    Example: ``relative_error(simulate_all([Task(System(1, DrawRecipe(sp.Integer(1)), 0.5, (1.0,), (0.0,)), 1, 2,
    100)])[0]) == 0``.
    """
    values = [entry.value for entry in run.quantities if entry.quantity == "stationary_variance"]
    return max((value.standard_error / value.mean for value in values if value.mean > 0), default=0.0)


def next_boundary(replicas: int, excess: float) -> int:
    """The first of 2, 4, 8, ... times ``replicas`` that suffices where the error is ``excess`` > 1 times too large.

    Example: ``next_boundary(64, 2.0) == 512``.
    """
    doublings = max(1, math.ceil(math.log2(MARGIN * excess**2)))
    return min(MOST_REPLICAS, replicas << doublings)
