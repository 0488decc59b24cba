"""Stage: statistical checks of a case. Input: predictions of every mode. Output: the checks planned before looking.

Each planned check names its prediction, the measured quantity it is held against, and its tolerance: none where the
prediction is exact on R0, a declared one where it is a limit of many workers. Planning sees no sample; the number
of checks planned fixes the level of each.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from derive import symbols as y
from derive.laws import Constant
from numeric.decay import MeanPath, decay_samples
from numeric.enclosure import Enclosure
from numeric.renewal import between
from numeric.simulation import Simulation
from verify.agreement import enclosed
from verify.gates import judge_equal, judge_equivalent
from verify.predictions import ModePredictions, Predicted, Prediction
from verify.trials import Wrong
from verify.verdict import Verdict

FIT_RESOLUTION = 1e-4
"""Relative bias the fit of a decay rate may have of its own: it neglects faster exponentials."""

SLOPE_RESOLUTION = 0.0125
"""Relative bias of the slope over the first fifth of a mean cycle: few workers read what was already moved."""
SLOPE_STEP = Fraction(1, 16)  # the largest step at which that bias was bounded: it is about a tenth of the step

FEWEST_WORKERS = 8  # a limit of many workers is held against no fewer

ROUNDING = 1e-9
"""Relative error that adding up doubles may leave in any measurement."""

_STATEMENTS = {
    "arrival_rate": "gradients reach the server at the predicted rate",
    "staleness_mean": "the mean staleness is one less than the workers",
    "staleness_variance": "the staleness varies as renewals within a cycle say",
    "delay_mean": "the delay of an applied gradient is a cycle: its mean",
    "delay_variance": "the delay of an applied gradient is a cycle: its variance",
    "stationary_variance": "the stationary variance",
    "damping_coefficient": "the mean leaves a constant history at the rate of the damping coefficient",
    "decay_rate": "the mean decays at the rate of the rightmost root",
}


@dataclass(frozen=True)
class PlannedCheck:
    """One prediction, the measured quantity it meets, and how near it must come."""

    prediction: Prediction
    mode: int | None
    average: str = ""
    tolerance: float = 0.0
    why: str = ""
    resolution: float = ROUNDING
    wrong: Wrong | None = field(default=None)
    deterministic: bool = False  # no randomness enters the measurement: constant cycles

    @property
    def statement(self) -> str:
        """What is checked, in words."""
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
            verdict = judge_equivalent(*labels, predicted, samples, level, tolerance=self.tolerance, why=self.why)
        else:
            verdict = judge_equal(
                *labels, predicted, samples, level, wrong=self.wrong, deterministic=self.deterministic
            )
        return replace(verdict, predicted=self.prediction.value)


def widened(value: Predicted, resolution: float) -> Enclosure:
    """All values within ``resolution``, relative (absolute around 0), which the measurement cannot tell apart."""
    ball, share = enclosed(value), Fraction(resolution)
    if ball.contains(0):
        return ball + between(-share, share)
    return ball * between(1 - share, 1 + share)


def plan(mode: ModePredictions) -> tuple[PlannedCheck, ...]:
    """The checks of one mode; quantities of the arrivals are planned with mode 0 alone."""
    arrivals = _arrival_checks(mode) if mode.mode == 0 else []
    always = (*arrivals, *_slope_checks(mode))
    if not mode.mean_is_stable:
        return always
    return (*always, *_variance_checks(mode), *_rate_checks(mode))


def _arrival_checks(mode: ModePredictions) -> list[PlannedCheck]:
    edge, fixed = edge_bias(mode), isinstance(mode.model.law, Constant)
    found = []
    for quantity in ("arrival_rate", "staleness_mean", "delay_mean", "delay_variance", "staleness_variance"):
        exact = mode.find(quantity, "R0")
        if exact is not None:
            wrong = _poisson(mode) if quantity == "staleness_variance" else None
            found.append(PlannedCheck(exact, None, resolution=edge, wrong=wrong, deterministic=fixed))
    return found


def edge_bias(mode: ModePredictions) -> float:
    """2 M/updates: a window that begins and ends at gradients cuts through M cycles, and meets long ones more often.

    At least half of a replica's updates are measured, so the share of the cycles cut is at most this.
    """
    return ROUNDING + 2 * int(mode.model.scheme.workers) / mode.study.run.updates


def _poisson(mode: ModePredictions) -> Wrong | None:
    """The Poisson value of the staleness variance, a plausible wrong one, where it differs by 5 % or more."""
    exact, poisson = mode.find("staleness_variance", "R0"), mode.find("staleness_variance", "R1")
    if (
        exact is None
        or poisson is None
        or abs(float(poisson.value) - float(exact.value)) <= 0.05 * float(poisson.value)
    ):
        return None
    return ("Poisson arrivals assumed", poisson.value)


def _slope_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The damping coefficient as the initial slope, for cycles regular enough that few workers come twice so soon."""
    found = mode.find("damping_coefficient", "R1")
    regular = mode.model.law.squared_coefficient_of_variation <= 1
    small = abs(mode.model.values[y.step]) <= SLOPE_STEP
    if found is None or not regular or not small or int(mode.model.scheme.workers) < 2 * FEWEST_WORKERS:
        return []
    return [PlannedCheck(found, mode.mode, resolution=SLOPE_RESOLUTION)]


def _variance_checks(mode: ModePredictions) -> list[PlannedCheck]:
    workers = int(mode.model.scheme.workers)
    found = []
    exact = mode.find("stationary_variance", "R0", "Rd")
    if exact is not None:
        found.append(PlannedCheck(exact, mode.mode, exact.average))
    if workers < FEWEST_WORKERS:
        return found
    for rung, share in (("R2", 1), ("R1", 2)):
        limit = mode.find("stationary_variance", rung)
        if limit is not None:
            why = f"{rung} is a limit of many workers; tolerance {share}/M declared beforehand"
            found.append(PlannedCheck(limit, mode.mode, "time", share / workers, why))
    return found


def _rate_checks(mode: ModePredictions) -> list[PlannedCheck]:
    exact = mode.find("decay_rate", "R0")
    if exact is not None:
        return [PlannedCheck(exact, mode.mode, resolution=FIT_RESOLUTION)]
    limit = mode.find("decay_rate", "R3")
    workers = int(mode.model.scheme.workers)
    if limit is None or workers < FEWEST_WORKERS:
        return []
    why = "R3 is a limit of many workers; tolerance 2/M declared beforehand"
    return [PlannedCheck(limit, mode.mode, "", 2 / workers, why)]


@dataclass(frozen=True)
class Samples:
    """What was simulated of a case: stationary runs, and noise-free mean paths from 1, whole and at their start."""

    run: Simulation
    path: MeanPath | None
    start: MeanPath | None


def observed_samples(check: PlannedCheck, seen: Samples) -> tuple[float, ...]:
    """One value per replica (per batch of replicas for rates of the mean) of what the check looks at."""
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
