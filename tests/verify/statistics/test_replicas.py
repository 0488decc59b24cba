"""Replicas that share a random stream are found to the last bit; independent ones, and ones without noise, are not."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest

from derive.laws import Constant, Exponential
from derive.studies.study import study_from_table
from numeric.event_loop.compiled import System, generator
from numeric.running import jobs
from numeric.simulation.tasks import Simulation, simulate
from verify.sampling.judging import judge_case, plan_case
from verify.statistics.replicas import RepeatedReplicaError, refuse_repeats, repeated_replicas


def shared(seed: int, replica: int) -> np.random.Generator:
    """Replica 3 draws from the stream of replica 1."""
    return generator(seed, 1 if replica == 3 else replica)


def run(system: System) -> Simulation:
    return simulate(system, seed=1, replicas=6, updates=2000, burn_in=100)


NOISY = System(3, Exponential(1).draw, 0.1, (1.0, 2.0), (1.0, 0.5))


def test_independent_replicas_are_let_through() -> None:
    refuse_repeats(run(NOISY))


def test_a_shared_stream_is_named() -> None:
    with mock.patch.object(jobs, "generator", shared):
        seen = run(NOISY)
    assert repeated_replicas(seen) == ((1, 3),)
    with pytest.raises(RepeatedReplicaError, match="replicas 1 and 3 agree to the last bit"):
        refuse_repeats(seen)


def test_without_noise_replicas_may_be_alike() -> None:
    assert not repeated_replicas(run(System(3, Constant(1).draw, 0.1, (1.0,), (0.0,), "together")))


def test_the_judge_refuses_a_case_of_repeated_replicas() -> None:
    table = {
        "workers": {"count": 3, "compute": {"law": "exponential", "mean": 1}},
        "optimizer": {"learning_rate": "1/10"},
        "objective": {"curvature": [1]},
        "run": {"replicas": 16, "updates": 2000, "burn_in": 100},
    }
    (case,) = study_from_table(table, "drawn.toml").cases
    with mock.patch.object(jobs, "generator", shared), pytest.raises(RepeatedReplicaError):
        judge_case(plan_case(case), 1e-3, path_replicas=64)
