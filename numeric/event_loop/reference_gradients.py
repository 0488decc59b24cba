"""Stage: gradients, computed slowly. Input: an objective, a parameter, a generator. Output: one noisy gradient.

Written apart from numeric/event_loop/gradients.py, to be held against what that prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from numeric.event_loop.objectives import DenseQuadratic, Objective, Regression, UserGradient

Vector = Sequence[float]


def noisy_gradient(objective: Objective, read: Vector, rng: np.random.Generator) -> list[float]:
    """The gradient at ``read`` that one worker finds (kind: one realisation).

    Example: ``noisy_gradient(UserGradient(lambda x, rng: 2 * x, 1), [1.0], generator(1, 0)) == [2.0]``.
    """
    if isinstance(objective, UserGradient):
        return [float(value) for value in objective.function(np.array(read), rng)]
    if isinstance(objective, DenseQuadratic):
        return _dense(objective, read, rng)
    return _regression(objective, read, rng)


def _dense(objective: DenseQuadratic, read: Vector, rng: np.random.Generator) -> list[float]:
    gradient = [0.0] * objective.modes
    for row, value in zip(objective.hessian.values.tolist(), read, strict=True):
        gradient = [sum_ + h * value for sum_, h in zip(gradient, row, strict=True)]
    for source in objective.noise.values.T.tolist():
        normal = rng.standard_normal()
        gradient = [sum_ + root * normal for sum_, root in zip(gradient, source, strict=True)]
    return gradient


def _regression(objective: Regression, read: Vector, rng: np.random.Generator) -> list[float]:
    origin, weight = objective.origin.values.tolist(), objective.ridge
    gradient = [weight * value + weight * there for value, there in zip(read, origin, strict=True)]
    design, labels = objective.design.values, objective.labels.values
    offsets = design @ objective.origin.values
    size = objective.batch_size or len(labels)
    rows = range(size) if objective.batch_size is None else (int(len(labels) * rng.random()) for _ in range(size))
    for row in rows:
        points = design[row].tolist()
        predictors = [_by_halves(p, read) + float(o) for p, o in zip(points, offsets[row], strict=True)]
        residuals = _slopes(objective, predictors, float(labels[row]))
        for residual, point in zip(residuals, points, strict=True):
            gradient = [g + residual / size * p for g, p in zip(gradient, point, strict=True)]
    return gradient


def _slopes(objective: Regression, predictors: list[float], label: float) -> Iterator[float]:
    """The derivatives of one row's loss by its predictors."""
    if objective.model == "logistic":
        yield -label / (1.0 + math.exp(min(label * predictors[0], 700.0)))
        return
    largest = max(predictors)
    chances = [math.exp(value - largest) for value in predictors]
    total = 0.0
    for chance in chances:
        total += chance
    for index, chance in enumerate(chances):
        yield chance / total - (index == label)


def _by_halves(row: Vector, read: Vector) -> float:
    """The dot product; the upper half of a power of two of terms is added to the lower one until one is left."""
    terms = [a * b for a, b in zip(row, read, strict=True)]
    terms += [0.0] * ((1 << (len(terms) - 1).bit_length()) - len(terms))
    while len(terms) > 1:
        half = len(terms) // 2
        terms = [low + high for low, high in zip(terms[:half], terms[half:], strict=True)]
    return terms[0]
