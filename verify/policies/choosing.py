"""Stage: policies. Input: a study, a knob, a goal. Output: every value tried, the best first, and what is proven.

values of the knob -> what each reaches of the goal, enclosed -> allowed ones ranked -> the best, against the given
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derive import symbols as y
from derive.models.linear import LinearModel
from derive.studies.models import linear_model_of, refusal
from derive.studies.records import Study
from derive.studies.schema import StudyError
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import Enclosure, Unevaluable, evaluate
from numeric.policies.branch_and_bound import THOUSANDTH
from verify.policies.choices import ChoiceAdvice, Price, RangeProof, Tried
from verify.policies.goals import DecayRate, Goal, Risk
from verify.policies.knobs import COUNTED, Option, given_option, options_of, with_learning_rate
from verify.policies.margins import Margins, margins_of
from verify.policies.risk_proofs import prove_range
from verify.policies.settings import HALF, largest_learning_rate
from verify.predicting.mean_square import LIMIT

SPEED = DecayRate()
Trial = tuple[str, Tried]  # with the group that it belongs to
HUNDREDTH = sp.Rational(1, 100)
_CLOSER = 4  # rounds around the best of a grid


def best_choice(
    study: Study,
    name: str,
    goal: Goal = SPEED,
    *,
    high: sp.Rational | None = None,
    margin: sp.Rational = HALF,
    tolerance: sp.Rational | None = None,
    price: Price | None = None,
) -> ChoiceAdvice:
    """The best value of a knob for a goal: "workers", "staleness_threshold", "batch", "scheme", or "learning_rate".

    Whole knobs: every value is tried, kind: enclosures. Learning rates: the best of a grid and of ever closer values
    around it; of times and risks that none of the whole range is better by the relative ``tolerance`` (THOUSANDTH; of
    learning rates a hundredth) is proven. Raises ``StudyError`` for a study that the theory does not cover,
    and where no value is allowed.

    Example: ``best_choice(load_study("reports/studies/textbook.toml").cases[1].study, "workers",
    high=sp.Integer(1)).certified``.
    """
    judge = _Judge(goal, margin, price)
    tolerance = tolerance or (THOUSANDTH if name in COUNTED else HUNDREDTH)
    tried = [judge.tried(option) for option in options_of(study, name, high)]
    proof = None
    if name not in COUNTED:
        tried += _closer(study, tried, judge)
        proof, more = _proof(study, goal, tried, judge, high, tolerance)
        tried += more
    groups: dict[str, list[Tried]] = {"allowed": [], "refused": [], "unproven": [], "uncovered": []}
    for kind, one in tried:
        groups[kind].append(one)
    if not groups["allowed"]:
        why = next((one.why for kind in ("unproven", "refused", "uncovered") for one in groups[kind]), "")
        raise refusal(study, f"--choose {name}", f"{len(tried)} values", f"none is allowed: {why}", "another range")
    ranked = _ranked(groups["allowed"], goal, tolerance if name in COUNTED else sp.S.Zero)
    refused, unproven, uncovered = (tuple(groups[kind]) for kind in ("refused", "unproven", "uncovered"))
    given = judge.measured(given_option(study, name))
    margins = _margins(ranked[0].option.study)
    parts = (ranked, refused, unproven, uncovered)
    return ChoiceAdvice(study, name, goal, margin, tolerance, given, *parts, margins, proof)


@dataclass(frozen=True)
class _Judge:
    """Measures values and says whether they are allowed."""

    goal: Goal
    margin: sp.Rational
    price: Price | None

    def tried(self, option: Option) -> tuple[str, Tried]:
        """The group that a value belongs to."""
        try:
            one = self.measured(option)
            room = None if one.reached is None else _criterion(option.study)
        except StudyError as problem:
            return "uncovered", Tried(option, None, problem.wrong)
        except Unevaluable as problem:
            return "unproven", Tried(option, None, f"its criterion in mean square: {problem}")
        if one.reached is None:
            return ("refused" if one.why == _NEVER else "unproven"), one
        if room is not None and not (Enclosure.of(1 - self.margin) - room).is_positive():
            return "refused", replace(one, why="too near the limit in mean square")
        most = None if self.price is None else self.price.most
        if most is not None and one.cost is not None and not (one.cost - most).is_negative():
            return "refused", replace(one, why="too dear")
        return "allowed", one

    def measured(self, option: Option) -> Tried:
        """What a value reaches, whether it is allowed or not."""
        try:
            reached = self.goal.reached(option.study)
        except (Unevaluable, ValueError) as problem:
            if isinstance(problem, StudyError):
                raise
            return Tried(option, None, str(problem))
        if reached is None:
            return Tried(option, None, _NEVER)
        return Tried(option, reached, "", self._cost(option.study, reached), self.goal.rung(option.study))

    def _cost(self, study: Study, reached: Enclosure) -> Enclosure | None:
        if self.price is None:
            return None
        assert study.workers is not None
        return Enclosure.of(self.price.each * study.workers.count) * self.goal.seconds(reached)


_NEVER = "it never gets there"


def _criterion(study: Study) -> Enclosure | None:
    """The largest criterion of the modes in mean square (R1), which must be below 1; None where no claim states it."""
    assert study.objective is not None
    worst: Enclosure | None = None
    for mode in range(len(study.objective.curvature)):
        model = linear_model_of(study, mode)
        if not isinstance(model, LinearModel):
            return None
        try:
            gain = noise_gain(model.characteristic_equation, 6)
        except ValueError as problem:
            raise Unevaluable(str(problem)) from problem
        found = evaluate(model.claimed(LIMIT), {y.second_moment_gain: gain})
        worst = found if worst is None or found.upper > worst.upper else worst
    return worst


def _margins(study: Study) -> Margins | None:
    try:
        return margins_of(study)
    except StudyError:
        return None


def _closer(study: Study, tried: list[Trial], judge: _Judge) -> list[Trial]:
    """Learning rates around the best of a grid, closer and closer."""
    found: list[Trial] = []
    width = 0.2
    for _ in range(_CLOSER):
        allowed = [one for kind, one in tried + found if kind == "allowed"]
        if not allowed:
            return found
        best = _ranked(allowed, judge.goal, sp.S.Zero)[0]
        middle = float(best.option.keys[0][1])
        for share in (-width, -width / 2, width / 2, width):
            found.append(judge.tried(with_learning_rate(study, sp.Rational(f"{middle * (1 + share):.4g}"))))
        width /= 3
    return found


def _proof(
    study: Study, goal: Goal, tried: list[Trial], judge: _Judge, high: sp.Rational | None, tolerance: sp.Rational
) -> tuple[RangeProof | None, list[Trial]]:
    """What is proven of all learning rates up to the highest, and those measured on the way."""
    allowed = [one for kind, one in tried if kind == "allowed"]
    if not allowed or not isinstance(goal, Risk):
        return None, []
    best = _ranked(allowed, goal, sp.S.Zero)[0]
    top = high or largest_learning_rate(study)
    ends = {"high": top, "margin": judge.margin, "tolerance": tolerance}
    return prove_range(study, goal, best, lambda value: judge.tried(with_learning_rate(study, value)), **ends)


def _ranked(allowed: list[Tried], goal: Goal, tolerance: sp.Rational) -> tuple[Tried, ...]:
    """The best first; before it those it is not better than by more than half the tolerance, in the knob's order."""
    lead = allowed[0].reached
    for one in allowed:
        assert one.reached is not None
        assert lead is not None
        lead = goal.best_of(lead, one.reached)
    assert lead is not None
    least = lead * (1 - tolerance / 2) if goal.more else lead * (1 + tolerance / 2)

    def order(number: int) -> tuple[float, ...]:
        reached = allowed[number].reached
        assert reached is not None
        near = reached.lower >= float(least) if goal.more else reached.upper <= float(least)
        tied = near or reached.ball.mid() == lead.ball.mid()
        return (0, number) if tied else (1, -float(reached) if goal.more else float(reached))

    return tuple(allowed[number] for number in sorted(range(len(allowed)), key=order))
