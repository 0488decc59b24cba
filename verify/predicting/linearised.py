"""Stage: linearising. Input: a study of a regression. Output: the same study with curvatures and noise at the optimum.

The theory is told those numbers; the event loop is told the data. How far the theory can be trusted is computed here
from the data and its own variances, before anything is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import sympy as sp

from derive.studies.models import refusal
from derive.studies.records import Data, Study, StudyFile
from numeric.event_loop.compiled import generator
from numeric.event_loop.objectives import Array, Regression
from numeric.regression.datasets import NoDataError
from numeric.regression.optimum import Optimum, in_modes, optimum, over_spread, regression

DIGITS = 12  # of a curvature or a noise that a formula is told
SILENT = 1e-12  # of all the noise: a mode with less than that has none
POINTS = 64  # over which errors of the linear theory are averaged, and as many reflections
STREAM = 2**42  # the random stream of those points


def linearised(study_file: StudyFile) -> StudyFile:
    """The study file with curvatures and gradient noise in every case that is a regression.

    Raises ``StudyError`` where the data are not to be had, or no optimum.
    """
    cases = tuple(replace(case, study=linear_study(case.study)) for case in study_file.cases)
    return replace(study_file, cases=cases)


def linear_study(study: Study) -> Study:
    """The study with the Hessian's eigenvalues at its optimum, descending, and the s.d. of a gradient's noise there."""
    if study.objective is None or study.objective.data is None:
        return study
    _, found = regression_of(study)
    batch, variance = study.objective.data.batch_size, np.diag(found.noise)
    noise = np.sqrt(np.where(variance > SILENT * variance.sum(), variance, 0) / batch)
    curvature, sigma = (
        tuple(sp.Rational(f"{one:.{DIGITS}g}") for one in numbers) for numbers in (found.curvature, noise)
    )
    return replace(study, objective=replace(study.objective, curvature=curvature, gradient_noise=sigma))


def regression_of(study: Study) -> tuple[Regression, Optimum]:
    """The regression of a study in the coordinates of its modes, 0 at the optimum; and that optimum."""
    assert study.objective is not None
    data = study.objective.data
    assert data is not None
    try:
        return _regression(data)
    except NoDataError as problem:
        wrong, _, allowed = str(problem).partition("; allowed: ")
        raise refusal(study, "objective.dataset", data.dataset, wrong, allowed) from None
    except ArithmeticError as problem:
        wrong, _, allowed = str(problem).partition("; allowed: ")
        raise refusal(study, "objective.ridge", data.ridge, wrong, allowed) from None


@lru_cache(maxsize=4)
def _regression(data: Data) -> tuple[Regression, Optimum]:
    problem = regression(data.dataset, data.model, float(data.ridge), data.batch_size, data.components)  # type: ignore[arg-type]
    found = optimum(replace(problem, batch_size=None))
    return in_modes(problem, found), found


@dataclass(frozen=True)
class LinearityError:
    """By how much, relative, the linear theory may be off in one mode: its three causes.

    ``noise``: growth of the gradient's variance over the predicted spread; ``curvature``: change of the mean curvature;
    ``drift``: square of the mean displacement over the predicted variance.
    """

    noise: float
    curvature: float
    drift: float

    @property
    def total(self) -> float:
        """All of them, each taken as positive."""
        return abs(self.noise) + abs(self.curvature) + self.drift

    @property
    def words(self) -> str:
        """The causes in words."""
        return (
            f"over the predicted spread the gradient noise grows by {100 * self.noise:.2g} %, the curvature changes by "
            f"{100 * self.curvature:.2g} %, the squared drift is {100 * self.drift:.2g} % of the variance"
        )


def linearity_errors(study: Study) -> tuple[LinearityError, ...]:
    """The error of the linear theory in every mode of a study of a regression (kind: a declared bound, no estimate).

    Points are drawn around the optimum with the covariance eta C_kl/(h_k + h_l) that the theory without delay gives.
    """
    assert study.optimizer is not None
    problem, found = regression_of(study)
    h, batch = found.curvature, problem.batch_size or 1
    covariance: Array = float(study.optimizer.learning_rate) * found.noise / (batch * (h[:, None] + h))
    seen = over_spread(problem, covariance, POINTS, generator(study.run.seed, STREAM))
    variance, noise = np.diag(covariance), np.diag(found.noise)
    drift = (seen.gradient / h) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = zip(seen.noise / noise - 1, seen.curvature / h - 1, drift / variance, strict=True)
    return tuple(LinearityError(*map(float, row)) for row in rows)
