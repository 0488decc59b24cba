"""What the linear theory does not cover is refused by whoever answers from it: nothing answers for a plain system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from derive.laws import Constant, Exponential
from derive.models import linear_model
from derive.scheme import Scheme, keys, modifiers
from derive.schemes import SCHEMES, Asynchronous
from derive.study import Case, Optimizer, Study, StudyError, StudyFile, WorkerClass, Workers, load_study
from derive.study_text import study_toml
from staleproof import main
from verify.deriving import derive_study, derived_report, model_lines, modes_of
from verify.judging import plan_case
from verify.predictions import ModePredictions
from verify.progress import Silence
from verify.reporting import report_study
from verify.spectra import characteristic_equations, study_spectra

PLAIN = load_study(Path(__file__).parents[2] / "reports/studies/textbook.toml").cases[1].study
IN_FORCE = {"staleness_threshold": 3, "age_threshold": 2, "event_trigger": 1, "uplink_capacity": 40}
HALF = "1/2"


def schemes() -> list[Scheme]:
    """Every rule by itself, and the asynchronous one with each modifier: those without a linear model."""
    bare = [
        scheme(16, **{name: 4 for name in keys(scheme) if name not in modifiers(scheme)})  # type: ignore[arg-type]
        for scheme in SCHEMES.values()
    ]
    modified = [
        Asynchronous(16, **{name: IN_FORCE.get(name, HALF)})  # type: ignore[arg-type]
        for name in modifiers(Asynchronous)
        if name != "age_action"
    ]
    abandon = Asynchronous(16, age_threshold=2, age_action="abandon")
    return [scheme for scheme in (*bare, *modified, abandon) if not scheme.has_linear_model]


def words(study: Study) -> str:
    assert study.scheme is not None
    return " ".join((study.scheme.rule, *study.scheme.active))


STUDIES = [replace(PLAIN, scheme=scheme) for scheme in schemes()] + [
    replace(PLAIN, optimizer=Optimizer(sp.Rational(1, 20), sp.Rational(1, 2))),
    PLAIN.with_workers(Workers.alike(16, Exponential(1), uplink=Constant(1))),
    PLAIN.with_workers(Workers((WorkerClass(8, Exponential(1)), WorkerClass(8, Exponential(2))))),
]
ANSWERS: list[Callable[[Study], Any]] = [
    lambda study: ModePredictions(study, 0).all,
    lambda study: ModePredictions(study, 0).spectrum,
    lambda study: modes_of(Case("", study)),
    lambda study: derive_study(Case("", study)),
    lambda study: derived_report(of_cases(study)),
    lambda study: plan_case(Case("", study)),
    lambda study: report_study(of_cases(study), Silence()),
    characteristic_equations,
    study_spectra,
]


def of_cases(study: Study) -> StudyFile:
    """A study file with a plain case first, so that the other one could hide behind it."""
    return StudyFile("here", "", "", (Case("plain", PLAIN), Case("other", study)))


@pytest.mark.parametrize("study", STUDIES, ids=words)
@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_answers_for_a_system_as_if_it_were_plain(study: Study, answer: Callable[[Study], Any]) -> None:
    with pytest.raises(StudyError, match="simulation only: no linear model for"):
        answer(study)


@pytest.mark.parametrize("command", ["derive", "roots", "report"])
@pytest.mark.parametrize("study", STUDIES, ids=words)
def test_a_command_refuses_in_one_line(command: str, study: Study, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "here.toml"
    file.write_text(study_toml(study))
    out = ["--out", str(tmp_path / "out")] if command == "report" else []
    assert main([command, str(file), *out]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith(f"staleproof: {file}: ")
    assert "simulation only: no linear model for" in told.err
    assert not (tmp_path / "out").exists()


def test_the_plain_study_is_answered() -> None:
    """The control: the refusals above are about the study, not about the answers."""
    assert ModePredictions(PLAIN, 0).all
    assert len(characteristic_equations(PLAIN)) == 1
    assert plan_case(Case("", PLAIN)).checks
    assert model_lines(modes_of(Case("", PLAIN)))


def test_the_page_states_no_plain_equations_for_another_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even once a scheme has a model of its own."""
    monkeypatch.setattr(Asynchronous, "modelled", (frozenset({"dropout"}),))
    lossy = replace(PLAIN, scheme=Asynchronous(16, dropout=HALF))
    assert linear_model(Exponential(1), lossy.scheme, learning_rate=1, curvature=1)  # type: ignore[arg-type]
    assert model_lines(modes_of(Case("", lossy))) == ()
