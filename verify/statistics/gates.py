"""Stage: statistical gates. Input: a prediction and one value per independent replica. Output: verdicts with power.

Every check has a level, its share of the false-alarm rate declared over a whole report run. A verdict names the
smallest bias that the check would have noticed, and comes with its negative control: the same samples, judged by
the same code against predictions that are wrong, must refute them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from numeric.enclosure import Enclosure
from numeric.values import Estimate
from verify.agreement import enclosed
from verify.statistics.confidence import FEWEST_REPLICAS, Stopping, confidence_interval, replicas_needed
from verify.statistics.trials import Trial, Wrong, moved, planted, size
from verify.verdict import LARGEST_BIAS, Outcome, Value, Verdict


@dataclass(frozen=True)
class ErrorBudget:
    """The false-alarm rate of a whole run, split among the checks declared before looking (Bonferroni).

    0 < ``false_alarm_rate`` < 1; ``checks`` >= 1. A check of weight w (default 1) gets the level
    w * false_alarm_rate / (sum of all weights); ``weights`` lists (claim, weight) for checks other than 1.

    Example: ``ErrorBudget(1e-3, 100).level("any claim") == 1e-5``.
    """

    false_alarm_rate: float = 1e-3
    checks: int = 1
    weights: tuple[tuple[str, float], ...] = field(default=())

    def __post_init__(self) -> None:
        if not 0 < self.false_alarm_rate < 1:
            raise ValueError(f"false_alarm_rate = {self.false_alarm_rate}: allowed: between 0 and 1")
        if isinstance(self.checks, bool) or not isinstance(self.checks, int) or self.checks < max(1, len(self.weights)):
            raise ValueError(f"checks = {self.checks}: allowed: an integer >= 1, and one for each weight")
        if any(not (weight > 0 and math.isfinite(weight)) for _, weight in self.weights):
            raise ValueError(f"weights = {self.weights}: allowed: positive numbers")

    def level(self, claim: str = "") -> float:
        """The false-alarm rate of one check of ``claim``."""
        given = dict(self.weights)
        total = sum(given.values()) + self.checks - len(self.weights)
        return self.false_alarm_rate * given.get(claim, 1.0) / total

    def settle(self, verdicts: Iterable[Verdict]) -> None:
        """Raise ``ValueError`` if more Monte-Carlo checks were judged than were declared."""
        judged = sum(verdict.evidence == "Monte Carlo" for verdict in verdicts)
        if judged > self.checks:
            raise ValueError(f"{judged} statistical checks were judged, {self.checks} were declared")


def judge_equal(
    claim: str,
    case: str,
    statement: str,
    predicted: Value,
    samples: Sequence[float],
    level: float,
    *,
    largest_bias: float = LARGEST_BIAS,
    why: str = "",
    wrong: Wrong | None = None,
    stopping: Stopping = "fixed",
    deterministic: bool = False,
) -> Verdict:
    """Judge whether the mean of a replica's value equals the prediction (two-sided test at ``level``).

    ``samples`` holds one value per independent replica, in the prediction's unit; 0 < ``level`` < 1;
    ``largest_bias`` > 0 is the largest bias that may go unnoticed, relative to the prediction (absolute where that
    may be zero), and ``why`` says why where it is more than ``LARGEST_BIAS``; ``wrong`` names a plausible wrong
    prediction that must be refuted; ``stopping="any"`` where sampling stopped on what it showed; ``deterministic`` says
    that no randomness enters the measurement, so that replicas which are all alike and off refute the prediction (else
    a rare event may have been missed). Result: a verdict whose false-alarm rate is at most ``level``; "inconclusive"
    where the power or a negative control is missing. Raises
    ``ValueError`` for samples, a level or a bias out of range, ``TypeError`` for a prediction that is a bare number.

    Example: ``judge_equal("a.b", "", "", Exact(0), np.random.default_rng(1).normal(size=64), 1e-3,
    largest_bias=1, why="the noise alone is to be seen").outcome == "pass"``.
    """
    _refuse_unexplained(largest_bias, why)
    trial = Trial("equal", confidence_interval(samples, level, stopping))
    demand = _Demand(largest_bias, wrong, samples, level, stopping, deterministic)
    return _judge((claim, case, statement), predicted, trial, demand, why)


def judge_equivalent(
    claim: str,
    case: str,
    statement: str,
    predicted: Value,
    samples: Sequence[float],
    level: float,
    *,
    tolerance: float,
    why: str = "",
    wrong: Wrong | None = None,
    stopping: Stopping = "fixed",
) -> Verdict:
    """Judge whether the mean is within ``tolerance`` of an approximate prediction (two one-sided tests).

    ``tolerance`` > 0, declared before looking, is relative to the prediction (absolute where that may be zero); ``why``
    must be said where more than ``LARGEST_BIAS`` could go unnoticed, or nothing passes; the rest is as in
    ``judge_equal``. Result: "pass" if the whole interval is within the tolerance, "refuted" if none of it is,
    "inconclusive" between; either is wrong with probability at most ``level``. ``wrong`` must not pass. The smallest
    bias noticed includes the tolerance: a smaller bias is allowed.

    Example: ``judge_equivalent("a.b", "", "", Exact(3), np.random.default_rng(1).normal(3.1, 0.1, size=64), 1e-3,
    tolerance=0.1, why="a limit of many workers").outcome == "pass"``.
    """
    if not 0 < tolerance < math.inf:
        raise ValueError(f"tolerance = {tolerance}: allowed: a positive number")
    allowed = tolerance * size(enclosed(predicted))
    trial = Trial(f"equivalent within {tolerance:g}", confidence_interval(samples, level, stopping), allowed)
    demand = _Demand(math.inf if why else LARGEST_BIAS, wrong, samples, level, stopping)
    return _judge((claim, case, statement), predicted, trial, demand, why)


def judge_bound(
    claim: str,
    case: str,
    statement: str,
    predicted: Value,
    samples: Sequence[float],
    level: float,
    *,
    direction: Literal["at least", "at most"],
    largest_bias: float = LARGEST_BIAS,
    why: str = "",
    wrong: Wrong | None = None,
    stopping: Stopping = "fixed",
) -> Verdict:
    """Judge whether the mean is at least (at most) the predicted bound (one-sided test at ``level``).

    Arguments and errors as in ``judge_equal``. The smallest bias noticed is the smallest violation that would be
    refuted. The negative control holds the samples against a bound beyond their mean.

    Example: ``judge_bound("a.b", "", "", Exact(2), np.random.default_rng(1).normal(3, 0.1, size=64), 1e-3,
    direction="at least").outcome == "pass"``.
    """
    if direction not in ("at least", "at most"):
        raise ValueError(f'direction = {direction!r}: allowed: "at least", "at most"')
    if not 0 < level < 0.5:
        raise ValueError(f"the level of a one-sided test must be in (0, 0.5), got {level}")
    _refuse_unexplained(largest_bias, why)
    trial = Trial(direction, confidence_interval(samples, 2 * level, stopping))
    demand = _Demand(largest_bias, wrong, samples, 2 * level, stopping)
    return _judge((claim, case, statement), predicted, trial, demand, why)


def _refuse_unexplained(largest_bias: float, why: str) -> None:
    """A pass that leaves a large bias unnoticed owes its reader the reason."""
    if not largest_bias > 0 or (largest_bias > LARGEST_BIAS and not why):
        raise ValueError(f"largest_bias = {largest_bias}: allowed: above 0 and at most {LARGEST_BIAS}, or say why")


@dataclass(frozen=True)
class _Demand:
    """What a check must be able to notice before it may pass."""

    largest_bias: float
    wrong: Wrong | None
    samples: Sequence[float]
    level: float
    stopping: Stopping
    deterministic: bool = False

    def short_of(self, trial: Trial, ball: Enclosure) -> str:
        """What could go unnoticed, and how many replicas it would take to notice it."""
        bias = trial.noticed(ball.lower, ball.upper) / size(ball)
        found = f"a bias of {bias:.2g} could go unnoticed, wanted {self.largest_bias:.2g}"
        return f"{found}: {self.remedy(trial, ball)}"

    def remedy(self, trial: Trial, ball: Enclosure) -> str:
        """How many replicas, planned from these, would decide."""
        width = ball.upper - ball.lower
        room = self.largest_bias * size(ball) - trial.tolerance - width
        if trial.tolerance:  # the whole interval must come to lie on one side of the tolerance's edge
            room = min(room, abs(trial.tolerance - abs(trial.interval.mean - float(ball))) - width)
        if room <= 0:
            return "no number of replicas would do"
        needed = replicas_needed(self.samples, self.level, room, self.stopping)
        return f"more replicas, about {max(needed, len(self.samples) + 1)} instead of {len(self.samples)}"


def _judge(names: tuple[str, str, str], predicted: Value, trial: Trial, demand: _Demand, why: str = "") -> Verdict:
    ball, interval = enclosed(predicted), trial.interval
    low, high = ball.lower, ball.upper
    bias = trial.noticed(low, high) / size(ball)
    powerless = not math.isfinite(interval.high - interval.low)
    controls = [] if powerless else [moved(trial, ball), *planted(trial, demand.wrong)]
    outcome, note = _outcome(trial, ball, demand, [text for text, failed in controls if not failed])
    return Verdict(
        *names,
        trial.relation,
        predicted,
        Estimate(interval.mean, interval.standard_error, interval.replicas),
        "Monte Carlo",
        outcome,
        None if powerless else bias,
        "; ".join(f"{'failed as it must' if failed else 'NOT REFUSED'}: {text}" for text, failed in controls),
        "; ".join(part for part in (note, why) if part),
    )


def _outcome(trial: Trial, ball: Enclosure, demand: _Demand, missed: list[str]) -> tuple[Outcome, str]:
    interval, bias = trial.interval, trial.noticed(ball.lower, ball.upper) / size(ball)
    if not math.isfinite(interval.high - interval.low):
        found = f"{interval.replicas} replicas are too few for this level (at least {FEWEST_REPLICAS})"
        return "inconclusive", f"{found}: {demand.remedy(trial, ball)}"
    if interval.constant and not trial.accepts(ball.lower, ball.upper) and not demand.deterministic:
        # A rare event that no replica met looks just like this, so no false-alarm rate could be kept.
        return "inconclusive", "all replicas gave the same value, which is not the predicted one: judge it as exact"
    if trial.refutes(ball.lower, ball.upper):
        return "refuted", f"the interval [{interval.low:.6g}, {interval.high:.6g}] excludes the prediction"
    if not trial.accepts(ball.lower, ball.upper):
        found = f"the interval [{interval.low:.6g}, {interval.high:.6g}] crosses the tolerance"
        return "inconclusive", f"{found}: {demand.remedy(trial, ball)}"
    if bias > demand.largest_bias:
        return "inconclusive", demand.short_of(trial, ball)
    if missed:
        return "inconclusive", f"negative control not refused: {'; '.join(missed)}"
    return "pass", "all replicas gave the same value" if interval.constant else ""
