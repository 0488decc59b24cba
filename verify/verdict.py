"""Stage: verdicts. Input: a prediction and an observation. Output: the frozen record of one judgement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from derive.claims import CLAIMS
from derive.formulas.shown import ShownAsLatex, text_latex
from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact

Value = Exact | Enclosure | Estimate
Outcome = Literal["pass", "refuted", "inconclusive", "unproven"]
Evidence = Literal["symbolic identity", "certified agreement", "exact finite M", "Monte Carlo"]
_SIGNS = {"equal": "=", "at least": r"\ge", "at most": r"\le"}
LARGEST_BIAS = 0.05
"""The largest relative bias that a pass may leave unnoticed, unless its note says why."""


@dataclass(frozen=True)
class Verdict(ShownAsLatex):
    """One judgement of one claim, with its power and its negative control.

    ``relation`` is "equal", "equivalent within TOLERANCE" or "at least"/"at most".
    ``smallest_bias_noticed`` is relative to the predicted value (absolute where that is zero); None for proofs. It
    is a report on the check, beside its judgement and no part of it.
    ``negative_control`` says what was planted and that it failed, "failed as it must". Raises ``TypeError`` for
    a bare number in the place of a value, ``ValueError`` for an unknown outcome or evidence, a bias that is none, or a
    pass that leaves more than ``LARGEST_BIAS`` unnoticed and does not say why.
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

    def __post_init__(self) -> None:
        for name, value in (("predicted", self.predicted), ("observed", self.observed)):
            if not isinstance(value, Value):
                kind = type(value).__name__
                raise TypeError(f"{name} = {value!r}: a bare {kind}; allowed: Exact, Enclosure, Estimate")
        for name, word, words in (("outcome", self.outcome, Outcome), ("evidence", self.evidence, Evidence)):
            if word not in get_args(words):
                raise ValueError(f"{name} = {word!r}: allowed: {', '.join(get_args(words))}")
        bias = self.smallest_bias_noticed
        if bias is not None and not 0 <= bias < math.inf:
            raise ValueError(f"smallest_bias_noticed = {bias}: allowed: a finite number >= 0, or None")
        if self.outcome == "pass" and bias is not None and bias > LARGEST_BIAS and not self.note:
            raise ValueError(f"smallest_bias_noticed = {bias} of a pass: allowed: at most {LARGEST_BIAS}, or a note")

    @property
    def hash(self) -> str:
        """The fingerprint of the claim that is judged; empty for an invariant, which is no claim."""
        return CLAIMS[self.claim].hash if self.claim in CLAIMS else ""

    def latex(self) -> str:
        """Outcome, claim and case in words, then what was observed beside what was predicted."""
        words = text_latex(": ".join(filter(None, (self.outcome, self.claim, self.case))))
        sign = _SIGNS.get(self.relation, r"\approx")
        return rf"{words}\quad {self.observed.latex()} {sign} {self.predicted.latex()}"

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
