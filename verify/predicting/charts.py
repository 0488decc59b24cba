"""Stage: charts of a study. Input: a study with [chart]. Output: its proven chart, in the mean and in mean square.

numbers left open -> H(s; x, y), per mode -> cells without a root on the edge -> counted -> stable, unstable
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import sympy as sp

from derive.law import LawError
from derive.scheme import SchemeError
from derive.studies.parameters import number_at, with_numbers
from derive.studies.records import ChartAxis, Study
from derive.studies.schema import MISSING, StudyError
from numeric.charts.cells import Axis
from numeric.charts.records import StabilityChart
from numeric.charts.stability import stability_chart
from numeric.charts.subdivision import ChartBudget, Progress
from numeric.enclosure import Unevaluable
from verify.predicting.mean_square import Criterion, condition, criteria_of, seen_from_far
from verify.predicting.spectra import characteristic_equations


def study_chart(study: Study, budget: ChartBudget | None = None, progress: Progress | None = None) -> StabilityChart:
    """The proven chart of a study's [chart]; of several modes, where all are stable.

    Raises ``StudyError`` where there is no [chart], no linear model of the study, or no ball of H's derivatives in the
    two numbers.
    """
    axes = axes_of(study)
    opened = opened_study(study, axes)
    far = seen_from_far(opened)
    impossible = _impossible(study, axes)

    def charted(one: Study, criteria: Sequence[Criterion]) -> StabilityChart:
        equations = characteristic_equations(one)
        return stability_chart(
            equations, *axes, budget=budget, impossible=impossible, criteria=criteria, progress=progress
        )

    try:
        chart = charted(opened, criteria_of(opened))
        return chart if far is None else replace(chart, mean_square=charted(far, criteria_of(far)).mean_square)
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


def mean_square_rung(study: Study) -> tuple[str, str]:
    """The rung whose mean-square condition the chart shows, and in words what it is; "" and why there is none."""
    return condition(opened_study(study, axes_of(study)))
