"""Stage: findings on accuracy. Input: predictions and simulations. Output: sentences on how good each model is here.

Of every quantity and rung the gap to the simulation is sized up; a sentence names the farthest case, whether it can be
told from none, and what to take or change instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from numeric.values import Estimate
from verify.drawing.ladder import measured
from verify.drawing.observed import Observed, listed, percent_with_error, where
from verify.predicting.prediction import Prediction

RUNGS = {
    "R0": "the workers' own model (R0)",
    "Rd": "the recursion per update (Rd)",
    "R1": "the shot model (R1)",
    "R2": "the stochastic delay equation (R2)",
    "R3": "the mean delay equation (R3)",
}
QUANTITIES = {
    "stationary_variance": "stationary variance",
    "decay_rate": "decay rate",
    "staleness_variance": "staleness variance",
}
_FAILS, _CLOSE = 0.2, 0.01  # a gap that makes a model useless, and one that most readers accept
_PRINTED = 5e-4  # a smaller one reads as none
_CLOSING = ("R1", "R2")  # rungs whose variance is that of the system but for a part of order 1/M


@dataclass(frozen=True)
class Gap:
    """Predicted over simulated, less one, with its standard error, in one case."""

    off: float
    error: float
    case: Observed

    @property
    def noticed(self) -> bool:
        """Whether it is more than chance leaves open, and more than the digits that are printed."""
        return abs(self.off) > max(3 * self.error, _PRINTED)

    @property
    def text(self) -> str:
        """The gap in percent with its standard error."""
        return percent_with_error(self.off, self.error, sign="+")


def accuracy_findings(cases: Sequence[Observed]) -> tuple[str, ...]:
    """How good every model is of each quantity, and what to take or change where it is not."""
    return tuple(sentence for quantity in QUANTITIES for sentence in _of_quantity(cases, quantity))


def gaps(cases: Sequence[Observed], quantity: str) -> dict[str, tuple[Gap, ...]]:
    """The gaps of every rung that predicts the quantity, rung by rung, of the cases where both are known."""
    found: dict[str, list[Gap]] = {}
    for case in cases:
        seen_rungs = set[str]()
        for prediction in case.mode.all:
            if prediction.quantity != quantity or prediction.rung in seen_rungs:
                continue
            seen = _simulated(case, prediction)
            if seen is not None and seen.mean > 0:
                seen_rungs.add(prediction.rung)
                ratio = float(prediction.value) / seen.mean
                error = ratio * seen.standard_error / seen.mean
                found.setdefault(prediction.rung, []).append(Gap(ratio - 1, error, case))
    return {rung: tuple(found[rung]) for rung in RUNGS if rung in found}


def _simulated(case: Observed, prediction: Prediction) -> Estimate | None:
    if case.run.unstable or case.mode.mean_is_unstable:
        return None
    if prediction.quantity == "decay_rate":
        return case.decay_rate
    if prediction.quantity == "stationary_variance":
        return measured(case, prediction)
    return case.run.measured(prediction.quantity).value


def _of_quantity(cases: Sequence[Observed], quantity: str) -> Iterator[str]:
    by_rung = gaps(cases, quantity)
    if not by_rung:
        return
    known = max(len(found) for found in by_rung.values())
    parts = [f"{RUNGS[rung]} {_verdict(found, known)}" for rung, found in by_rung.items()]
    best = min(by_rung, key=lambda rung: (-len(by_rung[rung]), max(abs(gap.off) for gap in by_rung[rung])))
    failing = any(abs(gap.off) > _CLOSE and gap.noticed for found in by_rung.values() for gap in found)
    advice = f" Take {best} here." if failing and len(by_rung) > 1 else ""
    named = QUANTITIES[quantity]
    yield f"How good the models of the {named} are: {'; '.join(parts)}.{advice}{_remedy(by_rung, quantity)}"


def _verdict(found: Sequence[Gap], known: int) -> str:
    worst = max(found, key=lambda gap: abs(gap.off))
    covered = "one case" if len(found) == 1 else f"{len(found)} cases"
    only = f" in the {covered} it covers of {known}" if len(found) < known else ""
    place = f" {where(worst.case)}" if known > 1 else ""
    if not any(gap.noticed for gap in found):
        return f"cannot be told from the simulation{only} ({worst.text} off{place})"
    noticed = max((gap for gap in found if gap.noticed), key=lambda gap: abs(gap.off))
    place = f" {where(noticed.case)}" if known > 1 else ""
    if abs(noticed.off) > _FAILS:
        return f"fails{place}{only}: it is {noticed.text} off"
    return f"is {noticed.text} off{place}{', the farthest' if len(found) > 1 else ''}{only}"


def _remedy(by_rung: dict[str, tuple[Gap, ...]], quantity: str) -> str:
    """From how many workers on a model of the variance of plain workers is close, if its gap closes like 1/M."""
    if quantity != "stationary_variance":
        return ""
    told = []
    for rung in _CLOSING:
        plain = [
            gap for gap in by_rung.get(rung, ()) if gap.case.mode.is_plain and gap.noticed and abs(gap.off) > _CLOSE
        ]
        if plain:
            needed = max(abs(gap.off) / _CLOSE * int(gap.case.mode.model.scheme.workers) for gap in plain)
            told.append(f"{_rounded_up(needed)} workers ({rung})")
    if not told:
        return ""
    return f" Extrapolated by 1/M at the same damping, the gap is below 1 % from about {listed(told)} on."


def _rounded_up(number: float) -> int:
    """Two significant digits."""
    unit = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return math.ceil(number / unit) * unit
