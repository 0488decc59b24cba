"""Evidence as data: every row's check runs on a default study and evaluates its claim's own expression."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import LAWS
from derive.studies.study import load_study
from numeric.simulation.decay import simulate_mean_path
from verify.agreement import enclosed
from verify.ledger.evidence import KINDS, LEGS, WANTED, Leg, legs_of, one_legged, planners, proof_checks
from verify.mutants.planted_claims import fresh, planted
from verify.predicting.predictions import ModePredictions
from verify.sampling import divergence
from verify.sampling.direct_checks import law_checks
from verify.sampling.judging import PATH_CYCLES, START_SHARE
from verify.sampling.planned import PlannedCheck, Samples, observed_samples
from verify.sampling.planning import plan
from verify.sampling.simulating import mode_system, simulate_study, system_of
from verify.second_routes.roots import threshold_agreement
from verify.verdict import Verdict

STUDIES = Path(__file__).parents[3] / "reports" / "studies"
TEXTBOOK = STUDIES / "textbook.toml"
WRONG = sp.Rational(3, 2)
LEVEL = 1e-5

PROVEN = [leg for leg in LEGS if leg.kind in ("certified agreement", "exact finite M")]
SAMPLED = [leg for leg in LEGS if leg.kind == "Monte Carlo" and leg.check is not divergence.diverges_where_predicted]


@cache
def study_modes(path: Path) -> tuple[ModePredictions, ...]:
    """The first mode of every case of a study; a regression's curvatures are measured, not given."""
    studies = (case.study for case in load_study(path).cases)
    return tuple(ModePredictions(study, 0) for study in studies if study.objective and study.objective.curvature)


def modes() -> tuple[ModePredictions, ...]:
    """Those of every default study, the textbook's first."""
    others = sorted(set(STUDIES.glob("*.toml")) - {TEXTBOOK})
    return tuple(mode for path in (TEXTBOOK, *others) for mode in study_modes(path))


def names(leg: Leg) -> str:
    return f"{leg.claim}-{leg.check.__name__}"


def about(leg: Leg) -> list[ModePredictions]:
    """Modes of the default studies that the claim may speak of."""
    claim = CLAIMS[leg.claim]
    # Checks of other schemes take the law and the numbers of any mode; of fixed staleness, no law, the numbers alone.
    other, any_law = claim.scheme != "asynchronous", claim.law not in LAWS
    return [
        mode
        for mode in modes()
        if mode.model.is_about(claim) or (other and (any_law or claim.law == mode.model.law.name))
    ]


def proofs(leg: Leg, mode: ModePredictions) -> list[Verdict]:
    return [one for one in leg.check(mode, "") if (one.claim, one.evidence) == (leg.claim, leg.kind)]


def planned(leg: Leg, mode: ModePredictions) -> list[PlannedCheck]:
    return [check for check in leg.check(mode) if check.prediction.claim == leg.claim]


def some(legs: Sequence[Leg], step: int) -> list[object]:
    """One leg in ``step`` here, all of them in ``make verify``; bisections on certified counts take seconds each."""
    quick = {id(leg) for leg in legs[::step] if leg.check is not threshold_agreement}
    return [pytest.param(leg, marks=[] if id(leg) in quick else [pytest.mark.slow], id=names(leg)) for leg in legs]


@pytest.mark.parametrize("leg", some(PROVEN, 16))
def test_a_proof_of_a_default_study_passes_and_refutes_its_claim_made_wrong(leg: Leg) -> None:
    mode = next(mode for mode in about(leg) if proofs(leg, mode))
    assert {verdict.outcome for verdict in proofs(leg, mode)} == {"pass"}
    claim = CLAIMS[leg.claim]
    with planted(claim, WRONG * claim.expression):
        try:
            outcomes = {verdict.outcome for verdict in proofs(leg, fresh(mode))}
        except (ArithmeticError, ValueError):
            return  # a claim that has no value any more stops the report
    assert "refuted" in outcomes or (claim.id == "delay.roots.erlang" and outcomes == {"pass"})


def test_every_row_speaks_of_a_default_study() -> None:
    silent = {leg.claim for leg in LEGS if not about(leg)}
    assert not silent, f"add a case to reports/studies/laws.toml, or a study: {sorted(silent)}"


def test_predictions_are_made_anew_for_every_law_so_that_no_refusal_passes_for_a_refutation() -> None:
    one_of_each = {mode.model.law.name: mode for mode in reversed(modes())}
    for mode in one_of_each.values():
        assert fresh(mode).model.law == mode.model.law
    assert len(one_of_each) >= 13


@pytest.mark.parametrize("leg", some(SAMPLED, 24))
def test_a_planned_check_of_a_default_study_predicts_by_its_claim(leg: Leg) -> None:
    claim = CLAIMS[leg.claim]
    near = [mode for mode in about(leg) if mode.model.is_about(claim)]
    told = list(islice((mode for mode in near or about(leg) if planned(leg, mode)), 2))
    right = [check.prediction.value for mode in told for check in planned(leg, mode)]
    wrong_side = claim.expression * WRONG
    if "characteristic-function" in claim.id:
        wrong_side = claim.expression + 1 / sp.Integer(7)  # a multiple of H has the same roots
    if claim.id == "finite-workers.mean.exponential":
        wrong_side = claim.expression + y.s / 7  # a constant leaves the real part of a pair of roots alone
    with planted(claim, wrong_side):
        try:
            wrong = [check.prediction.value for mode in told for check in planned(leg, fresh(mode))]
        except (ArithmeticError, ValueError):
            return
    assert wrong != right


@cache
def samples(mode: ModePredictions) -> Samples:
    """A short look at a case, shared by every row."""
    study, cycle = mode.study, float(mode.model.law.mean)
    short = replace(study, run=replace(study.run, replicas=64, updates=40_000, burn_in=None))
    system = mode_system(short, 0)
    quiet = replace(system, gradient_noise=(0.0,), initial=(1.0,))
    path = simulate_mean_path(quiet, seed=1, replicas=2048, times=np.linspace(0, PATH_CYCLES * cycle, 129))
    start = simulate_mean_path(quiet, seed=1, replicas=8192, times=[START_SHARE * cycle])
    return Samples(simulate_study(short), path, start)


def measured(check: PlannedCheck, mode: ModePredictions) -> np.ndarray:
    """What a check looks at; a sampler of its own draws for it alone."""
    alone = check.sampler is not None
    return np.array(observed_samples(check, Samples(None, None, None) if alone else samples(mode)))  # type: ignore[arg-type]


def in_the_textbook(leg: Leg) -> bool:
    """Whether the textbook's study can speak of the claim; its workers are too many for the moments of stages."""
    claim = CLAIMS[leg.claim]
    return claim.law != "erlang" and any(mode.model.is_about(claim) for mode in study_modes(TEXTBOOK))


def sampled(leg: Leg) -> object:
    """A loop to compile for each law or scheme, but the textbook's; of the checks of a law one in eight here."""
    few = [one.claim for one in SAMPLED if one.check is law_checks][::8]
    quick = leg.claim in few if leg.check is law_checks else in_the_textbook(leg)
    return pytest.param(leg, marks=[] if quick else [pytest.mark.slow], id=names(leg))


@pytest.mark.parametrize("leg", [sampled(leg) for leg in SAMPLED])
def test_a_planned_check_refutes_a_biased_measurement_and_not_an_honest_one(leg: Leg) -> None:
    mode = next(mode for mode in about(leg) if planned(leg, mode))
    for check in planned(leg, mode):
        honest, size = measured(check, mode), abs(float(enclosed(check.prediction.value))) or 1.0
        # A tolerance of 2/M and the noise of a short look are far smaller than half of the value.
        for bias in (WRONG - 1, 1 - WRONG):
            biased = tuple(honest + float(bias) * size)
            assert check.judge("", biased, LEVEL).outcome == "refuted", check.statement
        assert check.judge("", tuple(honest), LEVEL).outcome != "refuted", check.statement


def test_divergence_is_looked_for_around_the_claimed_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    mode, rates = modes()[0], []

    def simulate(system: object, **work: object) -> SimpleNamespace:
        rates.append(system.learning_rate)  # type: ignore[attr-defined]
        return SimpleNamespace(diverged_at=[])

    monkeypatch.setattr(divergence, "simulate", simulate)
    claim = CLAIMS[divergence.CLAIM]
    divergence.diverges_where_predicted(mode, system_of(mode.study), "", 1)
    with planted(claim, WRONG * claim.expression):
        divergence.diverges_where_predicted(mode, system_of(mode.study), "", 1)
    assert rates[2:] == pytest.approx([1.5 * rate for rate in rates[:2]])


def test_every_claim_has_two_kinds_of_evidence() -> None:
    assert one_legged() == (), f"fewer than {WANTED} kinds of evidence: add rows to verify/ledger/evidence.py"


def test_rows_name_claims_and_kinds_once() -> None:
    rows = [(leg.claim, leg.kind, leg.check) for leg in LEGS]
    assert len(rows) == len(set(rows))
    assert {leg.claim for leg in LEGS} == set(CLAIMS)
    assert {leg.kind for leg in LEGS} == set(KINDS)
    assert [leg.kind for leg in legs_of("recursion.stationary-variance.fixed-staleness")] == [
        "symbolic identity",
        "exact finite M",
        "Monte Carlo",
    ]


def test_a_report_runs_every_check_of_the_ledger() -> None:
    assert set(proof_checks()) == {leg.check for leg in PROVEN}
    assert set(planners()) == {leg.check for leg in SAMPLED}
    claims = {check.prediction.claim for check in plan(modes()[1])}
    assert {"law.transform.exponential", "noise.intensity.asynchronous", "staleness.probability.poisson"} <= claims


ROWS = {(leg.claim, leg.kind) for leg in LEGS}


def test_every_verdict_of_a_published_report_has_its_row() -> None:
    for path in (STUDIES.parent / "published").rglob("report.json"):
        verdicts = json.loads(path.read_text(encoding="utf-8"))["verdicts"]
        assert len(verdicts) > 50
        assert {(one["claim"], one["evidence"]) for one in verdicts} <= ROWS


@pytest.mark.slow
def test_every_verdict_of_a_study_has_its_row() -> None:
    for mode in modes()[:1]:
        assert {(one.claim, one.evidence) for check in proof_checks() for one in check(mode, "")} <= ROWS
    for mode in modes():
        assert {(check.prediction.claim, "Monte Carlo") for check in plan(mode)} <= ROWS
