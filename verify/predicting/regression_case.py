"""Stage: predictions of a regression. Input: its linearised study. Output: the modes to judge, errors, excess loss.

Where noise and curvature change too much over the spread that the theory predicts, it is reckoned not to hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from derive.claims import Claim
from derive.models.modes import OutsideDomainError
from derive.studies.records import Study
from numeric.enclosure import Enclosure
from verify.agreement import enclosed
from verify.predicting.claimed_numbers import Predicted
from verify.predicting.linearised import LinearityError, linearity_errors, regression_of
from verify.predicting.predictions import ModePredictions

MOST_MODES = 32  # that are judged, evenly from the stiffest to the flattest
LINEAR = 0.125  # the largest error, in any mode, at which those of first order are believed; they feed on each other


@dataclass(frozen=True)
class RegressionCase:
    """The modes of a regression that are judged, with the errors of the linear theory in all of them."""

    study: Study
    modes: tuple[ModePredictions, ...]

    @classmethod
    def of(cls, study: Study) -> RegressionCase:
        """The case with up to 32 of its modes, the stiffest and the flattest among them."""
        assert study.objective is not None
        count = len(study.objective.curvature)
        chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_MODES)).round().astype(int))
        return cls(study, tuple(ModePredictions(study, int(mode)) for mode in chosen))

    @property
    def curvature(self) -> tuple[sp.Rational, ...]:
        """The Hessian's eigenvalues, descending."""
        assert self.study.objective is not None
        return self.study.objective.curvature

    def variance(self, mode: ModePredictions) -> Predicted | None:
        """The stationary variance of a mode; None without noise, and where there is none."""
        if not self.has_noise(mode):
            return None
        try:
            return mode.number(self.variance_claim)
        except OutsideDomainError:
            return None

    def has_noise(self, mode: ModePredictions) -> bool:
        """Whether a gradient is noisy in this mode."""
        return self.noisy[mode.mode]

    @property
    def batch(self) -> int:
        """How many rows a gradient is taken over."""
        assert self.study.objective is not None
        assert self.study.objective.data is not None
        return self.study.objective.data.batch_size

    @cached_property
    def errors(self) -> tuple[LinearityError, ...]:
        """Of every mode, judged or not."""
        return linearity_errors(self.study)

    @cached_property
    def is_linear(self) -> bool:
        """Whether the linear theory is reckoned to hold: elsewhere its arrivals are judged alone."""
        pairs = zip(self.errors, self.noisy, strict=True)
        return all(error.total < LINEAR for error, heard in pairs if heard)

    @property
    def noisy(self) -> tuple[bool, ...]:
        """Mode by mode, whether a gradient has noise; where it has none x is at rest, and no variance is predicted."""
        assert self.study.objective is not None
        return tuple(bool(sigma > 0) for sigma in self.study.objective.gradient_noise)

    @cached_property
    def variance_claim(self) -> Claim:
        """The claim that the stationary variances are taken from: of M workers where it is known, else of the delay."""
        claims = [claim for claim in self.modes[0].model.claims if claim.quantity == "stationary_variance"]
        return min(claims, key=lambda claim: (claim.rung != "R0" or claim.average != "time", claim.rung != "R2"))

    @cached_property
    def excess_risk(self) -> Enclosure | None:
        """The sum of h V/2 over all modes with noise; None where one has no stationary variance."""
        every = [ModePredictions(self.study, mode) for mode in range(len(self.curvature))]
        heard = [(h, mode) for h, mode in zip(self.curvature, every, strict=True) if self.has_noise(mode)]
        variances = [self.variance(mode) for _, mode in heard]
        parts = [
            enclosed(one) * Enclosure.of(h / 2) for one, (h, _) in zip(variances, heard, strict=True) if one is not None
        ]
        return sum(parts[1:], parts[0]) if len(parts) == len(heard) else None

    @cached_property
    def noise_growth_at_zero(self) -> tuple[float, ...]:
        """The gradient's variance at w = 0, a wrong place to look, over that at the optimum; one a mode."""
        problem, found = regression_of(self.study)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.diag(problem.gradient_covariance(-problem.origin.values)) / np.diag(found.noise)
        return tuple(map(float, ratio))

    def reckoned_error(self, curvature: float) -> float:
        """The relative standard error that the runs will have of a mode's variance: sqrt(2/relaxations)."""
        run, optimizer = self.study.run, self.study.optimizer
        assert optimizer is not None
        measured = run.updates - (run.updates // 2 if run.burn_in is None else run.burn_in)
        return float((2 / (float(optimizer.learning_rate) * curvature * measured * run.replicas)) ** 0.5)
