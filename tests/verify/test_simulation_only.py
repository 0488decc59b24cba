"""What the linear theory does not cover is refused by whoever answers from it: nothing answers for a plain system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.laws import Constant, Empirical, Exponential, Gamma
from derive.scheme import Scheme
from derive.schemes import Asynchronous, KAsync, KBatchAsync, KBatchSync, KSync
from derive.studies.study import (
    Case,
    Correlation,
    Optimizer,
    Study,
    StudyError,
    StudyFile,
    WorkerClass,
    Workers,
    load_study,
)
from derive.studies.text import study_toml
from staleproof import main
from verify.forms.deriving import derive_study, derived_report, model_lines, modes_of
from verify.predicting.predictions import ModePredictions
from verify.predicting.spectra import characteristic_equations, study_spectra
from verify.sampling.judging import plan_case

PLAIN = load_study(Path(__file__).parents[2] / "reports/studies/textbook.toml").cases[1].study
HALF = "1/2"


def schemes() -> list[Scheme]:
    """One scheme for each reason why there is no model: ages, several modifiers, a modifier where workers wait."""
    return [
        KBatchAsync(16, batch=4, age_threshold=2),
        Asynchronous(16, age_threshold=2, age_action="abandon", dropout=HALF),
        Asynchronous(16, dropout=HALF, event_trigger=1),
        KBatchAsync(16, batch=4, dropout=HALF),
        KBatchSync(16, batch=4, event_trigger=1),
        KAsync(16, batch=4, staleness_threshold=3),
    ]


def words(study: Study) -> str:
    assert study.scheme is not None
    return " ".join((study.scheme.rule, *study.scheme.active))


STUDIES = [replace(PLAIN, scheme=scheme) for scheme in schemes()] + [
    replace(
        PLAIN,
        scheme=Asynchronous(16, staleness_threshold=3),
        optimizer=Optimizer(sp.Rational(1, 20), sp.Rational(1, 2)),
    ),
    replace(PLAIN.with_workers(Workers.alike(16, Gamma(2, 1))), scheme=KAsync(16, batch=4)),
    replace(PLAIN.with_workers(Workers.alike(16, Empirical([1, 2]))), scheme=Asynchronous(16, staleness_threshold=3)),
    PLAIN.with_workers(Workers.alike(16, Exponential(1), uplink=Constant(1))),
    PLAIN.with_workers(Workers((WorkerClass(8, Exponential(1)), WorkerClass(8, Exponential(2))))),
    PLAIN.with_workers(Workers((WorkerClass(16, Exponential(1)),), Correlation(cycles=sp.Rational(9, 10)))),
    PLAIN.with_workers(Workers((WorkerClass(16, Exponential(1)),), Correlation(common=sp.Rational(3, 10)))),
    PLAIN.with_workers(Workers((WorkerClass(16, Empirical([1, 2, "1/2"]), replay=True),))),
]
ANSWERS: list[Callable[[Study], Any]] = [
    lambda study: ModePredictions(study, 0).all,
    lambda study: ModePredictions(study, 0).spectrum,
    lambda study: modes_of(Case("", study)),
    lambda study: derive_study(Case("", study)),
    lambda study: derived_report(of_cases(study)),
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


@pytest.mark.parametrize("command", ["derive", "roots"])
@pytest.mark.parametrize("study", STUDIES, ids=words)
def test_a_command_refuses_in_one_line(command: str, study: Study, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "here.toml"
    file.write_text(study_toml(study))
    assert main([command, str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith(f"staleproof: {file}: ")
    assert "simulation only: no linear model for" in told.err


def test_the_plain_study_is_answered() -> None:
    """The control: the refusals above are about the study, not about the answers."""
    assert ModePredictions(PLAIN, 0).all
    assert len(characteristic_equations(PLAIN)) == 1
    planned = plan_case(Case("", PLAIN))
    assert planned.checks
    assert planned.unmodelled is None
    assert model_lines(modes_of(Case("", PLAIN)))


@pytest.mark.parametrize("scheme", [Asynchronous(16, dropout=HALF), KBatchAsync(16, batch=4), KSync(16, batch=4)])
def test_the_page_states_the_equations_of_the_scheme_and_none_of_the_plain_one(scheme: Scheme) -> None:
    lines = model_lines(modes_of(Case("", replace(PLAIN, scheme=scheme))))
    told = {equation for line in lines for equation in line.equations}
    plain = {"damping.coefficient.asynchronous", "noise.intensity.asynchronous"}
    assert len(lines) > 1
    assert not told & {CLAIMS[name].derived.result for name in plain}
    control = {equation for line in model_lines(modes_of(Case("", PLAIN))) for equation in line.equations}
    assert control >= {CLAIMS[name].derived.result for name in plain}
