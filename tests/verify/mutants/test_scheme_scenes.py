"""Scenes of schemes: what is claimed of them is borne out, and wrong numbers are refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.laws import Gamma
from numeric.enclosure import Enclosure
from numeric.values import Exact
from tests.budgets import some
from verify.mutants.loop_mutants import agrees_with_reference
from verify.mutants.loop_slips import LoopMutant
from verify.mutants.scheme_scenes import SEED, Scene, judge_scene, level_of, scenes

SCENES = scenes()
CLAIMED = [scene for scene in SCENES.values() if scene.numbers]
FOUND = {number.claim: number.value for scene in CLAIMED for number in scene.numbers}


def moved(value: Exact | Enclosure, factor: sp.Rational) -> Exact | Enclosure:
    return Exact(value.expression * factor) if isinstance(value, Exact) else value * factor


@pytest.mark.parametrize("scene", some(CLAIMED, 4, lambda scene: str(scene.name)))
def test_what_is_claimed_of_a_scene_is_borne_out_and_a_twentieth_more_is_refuted(scene: Scene) -> None:
    level = level_of(scene)
    assert [verdict.outcome for verdict in judge_scene(scene, level)] == ["pass"] * len(scene.numbers)
    wrong = tuple(replace(number, value=moved(number.value, sp.Rational(21, 20))) for number in scene.numbers)
    judged = judge_scene(replace(scene, numbers=wrong), level)
    assert [verdict.outcome for verdict in judged] == ["refuted"] * len(wrong)


def test_the_levels_of_all_scenes_are_one_declared_rate() -> None:
    shares = [level_of(scene) * len(scene.numbers) for scene in SCENES.values()]
    assert sum(shares) == pytest.approx(1e-3)
    assert {number.claim for scene in CLAIMED for number in scene.numbers} <= set(CLAIMS)


def test_the_numbers_are_those_known_by_hand() -> None:
    """The literature's .4984; 3/4 of 15 others' gradients; ages 8/5 at a rate of 10; a cut geometric staleness."""
    assert float(FOUND["threshold.applied-fraction.exponential"]) == pytest.approx(0.4984, abs=5e-5)
    assert FOUND["dropout.staleness-mean.any-law"] == Exact(sp.Rational(45, 4))
    assert FOUND["delay.law.unlike-workers"] == Exact(sp.Rational(8, 5))
    assert FOUND["arrivals.rate.unlike-workers"] == Exact(sp.Integer(10))
    others = 31 * 0.49837349876849639
    ratio = others / (1 + others)
    truncated = others - 11 * ratio**11 / (1 - ratio**11)  # a geometric staleness of at most 10
    assert float(FOUND["staleness.probability.poisson"]) == pytest.approx(truncated, rel=1e-12)


def test_every_scene_is_simulated_as_the_reference_says() -> None:
    for scene in SCENES.values():
        assert agrees_with_reference(LoopMutant("none"), scene.system, SEED), scene.name


def test_a_scene_of_another_law_is_refuted() -> None:
    """Gamma cycles of shape 4 under the threshold: .422 of the gradients are applied, not .498."""
    scene = SCENES["threshold"]
    other = replace(scene, system=replace(scene.system, draw=Gamma(4, 1).draw))
    assert "refuted" in {verdict.outcome for verdict in judge_scene(other, level_of(scene))}
