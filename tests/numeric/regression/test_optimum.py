"""Optima, curvatures and noise of a regression: held against definitions and against other ways to find them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from numeric.event_loop.objectives import logistic_regression, softmax_regression
from numeric.regression.optimum import in_modes, optimum, over_spread, regression

RNG = np.random.default_rng(3)
FEATURES = RNG.normal(size=(60, 3))
PROBLEM = logistic_regression(FEATURES, np.where(FEATURES[:, 0] + RNG.normal(size=60) > 0, 1, -1), 0.01)


def test_the_optimum_is_the_one_that_another_method_finds() -> None:
    found = optimum(PROBLEM)
    other = minimize(PROBLEM.loss, np.zeros(3), jac=PROBLEM.gradient, method="BFGS", options={"gtol": 1e-10}).x
    assert found.gradient < 1e-12
    assert found.parameter == pytest.approx(other, abs=1e-8)
    assert found.loss == pytest.approx(float(PROBLEM.loss(other)), rel=1e-14)


def test_in_its_modes_a_regression_is_diagonal_around_zero() -> None:
    found = optimum(PROBLEM)
    turned = in_modes(replace(PROBLEM, batch_size=4), found)
    zero = np.zeros(3)
    assert turned.batch_size == 4
    assert turned.hessian(zero) == pytest.approx(np.diag(found.curvature), abs=1e-14)
    assert np.abs(turned.gradient(zero)).max() < 1e-14
    assert turned.gradient_covariance(zero) == pytest.approx(found.noise, abs=1e-14)
    assert (np.diff(found.curvature) <= 0).all()
    x = np.array([0.3, -0.1, 0.2])
    assert turned.loss(x) == pytest.approx(float(PROBLEM.loss(found.parameter + found.modes @ x)), rel=1e-13)


def test_directions_that_shift_all_classes_alike_have_the_ridge_for_a_curvature_and_no_noise() -> None:
    found = optimum(softmax_regression(FEATURES, np.arange(60) % 3, 0.125))
    assert found.curvature[-3:] == pytest.approx(0.125, abs=1e-14)
    assert np.abs(np.diag(found.noise)[-3:]).max() < 1e-15
    assert found.condition_number == pytest.approx(found.curvature[0] / 0.125)


def test_data_that_a_plane_separates_have_no_optimum_without_a_ridge() -> None:
    with pytest.raises(ArithmeticError, match="no optimum"):
        optimum(logistic_regression([[1.0], [-1.0]], [1, -1], 0.0))


def test_over_no_spread_a_regression_is_what_it_is_at_its_optimum() -> None:
    found = optimum(PROBLEM)
    turned = in_modes(PROBLEM, found)
    seen = over_spread(turned, np.zeros((3, 3)), 2, np.random.default_rng(1))
    assert seen.curvature == pytest.approx(found.curvature, rel=1e-12)
    assert seen.noise == pytest.approx(np.diag(found.noise), rel=1e-12)
    wide = over_spread(turned, np.eye(3), 50, np.random.default_rng(1))
    assert wide.curvature.sum() < found.curvature.sum()  # a logistic loss is flatter far away


def test_the_study_of_breast_cancer_has_a_condition_number_of_at_least_100() -> None:
    pytest.importorskip("sklearn", reason="the extra learn is not installed")
    found = optimum(regression("breast_cancer", "logistic", 1e-3, None))
    assert found.condition_number == pytest.approx(139.5, abs=0.1)


def test_a_model_that_does_not_fit_the_data_is_refused() -> None:
    pytest.importorskip("sklearn", reason="the extra learn is not installed")
    with pytest.raises(ValueError, match="digits has 10 classes; allowed: softmax"):
        regression("digits", "logistic", 1e-2, 1)
