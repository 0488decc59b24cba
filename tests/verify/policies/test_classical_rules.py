"""The classical rules against the best: near where the record says near, far where it says far."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from derive.laws import Constant, Exponential, Gamma, Pareto
from derive.models.update_times import time_per_update
from derive.policy import POLICIES
from derive.scheme import Scheme
from derive.schemes import Asynchronous, KBatchAsync, KBatchSync, Synchronous
from derive.studies.records import Study, Workers
from derive.studies.study import load_study
from numeric.simulation.decay import simulate_mean_path
from verify.policies.goals import DecayRate
from verify.sampling.simulating import system_of

ROOT = Path(__file__).parents[3]


def study(scheme: Scheme, law: Constant | Exponential | Gamma, step: str) -> Study:
    """Workers of one noiseless mode h = 1 with eta h = ``step``, all starting at 1."""
    textbook = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[1].study
    alike = replace(textbook.with_workers(Workers.alike(int(scheme.workers), law)), scheme=scheme)
    assert alike.optimizer is not None
    assert alike.objective is not None
    objective = replace(alike.objective, curvature=(sp.S.One,), gradient_noise=(sp.S.Zero,))
    optimizer = replace(alike.optimizer, learning_rate=sp.Rational(step))
    run = replace(alike.run, initial=(sp.S.One,), start="staggered")
    return replace(alike, objective=objective, optimizer=optimizer, run=run)


def rate(scheme: Scheme, law: Constant | Exponential | Gamma, step: str) -> float:
    found = DecayRate().reached(study(scheme, law, step))
    assert found is not None
    return float(found)


def test_dropping_is_near_for_exponential_cycles_and_a_threshold_above_the_workers() -> None:
    assert rate(Asynchronous(4, staleness_threshold=7), Exponential(1), "1/12") > 0.95 * 0.5  # the best is 1/(2 theta)
    assert rate(Asynchronous(4, staleness_threshold=7), Exponential(1), "1/8") > 0.5  # the longest delays are gone


def test_dropping_keeps_of_constant_cycles_the_work_of_r_workers_and_no_more() -> None:
    """Every gradient sees the M - 1 before it, of which R are applied: always the same R workers."""
    workers, kept, cycles = 8, 3, 40
    times = np.array([float(cycles)])
    paths = {
        name: simulate_mean_path(system_of(study(scheme, Constant(1), "1/100")), seed=1, replicas=2, times=times)
        for name, scheme in (
            ("dropping", Asynchronous(workers, staleness_threshold=kept - 1)),
            ("all", Asynchronous(workers)),
        )
    }
    left = {name: -float(np.log(path.mean[0, 0])) / cycles for name, path in paths.items()}
    assert left["dropping"] == pytest.approx(kept / 100, rel=0.05)
    assert left["all"] == pytest.approx(workers / 100, rel=0.1)
    assert "R of the M workers" in POLICIES["drop-beyond-a-staleness"].far


def test_batches_of_fresh_gradients_beat_every_delay_at_large_steps_and_lose_at_small_ones() -> None:
    fresh = KBatchSync(4, batch=4)
    assert rate(fresh, Exponential(1), "9/10") > 2 * 0.5  # no learning rate of busy workers exceeds 1/(2 theta)
    small = rate(fresh, Exponential(1), "1/100") / rate(Asynchronous(4), Exponential(1), "1/100")
    assert small == pytest.approx(1 / 4, rel=0.05)  # a batch of four is worth one gradient


def test_batches_of_stale_gradients_help_above_critical_damping_and_hurt_below() -> None:
    plain, batch = Asynchronous(16), KBatchAsync(16, batch=4)
    assert rate(batch, Gamma(4, 1), "1/8") > 3 * rate(plain, Gamma(4, 1), "1/8")
    assert rate(batch, Gamma(4, 1), "1/400") < 0.3 * rate(plain, Gamma(4, 1), "1/400")


def test_waiting_for_all_costs_nothing_of_like_cycles_and_most_of_heavy_tailed_ones() -> None:
    """With every worker in an update k-async is synchronous: what is left of the time is theta over a round."""
    used = {}
    for law in (Constant(1), Pareto(2, 1)):
        round_ = time_per_update(law, Synchronous(20)).exact
        assert round_ is not None
        used[law.name] = float(law.mean / round_)
    assert used["constant"] == 1
    assert used["pareto"] == pytest.approx(20 / 79.763, rel=1e-4)
