"""Predictions: what the theory gives for a study, rung by rung, and what it refuses to give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive.law import Law
from derive.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Hyperexponential,
    PhaseType,
    ShiftedExponential,
    Uniform,
)
from derive.studies.records import Objective
from derive.studies.study import Workers, load_study
from numeric.values import Exact
from tests.budgets import some
from verify.predicting.predictions import ModePredictions, mean_square_margin, renewal_overlap
from verify.sampling.planning import plan
from verify.second_routes.running import agreements

STUDIES = Path(__file__).parents[3] / "reports" / "studies"


def predicted(law: object, workers: int = 16, learning_rate: str = "1/20") -> ModePredictions:
    study = load_study(STUDIES / "textbook.toml").cases[0].study
    assert study.optimizer is not None
    changed = replace(
        study.with_workers(Workers.alike(workers, law)),
        optimizer=replace(study.optimizer, learning_rate=sp.Rational(learning_rate)),
        objective=Objective((sp.Integer(1),), (sp.Integer(1),)),
    )
    return ModePredictions(changed, 0)


def value(mode: ModePredictions, quantity: str, *rungs: str) -> float:
    found = mode.find(quantity, *rungs)
    assert found is not None, quantity
    return float(found.value)


@pytest.mark.parametrize(
    "law",
    some(
        [
            Uniform(1, 2),  # densities and distribution functions of several pieces
            Hyperexponential(["1/2", "1/4", "1/4"], [1, 2, 3]),  # the claims speak of two phases
            PhaseType([1, 0], [[-2, 1], [0, -1]]),
            ShiftedExponential(1, 2),
        ],
        2,
        lambda law: str(law.name),
    ),
)
def test_a_law_that_few_claims_speak_of_is_planned_and_agrees(law: Law) -> None:
    mode = predicted(law)
    assert value(mode, "delay_variance", "R0") == pytest.approx(float(law.moment(2) - law.mean**2))
    assert "staleness_mean" in {check.prediction.quantity for check in plan(mode)}
    assert {verdict.outcome for verdict in agreements(mode, "")} == {"pass"}


def test_exponential_cycles_have_every_rung() -> None:
    mode = predicted(Exponential(1))
    assert value(mode, "damping_coefficient", "R1") == pytest.approx(0.8)
    assert value(mode, "stationary_variance", "R2") == pytest.approx(0.045)
    assert value(mode, "stationary_variance", "R0") == pytest.approx(0.045 * 0.995025, rel=1e-6)
    assert value(mode, "stationary_variance", "R1") == pytest.approx(0.045 / (1 - 0.045))
    assert value(mode, "decay_rate", "R3") == pytest.approx(0.5)
    assert value(mode, "decay_rate", "R0") == pytest.approx(0.525)
    assert value(mode, "staleness_variance", "R0") == pytest.approx(240)
    assert float(mean_square_margin(mode)) == pytest.approx(0.045)


def test_constant_cycles_are_the_recursion_with_fixed_staleness() -> None:
    mode = predicted(Constant(1), workers=4, learning_rate="1/5")
    assert value(mode, "stationary_variance", "Rd") == pytest.approx(5.4097311 / 25, rel=1e-7)
    assert value(mode, "staleness_variance", "R0") == 0
    assert value(mode, "delay_variance", "R0") == 0
    assert value(mode, "stability_limit", "R3") == pytest.approx(float(sp.pi / 2))


def test_the_trace_predicts_half_the_poisson_staleness_variance() -> None:
    mode = ModePredictions(load_study(STUDIES / "production_trace.toml").cases[0].study, 0)
    assert value(mode, "staleness_variance", "R1") == pytest.approx(50.97, abs=0.01)
    assert value(mode, "staleness_variance", "R0") == pytest.approx(24.198, abs=0.001)
    assert value(mode, "delay_mean", "R0") == pytest.approx(4.0614, abs=1e-4)


def test_an_unstable_mean_predicts_no_variance() -> None:
    """a theta = 2: the closed form would return a plausible negative number."""
    mode = predicted(Constant(1), learning_rate="1/8")
    assert not mode.mean_is_stable
    assert mode.find("stationary_variance", "R0", "Rd", "R1", "R2") is None
    assert mode.noise_gain is None
    assert value(mode, "decay_rate", "R3") < 0


def test_numbers_are_exact_where_arithmetic_is_rational() -> None:
    mode = predicted(Gamma(4, 1), learning_rate="1/20")
    found = mode.find("stationary_variance", "R2")
    assert found is not None
    assert isinstance(found.value, Exact)
    assert found.value.expression == sp.Rational(451, 8312)


@pytest.mark.parametrize(("law", "expected"), [(Constant(3), 0.0), (Exponential(3), 1.0), (Gamma(4, 3), 0.3286321)])
def test_renewal_overlaps(law: object, expected: float) -> None:
    found = renewal_overlap(law)  # type: ignore[arg-type]
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=1e-6)


def test_an_empirical_law_gets_enclosures_from_its_data() -> None:
    mode = predicted(Empirical(["0.9", "1.1"]))
    assert value(mode, "arrival_rate", "R0") == pytest.approx(16)
    assert value(mode, "staleness_variance", "R0") == pytest.approx(15 * (2 * 0.05 - 0.01) + 225 * 0.01)
