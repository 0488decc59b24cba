"""Stage: figures as data. Input: judged cases of plain workers. Output: decay rates against workers and damping.

Lines are certified rates of rung R3, one for all cases that lie on it; points are simulated, with standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.law import Law
from derive.models.linear import LinearModel, linear_model
from numeric.roots.characteristic import spectrum
from verify.drawing.observed import Observed, shared_label
from verify.predicting.predictions import ModePredictions
from verify.report import Curve, Figure

MOST_WORKERS = 2.2  # the worker axis ends at this multiple of the study's count
POINTS = 36


def workers_figure(cases: Sequence[Observed]) -> Figure:
    """The decay rate against the number of workers, everything else as in the study."""
    curves = []
    for name, group in _groups(cases, lambda model: (model.law, model.learning_rate, model.curvature)):
        here = [int(case.mode.model.scheme.workers) for case in group]
        last = max(4, round(MOST_WORKERS * here[0]) if len(group) == 1 else round(1.1 * max(here)))
        points = POINTS * len(group)
        counts = sorted({round(1 + i * (last - 1) / (points - 1)) for i in range(points)} | set(here))
        rates = [_rate(group[0].mode, count) for count in counts]
        curves.append(Curve(f"{name}, rung R3", tuple(map(float, counts)), tuple(rates)))
        curves += _simulated(name, group, lambda case: float(case.mode.model.scheme.workers), 1.0)
    return Figure(
        "decay-rate-against-workers",
        "More workers do not always help",
        "Decay rate of the mean against the number of workers, everything else as in the study (claim A): lines are "
        "certified on rung R3, points simulated at the study's own numbers with bars of one standard error.",
        "Lines that rise, pass a maximum and fall as workers are added; simulated points lie near the lines.",
        "workers M",
        "decay rate in 1/s",
        tuple(curves),
    )


def damping_figure(cases: Sequence[Observed]) -> Figure:
    """The decay rate times the mean delay against the damping times the mean delay."""
    curves = []
    for name, group in _groups(cases, lambda model: model.law):
        law, theta = group[0].mode.model.law, float(group[0].mode.model.law.mean)
        most = max([sp.Rational(9, 5), *(_damping(case) * sp.Rational(11, 10) for case in group)])
        even = {most * sp.Rational(i, 45) for i in range(1, 46)}
        scaled = sorted(even | {sp.Rational(i, 100) for i in range(24, 42)})
        rates = [_scaled_rate(law, value) for value in scaled]
        curves.append(Curve(name, tuple(float(value) for value in scaled), tuple(rates)))
        if len({_damping(case) for case in cases}) > 1:
            curves += _simulated(name, group, lambda case: float(_damping(case)), theta)
    curves.append(Curve("without delay", (0.0, 1.1), (0.0, 1.1), (), "reference"))
    return Figure(
        "decay-rate-against-damping",
        "A small staleness helps, a large one diverges",
        "Decay rate times mean delay against damping times mean delay: above the line without delay up to critical "
        "damping (claim B), below zero beyond the stability limit (claim C).",
        "Curves that start above the straight line without delay, bend at a maximum and cross zero for regular ones.",
        "damping coefficient times mean delay",
        "decay rate times mean delay",
        tuple(curves),
        markers=_here(cases),
    )


def _here(cases: Sequence[Observed]) -> tuple[tuple[str, float, float], ...]:
    """Where the study stands, if all of its cases have one damping."""
    first = cases[0]
    found = first.mode.spectrum.decay_rate
    if found is None or len({_damping(case) for case in cases}) > 1:
        return ()
    return (("this study", float(_damping(first)), float(found) * float(first.mode.model.law.mean)),)


def _damping(case: Observed) -> Any:
    """a theta of a case."""
    return case.mode.model.values[y.damping] * case.mode.model.law.mean


def _simulated(name: str, group: Sequence[Observed], where: Callable[[Observed], float], scale: float) -> list[Curve]:
    seen = sorted(
        (where(case), case.decay_rate.mean * scale, case.decay_rate.standard_error * scale)
        for case in group
        if case.decay_rate is not None
    )
    if not seen:
        return []
    x, up, errors = (tuple(part) for part in zip(*seen, strict=True))
    return [Curve(f"{name}, simulated", x, up, errors, "points")]


def _groups(cases: Sequence[Observed], shared: Callable[[LinearModel], Any]) -> list[tuple[str, list[Observed]]]:
    """The cases that lie on one line, with a name of that line."""
    groups: dict[Any, list[Observed]] = {}
    for case in cases:
        model = case.mode.model
        assert isinstance(model, LinearModel)
        groups.setdefault(shared(model), []).append(case)
    return [(shared_label(group) or group[0].mode.model.law.name, group) for group in groups.values()]


def _rate(mode: ModePredictions, count: int) -> float:
    model = mode.model
    assert isinstance(model, LinearModel)
    scheme = replace(model.scheme, workers=sp.Integer(count))
    changed = linear_model(model.law, scheme, learning_rate=model.learning_rate, curvature=model.curvature)
    rate = spectrum(changed.characteristic_equation).decay_rate
    return math.nan if rate is None else float(rate)


def _scaled_rate(law: Law, damping: sp.Expr) -> float:
    rate = spectrum(delay_equation(damping / law.mean, law)).decay_rate
    return math.nan if rate is None else float(rate) * float(law.mean)
