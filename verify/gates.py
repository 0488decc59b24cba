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
from verify.confidence import FEWEST_REPLICAS, Interval, Stopping, confidence_interval
from verify.verdict import Outcome, Value, Verdict

CONTROL_FACTOR = 1.5
"""The planted error of a negative control, in units of the bias noticed: refuted unless the check barely passes."""

Wrong = tuple[str, Value]


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


@dataclass(frozen=True)
class _Trial:
    """A prediction held against an interval: what it takes to say pass, and to say refuted."""

    relation: str
    interval: Interval
    tolerance: float = 0.0  # in the samples' unit, not relative

    def refutes(self, low: float, high: float) -> bool:
        """Whether no value of the predicted ball [low, high] fits."""
        if self.relation == "at least":
            return self.interval.high < low
        if self.relation == "at most":
            return self.interval.low > high
        return not self.interval.touches(low - self.tolerance, high + self.tolerance)

    def accepts(self, low: float, high: float) -> bool:
        """Whether the relation is as proven as samples can prove it."""
        if self.tolerance == 0:
            return not self.refutes(low, high)
        return high - self.tolerance <= self.interval.low and self.interval.high <= low + self.tolerance

    def noticed(self, low: float, high: float) -> float:
        """The error of a prediction that would be refuted with probability at least .9, in the samples' unit."""
        return self.tolerance + self.interval.bias_noticed + (high - low)


def judge_equal(
    claim: str,
    case: str,
    statement: str,
    predicted: Value,
    samples: Sequence[float],
    level: float,
    *,
    largest_bias: float = 0.05,
    wrong: Wrong | None = None,
    stopping: Stopping = "fixed",
) -> Verdict:
    """Judge whether the mean of a replica's value equals the prediction (two-sided test at ``level``).

    ``samples`` holds one value per independent replica, in the prediction's unit; 0 < ``level`` < 1;
    ``largest_bias`` > 0 is the largest bias that may go unnoticed, relative to the prediction (absolute where that
    may be zero); ``wrong`` names a plausible wrong prediction that must be refuted; ``stopping="any"`` where sampling
    stopped on what it showed. Result: a verdict whose false-alarm rate is at most ``level``; "inconclusive" where the
    power or a negative control is missing. Raises ``ValueError`` for samples or a level out of range.

    Example: ``judge_equal("a.b", "", "", Exact(0), np.random.default_rng(1).normal(size=64), 1e-3,
    largest_bias=1).outcome == "pass"``.
    """
    trial = _Trial("equal", confidence_interval(samples, level, stopping))
    return _judge((claim, case, statement), predicted, trial, _Demand(largest_bias, wrong))


def judge_equivalent(
    claim: str,
    case: str,
    statement: str,
    predicted: Value,
    samples: Sequence[float],
    level: float,
    *,
    tolerance: float,
    wrong: Wrong | None = None,
    stopping: Stopping = "fixed",
) -> Verdict:
    """Judge whether the mean is within ``tolerance`` of an approximate prediction (two one-sided tests).

    ``tolerance`` > 0, declared before looking, is relative to the prediction (absolute where that may be zero); the
    rest is as in ``judge_equal``. Result: "pass" if the whole interval is within the tolerance, "refuted" if none
    of it is, "inconclusive" between; either is wrong with probability at most ``level``. ``wrong`` must not pass.
    The smallest bias noticed includes the tolerance: a smaller bias is allowed.

    Example: ``judge_equivalent("a.b", "", "", Exact(3), np.random.default_rng(1).normal(3.1, 0.1, size=64), 1e-3,
    tolerance=0.1).outcome == "pass"``.
    """
    if not 0 < tolerance < math.inf:
        raise ValueError(f"tolerance = {tolerance}: allowed: a positive number")
    size = tolerance * _size(enclosed(predicted))
    trial = _Trial(f"equivalent within {tolerance:g}", confidence_interval(samples, level, stopping), size)
    return _judge((claim, case, statement), predicted, trial, _Demand(math.inf, wrong))


def judge_bound(
    claim: str,
    case: str,
    statement: str,
    predicted: Value,
    samples: Sequence[float],
    level: float,
    *,
    direction: Literal["at least", "at most"],
    largest_bias: float = 0.05,
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
    trial = _Trial(direction, confidence_interval(samples, 2 * level, stopping))
    return _judge((claim, case, statement), predicted, trial, _Demand(largest_bias, wrong))


@dataclass(frozen=True)
class _Demand:
    """What a check must be able to notice before it may pass."""

    largest_bias: float
    wrong: Wrong | None


def _judge(names: tuple[str, str, str], predicted: Value, trial: _Trial, demand: _Demand) -> Verdict:
    ball, interval = enclosed(predicted), trial.interval
    low, high = ball.lower, ball.upper
    bias = trial.noticed(low, high) / _size(ball)
    powerless = not math.isfinite(interval.high - interval.low)
    controls = [] if powerless else [_moved(trial, ball), *_planted(trial, demand.wrong)]
    outcome, note = _outcome(trial, ball, demand.largest_bias, [text for text, failed in controls if not failed])
    return Verdict(
        *names,
        trial.relation,
        predicted,
        Estimate(interval.mean, interval.standard_error, interval.replicas),
        "Monte Carlo",
        outcome,
        None if powerless else bias,
        "; ".join(f"{'failed as it must' if failed else 'NOT REFUSED'}: {text}" for text, failed in controls),
        note,
    )


def _outcome(trial: _Trial, ball: Enclosure, largest_bias: float, missed: list[str]) -> tuple[Outcome, str]:
    interval, bias = trial.interval, trial.noticed(ball.lower, ball.upper) / _size(ball)
    if not math.isfinite(interval.high - interval.low):
        return "inconclusive", f"{interval.replicas} replicas are too few for this level (at least {FEWEST_REPLICAS})"
    if interval.constant and not trial.accepts(ball.lower, ball.upper):
        # A rare event that no replica met looks just like this, so no false-alarm rate could be kept.
        return "inconclusive", "all replicas gave the same value, which is not the predicted one: judge it as exact"
    if trial.refutes(ball.lower, ball.upper):
        return "refuted", f"the interval [{interval.low:.6g}, {interval.high:.6g}] excludes the prediction"
    if not trial.accepts(ball.lower, ball.upper):
        return "inconclusive", f"the interval [{interval.low:.6g}, {interval.high:.6g}] crosses the tolerance"
    if bias > largest_bias:
        return "inconclusive", f"a bias of {bias:.2g} could go unnoticed, wanted {largest_bias:.2g}: more replicas"
    if missed:
        return "inconclusive", f"negative control not refused: {'; '.join(missed)}"
    return "pass", "all replicas gave the same value" if interval.constant else ""


def _moved(trial: _Trial, ball: Enclosure) -> tuple[str, bool]:
    """The control every check has: predictions moved by a multiple of the bias noticed, both ways."""
    bias = trial.noticed(ball.lower, ball.upper)
    # An observation may lie at the tolerance's edge, so the far side is two tolerances away.
    move = CONTROL_FACTOR * bias + trial.tolerance / 2
    shown = f"{100 * move / _size(ball):.3g} %" if not ball.contains(0) else f"{move:.3g}"
    if trial.relation in ("at least", "at most"):
        bound = trial.interval.mean + (move if trial.relation == "at least" else -move)
        return f"bound {shown} beyond the observation", trial.refutes(bound, bound)
    wrong = [(ball.lower + shift, ball.upper + shift) for shift in (move, -move)]
    if trial.tolerance:
        return f"predictions wrong by ±{shown}", not any(trial.accepts(*pair) for pair in wrong)
    return f"predictions wrong by ±{shown}", all(trial.refutes(*pair) for pair in wrong)


def _planted(trial: _Trial, wrong: Wrong | None) -> list[tuple[str, bool]]:
    """The caller's plausible wrong prediction."""
    if wrong is None:
        return []
    name, value = wrong
    ball = enclosed(value)
    tolerant = trial.tolerance > 0
    failed = not trial.accepts(ball.lower, ball.upper) if tolerant else trial.refutes(ball.lower, ball.upper)
    return [(f"{name} ({float(ball):.6g})", failed)]


def _size(ball: Enclosure) -> float:
    """|value|, or one where the ball holds zero and nothing is relative."""
    return 1.0 if ball.contains(0) else abs(float(ball))
