"""Printed gradients against the slow ones, bit for bit, under every scheme; and against the derivative of the loss."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.draws import DrawRecipe, standard_exponential, standard_uniform
from numeric.event_loop.compiled import EventLoop, event_loop, generator, interpreted, printed_loop
from numeric.event_loop.gradients import gradient_lines
from numeric.event_loop.objectives import (
    DenseQuadratic,
    Objective,
    Regression,
    Table,
    UserGradient,
    logistic_regression,
    softmax_regression,
)
from numeric.event_loop.reference import averages, simulate_events
from numeric.event_loop.reference_gradients import noisy_gradient
from numeric.event_loop.system import System

SCHEMES = (
    {},
    {"rule": "k-batch-async", "batch": 2, "staleness_discount": 0.75},
    {"rule": "synchronous"},
    {"rule": "k-sync", "batch": 2},
    {"rule": "k-batch-sync", "batch": 3, "dropout": 0.25},
    {"rule": "k-async", "batch": 2, "age_threshold": 1.0},
    {"momentum": 0.5, "dropout": 0.25, "staleness_threshold": 3},
    {"uplink_capacity": 2.0},
    {"age_threshold": 1.0, "age_action": "abandon"},
)
LAWS = (
    DrawRecipe(standard_exponential),
    DrawRecipe(sp.Rational(1, 2) + standard_uniform),
    DrawRecipe(standard_uniform + standard_exponential / 4),
)


def _user(x, rng):
    return 0.25 * x + rng.standard_normal()


def _objective(kind: str, modes: int, batch: int | None, seed: int) -> Objective:
    rng, rows = np.random.default_rng(seed), 7
    features = rng.normal(size=(rows, modes))
    if kind == "dense":
        half = rng.normal(size=(modes, modes))
        return DenseQuadratic(Table.of(half @ half.T), Table.of(rng.normal(size=(modes, seed % 3))))
    if kind == "logistic":
        found = logistic_regression(features, rng.choice([-1, 1], rows), 0.125, batch)
    elif kind == "softmax":
        found = softmax_regression(features, np.arange(rows) % 3, 0.125, batch)
    else:
        return UserGradient(_user, modes)
    return replace(found, origin=Table.of(rng.normal(size=found.modes)))


def _assert_equal(loop: EventLoop, system: System, seed: int, updates: int) -> None:
    fast, replica = loop.events(generator(seed, 0), updates, 10)
    slow = simulate_events(system, generator(seed, 0), updates)
    assert fast.time.tolist() == [event.time for event in slow]
    assert fast.worker.tolist() == [event.worker for event in slow]
    assert fast.staleness.tolist() == [event.staleness for event in slow]
    assert fast.x.T.tolist() == [list(event.x) for event in slow]
    expected = averages(system, slow, 10)
    assert replica.event_sums[1] / max(replica.made, 1) == pytest.approx(expected.event, rel=1e-10)
    assert replica.time_sums[1] / replica.duration == pytest.approx(expected.time, rel=1e-10)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["dense", "logistic", "softmax", "user"]),
    modes=st.integers(1, 6),
    batch=st.none() | st.integers(1, 3),
    workers=st.integers(3, 5),
    law=st.sampled_from(LAWS),
    start=st.sampled_from(["stationary", "together", "staggered"]),
    scheme=st.sampled_from(SCHEMES),
    seed=st.integers(0, 1000),
)
def test_the_loop_of_an_objective_equals_the_reference(kind, modes, batch, workers, law, start, scheme, seed) -> None:
    objective = _objective(kind, modes, batch, seed)
    initial = tuple(np.random.default_rng(seed).normal(size=objective.modes))
    system = System(workers, law, 0.125, (), (), start, initial, objective=objective, **scheme)
    _assert_equal(interpreted(printed_loop(system, "events"), system), system, seed, 60)


SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("dense", "softmax", "user")]


@pytest.mark.parametrize("kind", ["logistic", *SLOW])
def test_so_does_the_compiled_one(kind) -> None:
    objective = _objective(kind, 5, 2, 1)
    if isinstance(objective, UserGradient):
        objective = UserGradient(numba.njit(_user), 5)
    system = System(5, LAWS[0], 0.125, (), (), objective=objective)
    _assert_equal(event_loop(system, "events"), system, 3, 500)


def test_a_slip_of_one_unit_in_the_last_place_of_one_feature_is_noticed() -> None:
    objective = _objective("logistic", 5, 1, 1)
    assert isinstance(objective, Regression)
    slipped = objective.design.values.copy()
    slipped[:, 0, 4] = np.nextafter(slipped[:, 0, 4], np.inf)
    systems = [
        System(5, LAWS[0], 0.125, (), (), objective=one)
        for one in (objective, replace(objective, design=Table.of(slipped)))
    ]
    fast, slow = (interpreted(printed_loop(one, "events"), one).events(generator(1, 0), 100)[0].x for one in systems)
    assert fast.tolist() != slow.tolist()


def test_a_diagonal_hessian_makes_the_modes_of_a_plain_system() -> None:
    curvature, noise = (1.0, 0.25), (0.5, 2.0)
    plain = System(4, LAWS[0], 0.125, curvature, noise, initial=(1.0, -2.0))
    dense = DenseQuadratic(Table.of(np.diag(curvature)), Table.of(np.diag(noise)))
    full = replace(plain, curvature=(), gradient_noise=(), objective=dense)
    first, second = ([event.x for event in simulate_events(one, generator(1, 0), 200)] for one in (plain, full))
    assert np.allclose(first, second, rtol=1e-12)


@pytest.mark.parametrize("kind", ["logistic", "softmax"])
def test_all_rows_give_the_gradient_of_the_loss(kind) -> None:
    objective = _objective(kind, 4, None, 5)
    assert isinstance(objective, Regression)
    x = np.random.default_rng(2).normal(size=objective.modes)
    steps = 1e-5 * np.eye(len(x))
    differences = (objective.loss(x + steps) - objective.loss(x - steps)) / 2e-5
    assert noisy_gradient(objective, x.tolist(), generator(1, 0)) == pytest.approx(differences, abs=1e-9)
    assert objective.gradient(x) == pytest.approx(differences, abs=1e-9)
    moved = [(objective.gradient(x + step) - objective.gradient(x - step)) / 2e-5 for step in steps]
    assert objective.hessian(x) == pytest.approx(np.array(moved), abs=1e-8)


@pytest.mark.parametrize("kind", ["logistic", "softmax"])
def test_rows_drawn_at_random_give_it_on_average_with_the_measured_covariance(kind) -> None:
    objective = _objective(kind, 3, 2, 7)
    assert isinstance(objective, Regression)
    x, rng = np.full(objective.modes, 0.5), generator(1, 0)
    drawn = np.array([noisy_gradient(objective, x.tolist(), rng) for _ in range(8000)])
    covariance = objective.gradient_covariance(x) / 2
    errors = np.sqrt(np.diag(covariance) / len(drawn))
    assert (np.abs(drawn.mean(axis=0) - objective.gradient(x)) < 5 * errors).all()
    assert np.abs(np.cov(drawn, rowvar=False) - covariance).max() < 0.1 * covariance.max()
    other = replace(objective, ridge=objective.ridge + 0.25)  # the control: another objective's gradient
    assert not (np.abs(drawn.mean(axis=0) - other.gradient(x)) < 5 * errors).all()


def test_a_margin_beyond_all_doubles_is_no_overflow() -> None:
    objective = replace(logistic_regression([[1e4]], [1], 0.0, 1), labels=Table.of([1]))
    assert noisy_gradient(objective, [1.0], generator(1, 0)) == pytest.approx([0.0], abs=1e-290)
    assert noisy_gradient(objective, [-1.0], generator(1, 0)) == [-1e4]


def test_the_text_of_a_gradient_holds_no_branch_on_a_feature() -> None:
    for shape in (("dense", 2), ("logistic", 1, 4), ("softmax", 3, 4), ("user",)):
        lines = gradient_lines(shape, 5)
        assert not any(line.strip().startswith("if ") for line in lines)
