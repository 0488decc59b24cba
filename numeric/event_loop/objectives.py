"""Stage: objectives. Input: plain numbers or data. Output: records of what a gradient is, for event loop and reference.

A system without one has the diagonal quadratic objective of its curvatures. Coordinates are the caller's: regressions
may come with any linear change of them, and an ``origin``, the parameter at x = 0.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Model = Literal["logistic", "softmax"]
Gradient = Callable[[Array, np.random.Generator], Array]


@dataclass(frozen=True)
class Table:
    """An array of doubles that cannot change; equal where its numbers are.

    Example: ``Table.of([1, 2]) == Table.of([1.0, 2.0])``.
    """

    values: Array = field(compare=False, repr=False)
    digest: str

    @classmethod
    def of(cls, values: Any) -> Table:
        """The table of an array, a copy; ``ValueError`` where a number is not finite."""
        array = np.array(values, np.float64)
        if not np.isfinite(array).all():
            raise ValueError(f"a table of {array.shape}: allowed: finite numbers")
        array.flags.writeable = False
        return cls(array, hashlib.sha256(repr(array.shape).encode() + array.tobytes()).hexdigest())


@dataclass(frozen=True)
class DenseQuadratic:
    """g = H x_read + B N(0, 1): ``hessian`` H symmetric, ``noise`` B with one row a coordinate and one column a source.

    Errors: ``ValueError``.

    Example: ``DenseQuadratic(Table.of([[2, 1], [1, 2]]), Table.of([[1], [0]])).modes == 2``.
    """

    hessian: Table
    noise: Table

    def __post_init__(self) -> None:
        hessian, noise = self.hessian.values, self.noise.values
        if hessian.ndim != 2 or len(hessian) < 1 or not np.array_equal(hessian, hessian.T):
            raise ValueError(f"hessian of {hessian.shape}; allowed: a symmetric matrix")
        if noise.ndim != 2 or len(noise) != len(hessian):
            raise ValueError(f"noise of {noise.shape}; allowed: {len(hessian)} rows, one a coordinate")

    @property
    def modes(self) -> int:
        """How many coordinates x has."""
        return len(self.hessian.values)

    @property
    def shape(self) -> tuple[str, int]:
        """What the loop is printed for."""
        return ("dense", self.noise.values.shape[1])

    @property
    def arguments(self) -> tuple[Array, ...]:
        """The numbers that the loop takes: H, and B by sources."""
        return (self.hessian.values, np.ascontiguousarray(self.noise.values.T))


@dataclass(frozen=True)
class Regression:
    """Logistic or softmax regression with stochastic gradients, at w = origin + x:

        F(x) = mean over rows of log(1 + e^{-y_j d_j w}), or of log sum_c e^{d_jc w} - d_{j y_j} w, + ridge |w|^2/2

    ``design`` has axes (rows, classes, coordinates), one class for "logistic"; ``labels`` y_j are -1 or 1, or 0 to
    classes - 1. A gradient is taken over ``batch_size`` rows drawn with replacement, over all of them where it is None.
    ``ridge`` >= 0. Errors: ``ValueError``.

    Example: ``Regression("logistic", Table.of([[[1, 2]]]), Table.of([1]), 0.1, 1, Table.of([0, 0])).modes == 2``.
    """

    model: Model
    design: Table
    labels: Table
    ridge: float
    batch_size: int | None
    origin: Table

    def __post_init__(self) -> None:
        design, labels = self.design.values, self.labels.values
        if self.model not in ("logistic", "softmax"):
            raise ValueError(f"model = {self.model}; allowed: logistic, softmax")
        if design.ndim != 3 or min(design.shape) < 1 or (design.shape[1] == 1) != (self.model == "logistic"):
            raise ValueError(f"design of {design.shape}; allowed: rows, classes (one for logistic), coordinates")
        known = [-1.0, 1.0] if self.model == "logistic" else np.arange(design.shape[1])
        if labels.shape != design.shape[:1] or not np.isin(labels, known).all():
            raise ValueError(f"labels of {labels.shape}; allowed: one a row, {known}")
        if not (0 <= self.ridge < math.inf) or self.origin.values.shape != design.shape[2:]:
            raise ValueError(f"ridge = {self.ridge}; allowed: a finite number >= 0, with an origin of every coordinate")
        if self.batch_size is not None and self.batch_size < 1:
            raise ValueError(f"batch_size = {self.batch_size}; allowed: at least 1")

    @property
    def modes(self) -> int:
        """How many coordinates x has."""
        return self.design.values.shape[2]

    @property
    def shape(self) -> tuple[str, int, int]:
        """What the loop is printed for: the model, its classes, the rows of a gradient (0: all of them)."""
        return (self.model, self.design.values.shape[1], self.batch_size or 0)

    @property
    def arguments(self) -> tuple[Array, ...]:
        """The numbers that the loop takes: design, its predictors at the origin, labels, ridge and its pull there."""
        design, origin = self.design.values, self.origin.values
        ridge = np.array([self.ridge])
        return (design, design @ origin, self.labels.values, ridge, self.ridge * origin)

    def loss(self, x: Array) -> Array:
        """F(x), the average over all rows; the last axis of ``x`` holds the coordinates.

        Example: ``abs(Regression("logistic", Table.of([[[1.0]]]), Table.of([1]), 0.0, 1, Table.of([0])).loss(
        np.zeros(1)) - np.log(2)) < 1e-15``.
        """
        w = x + self.origin.values
        predictors = np.einsum("jcm,...m->...jc", self.design.values, w, optimize=True)
        if self.model == "logistic":
            losses = np.logaddexp(0, -self.labels.values * predictors[..., 0])
        else:
            own = np.take_along_axis(predictors, self._own(predictors), axis=-1)[..., 0]
            losses = np.logaddexp.reduce(predictors, axis=-1) - own
        return np.asarray(losses.mean(axis=-1) + self.ridge * (w * w).sum(axis=-1) / 2)

    def gradient(self, x: Array) -> Array:
        """The gradient of F over all rows at one point ``x``."""
        residuals, _ = self._slopes(x)
        penalty = self.ridge * (x + self.origin.values)
        return np.asarray(np.tensordot(residuals, self.design.values, 2) / len(residuals) + penalty)

    def gradient_covariance(self, x: Array) -> Array:
        """The covariance of the gradient of one row drawn at random, at one point ``x``."""
        residuals, _ = self._slopes(x)
        rows = np.einsum("jc,jcm->jm", residuals, self.design.values)
        return np.asarray(np.cov(rows, rowvar=False, bias=True)).reshape(self.modes, self.modes)

    def hessian(self, x: Array) -> Array:
        """The Hessian of F at one point ``x``."""
        _, weights = self._slopes(x)
        design = self.design.values
        rows = (weights @ design).reshape(-1, self.modes)
        return np.asarray(design.reshape(-1, self.modes).T @ rows / len(design) + self.ridge * np.eye(self.modes))

    def response_variance(self, x: Array, direction: Array) -> Array:
        """The variance of one row's Hessian at ``x`` times ``direction``, coordinate by coordinate.

        Example: ``logistic_regression([[1.0]], [1], 0.5).response_variance(np.zeros(1), np.ones(1)).tolist() == [0]``.
        """
        _, weights = self._slopes(x)
        moved = (self.design.values @ direction)[:, :, None]
        rows = np.einsum(
            "jcd,jcm->jm", weights * moved if self.model == "logistic" else weights @ moved, self.design.values
        )
        return np.asarray(rows.var(axis=0))

    def _slopes(self, x: Array) -> tuple[Array, Array]:
        """First and second derivatives of every row's loss by its predictors."""
        predictors = self.design.values @ (x + self.origin.values)
        if self.model == "logistic":
            labels = self.labels.values[:, None]
            chances = np.exp(-np.logaddexp(0, labels * predictors))
            return -labels * chances, (chances * (1 - chances))[:, :, None]
        chances = np.exp(predictors - np.logaddexp.reduce(predictors, axis=1, keepdims=True))
        own = np.arange(chances.shape[1]) == self.labels.values[:, None]
        return chances - own, chances[:, :, None] * (np.eye(chances.shape[1]) - chances[:, None, :])

    def _own(self, predictors: Array) -> NDArray[np.int64]:
        return np.broadcast_to(self.labels.values.astype(np.int64)[:, None], (*predictors.shape[:-1], 1))


@dataclass(frozen=True)
class UserGradient:
    """A gradient given as a function of (x_read, generator): compiled by Numba, or any callable on a slow path.

    ``modes`` >= 1 coordinates; the function returns a new array of as many doubles.
    """

    function: Gradient
    modes: int

    @property
    def compiled(self) -> bool:
        """Whether Numba compiled the function."""
        return hasattr(self.function, "py_func")

    @property
    def shape(self) -> tuple[str]:
        """What the loop is printed for."""
        return ("user",)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the loop takes: the function."""
        return (self.function,)


Objective = DenseQuadratic | Regression | UserGradient


def logistic_regression(features: Any, labels: Any, ridge: float, batch_size: int | None = None) -> Regression:
    """Logistic regression on ``features`` (rows by coordinates) and labels -1 or 1 (errors: ``ValueError``).

    Example: ``logistic_regression([[1, 2], [0, 1]], [-1, 1], ridge=0.1, batch_size=1).modes == 2``.
    """
    table = np.asarray(features, np.float64)
    origin = Table.of(np.zeros(table.shape[-1]))
    return Regression("logistic", Table.of(table[:, None, :]), Table.of(labels), ridge, batch_size, origin)


def softmax_regression(features: Any, labels: Any, ridge: float, batch_size: int | None = None) -> Regression:
    """Softmax regression on ``features`` (rows by features) and labels 0, 1, ...; class by class the coordinates.

    Errors: ``ValueError``.

    Example: ``softmax_regression([[1, 2], [0, 1]], [0, 1], ridge=0.1, batch_size=1).modes == 4``.
    """
    table = np.asarray(features, np.float64)
    classes, width = int(np.max(labels)) + 1, table.shape[-1]
    design = np.einsum("ab,jm->jabm", np.eye(classes), table).reshape(len(table), classes, classes * width)
    origin = Table.of(np.zeros(classes * width))
    return Regression("softmax", Table.of(design), Table.of(labels), ridge, batch_size, origin)
