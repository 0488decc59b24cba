"""Means of few staged workers: one worker by hand, the known decay rate, the series kept and a wrong one refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations.occupancy import erlang_decay_gap
from derive.studies.study import load_study
from verify.identities import check_step
from verify.mutants.planted_claims import fresh, planted
from verify.predicting.predictions import ModePredictions
from verify.second_routes import staged_means
from verify.second_routes.staged_means import GAP, decay_series, means_matrix, slowest_rate


def two_stages() -> ModePredictions:
    cases = load_study("reports/studies/thresholds.toml").cases
    return next(mode for case in cases if (mode := ModePredictions(case.study, 0)).model.law.name == "gamma")


def test_a_decay_rate_known_from_an_independent_calculation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four workers, a theta = 1/5: .248991, where the delay equation has .266097."""
    rate = sp.nsimplify("0.26609695", rational=True)  # with which a theta is 1/5 to seven digits
    monkeypatch.setattr(staged_means, "RATE", rate)
    assert float(slowest_rate.__wrapped__(4)) == pytest.approx(0.248991, abs=1e-6)
    series = erlang_decay_gap(2).result.right.subs({y.decay: rate, y.mean_delay: 1, y.workers: 4})
    assert float(series * rate) == pytest.approx(0.248991, rel=8e-3)


def test_probability_is_kept_where_nothing_is_learned() -> None:
    """With a step of 0 the equations of x are those of the occupancies: its columns add up to 0."""
    matrix = means_matrix(3, sp.S.Zero)
    assert all(sum(matrix[row, column] for row in range(0, 12, 3)) == 0 for column in range(0, 12, 3))


@pytest.mark.slow
def test_the_series_is_kept_and_a_wrong_one_is_not() -> None:
    mode = two_stages()
    (verdict,) = decay_series(mode, "")
    assert verdict.outcome == "pass"
    with planted(CLAIMS[GAP], CLAIMS[GAP].expression + sp.Rational(1, 20) / y.workers):
        assert [one.outcome for one in decay_series(fresh(mode), "")] == ["refuted"]


def test_the_rule_is_checked_by_tagged_workers_and_slips_are_found() -> None:
    step = erlang_decay_gap(2).steps[-1]
    assert check_step(step).passed
    for wrong in (
        step.output.right.subs(y.decay, 2 * y.decay),
        2 - step.output.right,
        step.output.right + y.decay * y.mean_delay / (50 * y.workers),
    ):
        assert not check_step(replace(step, output=Equation(step.output.left, wrong))).passed
