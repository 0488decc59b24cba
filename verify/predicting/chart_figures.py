"""Stage: charts of a study. Input: a study, its proven chart. Output: the figure as data.

Outlines of the proven cells; over them, uncertified, lines of equal decay rate and the closed-form boundary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from derive.claims import CLAIMS
from derive.models.linear import LinearModel
from derive.models.modes import OutsideDomainError
from derive.studies.models import linear_model_of, why_simulation_only
from derive.studies.records import Case, DelayEquation, Study, UpdateEquation
from derive.studies.schema import StudyError
from numeric.balls.standard_integrals import STANDARD_INTEGRALS
from numeric.charts.decay_map import decay_map
from numeric.charts.outlines import outlines
from numeric.charts.records import Layer, StabilityChart
from numeric.charts.subdivision import ChartBudget
from numeric.kernels.compiling import NotCompilableError, compile_kernel
from verify.forms.equation_forms import equation_claims, numbers_of
from verify.predicting.charts import mean_square_rung, opened_study, own_point, study_chart
from verify.predicting.spectra import characteristic_equations
from verify.report import Area, Figure, Heights

_GRID = (81, 81)
_UNITS = {
    **dict.fromkeys(("value", "mean", "means", "low", "high", "shift", "tail_mean", "scale", "age_threshold"), "s"),
    **dict.fromkeys(("damping", "friction", "uplink_capacity"), "1/s"),
}
_SLOW = 4_000  # evaluations
_LINES = 6  # lines of equal decay rate, about


def chart_figure(study: Study, chart: StabilityChart, name: str = "stability-chart") -> Figure:
    """The figure of a chart: proven regions, what is undecided, decay rates, boundary, the study's own point."""
    rung, _ = mean_square_rung(study)
    per_update = isinstance(study.equation, UpdateEquation)
    heights = [_decay_rates(study, chart, "update" if per_update else "s"), *_boundary(study, chart)]
    share = float(chart.undecided_share)
    here = own_point(study)
    inside = all(axis.low <= value <= axis.high for axis, value in zip((chart.x, chart.y), here, strict=True))
    return Figure(
        name,
        "Where it is stable, proven",
        "Every point of a shaded region is proven stable or unstable, not on a grid alone: no root crosses between it "
        f"and the points at which roots were counted. The dark layer, {share:.2%} of the chart, is undecided. Dashed "
        "lines of equal decay rate are not certified.",
        _alternative(chart, rung),
        _words(chart.x.name),
        _words(chart.y.name),
        (),
        markers=(("this study", float(here[0]), float(here[1])),) if inside else (),
        areas=_areas(chart, rung),
        heights=tuple(one for one in heights if one is not None),
    )


def chart_figures(cases: Sequence[Case]) -> tuple[Figure, ...]:
    """The figure of every case whose [chart] can be proven, for a report; the command says why one cannot."""
    found = []
    for case in cases:
        if case.study.chart is None or why_simulation_only(case.study):
            continue
        try:
            chart = study_chart(case.study, _budget(case.study))
        except StudyError:
            continue
        found.append(chart_figure(case.study, chart, "-".join(("stability-chart", *case.label.split()))))
    return tuple(found)


def why_no_chart(cases: Sequence[Case], drawn: int) -> tuple[tuple[str, str], ...]:
    """(title, reason) where ``drawn`` charts are fewer than the cases; nothing where every case has its own."""
    if drawn == len(cases):
        return ()
    alone = sum(bool(why_simulation_only(case.study)) for case in cases)
    if alone == len(cases):
        return (("Proven stability chart", "the study has no linear model"),)
    if all(case.study.chart is None for case in cases):
        return (("Proven stability chart", "the study has no [chart] that names the two numbers to draw it over"),)
    return (("Proven stability chart", "no derivative of the transform can be enclosed there; see staleproof chart"),)


def _budget(study: Study) -> ChartBudget:
    """Less of what is slow: a transform that is an integral itself costs as much as a hundred others."""
    slow = any(one.function.has(*STANDARD_INTEGRALS) for one in characteristic_equations(study))
    return ChartBudget(evaluations=_SLOW) if slow else ChartBudget()


def _words(name: str) -> str:
    """A parameter as an axis calls it, with its unit.

    Example: ``_words("workers.compute.tail_mean") == "compute tail mean in s"``.
    """
    *before, last = name.split(".")
    owner = [part for part in before[-1:] if part not in ("optimizer", "objective", "scheme")]
    unit = _UNITS.get(last.partition("[")[0], "")
    return " ".join([*owner, last.replace("_", " ")]) + (f" in {unit}" if unit else "")


def _areas(chart: StabilityChart, rung: str) -> tuple[Area, ...]:
    second = chart.mean_square
    found = [
        _area(chart, chart.mean, "stable", "stable in the mean", "stable"),
        None if second is None else _area(chart, second, "stable", f"and in mean square ({rung})", "mean-square"),
        _area(chart, chart.mean, "unstable", "unstable", "unstable"),
        _area(chart, chart.mean, "outside", "no such law", "outside"),
        _area(chart, chart.mean, "undecided", "undecided", "undecided"),
        None if second is None else _layer_between(chart, second),
    ]
    return tuple(area for area in found if area is not None)


def _area(chart: StabilityChart, layer: Layer, status: str, label: str, kind: str) -> Area | None:
    cells = layer.cells[status]
    return Area(label, kind, _scaled(chart, outlines(cells))) if cells else None


def _layer_between(chart: StabilityChart, second: Layer) -> Area | None:
    """What is undecided in mean square alone, where the mean is proven stable."""
    known = set(chart.mean.cells["undecided"])
    cells = [cell for cell in second.cells["undecided"] if cell not in known]
    return Area("undecided in mean square", "half-decided", _scaled(chart, outlines(cells))) if cells else None


def _scaled(chart: StabilityChart, polygons: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    (left, width), (low, height) = ((float(axis.low), float(axis.high - axis.low)) for axis in (chart.x, chart.y))
    return tuple(tuple((left + x * width, low + up * height) for x, up in polygon) for polygon in polygons)


def _decay_rates(study: Study, chart: StabilityChart, unit: str) -> Heights | None:
    opened = opened_study(study, (chart.x, chart.y))
    try:
        x, up, rates = decay_map(characteristic_equations(opened), (chart.x, chart.y), _GRID)
    except NotCompilableError:
        return None
    shown = np.where((rates > 0) & _inside(chart, x, up), rates, np.nan)
    if not np.isfinite(shown).any():
        return None
    levels = _round_levels(*(float(np.nanquantile(shown, part)) for part in (0.05, 0.98)))
    if not levels:
        return None
    return Heights(f"decay rate in 1/{unit}, uncertified", *_listed(x, up, shown), levels)


def _round_levels(least: float, largest: float) -> tuple[float, ...]:
    """Numbers 1, 2, 5, 10, ... between two rates; every other one where they are many."""
    powers = range(int(np.floor(np.log10(least))), int(np.ceil(np.log10(largest))) + 1)
    levels = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    within = [float(f"{level:.3g}") for level in levels if least <= level <= largest]
    return tuple(within[:: 1 + len(within) // (_LINES + 2)])


def _inside(chart: StabilityChart, x: Any, up: Any) -> Any:
    """Where on a grid the model exists."""
    across, along = np.meshgrid((x - x[0]) / (x[-1] - x[0]), (up - up[0]) / (up[-1] - up[0]))
    inside = np.ones(across.shape, dtype=bool)
    for cell in chart.mean.cells["outside"]:
        (left, right), (low, top) = cell.ends
        inside &= ~((left <= across) & (across <= right) & (low <= along) & (along <= top))
    return inside


def _listed(x: Any, up: Any, values: Any) -> tuple[Any, Any, Any]:
    return tuple(map(float, x)), tuple(map(float, up)), tuple(tuple(map(float, row)) for row in values)


def _boundary(study: Study, chart: StabilityChart) -> list[Heights]:
    """The closed-form boundary of the mean, where a claim has one, as the zero of damping minus limit."""
    gap = _damping_over_limit(study, chart)
    if gap is None:
        return []
    plain = {axis.symbol: sp.Dummy(f"p{number}", real=True) for number, axis in enumerate((chart.x, chart.y))}
    x, up = (np.linspace(float(axis.low), float(axis.high), _GRID[0]) for axis in (chart.x, chart.y))
    try:
        kernel = compile_kernel(gap.xreplace(plain), list(plain.values()))
    except NotCompilableError:
        return []
    values = np.broadcast_to(np.real(kernel(*np.meshgrid(x, up))), (len(up), len(x)))
    values = np.where(_inside(chart, x, up), values, np.nan)
    if not (np.nanmin(values) < 0 < np.nanmax(values)):
        return []
    return [Heights("closed-form limit", *_listed(x, up, values), (0.0,), "boundary")]


def _damping_over_limit(study: Study, chart: StabilityChart) -> sp.Expr | None:
    """Damping (or step) minus its limit in the chart's symbols; None where no claim states a limit for the law."""
    opened = opened_study(study, (chart.x, chart.y))
    if opened.equation is None:
        model = linear_model_of(opened)
        if not isinstance(model, LinearModel):
            return None
        limits = [claim for claim in model.claims if claim.quantity == "stability_limit" and claim.rung == "R3"]
        try:
            return model.damping_coefficient - model.claimed(limits[0].id) if limits else None
        except OutsideDomainError:
            return None
    try:
        claims = [claim for claim in equation_claims(opened) if claim.quantity == "stability_limit"]
    except StudyError:
        return None
    if not claims:
        return None
    equation = opened.equation
    strength = equation.damping if isinstance(equation, DelayEquation) else equation.step
    return strength - CLAIMS[claims[0].id].expression.subs(numbers_of(opened), simultaneous=True)


def _alternative(chart: StabilityChart, rung: str) -> str:
    shares = {status: f"{float(chart.mean.share(status)):.0%}" for status in ("stable", "unstable")}
    told = (
        f"A rectangle of {chart.x.name} against {chart.y.name}: {shares['stable']} of it is proven stable, "
        f"{shares['unstable']} proven unstable, with a thin undecided layer between them"
    )
    if chart.mean_square is not None:
        share = f"{float(chart.mean_square.share('stable')):.0%}"
        told += f"; the part that is stable in mean square on rung {rung} is smaller, {share}"
    return told + "."
