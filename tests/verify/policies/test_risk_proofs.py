"""Learning rates for times and risks: the proof against a fine grid, and against a planted optimum that is none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma
from derive.studies.records import Study, Workers
from derive.studies.study import load_study
from numeric.enclosure import Enclosure
from verify.policies.choices import Tried
from verify.policies.choosing import best_choice
from verify.policies.goals import ExcessRisk, Risk, TrainingTime
from verify.policies.knobs import with_learning_rate
from verify.policies.risk_proofs import prove_range
from verify.policies.settings import HALF, largest_learning_rate

ROOT = Path(__file__).parents[3]
SOON = TrainingTime(level=sp.Rational(1, 10))


def study(law: Law, *curvature: int) -> Study:
    textbook = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[0].study
    assert textbook.objective is not None
    modes = curvature or (2,)
    noise = textbook.objective.gradient_noise * len(modes)
    objective = replace(textbook.objective, curvature=tuple(map(sp.Integer, modes)), gradient_noise=noise)
    return replace(textbook.with_workers(Workers.alike(16, law)), objective=objective)


def tried(given: Study, goal: Risk, value: sp.Rational) -> tuple[str, Tried]:
    option = with_learning_rate(given, value)
    return "refused", Tried(option, goal.reached(option.study))  # never better: what is planted stays the best


def test_the_soonest_is_proven_and_no_rate_of_a_fine_grid_is_sooner() -> None:
    given = study(Constant("3/2"))
    found = best_choice(given, "learning_rate", SOON)
    assert found.certified
    assert found.proof is not None
    assert found.proof.searched == (0, Fraction(355, 226))
    best = found.best.reached
    assert best is not None
    centre = found.best.option.keys[0][1]
    for number in (-6, -1, 1, 6):
        other = SOON.reached(with_learning_rate(given, centre * (1 + sp.Rational(number, 20))).study)
        assert other is None or other.upper > best.lower * 0.99
    told = found.to_json()["proof"]
    assert told["range"]["undecided"] == []
    assert told["range"]["pieces"] == found.proof.pieces


def test_a_planted_optimum_is_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than half the best learning rate called the best: pieces around the true one must be left over."""
    monkeypatch.setattr("verify.policies.risk_proofs.PATHS", 20)
    given = study(Constant("3/2"))
    _, planted = tried(given, SOON, sp.Rational(1, 100))
    ends = {"high": largest_learning_rate(given), "margin": HALF, "tolerance": sp.Rational(1, 100)}
    proof, measured = prove_range(given, SOON, planted, lambda value: tried(given, SOON, value), **ends)
    assert any(low < Fraction("0.02379") < high for low, high in proof.undecided)
    assert measured  # and better ones were met on the way
    assert isinstance(planted.reached, Enclosure)


@pytest.mark.slow
@pytest.mark.parametrize("law", [Constant("3/2"), Exponential("3/2"), Gamma(4, "3/2")])
@pytest.mark.parametrize("goal", [SOON, TrainingTime(level=sp.Rational(1, 50)), ExcessRisk(budget=sp.Integer(3))])
@pytest.mark.parametrize("curvature", [(2,), (2, 1)])
def test_every_goal_and_law_is_proven(law: Law, goal: Risk, curvature: tuple[int, ...]) -> None:
    found = best_choice(study(law, *curvature), "learning_rate", goal)
    assert found.certified
    best = found.best.reached
    assert best is not None
    for one in found.allowed:
        assert one.reached is not None
        assert one.reached.upper >= best.lower
