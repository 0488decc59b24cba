"""Stage: figures as data. Input: judged cases. Output: the stationary variance on every rung of the ladder of models.

Each prediction is divided by what was simulated with the same average, so that cases of any size share one axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from numeric.values import Estimate
from verify.drawing.observed import Observed
from verify.predicting.prediction import Prediction
from verify.report import Curve, Figure

RUNGS = {"R0": "system, R0", "R1": "shots, R1", "R2": "SDDE, R2", "Rd": "recursion, Rd"}


def ladder_figure(cases: Sequence[Observed]) -> Figure | None:
    """Predicted over simulated stationary variance, rung by rung; None where nothing stationary was predicted."""
    rows = {case.name: ratios(case) for case in cases}
    present = [rung for rung in RUNGS if any(rung in row for row in rows.values())]
    if not present:
        return None
    curves = [Curve("simulated", (-0.4, len(present) - 0.6), (1.0, 1.0), (), "reference")]
    shown = {name: row for name, row in rows.items() if row}
    for place, (name, row) in enumerate(shown.items()):
        aside = 0.5 * ((place + 0.5) / len(shown) - 0.5)  # beside each other, not on top
        where = tuple(present.index(rung) + aside for rung in row)
        seen, errors = zip(*row.values(), strict=True)
        curves.append(Curve(name, where, seen, errors, "points"))
    return Figure(
        "variance-ladder",
        "The stationary variance along the ladder of models",
        "Stationary variance that each model predicts, over what was simulated with the same average: at 1 the model "
        "is right, above it overstates the noise. Bars are the simulation's standard error. R3 is of the mean alone "
        "and has no variance.",
        "For every model a group of points, one a case, near the line at 1 where the model holds.",
        "model",
        "predicted over simulated variance",
        tuple(curves),
        ticks=tuple(RUNGS[rung] for rung in present),
    )


def ratios(case: Observed) -> dict[str, tuple[float, float]]:
    """(predicted over simulated, its standard error) of the stationary variance by rung; empty where it diverged."""
    found: dict[str, tuple[float, float]] = {}
    if case.run.unstable:
        return found
    for prediction in case.mode.all:
        seen = measured(case, prediction) if prediction.quantity == "stationary_variance" else None
        if seen is not None and prediction.rung not in found and seen.mean > 0:
            ratio = float(prediction.value) / seen.mean
            found[prediction.rung] = (ratio, ratio * seen.standard_error / seen.mean)
    return {rung: found[rung] for rung in RUNGS if rung in found}


def measured(case: Observed, prediction: Prediction) -> Estimate | None:
    """What was simulated of a predicted variance, with its own average; None where that was not measured."""
    average: Literal["event", "time"] = "event" if prediction.average == "event" else "time"
    try:
        return case.run.measured("stationary_variance", case.mode.mode, average).value
    except KeyError:
        return None
