"""Stage: policies. Input: a study of plain workers, a goal, an advice. Output: what classical rules reach beside it.

Every rule of derive/policy.py is put in at the study's learning rate. Its own number follows from the target where the
goal has one (R = ceil(sigma^2/eps), eps = 2 h_min target: a gradient that small leaves at most that risk). Otherwise it
is the best of the powers of two up to the workers: the rule is shown at its best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from derive.policy import POLICIES, Policy, enough_gradients
from derive.schemes import SCHEMES
from derive.studies.records import Study
from derive.studies.schema import StudyError
from numeric.enclosure import Enclosure, Unevaluable
from verify.policies.goals import Goal, TrainingTime
from verify.policies.knobs import with_learning_rate

NEAR = 0.9  # of the advised setting
_RULES = {"batch-of-fresh-gradients": "k-batch-sync", "batch-of-stale-gradients": "k-batch-async", "k-async": "k-async"}
_UNWRITTEN = "a study weighs gradients by powers, not by 1/(1 + K)"


@dataclass(frozen=True)
class Compared:
    """One rule: its ``number`` (None: it has none), what it ``reached``, and what ``share`` of the advised setting.

    ``why``: in words why nothing is known of it.
    """

    policy: Policy
    number: sp.Expr | None
    reached: Enclosure | None
    share: Enclosure | None
    why: str = ""

    @property
    def near(self) -> bool | None:
        """Whether it reaches nine tenths of the advised setting; None where that is not known, or not proven."""
        if self.share is None or self.share.lower < NEAR <= self.share.upper:
            return None
        return self.share.lower >= NEAR

    def to_json(self) -> dict[str, Any]:
        """The object of the JSON."""
        return {
            "policy": self.policy.name,
            "rule": self.policy.rule,
            "source": self.policy.source,
            "number": None if self.number is None else str(self.number),
            "reached": None if self.reached is None else self.reached.to_json(),
            "share": None if self.share is None else self.share.to_json(),
            "near": self.near,
            "why": self.why or None,
        }


def compared(study: Study, goal: Goal, best: Enclosure) -> tuple[Compared, ...]:
    """What each classical rule reaches, and what share of the best that is (kind: enclosures); () of other schemes.

    Example: ``len(compared(load_study("reports/studies/textbook.toml").cases[1].study, DecayRate(),
    Enclosure.of(sp.Rational(1, 3)))) == 6``.
    """
    if study.scheme is None or not study.scheme.is_plain or study.workers is None or len(study.workers.classes) > 1:
        return ()
    return tuple(_best_of(policy, study, goal, best) for policy in POLICIES.values())


def _best_of(policy: Policy, study: Study, goal: Goal, best: Enclosure) -> Compared:
    """A rule at its own number, or at the best one tried."""
    found: Compared | None = None
    why = _UNWRITTEN
    for number, one in _studies(policy, study, goal):
        try:
            reached = goal.reached(one)
        except StudyError as problem:
            why = problem.wrong
            continue
        except (Unevaluable, ValueError) as problem:
            why = str(problem)
            continue
        if reached is None:
            why = "it never gets there"
            continue
        if found is None or found.reached is None or goal.best_of(reached, found.reached) is reached:
            found = Compared(policy, number, reached, reached / best if goal.more else best / reached)
    return found or Compared(policy, None, None, None, why)


def _studies(policy: Policy, study: Study, goal: Goal) -> Iterator[tuple[sp.Expr | None, Study]]:
    """The rule in the study, for every number that it is shown with."""
    assert study.scheme is not None
    assert study.optimizer is not None
    workers = study.scheme.workers
    if policy.name == "learning-rate-over-staleness":
        yield None, with_learning_rate(study, study.optimizer.learning_rate / workers).study
    elif policy.name == "drop-beyond-a-staleness":
        for number in _numbers(study, goal, 2 * int(workers)):
            scheme = replace(study.scheme, staleness_threshold=number - 1)
            yield number, replace(study, scheme=scheme)
    elif policy.name in _RULES:
        for number in _numbers(study, goal, int(workers)):
            scheme = SCHEMES[_RULES[policy.name]](workers, batch=min(number, workers))  # type: ignore[call-arg]
            yield number, replace(study, scheme=scheme)


def _numbers(study: Study, goal: Goal, most: int) -> list[sp.Integer]:
    """The rule's own number for a target; else powers of two up to ``most``."""
    assert study.objective is not None
    if isinstance(goal, TrainingTime):
        noise = sum((one**2 for one in study.objective.gradient_noise), sp.S.Zero)
        return [sp.Integer(enough_gradients(noise, 2 * min(study.objective.curvature) * goal.level))]
    return [sp.Integer(2**power) for power in range(most.bit_length()) if 2**power <= most]
