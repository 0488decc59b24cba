"""Objectives are data that say what they are, equal where their numbers are, and refused where they make no sense."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from derive.draws import DrawRecipe, standard_exponential
from numeric.event_loop.objectives import (
    DenseQuadratic,
    Regression,
    Table,
    UserGradient,
    logistic_regression,
    softmax_regression,
)
from numeric.event_loop.system import System, with_gradient

CYCLE = DrawRecipe(standard_exponential)
LOGISTIC = logistic_regression([[1.0, 2.0], [0.0, 1.0]], [-1, 1], 0.1, 1)


def test_equal_numbers_are_equal_objectives_in_any_process() -> None:
    again = logistic_regression(np.array([[1, 2], [0, 1]]), [-1, 1], 0.1, 1)
    assert again == LOGISTIC
    assert hash(pickle.loads(pickle.dumps(LOGISTIC))) == hash(LOGISTIC)
    assert logistic_regression([[1.0, 2.0], [0.0, 3.0]], [-1, 1], 0.1, 1) != LOGISTIC
    assert Table.of([[1, 2]]) != Table.of([[1], [2]])


def test_two_classes_of_softmax_are_logistic_regression() -> None:
    features, labels = np.random.default_rng(1).normal(size=(20, 3)), np.arange(20) % 2
    two = softmax_regression(features, labels, 0.0)
    one = logistic_regression(features, 2 * labels - 1, 0.0)
    w = np.array([0.3, -0.2, 0.7])
    assert two.loss(np.concatenate([-w / 2, w / 2])) == pytest.approx(one.loss(w), rel=1e-14)


def test_losses_of_many_points_are_those_of_each() -> None:
    problem = softmax_regression(np.random.default_rng(1).normal(size=(9, 2)), np.arange(9) % 3, 0.1)
    points = np.random.default_rng(2).normal(size=(4, 5, 6))
    assert problem.loss(points)[3, 2] == pytest.approx(problem.loss(points[3, 2]), rel=1e-14)


@pytest.mark.parametrize("model", ["logistic", "softmax"])
def test_the_variance_of_a_response_is_that_of_single_rows(model) -> None:
    rng, rows = np.random.default_rng(3), 9
    features, x = rng.normal(size=(rows, 2)), rng.normal(size=2 if model == "logistic" else 6)
    labels = rng.choice([-1.0, 1.0], rows) if model == "logistic" else np.arange(rows) % 3
    problem = (logistic_regression if model == "logistic" else softmax_regression)(features, labels, 0.125)
    alone = [
        replace(problem, design=Table.of(problem.design.values[j : j + 1]), labels=Table.of(labels[j : j + 1]))
        for j in range(rows)
    ]
    direction = rng.normal(size=len(x))
    responses = np.array([one.hessian(x) @ direction for one in alone])
    assert problem.response_variance(x, direction) == pytest.approx(responses.var(axis=0), rel=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Table.of([np.nan]),
        lambda: DenseQuadratic(Table.of([[1, 2], [0, 1]]), Table.of([[1], [1]])),
        lambda: DenseQuadratic(Table.of([[1.0]]), Table.of([[1.0], [1.0]])),
        lambda: logistic_regression([[1.0]], [2], 0.1),
        lambda: logistic_regression([[1.0]], [1, 1], 0.1),
        lambda: logistic_regression([[1.0]], [1], -0.1),
        lambda: logistic_regression([[1.0]], [1], 0.1, 0),
        lambda: replace(LOGISTIC, model="mlp"),
        lambda: replace(LOGISTIC, origin=Table.of([0.0])),
        lambda: Regression("softmax", LOGISTIC.design, LOGISTIC.labels, 0.1, 1, LOGISTIC.origin),
        lambda: System(4, CYCLE, 0.1, (1.0, 1.0), (1.0, 1.0), objective=LOGISTIC),
        lambda: System(4, CYCLE, 0.1, (), ()),
        lambda: System(4, CYCLE, 0.1, (), (), initial=(1.0,), objective=LOGISTIC),
        lambda: System(4, CYCLE, 0.1, (), (), objective=LOGISTIC, event_trigger=1.0),
        lambda: with_gradient(System(4, CYCLE, 0.1, (1.0,), (1.0,)), lambda x, rng: 1.0),
        lambda: with_gradient(System(4, CYCLE, 0.1, (1.0,), (1.0,)), lambda x, rng: np.zeros(2)),
    ],
)
def test_what_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"allowed|one number per mode"):
        wrong()


def test_a_function_is_compiled_or_it_is_not() -> None:
    assert not UserGradient(lambda x, rng: x, 1).compiled
