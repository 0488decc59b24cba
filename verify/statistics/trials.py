"""Stage: trials. Input: a prediction's ball and the interval of its samples. Output: does it hold, with what power?

A trial knows what it takes to say pass, to say refuted, and how large an error it would have noticed; its negative
controls hold the same interval against predictions that are wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from numeric.enclosure import Enclosure
from verify.agreement import enclosed
from verify.statistics.confidence import Interval
from verify.verdict import Value

CONTROL_FACTOR = 1.5
"""The planted error of a negative control, in units of the bias noticed: refuted unless the check barely passes."""

Wrong = tuple[str, Value]
Control = tuple[str, bool]


@dataclass(frozen=True)
class Trial:
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


def moved(trial: Trial, ball: Enclosure) -> Control:
    """The control every check has: predictions moved by a multiple of the bias noticed, both ways."""
    bias = trial.noticed(ball.lower, ball.upper)
    # An observation may lie at the tolerance's edge, so the far side is two tolerances away.
    move = CONTROL_FACTOR * bias + trial.tolerance / 2
    shown = f"{100 * move / size(ball):.3g} %" if not ball.contains(0) else f"{move:.3g}"
    if trial.relation in ("at least", "at most"):
        bound = trial.interval.mean + (move if trial.relation == "at least" else -move)
        return f"bound {shown} beyond the observation", trial.refutes(bound, bound)
    wrong = [(ball.lower + shift, ball.upper + shift) for shift in (move, -move)]
    if trial.tolerance:
        return f"predictions wrong by ±{shown}", not any(trial.accepts(*pair) for pair in wrong)
    return f"predictions wrong by ±{shown}", all(trial.refutes(*pair) for pair in wrong)


def planted(trial: Trial, wrong: Wrong | None) -> list[Control]:
    """The caller's plausible wrong prediction."""
    if wrong is None:
        return []
    name, value = wrong
    ball = enclosed(value)
    tolerant = trial.tolerance > 0
    failed = not trial.accepts(ball.lower, ball.upper) if tolerant else trial.refutes(ball.lower, ball.upper)
    return [(f"{name} ({float(ball):.6g})", failed)]


def size(ball: Enclosure) -> float:
    """|value|, or one where the ball holds zero and nothing is relative."""
    return 1.0 if ball.contains(0) else abs(float(ball))
