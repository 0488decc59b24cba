"""Stage: figures as data. Input: one judged case. Output: the record that every figure is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numeric.simulation.tasks import Simulation
from numeric.values import Estimate
from verify.predicting.predictions import ModePredictions
from verify.report import case_in_words

_PRINTED = 5e-4  # a smaller error is none in tenths of a percent


@dataclass(frozen=True)
class Observed:
    """One case as drawn: label, predictions of its first mode, what was simulated, and the fitted decay rate."""

    label: str
    mode: ModePredictions
    run: Simulation
    decay_rate: Estimate | None

    @property
    def name(self) -> str:
        """The label; of a study without a sweep, its law."""
        return case_in_words(self.label or self.mode.model.law.name)


def where(case: Observed) -> str:
    """The case in a sentence: "with exponential cycles", "with count = 4"; without a sweep "in this study"."""
    label = case_in_words(case.label)
    if label:
        return f"with {label}" if "=" in label or ", " in label or not case.mode.is_plain else f"with {label} cycles"
    if case.mode.model.law.name == "empirical" and case.mode.is_plain:
        return "with the measured cycles"
    return "in this study"


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them, each once.

    Example: ``listed(["a", "b", "c"]) == "a, b and c"``.
    """
    different = list(dict.fromkeys(words))
    return " and ".join(part for part in (", ".join(different[:-1]), *different[-1:]) if part)


def percent_with_error(share: float, error: float, sign: str = "-") -> str:
    """A share in percent to a tenth, with its standard error where that reads as one; ``sign`` "+" always shows one.

    Example: ``percent_with_error(0.0184, 0.003, "+") == "+1.8 ± 0.3 %"``.
    """
    size = f"{100 * share:{sign}z.1f}".replace("-", "\u2212")
    return f"{size} %" if error < _PRINTED else f"{size} ± {100 * error:.1f} %"


def shared_label(group: Sequence[Observed]) -> str:
    """What stands in the label of every case, in the order of the first."""
    parts = [case_in_words(case.label).split(", ") for case in group]
    return ", ".join(part for part in parts[0] if all(part in other for other in parts))
