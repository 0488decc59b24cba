"""Stage: planned checks. Input: a prediction. Output: the record of a check, and the samples it looks at.

Each planned check names its prediction, the measured quantity it is held against, and its tolerance: none where the
prediction is exact, a declared one where it is a limit of many workers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure
from numeric.simulation.decay import MeanPath, decay_samples
from numeric.simulation.tasks import Simulation
from verify.agreement import enclosed
from verify.predicting.claimed_numbers import Predicted
from verify.predicting.predictions import Prediction
from verify.statistics.gates import judge_equal, judge_equivalent
from verify.statistics.trials import Wrong
from verify.verdict import Verdict

ROUNDING = 1e-9
"""Relative error that adding up doubles may leave in any measurement."""

_OF_PATHS = ("decay_rate", "damping_coefficient")  # quantities of mean paths
_BATCHES = "a replica is here the mean of a batch of paths; the check plans how many, run.replicas does not change it"

_STATEMENTS = {
    "arrival_rate": "gradients reach the server at the predicted rate",
    "time_per_update": "an update takes the predicted time",
    "applied_fraction": "the predicted share of the gradients is applied",
    "staleness_mean": "the mean staleness of the applied gradients",
    "staleness_variance": "the staleness varies as renewals within a cycle say",
    "delay_mean": "the mean delay of an applied gradient",
    "delay_variance": "the variance of the delay of an applied gradient",
    "stationary_variance": "the stationary variance",
    "damping_coefficient": "the mean leaves a constant history at the rate of the damping coefficient",
    "decay_rate": "the mean decays at the rate of the rightmost root",
}


@dataclass(frozen=True)
class PlannedCheck:
    """One prediction, the measured quantity it meets, and how near it must come.

    ``sampler`` draws the samples where they are not those of the simulated case; ``words`` then say what they are.
    """

    prediction: Prediction
    mode: int | None
    average: str = ""
    tolerance: float = 0.0
    why: str = ""
    resolution: float = ROUNDING
    wrong: Wrong | None = field(default=None)
    deterministic: bool = False  # no randomness enters the measurement: constant cycles
    sampler: Callable[[], tuple[float, ...]] | None = field(default=None, compare=False)
    words: str = ""

    @property
    def statement(self) -> str:
        """What is checked, in words."""
        if self.words:
            return self.words
        quantity = self.prediction.quantity
        words = _STATEMENTS[quantity]
        if quantity == "stationary_variance":
            words += f" ({self.average} average) is that of rung {self.prediction.rung}"
        if quantity == "decay_rate" and self.prediction.rung == "R3":
            words += " of rung R3"
        return words

    def judge(self, case: str, samples: tuple[float, ...], level: float) -> Verdict:
        """Hold the prediction against one value per replica."""
        labels = (self.prediction.claim, case, self.statement)
        predicted = widened(self.prediction.value, self.resolution)
        if self.tolerance:
            verdict = judge_equivalent(
                *labels, predicted, samples, level, tolerance=self.tolerance, why=self.why, wrong=self.wrong
            )
        else:
            verdict = judge_equal(
                *labels, predicted, samples, level, wrong=self.wrong, deterministic=self.deterministic
            )
        said = f"; {_BATCHES}" if verdict.outcome == "inconclusive" and self.prediction.quantity in _OF_PATHS else ""
        return replace(verdict, predicted=self.prediction.value, note=verdict.note + said)


def widened(value: Predicted, resolution: float) -> Enclosure:
    """All values within ``resolution``, relative (absolute around 0), which the measurement cannot tell apart."""
    ball, share = enclosed(value), Fraction(resolution)
    if ball.contains(0):
        return ball + between(-share, share)
    return ball * between(1 - share, 1 + share)


@dataclass(frozen=True)
class Samples:
    """What was simulated of a case: stationary runs, and noise-free mean paths from 1, whole and at their start."""

    run: Simulation
    path: MeanPath | None
    start: MeanPath | None


def observed_samples(check: PlannedCheck, seen: Samples) -> tuple[float, ...]:
    """One value per replica (per batch of replicas for rates of the mean) of what the check looks at."""
    if check.sampler is not None:
        return check.sampler()
    if check.prediction.quantity == "decay_rate":
        assert seen.path is not None
        assert check.mode is not None
        return decay_samples(seen.path, check.mode)
    if check.prediction.quantity == "damping_coefficient":
        assert seen.start is not None
        assert check.mode is not None
        return initial_slopes(seen.start, check.mode)
    average = check.average if check.average in ("event", "time") else None
    return seen.run.measured(check.prediction.quantity, check.mode, average).samples  # type: ignore[arg-type]


def initial_slopes(start: MeanPath, mode: int) -> tuple[float, ...]:
    """(m(0) - m(t))/t of each batch, m(0) = 1 and t the last time of the path."""
    return tuple(float(slope) for slope in (1 - start.batches[:, mode, -1]) / start.times[-1])
