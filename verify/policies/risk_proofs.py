"""Stage: policies. Input: the best learning rate tried for a goal of the risk. Output: proof that none is better.

The whole range is covered with pieces. On each the risk is proven above what a better learning rate would leave
(numeric/enclosed/risk_bends.py), or the criterion in mean square above what is allowed. A better one that turns up at
the end of a piece takes the place of the best; pieces settled before stay settled.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import sqrt

import sympy as sp

from derive.studies.records import Study
from numeric.charts.crossings import Effort
from numeric.enclosed.risk_bends import Mode, least_risk, slow_start
from numeric.enclosure import Enclosure, Unevaluable
from numeric.policies.slow_ranges import SlowRange, rational
from verify.policies.choices import RangeProof, Tried
from verify.policies.goals import Risk, TrainingTime
from verify.policies.knobs import with_learning_rate
from verify.policies.settings import MeanSquareRoom, open_setting

PATHS = 600  # at most so many learning rates are followed
_MEASURED = 24  # and so many measured
_FINE = 0.01  # pieces narrower than this, relative, are worth more digits
_SHORTEST = 1e-7  # of a piece, relative
_SLOWEST = 2.0**-60  # of the best, relative
Try = Callable[[sp.Rational], tuple[str, Tried]]


def prove_range(
    study: Study,
    goal: Risk,
    best: Tried,
    attempt: Try,
    *,
    high: sp.Rational,
    margin: sp.Rational,
    tolerance: sp.Rational,
) -> tuple[RangeProof, list[tuple[str, Tried]]]:
    """Whether no learning rate in (0, ``high``] is better than the best by more than the relative ``tolerance``.

    ``attempt`` measures one more learning rate; those it was asked for are returned, too. ``margin`` in mean square as
    of ``best_choice``. Kind: a proof; pieces without one are named. Raises ``StudyError`` as ``open_setting``.
    """
    found = _Cover(study, goal, best, attempt, margin, tolerance)
    return found.proven(Fraction(int(high.p), int(high.q))), found.tried


class _Cover:
    """The best so far, and the risk's modes at every end of a piece."""

    def __init__(
        self, study: Study, goal: Risk, best: Tried, attempt: Try, margin: sp.Rational, tolerance: sp.Rational
    ) -> None:
        self.study, self.goal, self.best, self.attempt, self.tolerance = study, goal, best, attempt, tolerance
        self.tried: list[tuple[str, Tried]] = []
        self.known: dict[tuple[Fraction, bool], tuple[Mode, ...] | None] = {}
        time, _ = self.excluded
        assert study.workers is not None
        theta = float(study.workers.cycle_law.mean)
        effort = Effort()
        open_ = open_setting(study, "learning_rate")
        self.unstable = [SlowRange(one, open_.symbol, sp.S.Zero, effort) for one in open_.equations]
        self.room = MeanSquareRoom(open_, margin)
        self.horizon = Fraction(f"{max(2 * time, 4 * theta):.6g}")

    @property
    def reached(self) -> Enclosure:
        """Of the best."""
        assert self.best.reached is not None
        return self.best.reached

    @property
    def excluded(self) -> tuple[float, float]:
        """A time and a risk: above it at that time or later is no learning rate that is better by the tolerance."""
        least = self.reached.upper * float(1 - self.tolerance)
        if isinstance(self.goal, TrainingTime):
            return least, float(self.goal.level)
        return float(self.goal.seconds(self.reached)), least

    def proven(self, high: Fraction) -> RangeProof:
        """From the slowest learning rates, all at once, to the highest."""
        low = Fraction(f"{float(self.best.option.keys[0][1]):.6g}")
        first = low
        while not self._too_slow(low) and low > first * Fraction(_SLOWEST):
            low /= 2
        pieces, undecided, waiting = 1, [], [(low, high)]
        if not self._too_slow(low):
            pieces, undecided = 0, [(Fraction(0), low)]
        while waiting:
            low, high = waiting.pop()
            if self._settled(low, high):
                pieces += 1
            elif len(self.known) > PATHS or high < low * (1 + Fraction(_SHORTEST)):
                undecided.append((low, high))
            else:
                middle = Fraction(f"{sqrt(float(low) * float(high)):.12g}")
                self._look(middle)
                waiting += [(middle, high), (low, middle)]
        return RangeProof((Fraction(0), high), pieces, tuple(undecided))

    def _settled(self, low: Fraction, high: Fraction) -> bool:
        """Whether no learning rate between is both allowed and better; what is more likely is tried first."""
        ways = [self._risks_more, self._is_out]
        if high > 2 * self.best.option.keys[0][1]:
            ways.reverse()
        return any(way(low, high) for way in ways)

    def _risks_more(self, low: Fraction, high: Fraction) -> bool:
        """Whether the risk is above what a better learning rate would leave."""
        fine = high < low * (1 + Fraction(_FINE))
        ends = self._modes(low, fine), self._modes(high, fine)
        if ends[0] is None or ends[1] is None:
            return False
        time, risk = self.excluded
        return least_risk(ends[0], ends[1], time) > risk

    def _is_out(self, low: Fraction, high: Fraction) -> bool:
        """Whether a mode's mean is unstable, or the criterion in mean square above what is allowed."""
        if any(one.proven(low, high) for one in self.unstable):
            return True
        return self.room(low, high) is False

    def _look(self, value: Fraction) -> None:
        """Let a learning rate be the best if it is allowed and better."""
        modes, (time, risk) = self._modes(value, False), self.excluded
        if modes is None or least_risk(modes, modes, time) > risk or len(self.tried) >= _MEASURED:
            return
        kind, one = self.attempt(rational(value))
        self.tried.append((kind, one))
        if kind == "allowed" and one.reached is not None and one.reached.upper < self.reached.upper:
            self.best = one

    def _modes(self, value: Fraction, fine: bool) -> tuple[Mode, ...] | None:
        """Every mode at a learning rate, None where no path is proven."""
        key = (value, fine)
        if key not in self.known:
            study = with_learning_rate(self.study, rational(value)).study
            models, starts = self.goal.models(study), self.goal.starts(study)
            try:
                pairs = [(model, sp.sympify(x0)) for model, x0 in zip(models, starts, strict=True)]
                self.known[key] = tuple(Mode.of(model, x0, self.horizon, 6 if fine else 4) for model, x0 in pairs)
            except Unevaluable:
                self.known[key] = None
        return self.known[key]

    def _too_slow(self, value: Fraction) -> bool:
        """Whether this learning rate and all smaller ones leave too much of the start."""
        study = with_learning_rate(self.study, rational(value)).study
        models, starts = self.goal.models(study), self.goal.starts(study)
        time, risk = self.excluded
        dampings = tuple(float(model.damping_coefficient) for model in models)
        halves = tuple(float(model.curvature) / 2 for model in models)
        return slow_start(dampings, halves, tuple(float(one) for one in starts), time) > risk
