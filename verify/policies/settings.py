"""Stage: policies. Input: a study, the name of a setting. Output: its equations with that setting open, what is safe.

setting left open -> H(s; setting), per mode -> the shots' criterion in mean square -> allowed where it is small enough
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.models.linear import LinearModel
from derive.models.modes import ModeModel, OutsideDomainError
from derive.studies.models import linear_model_of, refusal, refuse_without_model
from derive.studies.parameters import number_at, with_numbers
from derive.studies.records import Study
from derive.studies.schema import MISSING, StudyError
from numeric.charts.cells import Axis, Cell
from numeric.charts.criteria import LinearCriterion
from numeric.charts.crossings import Effort
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import Enclosure, Unevaluable, evaluate
from numeric.policies.slow_ranges import UNUSED, box_between
from numeric.roots.characteristic import spectrum
from verify.policies.goals import seconds_per_update
from verify.predicting.mean_square import LIMIT

HALF = sp.S.Half  # of the room in mean square
PATHS = {
    "learning_rate": ("optimizer", "learning_rate"),
    "workers": ("workers", "count"),
    "momentum": ("optimizer", "momentum"),
    "event_trigger": ("scheme", "event_trigger"),
}


@dataclass(frozen=True)
class OpenSetting:
    """A study with one setting left open: ``symbol`` stands for it; the study's own value is ``given``."""

    name: str
    study: Study
    symbol: sp.Symbol
    opened: Study
    given: sp.Rational

    @property
    def whole(self) -> bool:
        """Whether whole numbers alone are settings."""
        return self.name == "workers"

    @cached_property
    def models(self) -> tuple[ModeModel, ...]:
        """The linear model of every mode, the setting open."""
        objective = self.study.objective
        assert objective is not None
        return tuple(linear_model_of(self.opened, mode) for mode in range(len(objective.curvature)))

    @cached_property
    def equations(self) -> tuple[CharacteristicEquation, ...]:
        """H of every mode, the setting open."""
        return tuple(model.characteristic_equation for model in self.models)

    @cached_property
    def criteria(self) -> tuple[sp.Expr, ...]:
        """What must be below 1 for every mode on R1, in the setting and the noise gain; () where no claim states it."""
        shots = [model.claimed(LIMIT) for model in self.models if isinstance(model, LinearModel)]
        return tuple(shots) if len(shots) == len(self.models) else ()

    def rate(self, value: sp.Rational) -> Enclosure | None:
        """The certified decay rate of the slowest mode, negative where it grows; None where none is proven.

        In 1/s, of rules that make workers wait over their mean time per update.
        """
        rate = slowest_rate([equation.at({self.symbol: value}) for equation in self.equations])
        return None if rate is None else rate / self.seconds

    @cached_property
    def seconds(self) -> Enclosure:
        """The mean time of an update where rates are per update (s), else 1."""
        return seconds_per_update(self.study)

    def criterion(self, value: sp.Rational) -> Enclosure | None:
        """The largest criterion eta^2 h^2 Lambda I of the modes; None where no claim states it or no gain is proven.

        The mean must be stable there: see ``rate``.
        """
        worst: Enclosure | None = None
        for equation, criterion in zip(self.equations, self.criteria, strict=False):
            try:
                gain = noise_gain(equation.at({self.symbol: value}), 6)
            except ValueError:
                return None
            found = evaluate(criterion, {y.second_moment_gain: gain, self.symbol: value})
            worst = found if worst is None or found.upper > worst.upper else worst
        return worst

    def at(self, value: sp.Rational) -> Study:
        """The study with this setting."""
        return with_numbers(self.study, {PATHS[self.name]: value})


def slowest_rate(equations: Sequence[CharacteristicEquation]) -> Enclosure | None:
    """The certified decay rate of the slowest of several equations (1/s); None where one has none.

    Example: ``slowest_rate([delay_equation("1/4", Exponential(1))]).contains(sp.Rational(1, 2))``.
    """
    slowest: Enclosure | None = None
    for equation in equations:
        rate = spectrum(equation).decay_rate
        if rate is None:
            return None
        slowest = rate if slowest is None or rate.lower < slowest.lower else slowest
    return slowest


def open_setting(study: Study, name: str) -> OpenSetting:
    """The setting ``name`` of a study left open.

    Raises ``StudyError`` where the linear theory does not cover the study, and where a mode is a saddle or flat: no
    setting makes it decay.

    Example: ``open_setting(load_study("reports/studies/textbook.toml").cases[0].study, "workers").given == 16``.
    """
    if study.workers is None or study.objective is None:
        raise StudyError(study.path, "workers", MISSING, "an equation has no workers to advise", "[workers]")
    refuse_without_model(study)
    for number, curvature in enumerate(study.objective.curvature):
        if not curvature > 0:
            key = f"objective.curvature[{number}]"
            raise refusal(study, key, curvature, "no setting makes this mode decay", "curvatures > 0")
    model = linear_model_of(study)
    equation = model.characteristic_equation
    if equation.plane == "continuous" and not equation.abscissa_of_convergence < 0:
        law = study.workers.cycle_law.name
        raise refusal(study, "workers.compute", law, "its mean decays slower than any exponential", "another law")
    given = number_at(study, PATHS[name])
    symbol = sp.Dummy(name, positive=True, integer=True) if name == "workers" else sp.Dummy(name, positive=True)
    try:
        setting = OpenSetting(name, study, symbol, with_numbers(study, {PATHS[name]: symbol}), given)
        setting.equations, setting.seconds  # noqa: B018  (asked for their refusals)
    except (StudyError, ValueError, TypeError, Unevaluable):
        rule = model.scheme.rule
        raise refusal(study, "scheme.rule", rule, f"its {name} cannot be left open", "the rule asynchronous") from None
    return setting


def largest_learning_rate(study: Study) -> sp.Rational:
    """A learning rate beyond which no mode is stable in mean square on R1, rounded up.

    As |H(i w)| <= w + a, the gain I is at least (1/pi) int_0^inf dw/(w + a)^2 = 1/(pi a); with a = eta h Lambda the
    criterion (eta h)^2 Lambda I is at least eta h/pi. Kind: a proven bound, of the plain rule; of another one a range.

    Example: ``largest_learning_rate(load_study("reports/studies/textbook.toml").cases[0].study) ==
    sp.Rational(355, 226)``.
    """
    assert study.objective is not None
    return sp.Rational(355, 113) / max(study.objective.curvature)


class MeanSquareRoom:
    """Which settings keep every mode's criterion in mean square (R1) at most 1 - ``margin``; all, without a criterion.

    ``margin`` in [0, 1): the second moment settles and the shots multiply the variance by at most 1/margin.
    """

    def __init__(self, setting: OpenSetting, margin: sp.Rational) -> None:
        axes = (Axis(setting.symbol, 0, 1), UNUSED)
        self._judges = [
            LinearCriterion(equation, criterion / (1 - margin), _gain(model), axes, Effort())
            for model, equation, criterion in zip(setting.models, setting.equations, setting.criteria, strict=False)
        ]

    def __call__(self, low: Fraction, high: Fraction) -> bool | None:
        """Whether all (True) or none (False) of the settings between are allowed; None where it is not known."""
        if not self._judges:
            return True
        if low <= 0:  # there the criterion itself is 0, or not defined
            return None
        answers = [one.judge(Cell(), box_between(low, high)) for one in self._judges]
        return False if "unstable" in answers else True if set(answers) == {"stable"} else None


def _gain(model: ModeModel) -> sp.Expr | None:
    assert isinstance(model, LinearModel)
    try:
        return sp.simplify(model.stationary_variance / model.values[y.noise_intensity])
    except OutsideDomainError:
        return None
