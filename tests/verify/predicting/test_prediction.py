"""A prediction bears the hash of its claim's expression, and reads as one line."""

from __future__ import annotations

import sympy as sp

from derive.claims import CLAIMS
from numeric.values import Exact
from verify.predicting.prediction import Prediction


def test_a_prediction_bears_its_claims_hash() -> None:
    made = Prediction("staleness.mean.any-law", "staleness_mean", "R0", "event", Exact(sp.Integer(7)))
    assert made.hash == CLAIMS["staleness.mean.any-law"].hash


def test_a_prediction_says_its_rung_and_average() -> None:
    made = Prediction("staleness.mean.any-law", "staleness_mean", "R0", "event", Exact(sp.Integer(7)))
    assert made.latex() == r"\text{staleness mean (R0, event average)} = 7"
