"""Two curvatures under gamma cycles: certified roots agree, the exponential tie, the constant limit, wrong steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import worker_counts
from derive.studies.study import load_study
from verify.identities import check_step
from verify.mutants.planted_claims import planted
from verify.predicting.predictions import ModePredictions
from verify.second_routes.overtaking import COUNT, RATE, RATIO, gamma_curvatures

MODE = ModePredictions(load_study("reports/studies/textbook.toml").cases[0].study, 0)
STEP = {y.learning_rate: sp.Rational(1, 100), y.curvature: 1, y.mean_delay: 1}


def at(claim: str, **put: object) -> float:
    numbers = {y.shape: put["shape"], y.angle: put["angle"]}
    return float(CLAIMS[claim].expression.subs({**STEP, **numbers}, simultaneous=True))


@pytest.mark.slow
def test_certified_roots_agree_and_refute_each_claim_made_wrong() -> None:
    assert [one.outcome for one in gamma_curvatures(MODE, "")] == ["pass"] * 3
    for name in (RATIO, RATE, COUNT):
        with planted(CLAIMS[name], CLAIMS[name].expression.subs(y.angle, y.angle * sp.Rational(11, 10))):
            assert {one.claim for one in gamma_curvatures(MODE, "") if one.outcome == "refuted"} == {name}


def test_exponential_cycles_tie_where_the_flat_mode_is_critical() -> None:
    """Shape 1, on the edge of the domain: r theta = 1/2 and eta h M = 1/4, whatever the angle."""
    for angle in (sp.Rational(1, 5), sp.Rational(3, 2)):
        assert at(RATE, shape=1, angle=angle) == pytest.approx(0.5)
        assert at(COUNT, shape=1, angle=angle) == pytest.approx(25)


@pytest.mark.slow
def test_many_stages_are_a_constant_cycle() -> None:
    """k phi = 1 and k = 4000: kappa = 1/cos(1), r theta = arccos(1/kappa)/sqrt(kappa^2 - 1)."""
    ratio = at(RATIO, shape=4000, angle=sp.Rational(1, 4000))
    put = {**STEP, y.curvature_ratio: sp.nsimplify(ratio, rational=True)}
    for claim, other in (
        ("workers.overtaking-decay-rate.constant", RATE),
        ("workers.overtaking-count.constant", COUNT),
    ):
        known = float(CLAIMS[claim].expression.subs(put, simultaneous=True))
        assert at(other, shape=4000, angle=sp.Rational(1, 4000)) == pytest.approx(known, rel=1e-3)


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        ("ask for a real", y.shape * sp.sin(y.angle) / (y.mean_delay * sp.sin((y.shape + 1) * y.angle))),
        ("divide the dampings", 1 / sp.cos(y.shape * y.angle)),
    ],
)
def test_a_wrong_step_is_found(label: str, wrong: sp.Expr) -> None:
    derivation = worker_counts.overtaking_ratio_gamma()
    step = next(one for one in derivation.steps if one.rule.label.startswith(label))
    assert check_step(step, domain=derivation.domain).passed
    assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=derivation.domain).passed
