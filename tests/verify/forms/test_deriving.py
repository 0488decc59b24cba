"""Closed forms of a study with its numbers, as the command line and the report give them."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.studies.study import Case, study_from_table
from numeric.values import Exact
from verify.forms import deriving
from verify.forms.deriving import (
    derivations,
    derive_study,
    derived_report,
    formulas,
    macro_name,
    modes_of,
    steps_proven,
)
from verify.identities import check_derivation
from verify.telling.record import KEPT_STEPS, PROOFS, STEP_CHECKS
from verify.verdict_json import value_from_json

TABLE: dict[str, Any] = {
    "workers": {"count": 4, "compute": {"law": "constant", "value": 1}},
    "optimizer": {"learning_rate": "1/10"},
    "objective": {"curvature": [1, 2]},
}


def case(**changed: Any) -> Case:
    return study_from_table({**TABLE, **changed}).cases[0]


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return derive_study(case())


def test_every_mode_has_its_own_numbers(told: dict[str, Any]) -> None:
    found = [(one["mode"], value_from_json(one["value"])) for one in told["results"]["damping_coefficient"]]
    assert found == [(0, Exact(sp.Rational(2, 5))), (1, Exact(sp.Rational(4, 5)))]
    limits = {
        one["mode"]: float(value_from_json(one["value"]))
        for one in told["results"]["stability_limit"]
        if one["rung"] == "R3"
    }
    assert limits == {0: pytest.approx(float(sp.pi / 2)), 1: pytest.approx(float(sp.pi / 2))}


def test_results_are_those_of_the_claims(told: dict[str, Any]) -> None:
    for name, entries in told["results"].items():
        for entry in entries:
            claim = CLAIMS[entry["claim"]]
            assert name == (claim.quantity or claim.id)
            assert (entry["rung"], entry["conditions"]) == (claim.rung, list(claim.conditions))
            assert entry["expression"].endswith(f"= {claim.expression}")
    laws = {CLAIMS[entry["claim"]].law for entries in told["results"].values() for entry in entries}
    assert laws == {"any", "constant", "fixed-staleness", "new-longer-than-used"}


def test_outside_its_domain_a_formula_has_no_number() -> None:
    # a theta = 8 > pi/2: the variance formula would give a plausible number
    unstable = derive_study(case(optimizer={"learning_rate": 2}, objective={"curvature": [1]}))["results"]
    entries = {entry["claim"]: entry["value"] for entry in unstable["stationary_variance"]}
    assert set(entries.values()) == {None}
    assert unstable["damping_coefficient"][0]["value"]["value"] == "8"


def test_a_step_that_fails_its_check_is_not_called_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(derivation: Any) -> Any:
        return tuple(replace(check, passed=False) for check in check_derivation(derivation))

    chosen = derivations(modes_of(case(objective={"curvature": [1]})))[:1]
    assert all(steps_proven(chosen)[STEP_CHECKS][chosen[0].title])
    monkeypatch.setattr(deriving, "check_derivation", failing)
    assert set(steps_proven(chosen)[STEP_CHECKS][chosen[0].title]) == {""}
    assert {step["checked_by"] for step in deriving._steps(chosen[0])} == {None}


def test_each_derivation_is_told_once_for_all_modes() -> None:
    titles = [derivation.title for derivation in derivations(modes_of(case()))]
    assert len(titles) == len(set(titles))
    assert titles == [derivation.title for derivation in derivations(modes_of(case())[:1])]


def test_macro_names_are_letters_and_never_the_same() -> None:
    assert macro_name("delay.stationary-variance.erlang-4") == "DelayStationaryVarianceErlangFour"
    names = [macro_name(claim) for claim in CLAIMS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Za-z]+", name) for name in names)


def test_formulas_carry_claim_source_and_value() -> None:
    found = {formula.claim: formula for formula in formulas(modes_of(case())[0])}
    variance = found["recursion.stationary-variance.fixed-staleness"]
    assert variance.source == CLAIMS[variance.claim].source
    assert variance.value is not None
    # K = 3, eta h = 1/10: w = 2 asin(eta h/2), s2 = eta^2
    w = 2 * math.asin(0.05)
    expected = 0.01 * (1 + math.sin(3.5 * w)) / (2 * math.sin(w) * math.cos(3.5 * w))
    assert float(variance.value) == pytest.approx(expected, rel=1e-14)
    assert found["delay.roots.constant"].value is None


@pytest.mark.parametrize("earlier", [(), (1,), (1, 2)])
def test_steps_that_an_earlier_run_checked_are_told_apart(
    earlier: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = CLAIMS["delay.roots.constant"].derived
    checks = tuple(replace(check, kept=check.number in earlier) for check in check_derivation(derived))
    monkeypatch.setattr(deriving, "check_derivation", lambda _: checks)
    assert steps_proven((derived,))[PROOFS] == {
        "steps_checked_in_this_run": len(derived.steps) - len(earlier),
        "steps_checked_by_an_earlier_run": len(earlier),
        KEPT_STEPS: {derived.title: list(earlier)} if earlier else {},
    }


def test_the_report_of_derive_has_no_verdicts_and_every_step_check() -> None:
    loaded = study_from_table({**TABLE, "objective": {"curvature": [1]}})
    report = derived_report(loaded)
    assert (report.verdicts, report.figures, report.findings) == ((), (), ())
    assert {one.title for one in report.derivations} == set(report.provenance[STEP_CHECKS])
    assert all(all(checks) for checks in report.provenance[STEP_CHECKS].values())
    names = {name for name, _, _ in report.cases[0].quantities}
    assert names >= {"arrival_rate", "delay_mean", "stationary_variance", "decay_rate"}
