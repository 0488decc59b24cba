"""Studies that can only be simulated are planned, judged by invariants and twins, and told as such."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from derive.laws import Constant
from derive.studies.models import why_simulation_only
from derive.studies.study import Case, Study, Workers
from derive.studies.text import study_toml
from staleproof import main
from tests.verify.interpreted import interpreted_loops
from tests.verify.test_simulation_only import PLAIN, STUDIES, of_cases, words
from verify.commands.progress import Silence
from verify.reporting import report_study
from verify.sampling.judging import judge_case, plan_case
from verify.statistics.gates import ErrorBudget
from verify.telling import paper
from verify.telling.record import report_json


def short(study: Study) -> Study:
    return replace(study, run=replace(study.run, replicas=16, updates=1_000, burn_in=200))


@pytest.mark.parametrize("study", STUDIES, ids=words)
def test_a_study_without_a_model_is_judged_by_what_must_hold_all_the_same(study: Study) -> None:
    planned = plan_case(Case("a case", short(study)))
    assert planned.unmodelled is not None
    assert (planned.modes, planned.checks, planned.has_limit_check) == ((), (), False)
    assert planned.unmodelled.reason == why_simulation_only(study)
    budget = ErrorBudget(checks=planned.statistical_checks)
    with interpreted_loops():
        judged = judge_case(planned, budget.level())
    budget.settle(judged.verdicts)
    assert len(judged.verdicts) == planned.statistical_checks >= 5
    assert {verdict.outcome for verdict in judged.verdicts} <= {"pass", "inconclusive"}
    assert judged.run.measured("arrival_rate").value.mean > 0


def test_a_report_says_simulation_only_with_the_reason_and_the_measured_values() -> None:
    with interpreted_loops():
        report = report_study(only(STUDIES[2]), Silence())
    (case,) = report.cases
    assert case.simulation_only == why_simulation_only(STUDIES[2])
    assert not case.formulas
    assert {name for name, *_ in case.quantities} >= {"arrival_rate", "stationary_variance", "delay_mean"}
    (sentence,) = report.findings
    assert "simulation only" in sentence
    assert case.simulation_only in sentence
    record = report_json(report)
    assert record["cases"][0]["simulation_only"] == case.simulation_only
    assert record["verdicts"]
    assert record["provenance"]["simulation"]["other"]["replicas"] == 16


def only(study: Study) -> Any:
    whole = of_cases(short(study))
    return replace(whole, cases=whole.cases[1:])


def test_the_command_tells_it_and_does_not_fail(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "write_pdf", lambda *_: None)  # TeX takes its time
    study = PLAIN.with_workers(Workers.alike(4, Constant(1), uplink=Constant("1/4")))
    file = tmp_path / "here.toml"
    file.write_text(study_toml(short(study)))
    with interpreted_loops():
        code = main(["report", str(file), "--out", str(tmp_path / "out"), "--quiet"])
    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    assert "PASS" in told.out
    assert "simulation only" in told.out
    record = json.loads((tmp_path / "out" / "here" / "report.json").read_text())
    assert "no linear model" in record["cases"][0]["simulation_only"]
    assert {verdict["outcome"] for verdict in record["verdicts"]} == {"pass"}
    page = (tmp_path / "out" / "here" / "report.html").read_text()
    assert "simulation only, no linear model" in page
