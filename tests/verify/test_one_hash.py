"""One hash runs through LaTeX, kernel, ball and prediction; another expression changes all four, and their values."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.studies.study import study_from_table
from numeric.balls.claims import ball_of
from numeric.enclosure import Enclosure
from numeric.kernels.compiling import kernel_of
from verify.forms.deriving import formulas, modes_of
from verify.mutants.planted_claims import planted
from verify.telling.paper import equation_file

CLAIM = "delay.stationary-variance.constant"
TABLE = {
    "workers": {"count": 4, "compute": {"law": "constant", "value": 1}},
    "optimizer": {"learning_rate": "1/10"},
    "objective": {"curvature": [2]},
}
POINT = {"mean_delay": 1, "damping_coefficient": sp.Rational(4, 5), "noise_intensity": sp.Rational(1, 25)}


class Lives(NamedTuple):
    """The hash and the content of a result's four forms."""

    hashes: dict[str, str]
    contents: dict[str, object]


def lives() -> Lives:
    (mode,) = modes_of(study_from_table(TABLE).cases[0])
    formula = next(one for one in formulas(mode) if one.claim == CLAIM)
    text = equation_file("StationaryVariance", formula, ("constant",))
    kernel, ball = kernel_of(CLAIMS[CLAIM]), ball_of(CLAIMS[CLAIM])
    prediction = next(one for one in mode.all if one.claim == CLAIM)
    value = ball(**POINT)
    assert isinstance(value, Enclosure)
    hashes = {
        "latex": next(line.removeprefix("% hash: ") for line in text.splitlines() if line.startswith("% hash: ")),
        "kernel": kernel.hash,
        "ball": ball.hash,
        "prediction": prediction.hash,
    }
    contents = {
        "latex": text.splitlines()[-1],
        "kernel": round(float(kernel(**{name: float(number) for name, number in POINT.items()})), 12),
        "ball": round(float(value), 12),
        "prediction": round(float(prediction.value), 12),
    }
    return Lives(hashes, contents)


@pytest.mark.parametrize("change", ["factor", "term"])
def test_changing_the_expression_changes_all_four(change: str) -> None:
    before = lives()
    assert len(set(before.hashes.values())) == 1
    assert len({before.contents[name] for name in ("kernel", "ball", "prediction")}) == 1
    right = CLAIMS[CLAIM].expression
    with planted(CLAIMS[CLAIM], 2 * right if change == "factor" else right + 1):
        after = lives()
    assert len(set(after.hashes.values())) == 1
    assert set(after.hashes.values()).isdisjoint(before.hashes.values())
    assert all(before.contents[name] != after.contents[name] for name in before.contents)


def test_the_same_expression_gives_the_same_hash_again() -> None:
    assert lives() == lives()
    assert len(lives().hashes["latex"]) == 64
