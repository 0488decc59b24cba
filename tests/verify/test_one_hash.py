"""One hash runs through LaTeX, kernel, ball and prediction; another expression changes all four, and their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.studies.study import study_from_table
from numeric.balls.claims import ball_of
from numeric.enclosure import Enclosure
from numeric.kernels.compiling import kernel_of
from verify.forms.closed_forms import closed_form
from verify.forms.deriving import formulas, modes_of
from verify.mutants.planted_claims import planted
from verify.predicting.predictions import ModePredictions
from verify.second_routes import ladder, speed, time_bounds
from verify.telling.paper import equation_file
from verify.verdict import Verdict

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


# One claim of every relation and rung that a study predicts by a closed form: law of the study, and a point.
KINDS = {
    "finite-workers.second-moment.exponential": (
        "exponential",
        {"workers": 4, "step": sp.Rational(1, 5), "step_noise": sp.Rational(1, 100)},
    ),
    "damping.coefficient.asynchronous": (
        "constant",
        {"workers": 4, "learning_rate": sp.Rational(1, 10), "curvature": 2, "mean_delay": 1},
    ),
    "staleness.variance.poisson": ("constant", {"workers": 4, "squared_coefficient_of_variation": 0}),
    "delay.critical-damping.constant": ("constant", {"mean_delay": 1}),
    "recursion.stability-limit.fixed-staleness": ("constant", {"staleness": 3}),
}
# Of these no study predicts a number by the claim alone: their LaTeX, kernel and ball bear the hash.
UNPREDICTED: dict[str, dict[str, Any]] = {
    "law.second-moment.exponential": {"mean_delay": 1},
    "delay.safe-damping.any-law": {"mean_delay": 1},
    "k-batch-sync.time-per-update-bound.any-law": {"mean_delay": 1, "workers": 4, "batch": 2},
    "finite-workers.gap-to-shots.exponential": {
        "damping_coefficient": sp.Rational(1, 5),
        "mean_delay": 1,
        "workers": 4,
    },
}


def forms(claim: str, law: str | None, point: dict[str, Any]) -> dict[str, tuple[str, object]]:
    """Hash and content of every form of a claim, the prediction where a law makes a study of it."""
    told = closed_form(CLAIMS[claim], None)
    kernel, ball = kernel_of(CLAIMS[claim]), ball_of(CLAIMS[claim])
    found = {
        "latex": (told.hash, equation_file("One", told, ()).splitlines()[-1]),
        "kernel": (kernel.hash, round(float(kernel(**{name: float(number) for name, number in point.items()})), 9)),
        "ball": (ball.hash, round(float(ball(**point)), 9)),
    }
    if law is None:
        return found
    compute = {"law": law, "value" if law == "constant" else "mean": 1}
    (mode,) = modes_of(study_from_table({**TABLE, "workers": {"count": 4, "compute": compute}}).cases[0])
    prediction = next(one for one in mode.all if one.claim == claim)
    return {**found, "prediction": (prediction.hash, round(float(prediction.value), 9))}


# Bounds and series are no prediction of a study: what an evidence's verdict says beside them is.
JUDGED: dict[str, Callable[[ModePredictions, str], Iterator[Verdict]]] = {
    "delay.safe-damping.any-law": speed.safe_bound,
    "k-batch-sync.time-per-update-bound.any-law": time_bounds.round_bounds,
    "finite-workers.gap-to-shots.exponential": ladder.ladder_orders,
}


def judged(claim: str) -> tuple[str, object]:
    """Hash and predicted values of the verdicts on a claim, about exponential cycles."""
    compute = {"law": "exponential", "mean": 1}
    (mode,) = modes_of(study_from_table({**TABLE, "workers": {"count": 4, "compute": compute}}).cases[0])
    verdicts = [one for one in JUDGED[claim](mode, "") if one.claim == claim]
    (hashed,) = {one.hash for one in verdicts}
    return hashed, [one.predicted.to_json() for one in verdicts]


@pytest.mark.parametrize("claim", JUDGED)
def test_bounds_and_series_are_judged_under_their_hash_and_another_expression_is_judged_otherwise(claim: str) -> None:
    before, drawn = judged(claim), forms(claim, None, UNPREDICTED[claim])
    with planted(CLAIMS[claim], sp.Rational(3, 2) * CLAIMS[claim].expression):
        after, redrawn = judged(claim), forms(claim, None, UNPREDICTED[claim])
    assert {hashed for hashed, _ in drawn.values()} == {before[0]}
    assert {hashed for hashed, _ in redrawn.values()} == {after[0]}
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert all(drawn[name][1] != redrawn[name][1] for name in drawn)


QUICK = ("delay.critical-damping.constant", *UNPREDICTED)


@pytest.mark.parametrize(
    "claim", [*QUICK, *(pytest.param(one, marks=pytest.mark.slow) for one in KINDS if one not in QUICK)]
)
def test_claims_of_every_kind_keep_one_hash_and_change_in_every_form(claim: str) -> None:
    law, point = KINDS.get(claim) or (None, UNPREDICTED[claim])
    before = forms(claim, law, point)
    with planted(CLAIMS[claim], 2 * CLAIMS[claim].expression + 1):
        after = forms(claim, law, point)
    for told in (before, after):
        assert len({hashed for hashed, _ in told.values()}) == 1
        assert len({content for name, (_, content) in told.items() if name != "latex"}) == 1
    assert all(before[name][0] != after[name][0] and before[name][1] != after[name][1] for name in before)


@pytest.mark.slow
def test_every_relation_and_rung_with_a_predicted_closed_form_is_among_them() -> None:
    met = {(CLAIMS[claim].relation, CLAIMS[claim].rung) for claim in (CLAIM, *KINDS, "law.second-moment.exponential")}
    for law in ("constant", "exponential"):
        compute = {"law": law, "value" if law == "constant" else "mean": 1}
        (mode,) = modes_of(study_from_table({**TABLE, "workers": {"count": 4, "compute": compute}}).cases[0])
        told = {formula.claim for formula in formulas(mode)}
        assert {(CLAIMS[one.claim].relation, CLAIMS[one.claim].rung) for one in mode.all if one.claim in told} <= met
    assert {CLAIMS[claim].relation for claim in (*KINDS, *UNPREDICTED)} == {"equality", "bound", "asymptotic"}


def test_the_same_expression_gives_the_same_hash_again() -> None:
    assert lives() == lives()
    assert len(lives().hashes["latex"]) == 64
