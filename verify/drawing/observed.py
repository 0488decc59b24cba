"""Stage: figures as data. Input: one judged case. Output: the record that every figure is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numeric.simulation.tasks import Simulation
from numeric.values import Estimate
from verify.predicting.predictions import ModePredictions


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
        return self.label or self.mode.model.law.name


def shared_label(group: Sequence[Observed]) -> str:
    """What stands in the label of every case, in the order of the first."""
    parts = [case.label.split(", ") for case in group]
    return ", ".join(part for part in parts[0] if all(part in other for other in parts))
