"""Stage: policies. Input: the given and the advised study, a goal. Output: how wrong an input may be.

Each input is changed in both studies alike: every curvature by a factor, the mean of the cycles by a factor, their
variation at the same mean. A factor of the mean is one of the unit of time: all rates and times change by it and no
ranking does, but a budget of seconds is worth that much less, and an uplink carries that much more in a cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sympy as sp

from derive.laws import Constant, Exponential, Gamma
from derive.studies.records import Study, Workers
from derive.studies.schema import StudyError
from numeric.enclosure import Enclosure, Unevaluable
from verify.policies.goals import ExcessRisk, Goal
from verify.policies.sensitivity import SHAPES, OtherLaw, Sensitivity, turning_factor

_STEP = sp.Integer(2)  # factors are tried in these steps
_NARROWED = 5  # halvings between two of them


def doubts(given: Study, advised: Study, goal: Goal) -> Sensitivity:
    """Within which factors of an input the advised study is better than the given one, or no worse.

    Kind: enclosures, tried in steps of 2 up to a factor of 16; between the steps nothing is proven.

    Example: ``doubts(load_study("reports/studies/textbook.toml").cases[0].study,
    load_study("reports/studies/textbook.toml").cases[0].study, DecayRate()).below is None``.
    """

    def with_curvature(factor: sp.Rational) -> tuple[Enclosure | None, Enclosure | None]:
        return _reached(goal, _curved(advised, factor)), _reached(goal, _curved(given, factor))

    def with_mean(factor: sp.Rational) -> tuple[Enclosure | None, Enclosure | None]:
        aim = replace(goal, budget=goal.budget / factor) if isinstance(goal, ExcessRisk) else goal
        return _reached(aim, _carried(advised, factor)), _reached(aim, _carried(given, factor))

    below, above = (_turn(goal, with_curvature, step) for step in (1 / _STEP, _STEP))
    matters = isinstance(goal, ExcessRisk) or any(_capacity(one) is not None for one in (given, advised))
    shorter, longer = (_turn(goal, with_mean, step) if matters else None for step in (1 / _STEP, _STEP))
    return Sensitivity(below, above, _other_laws(given, advised, goal), shorter, longer, matters)


def _capacity(study: Study) -> sp.Expr | None:
    return None if study.scheme is None else study.scheme.uplink_capacity


def _carried(study: Study, factor: sp.Rational) -> Study:
    """The study whose uplink, if it has one, carries ``factor`` times as much."""
    capacity = _capacity(study)
    if capacity is None:
        return study
    assert study.scheme is not None
    return replace(study, scheme=replace(study.scheme, uplink_capacity=capacity * factor))


def _reached(goal: Goal, study: Study) -> Enclosure | None:
    """What is reached; None where nothing is, or nothing is proven."""
    try:
        return goal.reached(study)
    except (StudyError, Unevaluable, ValueError):
        return None


def _curved(study: Study, factor: sp.Rational) -> Study:
    assert study.objective is not None
    curvature = tuple(factor * one for one in study.objective.curvature)
    return replace(study, objective=replace(study.objective, curvature=curvature))


def _other_laws(given: Study, advised: Study, goal: Goal) -> tuple[OtherLaw, ...]:
    """What both reach with gamma cycles of the same mean; nothing of unlike workers."""
    workers = [one.workers for one in (given, advised)]
    if any(one is None or len(one.classes) > 1 for one in workers):
        return ()
    found = []
    for shape in SHAPES:
        reached = []
        for study in (advised, given):
            assert study.workers is not None
            mean = study.workers.cycle_law.mean
            law = Constant(mean) if shape == sp.oo else Exponential(mean) if shape == 1 else Gamma(shape, mean)
            reached.append(_reached(goal, study.with_workers(Workers.alike(study.workers.count, law))))
        found.append(OtherLaw(1 / shape, *reached))
    return tuple(found)


def _turn(
    goal: Goal, at: Callable[[sp.Rational], tuple[Enclosure | None, Enclosure | None]], step: sp.Rational
) -> Enclosure | None:
    """The factor, 1 times powers of ``step``, at which the advised study stops being better; None up to 16."""

    def better(factor: sp.Rational) -> bool:
        ours, theirs = at(factor)
        if ours is None:
            return False
        return theirs is None or not ((theirs - ours) if goal.more else (ours - theirs)).is_positive()

    return turning_factor(better, step, _NARROWED)
