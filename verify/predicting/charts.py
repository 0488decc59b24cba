"""Stage: charts of a study. Input: a study with [chart]. Output: its proven chart, in the mean and in mean square.

numbers left open -> H(s; x, y), per mode -> cells without a root on the edge -> counted -> stable, unstable
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from derive.claims import CLAIMS
from derive.integer_laws import Geometric
from derive.law import LawError
from derive.models.linear import LinearModel
from derive.models.modes import OutsideDomainError
from derive.scheme import SchemeError
from derive.studies.models import linear_model_of
from derive.studies.parameters import number_at, with_numbers
from derive.studies.records import ChartAxis, Study, UpdateEquation
from derive.studies.schema import MISSING, StudyError
from numeric.charts.cells import Axis
from numeric.charts.records import StabilityChart
from numeric.charts.stability import stability_chart
from numeric.charts.subdivision import ChartBudget, Progress
from numeric.enclosure import Unevaluable
from verify.predicting.spectra import characteristic_equations

LIMIT = "shots.mean-square-limit.any-law"
DRAWN_LIMIT = "recursion.mean-square-limit.geometric-staleness"


def study_chart(study: Study, budget: ChartBudget | None = None, progress: Progress | None = None) -> StabilityChart:
    """The proven chart of a study's [chart]; of several modes, where all are stable.

    Raises ``StudyError`` where there is no [chart], no linear model of the study, or no ball of H's derivatives in the
    two numbers.
    """
    axes = axes_of(study)
    opened = opened_study(study, axes)
    try:
        return stability_chart(
            characteristic_equations(opened),
            *axes,
            budget=budget,
            impossible=_impossible(study, axes),
            criteria=_criteria(opened),
            progress=progress,
        )
    except Unevaluable:
        names = f"{axes[0].name} against {axes[1].name}"
        wrong = "no derivative of the law's transform in one of these can be enclosed"
        raise StudyError(study.path, "chart", names, wrong, "numbers in which the transform is elementary") from None


def axes_of(study: Study) -> tuple[Axis, Axis]:
    """Both axes with symbols of their own, as positive as their ranges; ``StudyError`` without a [chart]."""
    if study.chart is None:
        raise StudyError(study.path, "chart", MISSING, "required", "[chart] with x and y")
    x, other = (Axis(_symbol(axis), axis.low, axis.high, axis.parameter) for axis in study.chart)
    return x, other


def _symbol(axis: ChartAxis) -> sp.Symbol:
    whole = axis.path == ("workers", "count")  # its scheme takes counts; proven for what lies between them as well
    sign: dict[str, bool] = {"positive": True} if axis.low > 0 else {"nonnegative": True} if axis.low == 0 else {}
    return sp.Dummy(axis.parameter.replace(".", "_"), real=True, **sign, **({"integer": True} if whole else {}))


def opened_study(study: Study, axes: tuple[Axis, Axis]) -> Study:
    """The study with the symbols of both axes in the places of its numbers."""
    assert study.chart is not None
    return with_numbers(study, {one.path: axis.symbol for one, axis in zip(study.chart, axes, strict=True)})


def own_point(study: Study) -> tuple[sp.Rational, sp.Rational]:
    """The study's own values of both parameters."""
    assert study.chart is not None
    x, other = (number_at(study, axis.path) for axis in study.chart)
    return x, other


def _impossible(study: Study, axes: tuple[Axis, Axis]) -> Callable[[Any, Any], str] | None:
    """Which condition a point breaks; None where no corner breaks one, because the conditions are straight."""
    assert study.chart is not None
    first, second = (axis.path for axis in study.chart)

    @cache
    def broken(x: sp.Rational, other: sp.Rational) -> str:
        try:
            with_numbers(study, {first: x, second: other})
        except (LawError, SchemeError) as problem:
            return f"{problem.key}: {problem.wrong}"
        return ""

    if not any(axis.in_law for axis in study.chart):
        return None
    corners = product(*((axis.low, axis.high) for axis in axes))
    return broken if any(broken(*corner) for corner in corners) else None


def _criteria(opened: Study) -> list[tuple[CharacteristicEquation, sp.Expr, sp.Expr | None]]:
    """Per mode the equation, the mean-square criterion in the noise gain, and that gain where a claim closes it."""
    if (limit := _drawn_limit(opened)) is not None:
        assert isinstance(opened.equation, UpdateEquation)
        share = opened.equation.step / limit * y.second_moment_gain  # I = 1: the limit of the step is closed itself
        return [(characteristic_equations(opened)[0], share, sp.Integer(1))]
    if opened.objective is None:
        return []
    models = [linear_model_of(opened, mode) for mode in range(len(opened.objective.curvature))]
    shots = [model for model in models if isinstance(model, LinearModel)]
    return [(model.characteristic_equation, model.claimed(LIMIT), _closed_gain(model)) for model in shots]


def _drawn_limit(study: Study) -> sp.Expr | None:
    """The mean-square limit of the step, where a staleness is drawn anew at every update and a claim closes it."""
    equation = study.equation
    if not isinstance(equation, UpdateEquation) or not isinstance(equation.staleness, Geometric):
        return None
    if equation.momentum != 0:
        return None
    return CLAIMS[DRAWN_LIMIT].expression.subs(y.mean_staleness, equation.staleness.mean)


def _closed_gain(model: LinearModel) -> sp.Expr | None:
    try:
        return sp.simplify(model.stationary_variance / model.values[y.noise_intensity])
    except OutsideDomainError:
        return None


def mean_square_rung(study: Study) -> tuple[str, str]:
    """The rung whose mean-square condition the chart shows, and in words what it is; "" and why there is none."""
    opened = opened_study(study, axes_of(study))
    if _drawn_limit(opened) is not None:
        return "Rd", "with a staleness drawn anew at every update: step < its limit in mean square"
    if study.equation is not None:
        return (
            "",
            "an equation alone has additive noise only, and with that the limits of mean and mean square agree",
        )
    if isinstance(linear_model_of(opened), LinearModel):
        return "R1", "with Poisson shots: (learning rate x curvature)^2 x arrival rate x noise gain < 1"
    return "", "no claim gives a condition in mean square for this scheme, on any rung"
