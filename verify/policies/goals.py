"""Stage: policies. Input: a study. Output: what it reaches of a goal, enclosed: speed, time, or risk.

decay rate: the slowest mode's, per second (R3; of rules that wait for workers Rd, over their own time per update)
training time: from when on the excess risk of all modes together stays below a target (R1)
excess risk: the largest from the end of a time budget on, stationary risk included (R1)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from derive.models.linear import LinearModel
from derive.models.recursion import RULES
from derive.models.update_times import time_per_update
from derive.studies.models import linear_model_of, refusal
from derive.studies.records import Study
from numeric.enclosed.total_risk import risk_from, time_below
from numeric.enclosure import Enclosure, Unevaluable, evaluate
from numeric.roots.characteristic import spectrum
from numeric.values import Exact
from verify.predicting.spectra import characteristic_equations


@dataclass(frozen=True)
class Goal(ABC):
    """What is to be best: its name in the answer, its unit, and whether more of it is better."""

    name: ClassVar[str]
    unit: ClassVar[str]
    more: ClassVar[bool] = False

    @abstractmethod
    def reached(self, study: Study) -> Enclosure | None:
        """What a study reaches; None where it never does (not stable). Raises ``Unevaluable`` where none is proven."""

    @abstractmethod
    def seconds(self, reached: Enclosure) -> Enclosure | sp.Rational:
        """For how long workers are paid; of a rate for one second."""

    def rung(self, study: Study) -> str:
        """The rung of the ladder on which a study's number holds."""
        return "R1"

    def words(self) -> dict[str, Any]:
        """Its own numbers for the JSON."""
        return {}

    def best_of(self, one: Enclosure, other: Enclosure) -> Enclosure:
        """The one that is better in its worst case."""
        if self.more:
            return one if one.lower >= other.lower else other
        return one if one.upper <= other.upper else other

    def worse(self, one: Enclosure, best: Enclosure, tolerance: sp.Rational) -> bool:
        """Whether one is proven worse than the best, or at most better by the relative tolerance."""
        room = (best * (1 + tolerance) - one) if self.more else (one - best * (1 - tolerance))
        return bool(room.is_positive())


@dataclass(frozen=True)
class DecayRate(Goal):
    """The slowest mode's decay rate, 1/s.

    Example: ``DecayRate().reached(load_study("reports/studies/textbook.toml").cases[1].study).contains(sp.Rational(1,
    3))``.
    """

    name = "decay_rate"
    unit = "1/s"
    more = True

    def reached(self, study: Study) -> Enclosure | None:
        """Certified; ``Unevaluable`` where no rate or no time per update is proven."""
        slowest: Enclosure | None = None
        for equation in characteristic_equations(study):
            found = spectrum(equation)
            rate = found.decay_rate
            if rate is None:
                raise Unevaluable(found.reason or "no decay rate is proven")
            slowest = rate if slowest is None or rate.lower < slowest.lower else slowest
        assert slowest is not None
        return slowest / seconds_per_update(study) if slowest.is_positive() else None

    def rung(self, study: Study) -> str:
        """Rd where workers wait for each other, else R3."""
        return "Rd" if study.scheme is not None and study.scheme.rule in RULES else "R3"

    def seconds(self, reached: Enclosure) -> sp.Rational:
        """One."""
        return sp.S.One


def seconds_per_update(study: Study) -> Enclosure:
    """The mean time of one update where rates are per update (s), else 1; raises ``Unevaluable`` without bounds.

    Example: ``seconds_per_update(load_study("reports/studies/textbook.toml").cases[0].study).contains(1)``.
    """
    assert study.scheme is not None
    assert study.workers is not None
    if study.scheme.rule not in RULES:
        return Enclosure.of(sp.Integer(1))
    time = time_per_update(study.workers.cycle_law, study.scheme)
    if time.exact is not None:
        return evaluate(time.exact)
    if time.least == 0 or time.longest == sp.oo:
        raise Unevaluable(f"no time per update of the rule {study.scheme.rule} is proven for these cycles")
    return Enclosure(evaluate(time.least).ball.union(evaluate(time.longest).ball))


@dataclass(frozen=True)
class Risk(Goal):
    """Goals of the excess risk of all modes together, from x = ``start`` until time 0 in every mode."""

    start: sp.Rational = sp.S.One

    def starts(self, study: Study) -> tuple[sp.Expr, ...]:
        """Where every mode begins: as the study says, if that is away from the optimum."""
        assert study.objective is not None
        given = study.run.initial
        modes = len(study.objective.curvature)
        here = given if len(given) == modes else given * modes
        return tuple(one if any(here) else self.start for one in here)

    def models(self, study: Study) -> tuple[LinearModel, ...]:
        """The models of all modes; raises ``StudyError`` for others than plain asynchronous workers."""
        assert study.objective is not None
        found = tuple(linear_model_of(study, mode) for mode in range(len(study.objective.curvature)))
        plain = tuple(model for model in found if isinstance(model, LinearModel))
        if len(plain) != len(found):
            rule = found[0].scheme.rule
            raise refusal(study, "scheme.rule", rule, "no closed second moment in time", "asynchronous, plain")
        return plain


@dataclass(frozen=True)
class TrainingTime(Risk):
    """Seconds until the excess risk of all modes together stays below ``level`` > 0.

    Example: ``TrainingTime(level=sp.Rational(1, 2)).words()["target"]["value"] == "1/2"``.
    """

    name = "training_time"
    unit = "s"
    level: sp.Rational = sp.S.One

    def reached(self, study: Study) -> Enclosure | None:
        """Certified on R1; None where the risk never stays below the target."""
        return time_below(self.models(study), self.level, self.starts(study))

    def seconds(self, reached: Enclosure) -> Enclosure:
        """The training time itself."""
        return reached

    def rung(self, study: Study) -> str:
        """The rung of the ladder on which a study's number holds."""
        return "R1"

    def words(self) -> dict[str, Any]:
        """The target."""
        return {"target": Exact(self.level).to_json()}


@dataclass(frozen=True)
class ExcessRisk(Risk):
    """The largest excess risk of all modes together from ``budget`` > 0 seconds on.

    Example: ``ExcessRisk(budget=sp.Integer(3)).seconds(Enclosure.of(1)) == 3``.
    """

    name = "excess_risk"
    unit = "1"
    budget: sp.Rational = sp.S.One

    def reached(self, study: Study) -> Enclosure | None:
        """Certified on R1; None where the risk has no limit."""
        return risk_from(self.models(study), self.budget, self.starts(study))

    def seconds(self, reached: Enclosure) -> sp.Rational:
        """The budget."""
        return self.budget

    def rung(self, study: Study) -> str:
        """The rung of the ladder on which a study's number holds."""
        return "R1"

    def words(self) -> dict[str, Any]:
        """The budget."""
        return {"seconds": Exact(self.budget).to_json()}
