"""Stage: verdicts. Input: a prediction and an observation. Output: the frozen record of one judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact

Value = Exact | Enclosure | Estimate
Outcome = Literal["pass", "refuted", "inconclusive", "unproven"]
Evidence = Literal["symbolic identity", "certified agreement", "exact finite M", "Monte Carlo"]


@dataclass(frozen=True)
class Verdict:
    """One judgement of one claim, with its power and its negative control.

    ``relation`` is "equal", "equivalent within TOLERANCE" or "at least"/"at most".
    ``smallest_bias_noticed`` is relative to the predicted value (absolute where that is zero); None for proofs.
    ``negative_control`` says what was planted and that it failed, "failed as it must".
    """

    claim: str
    case: str
    statement: str
    relation: str
    predicted: Value
    observed: Value
    evidence: Evidence
    outcome: Outcome
    smallest_bias_noticed: float | None
    negative_control: str
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The object of report.json."""
        return {
            "claim": self.claim,
            "case": self.case,
            "statement": self.statement,
            "relation": self.relation,
            "predicted": self.predicted.to_json(),
            "observed": self.observed.to_json(),
            "evidence": self.evidence,
            "outcome": self.outcome,
            "smallest_bias_noticed": self.smallest_bias_noticed,
            "negative_control": self.negative_control,
            "note": self.note,
        }
