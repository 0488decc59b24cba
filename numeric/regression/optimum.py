"""Stage: regressions. Input: data, a model, a ridge. Output: the optimum, curvatures and gradient noise there.

Everything is computed from the data at one point; nothing here knows of delays, workers or learning rates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize

from numeric.event_loop.objectives import Array, Model, Regression, Table, logistic_regression, softmax_regression
from numeric.regression.datasets import dataset

LARGEST_GRADIENT = 1e-12  # of any coordinate, that an optimum may leave


@dataclass(frozen=True)
class Optimum:
    """The minimum of a regression, and its Hessian's eigenvectors: ``modes[:, k]`` has ``curvature[k]``, descending.

    ``noise[k, l]`` is the covariance of the gradient of one row drawn at random, in those coordinates.
    """

    parameter: Array = field(repr=False)
    modes: Array = field(repr=False)
    curvature: Array
    noise: Array = field(repr=False)
    loss: float
    gradient: float

    @property
    def condition_number(self) -> float:
        """The largest curvature over the smallest."""
        return float(self.curvature[0] / self.curvature[-1])


def regression(
    name: str, model: Model, ridge: float, batch_size: int | None, components: int | None = None
) -> Regression:
    """The regression of a dataset's labels on its features, one parameter a feature and class (kind: data).

    Raises ``ValueError`` for a model that does not fit the data, ``NoDataError`` without scikit-learn.

    Example: ``regression("breast_cancer", "logistic", 0.01, 1).modes == 30``.
    """
    data = dataset(name, components)
    if model == "logistic":
        if data.classes != 2:
            raise ValueError(f"model = {model}: {name} has {data.classes} classes; allowed: softmax")
        return logistic_regression(data.features, 2 * data.labels - 1, ridge, batch_size)
    return softmax_regression(data.features, data.labels, ridge, batch_size)


@lru_cache(maxsize=4)
def optimum(problem: Regression) -> Optimum:
    """The minimum of a regression, by a trust region and Newton's method (kind: doubles).

    Its gradient is at most 1e-12 in every coordinate. Raises ``ArithmeticError`` where no such point is found, as
    without a ridge on data that a plane separates.

    Example: ``optimum(regression("breast_cancer", "logistic", 0.01, None)).gradient < 1e-12``.
    """
    start = np.zeros(problem.modes)
    found = minimize(
        problem.loss, start, jac=problem.gradient, hess=problem.hessian, method="trust-exact", options={"gtol": 1e-8}
    ).x
    for _ in range(8):
        found = found - np.linalg.solve(problem.hessian(found), problem.gradient(found))
    left = float(np.abs(problem.gradient(found)).max())
    if not left <= LARGEST_GRADIENT:
        raise ArithmeticError(f"no optimum: a gradient of {left:.1e} is left; allowed: a larger ridge")
    curvature, modes = np.linalg.eigh(problem.hessian(found))
    noise = modes.T @ problem.gradient_covariance(found) @ modes
    order = slice(None, None, -1)
    return Optimum(found, modes[:, order], curvature[order], noise[order, order], float(problem.loss(found)), left)


def in_modes(problem: Regression, at: Optimum) -> Regression:
    """The same regression in the coordinates of the modes, 0 at the optimum.

    Example: ``in_modes(regression("breast_cancer", "logistic", 0.01, 1), optimum(regression("breast_cancer",
    "logistic", 0.01, 1))).modes == 30``.
    """
    design = Table.of(problem.design.values @ at.modes)
    origin = at.modes.T @ (at.parameter + problem.origin.values)
    return replace(problem, design=design, origin=Table.of(origin))


@dataclass(frozen=True)
class Spread:
    """What a regression is on average over points spread around its optimum, in the coordinates of the modes."""

    gradient: Array
    curvature: Array
    noise: Array


def over_spread(problem: Regression, covariance: Array, points: int, rng: np.random.Generator) -> Spread:
    """Mean gradient, diagonal of the Hessian and of the gradient's covariance over ``points`` normal ones and their
    reflections, ``covariance`` theirs (kind: estimates).

    Example: ``over_spread(in_modes(regression("breast_cancer", "logistic", 0.01, 1), optimum(regression(
    "breast_cancer", "logistic", 0.01, 1))), np.zeros((30, 30)), 1, np.random.default_rng(1)).noise.min() > 0``.
    """
    values, vectors = np.linalg.eigh(covariance)
    half = (rng.standard_normal((points, len(values))) * np.sqrt(np.maximum(values, 0))) @ vectors.T
    x = np.concatenate([half, -half])
    return Spread(
        np.mean([problem.gradient(point) for point in x], axis=0),
        np.mean([np.diag(problem.hessian(point)) for point in x], axis=0),
        np.mean([np.diag(problem.gradient_covariance(point)) for point in x], axis=0),
    )
