"""Planned checks, proofs and divergence of whole cases, with what must fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive.laws import Constant, Exponential, Gamma
from derive.studies.records import Objective
from derive.studies.study import Case, Workers, load_study
from numeric.values import Exact
from tests.budgets import some
from verify.predicting.predictions import ModePredictions
from verify.sampling import judging
from verify.sampling.divergence import diverges_where_predicted
from verify.sampling.judging import judge_case, plan_case
from verify.sampling.simulating import system_of
from verify.second_routes import running as proofs
from verify.statistics.gates import ErrorBudget
from verify.verdict import Verdict

STUDIES = Path(__file__).parents[3] / "reports" / "studies"
LEVEL = ErrorBudget(checks=60).level()


def case(law: object, workers: int = 8, learning_rate: str = "1/10", **run: object) -> Case:
    study = load_study(STUDIES / "textbook.toml").cases[0].study
    assert study.optimizer is not None
    changed = replace(
        study.with_workers(Workers.alike(workers, law)),
        optimizer=replace(study.optimizer, learning_rate=sp.Rational(learning_rate)),
        objective=Objective((sp.Integer(1),), (sp.Integer(1),)),
        run=replace(study.run, replicas=64, updates=60_000, **run),
    )
    return Case("", changed)


@pytest.fixture(scope="module")
def exponential() -> tuple[Verdict, ...]:
    return judge_case(plan_case(case(Exponential(1))), LEVEL).verdicts


def test_an_exponential_case_passes_every_check_with_power(exponential: tuple[Verdict, ...]) -> None:
    assert {verdict.outcome for verdict in exponential} == {"pass"}
    assert {verdict.claim for verdict in exponential} >= {
        "arrivals.rate.any-law",
        "staleness.mean.any-law",
        "staleness.variance.any-law",
        "finite-workers.second-moment.exponential",
        "finite-workers.mean.exponential",
    }
    for verdict in exponential:
        assert verdict.smallest_bias_noticed is not None
        assert verdict.smallest_bias_noticed <= 0.05 or "tolerance" in verdict.note
        assert "failed as it must" in verdict.negative_control


def test_the_checks_were_planned_before_looking() -> None:
    planned = plan_case(case(Exponential(1)))
    assert planned.statistical_checks == len(judge_case(planned, LEVEL).verdicts)


def test_a_wrong_prediction_is_refuted() -> None:
    planned = plan_case(case(Exponential(1)))
    variance = next(check for check in planned.checks if check.prediction.rung == "R0" and check.average)
    wrong = Exact(sp.Rational(21, 20) * sp.nsimplify(float(variance.prediction.value)))
    checks = (replace(variance, prediction=replace(variance.prediction, value=wrong)),)
    assert judge_case(replace(planned, checks=checks), LEVEL).verdicts[0].outcome == "refuted"


def test_instability_that_was_predicted_passes() -> None:
    found = judge_case(plan_case(case(Constant(1), learning_rate="1/3")), LEVEL)
    assert found.run.unstable
    assert {verdict.outcome for verdict in found.verdicts} == {"pass"}
    (seen,) = [verdict for verdict in found.verdicts if "diverges" in verdict.statement]
    assert seen.smallest_bias_noticed == 1
    assert "failed as it must: at the optimum without noise 0 of 2" in seen.negative_control


def test_a_variance_predicted_for_a_diverging_run_is_refuted() -> None:
    planned = plan_case(case(Exponential(1), learning_rate="1/10"))
    diverging = replace(
        planned.case.study, optimizer=replace(planned.case.study.optimizer, learning_rate=sp.Integer(2))
    )
    found = judge_case(replace(planned, case=Case("", diverging)), LEVEL)
    assert "refuted" in {verdict.outcome for verdict in found.verdicts}


def test_divergence_begins_where_it_is_predicted_and_not_where_it_is_not() -> None:
    one = case(Constant(1), workers=4)
    mode, system = ModePredictions(one.study, 0), system_of(one.study)
    assert diverges_where_predicted(mode, system, "", 1).outcome == "pass"
    doubled = replace(system, curvature=(2 * system.curvature[0],))
    elsewhere = one.study.with_workers(Workers.alike(5, Constant(1)))
    assert diverges_where_predicted(ModePredictions(elsewhere, 0), doubled, "", 1).outcome == "refuted"


@pytest.mark.parametrize("law", some([Exponential(1), Constant(1), Gamma(4, 1)], 3, lambda law: str(law.name)))
def test_second_routes_agree(law: object) -> None:
    verdicts = list(proofs.agreements(ModePredictions(case(law).study, 0), ""))
    assert len(verdicts) >= 5
    assert {verdict.outcome for verdict in verdicts} == {"pass"}


def test_a_wrong_claim_does_not_agree_with_its_second_route(monkeypatch: pytest.MonkeyPatch) -> None:
    mode = ModePredictions(case(Constant(1)).study, 0)
    right = type(mode).number

    def off(self: ModePredictions, claim: object) -> object:
        found = right(self, claim)  # type: ignore[arg-type]
        return found * sp.Rational(10**6 + 1, 10**6) if not isinstance(found, Exact) else found

    monkeypatch.setattr(type(mode), "number", off)
    refuted = {verdict.claim for verdict in proofs.agreements(mode, "") if verdict.outcome == "refuted"}
    assert refuted >= {"delay.stationary-variance.constant", "delay.stability-limit.constant"}


def test_identities_of_every_claim_asked_for() -> None:
    found = list(proofs.identities(["arrivals.rate.any-law", "delay.roots.constant"]))
    assert [verdict.outcome for verdict in found] == ["pass", "pass"]
    assert all("perturbed" in verdict.negative_control for verdict in found)


def test_instability_does_not_pass_when_its_control_diverges_too(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan_case(case(Constant(1), learning_rate="1/3"))
    unstable = judge_case(planned, LEVEL).run
    monkeypatch.setattr(judging, "simulate", lambda *_, **__: unstable)
    outcomes = {one.statement: one.outcome for one in judge_case(planned, LEVEL).verdicts}
    assert outcomes["the mean is unstable, and the simulation diverges"] == "inconclusive"


def test_an_inconclusive_slope_says_that_its_replicas_are_no_setting_of_the_study() -> None:
    (check,) = [one for one in plan_case(case(Exponential(1))).checks if one.prediction.quantity == "decay_rate"][:1]
    rate = float(check.prediction.value)
    unsure = check.judge("", tuple(rate * (1 + 0.5 * (-1) ** k) for k in range(64)), 1e-3)
    assert unsure.outcome == "inconclusive"
    assert "instead of 64" in unsure.note
    assert "run.replicas does not change it" in unsure.note
    sure = check.judge("", tuple(rate * (1 + 1e-3 * (-1) ** k) for k in range(64)), 1e-3)
    assert sure.outcome == "pass"
    assert "run.replicas" not in sure.note
