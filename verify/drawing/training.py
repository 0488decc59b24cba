"""Stage: figures as data. Input: judged cases. Output: the excess risk in time, and when training is over.

All cases start from one parameter and are followed down to one level, so that their training times can be compared.
Lines are enclosures of rung R1, points simulations of the system itself from the same start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp

from derive.models.linear import LinearModel
from numeric.enclosed.level_crossing import training_time
from numeric.enclosed.second_moment import excess_risk
from numeric.enclosure import Unevaluable
from numeric.simulation.risk_path import simulate_square_path
from verify.drawing.observed import Observed
from verify.predicting.predictions import mean_square_margin
from verify.report import Curve, Figure
from verify.sampling.simulating import mode_system

STANDARD_DEVIATIONS = 10  # of the stationary parameter, that a study without its own start is started from
FLOORS = 2  # the level is that many times the stationary risk
POINTS, SIMULATED, REPLICAS = 60, 12, 1024
_WITHOUT_NOISE = sp.Rational(1, 100)  # of the first risk: the level where there is no floor
_SEED = 20_260  # added to the study's: other streams than those of the verdicts


@dataclass(frozen=True)
class _Case:
    seen: Observed
    model: LinearModel
    floor: float


def training_figure(cases: Sequence[Observed]) -> tuple[Figure | None, str]:
    """The figure, or None with the reason; the reason also tells which cases are missing in a figure."""
    able, reasons = [], []
    for case in cases:
        model, reason = case.mode.model, _why_not(case)
        if reason or not isinstance(model, LinearModel):
            reasons.append(f"{case.name}: {reason}")
        else:
            able.append(_Case(case, model, _floor(case)))
    timed: list[tuple[_Case, float]] = []
    start = _start(able)
    level = _level(able, start)
    for one in able:
        try:
            finished = training_time(one.model, level, start=start, digits=2)
        except (Unevaluable, ValueError) as error:
            reasons.append(f"{one.seen.name}: {error}")
            continue
        if finished.time is not None:
            timed.append((one, float(finished.time)))
    return (_figure(timed, start, level) if timed else None), "; ".join(reasons)


def _why_not(case: Observed) -> str:
    if not isinstance(case.mode.model, LinearModel):
        return "the second moment in time is derived for plain asynchronous workers alone"
    objective = case.mode.study.objective
    if objective is None or objective.data is not None:
        return "a regression trains all its modes at once"
    if not case.mode.model.curvature > 0:
        return "there is no optimum to train to"
    if case.run.unstable or case.mode.noise_gain is None or not mean_square_margin(case.mode).upper < 1:
        return "it is not stable in mean square"
    return ""


def _floor(case: Observed) -> float:
    found = case.mode.find("stationary_variance", "R1", "R2")
    return 0.0 if found is None else float(found.value)


def _start(cases: Sequence[_Case]) -> sp.Rational:
    """Where all workers start: as the studies say, else ten stationary standard deviations, else 1."""
    given = [abs(value) for one in cases for value in one.seen.mode.study.run.initial]
    if any(given):
        return max(given)
    widest = STANDARD_DEVIATIONS * max((one.floor for one in cases), default=0.0) ** 0.5
    return sp.Rational(f"{widest:.2g}") if widest else sp.Integer(1)


def _level(cases: Sequence[_Case], start: sp.Rational) -> sp.Rational:
    risks = [one.floor * float(one.model.curvature) / 2 for one in cases]
    if not any(risks):
        return start**2 * max((one.model.curvature for one in cases), default=sp.Integer(1)) / 2 * _WITHOUT_NOISE
    return sp.Rational(f"{FLOORS * max(risks):.2g}")


def _figure(cases: Sequence[tuple[_Case, float]], start: sp.Rational, level: sp.Rational) -> Figure:
    horizon = 1.5 * max(ended for _, ended in cases) or 1.0
    times = [sp.Rational(f"{horizon * at / POINTS:.4g}") for at in range(POINTS + 1)]
    curves, markers = [], []
    for one, ended in cases:
        risks = [float(risk) for risk in excess_risk(one.model, times, start=start, digits=2)]
        curves.append(Curve(f"{one.seen.name}, rung R1", tuple(map(float, times)), tuple(risks)))
        curves.append(_simulated(one, float(start), horizon))
        markers.append((f"{ended:.3g} s", ended, float(level)))
    curves.append(Curve("level", (0.0, horizon), (float(level), float(level)), (), "reference"))
    return Figure(
        "excess-risk",
        "Excess risk in time, and the training time",
        f"Expected excess risk of the first mode when every worker starts from x = {float(start):g}: lines are rung "
        f"R1, points {REPLICAS} simulated runs with bars of one standard error. Marks: the training time, after which "
        f"the risk stays below {float(level):.3g}.",
        "Curves that fall, some after a swing, to a floor; marks where they cross the level for good.",
        "time in s",
        "excess risk",
        tuple(curves),
        y_scale="log",
        markers=tuple(markers),
    )


def _simulated(one: _Case, start: float, horizon: float) -> Curve:
    study, mode = one.seen.mode.study, one.seen.mode.mode
    system = replace(mode_system(study, mode), initial=(start,))
    times = horizon * np.arange(1, SIMULATED + 1) / SIMULATED
    path = simulate_square_path(system, seed=study.run.seed + _SEED, replicas=REPLICAS, times=times)
    half = float(one.model.curvature) / 2
    mean, errors = path.mean * half, path.standard_error * half
    name = f"{one.seen.name}, simulated"
    x, up, bars = (tuple(map(float, part)) for part in (times, mean, errors))
    return Curve(name, x, up, bars, "points")
