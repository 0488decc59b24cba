"""A whole report as a record: planned before looking, complete, and the same for the same seed."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pytest

from derive.derivation import Derivation
from derive.studies.study import StudyFile, study_from_table
from verify import reporting
from verify.commands.progress import Progress, Silence
from verify.forms import deriving
from verify.identities import StepCheck
from verify.report import Report
from verify.reporting import FALSE_ALARM_RATE, report_study
from verify.sampling import judging
from verify.second_routes import running as proofs
from verify.telling.record import KEPT_STEPS, PROOFS, STEP_CHECKS, report_json

TABLE: dict[str, Any] = {
    "title": "Two laws",
    "question": "Which is faster?",
    "workers": {"count": 8},
    "optimizer": {"learning_rate": "1/20"},
    "objective": {"curvature": [1]},
    "run": {"replicas": 64, "updates": 20_000, "burn_in": 2000, "seed": 3},
    "sweep": {"workers": {"compute": [{"law": "exponential", "mean": 1}, {"law": "gamma", "shape": 2, "mean": 1}]}},
}


class Recorder(Progress):
    """Keeps the titles and how far each task came."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        self.done: dict[str, int] = {}

    def note(self, text: str) -> None:
        raise AssertionError(text)

    def task(self, title: str, total: int) -> AbstractContextManager[Any]:
        self.totals[title], self.done[title] = total, 0

        def advance(done: int) -> None:
            self.done[title] += done

        return nullcontext(advance)


def loaded() -> StudyFile:
    return study_from_table(TABLE, "two-laws.toml")


def fewer(patch: pytest.MonkeyPatch) -> None:
    """Leave out what other tests cover: most identities, second routes, the checks of steps."""
    patch.setattr(reporting, "identities", lambda claims, *how: proofs.identities(claims[:2], *how))
    patch.setattr(reporting, "agreements", lambda mode, case: iter(()))
    patch.setattr(deriving, "check_derivation", passing)


def passing(derivation: Derivation) -> tuple[StepCheck, ...]:
    """Every step checked, as far as the report can see."""
    return tuple(StepCheck(step.number, "symbolic", True, "") for step in derivation.steps)


LEVELS: list[float] = []


@pytest.fixture(scope="module")
def told() -> tuple[Report, Recorder]:
    recorder = Recorder()

    def judge(one: Any, level: float, *rest: Any, **words: Any) -> Any:
        LEVELS.append(level)
        return judging.judge_case(one, level, *rest, **words)

    with pytest.MonkeyPatch.context() as patch:
        fewer(patch)
        patch.setattr(reporting, "judge_case", judge)
        return report_study(loaded(), recorder), recorder


def test_the_report_carries_the_study_and_its_question(told: tuple[Report, Recorder]) -> None:
    report, _ = told
    assert (report.name, report.title, report.question) == ("two-laws", "Two laws", "Which is faster?")
    assert [case.label for case in report.cases] == ["exponential", "gamma"]
    assert report.false_alarm_rate == FALSE_ALARM_RATE
    assert report.study["workers"]["count"] == "8"


def test_each_case_tells_predictions_and_what_was_measured_beside_them(told: tuple[Report, Recorder]) -> None:
    for case in told[0].cases:
        kinds = {(name, rung, value.to_json()["kind"]) for name, rung, value in case.quantities}
        assert ("staleness_mean", "R0", "exact") in kinds
        assert ("staleness_mean", "R0", "estimate") in kinds
        assert ("decay_rate", "R0", "estimate") in kinds
        assert case.formulas


def test_each_derivation_is_told_with_its_checks(told: tuple[Report, Recorder]) -> None:
    report, _ = told
    titles = [derivation.title for derivation in report.derivations]
    assert len(set(titles)) == len(titles)
    assert set(report.provenance[STEP_CHECKS]) == set(titles)
    proofs = report.provenance[PROOFS]
    counted = proofs["steps_checked_in_this_run"] + proofs["steps_checked_by_an_earlier_run"]
    assert counted == sum(len(derivation.steps) for derivation in report.derivations)
    assert sum(map(len, proofs[KEPT_STEPS].values())) == proofs["steps_checked_by_an_earlier_run"]


def test_the_provenance_names_versions_seeds_and_machine(told: tuple[Report, Recorder]) -> None:
    provenance = told[0].provenance
    assert {"sympy", "numpy", "numba", "python-flint"} <= set(provenance["packages"])
    assert set(provenance["simulation"]) == {"exponential", "gamma"}
    assert {one["seed"] for one in provenance["simulation"].values()} == {3}
    assert set(provenance["machine"]) == {"python", "system", "processor"}


def test_every_task_is_counted_to_its_end(told: tuple[Report, Recorder]) -> None:
    _, recorder = told
    simulated = {title: done for title, done in recorder.done.items() if title.startswith("simulating")}
    assert simulated == {"simulating two-laws exponential": 64, "simulating two-laws gamma": 64}
    assert "proving two-laws" in recorder.totals


def test_the_level_of_each_check_divides_the_false_alarm_rate(told: tuple[Report, Recorder]) -> None:
    checks = sum(verdict.evidence == "Monte Carlo" for verdict in told[0].verdicts)
    assert [pytest.approx(FALSE_ALARM_RATE / checks)] * 2 == LEVELS


def test_more_checks_than_were_planned_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer(monkeypatch)

    def judge(*arguments: Any, **words: Any) -> Any:
        judged = judging.judge_case(*arguments, **words)
        return replace(judged, verdicts=judged.verdicts * 2)

    monkeypatch.setattr(reporting, "judge_case", judge)
    alone = {key: value for key, value in TABLE.items() if key != "sweep"}
    alone["workers"] = {"count": 8, "compute": {"law": "exponential", "mean": 1}}
    with pytest.raises(ValueError, match="were declared"):
        report_study(study_from_table(alone, "one-law.toml"), Silence())


def test_a_report_passes_only_if_every_verdict_does(told: tuple[Report, Recorder]) -> None:
    report, _ = told
    passing = [verdict for verdict in report.verdicts if verdict.outcome == "pass"]
    assert replace(report, verdicts=tuple(passing)).passed
    for outcome in ("refuted", "inconclusive", "unproven"):
        bad = replace(passing[0], outcome=outcome)  # type: ignore[arg-type]
        assert not replace(report, verdicts=(*passing, bad)).passed


@pytest.mark.slow
def test_the_same_seed_tells_the_same_report(told: tuple[Report, Recorder], monkeypatch: pytest.MonkeyPatch) -> None:
    fewer(monkeypatch)
    again = report_study(loaded(), Silence())
    assert report_json(again) == report_json(told[0])
    assert again.figures == told[0].figures
