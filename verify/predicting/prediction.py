"""Stage: predictions. Input: a claim's id and its value for a case. Output: the frozen record of one prediction."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.claims import CLAIMS
from derive.formulas.shown import ShownAsLatex, text_latex
from verify.predicting.claimed_numbers import Predicted


@dataclass(frozen=True)
class Prediction(ShownAsLatex):
    """One number the theory gives for a case: its claim, canonical name, rung, average and value.

    ``hash`` is that of the claim's expression at the time of the prediction.
    """

    claim: str
    quantity: str
    rung: str
    average: str
    value: Predicted
    hash: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", CLAIMS[self.claim].hash)

    def latex(self) -> str:
        """What is predicted in words, with its rung and average, and the value."""
        average = f", {self.average} average" if self.average else ""
        return f"{text_latex(f'{self.quantity} ({self.rung}{average})')} = {self.value.latex()}"
