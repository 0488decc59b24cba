"""Transients of schemes: proofs pass, wrong claims are refuted; each delayed scheme has the path that is enclosed."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.laws import Exponential, Gamma
from derive.models.schemes import mode_model
from derive.schemes import Asynchronous, KBatchAsync, KSync
from derive.studies.study import load_study
from numeric.enclosed.transients import mean_path
from verify.identities import check_step
from verify.mutants.planted_claims import planted
from verify.predicting.predictions import ModePredictions
from verify.second_routes.scheme_transients import (
    PATH,
    RESIDUE,
    SQUARE,
    TIME,
    TRANSFORM,
    iterated_updates,
    velocity_transients,
)

MODE = ModePredictions(load_study("reports/studies/textbook.toml").cases[0].study, 0)
ANY = "transients.transform.any-law"


@pytest.mark.slow
@pytest.mark.parametrize("check", [velocity_transients, iterated_updates])
def test_proofs_pass_and_refute_each_claim_made_wrong(check: object) -> None:
    verdicts = list(check(MODE, ""))  # type: ignore[operator]
    assert {one.outcome for one in verdicts} == {"pass"}
    for name in {one.claim for one in verdicts}:
        with planted(CLAIMS[name], CLAIMS[name].expression * sp.Rational(101, 100)):
            assert {one.claim for one in check(MODE, "") if one.outcome == "refuted"} == {name}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (TRANSFORM, y.arrival_rate, 2 * y.arrival_rate),
        (RESIDUE, y.momentum, y.momentum / 2),
        (PATH, y.j, y.j + 1),
        (SQUARE, y.batch, y.batch + 1),
        (TIME, y.level, y.level / 2),
    ],
)
def test_slips_of_a_step_are_found(name: str, old: sp.Expr, new: sp.Expr) -> None:
    derived = CLAIMS[name].derived
    step = derived.steps[-1]
    assert check_step(step, domain=derived.domain).passed
    wrong = Equation(step.output.left, step.output.right.subs(old, new))
    assert not check_step(replace(step, output=wrong), domain=derived.domain).passed


@pytest.mark.parametrize(
    ("law", "scheme", "momentum", "claim"),
    [
        (Gamma(2, 1), Asynchronous(8), "1/2", TRANSFORM),
        (Gamma(2, 1), Asynchronous(8, staleness_discount="9/10"), 0, ANY),
        (Exponential(2), Asynchronous(8, dropout="1/4"), 0, ANY),
        (Exponential(1), Asynchronous(8, uplink_capacity=6), 0, ANY),
        (Exponential(1), KBatchAsync(8, batch=2), 0, ANY),
    ],
)
def test_the_claimed_transform_is_that_of_the_enclosed_path(
    law: Exponential, scheme: Asynchronous, momentum: str, claim: str
) -> None:
    """Talbot's inversion of the claim at the time 3/2, against the path by certified roots."""
    model = mode_model(law, scheme, learning_rate="1/40", curvature=1, momentum=momentum)
    (enclosed,) = mean_path(model.noise_equation, [sp.Rational(3, 2)])
    transform = sp.lambdify(y.s, model.claimed(claim).subs(y.initial, 1), "mpmath")
    assert float(mpmath.invertlaplace(transform, 1.5, method="talbot")) == pytest.approx(float(enclosed), rel=1e-6)


def test_what_holds_for_any_delay_says_nothing_of_rounds() -> None:
    model = mode_model(Exponential(1), KSync(8, batch=2), learning_rate="1/40", curvature=1)
    assert {PATH, SQUARE, TIME} <= {one.id for one in model.claims}
    assert ANY not in {one.id for one in model.claims}
