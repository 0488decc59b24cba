"""Whole studies drawn by Hypothesis: predicted, simulated, judged; planted slips are found, shrunk and told in TOML."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import strategies as st

from derive.laws import Exponential
from derive.schemes import Asynchronous
from derive.studies.study import study_from_table
from numeric.values import Exact
from staleproof import main
from tests.budgets import examples
from tests.verify.interpreted import interpreted_loops
from verify import reporting
from verify.hunting import drawing
from verify.hunting import studies as hunting
from verify.hunting.drawing import unmodelled_studies
from verify.hunting.studies import hunt
from verify.mutants.loop_slips import LoopMutant
from verify.predicting import predictions
from verify.predicting.predictions import ModePredictions, Prediction
from verify.sampling import judging, twins
from verify.sampling.judging import JudgedCase
from verify.telling import paper


def test_drawn_studies_agree_with_the_theory() -> None:
    drawn = examples(2, 20)
    found = hunt(drawn)
    assert found.smallest == "", found.failure + "\n" + found.smallest
    assert found.slow == (), "\n".join(found.slow)
    assert found.studies == drawn
    assert found.outcomes["pass"] >= 4 * found.studies


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little work a study: the loops are interpreted, since every study has its own, which takes long to compile."""
    monkeypatch.setattr(drawing, "REPLICAS", 16)
    monkeypatch.setattr(drawing, "UPDATES", 1_000)
    monkeypatch.setattr(twins, "UPDATES", 400)


@pytest.mark.usefixtures("short")
def test_drawn_studies_without_a_model_hold_what_must_hold() -> None:
    with interpreted_loops():
        found = hunt(examples(4, 40), drawn=unmodelled_studies())
    assert found.smallest == "", found.failure + "\n" + found.smallest
    assert found.studies + len(found.void) == examples(4, 40)
    assert len(found.void) <= 3
    assert found.outcomes["pass"] >= 4 * found.studies


def test_a_study_that_takes_too_long_is_told_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunting, "STUDY_SECONDS", 0.05)

    def endless(*_: object, **__: object) -> JudgedCase:
        while True:
            pass

    found = hunt(2, judge=endless)
    assert (found.studies, found.outcomes, found.smallest) == (0, {}, "")
    assert len(found.slow) == 2
    assert all(study_from_table(tomllib.loads(text)).cases for text in found.slow)


@pytest.mark.slow
def test_fresh_studies_agree_with_the_theory(fresh_seed: int) -> None:
    found = hunt(60, fresh_seed)
    assert found.smallest == "", found.failure + "\n" + found.smallest


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_fresh_studies_without_a_model_hold_what_must_hold(fresh_seed: int) -> None:
    with interpreted_loops():
        found = hunt(120, fresh_seed, drawn=unmodelled_studies())
    assert found.smallest == "", found.failure + "\n" + found.smallest


def plant(monkeypatch: pytest.MonkeyPatch, change: Callable[[Prediction, ModePredictions], Prediction]) -> None:
    """Every prediction of every mode is changed."""
    right = predictions.ModePredictions.__dict__["all"].func
    planted = cached_property(lambda self: tuple(change(one, self) for one in right(self)))
    planted.__set_name__(predictions.ModePredictions, "all")
    monkeypatch.setattr(predictions.ModePredictions, "all", planted)


def reported(text: str, folder: Path) -> tuple[int, set[str]]:
    """The exit code of ``staleproof report`` for a study's text, and the claims that it refutes."""
    file = folder / "smallest.toml"
    file.write_text(text)
    code = main(["report", str(file), "--out", str(folder), "--quiet"])
    record = json.loads((folder / "smallest" / "report.json").read_text())
    return code, {verdict["claim"] for verdict in record["verdicts"] if verdict["outcome"] == "refuted"}


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, short: None) -> None:
    """Two laws to draw from, and a report without TeX, proofs and figures."""
    simple = st.sampled_from([Exponential(1), Exponential(2)])
    monkeypatch.setattr(drawing, "laws", lambda *_: simple)
    monkeypatch.setattr(drawing, "MOST_WORKERS", 6)
    monkeypatch.setattr(paper, "write_pdf", lambda *_: None)
    for name, nothing in (
        ("_proofs", list),
        ("derivations", tuple),
        ("drawn", lambda: ((), ())),
    ):  # what no slip of these touches
        monkeypatch.setattr(reporting, name, lambda *_, nothing=nothing: nothing())


def arrivals_alone(monkeypatch: pytest.MonkeyPatch, quantities: set[str]) -> None:
    """A report plans the checks of these quantities alone: no other is wrong here, and each loop is interpreted."""
    whole = judging.plan
    monkeypatch.setattr(
        judging, "plan", lambda mode: tuple(one for one in whole(mode) if one.prediction.quantity in quantities)
    )


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("scheme", "active", "claim"),
    [
        pytest.param(Asynchronous, (), "staleness.mean.any-law", marks=pytest.mark.slow),
        pytest.param(Asynchronous, ("dropout",), "dropout.staleness-mean.any-law", marks=pytest.mark.slow),
    ],
    ids=["plain", "dropout"],
)
def test_a_slip_of_a_formula_is_found_shrunk_and_refuted_again_by_a_report(
    scheme: type, active: tuple[str, ...], claim: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """M for M - 1 of plain workers, and dropout forgotten: two workers, since a lone one never varies."""

    def wrong(one: Prediction, mode: ModePredictions) -> Prediction:
        scheme, value = mode.model.scheme, sp.sympify(getattr(one.value, "expression", 0))
        slips = {
            "staleness.mean.any-law": value + 1,
            "dropout.staleness-mean.any-law": value / (1 - scheme.dropout),
        }
        return replace(one, value=Exact(slips[claim])) if one.claim == claim else one

    monkeypatch.setattr(drawing, "SCHEMES", {scheme.rule: scheme})  # type: ignore[attr-defined]
    monkeypatch.setattr(scheme, "modelled", (frozenset(active),))
    arrivals_alone(monkeypatch, {"staleness_mean"})
    with interpreted_loops(), monkeypatch.context() as planted:
        plant(planted, wrong)
        found = hunt(2)
        assert claim in found.failure
        assert "count = 2\n" in found.smallest
        if active:
            assert reported(found.smallest, tmp_path) == (1, {claim})
    if active:
        with interpreted_loops():
            assert reported(found.smallest, tmp_path)[1] == set()  # the control: without the slip nothing is refuted


@pytest.mark.usefixtures("plain")
def test_a_slip_of_the_simulator_is_found_shrunk_and_refuted_again_by_a_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Delays counted twice break Little's law; the smallest study without a model is a lone worker with a link."""
    slip = LoopMutant("delays counted twice", (("age = cycle[i] - origin", "age = 2.0 * cycle[i] - origin"),))
    monkeypatch.setattr(drawing, "SCHEMES", {"asynchronous": Asynchronous})
    monkeypatch.setattr(drawing, "MOST_CLASSES", 1)
    monkeypatch.setattr(drawing, "UPDATES", 300)  # enough to refute what is off by a factor of two
    monkeypatch.setattr(twins, "UPDATES", 60)
    with interpreted_loops(slip):
        found = hunt(10, drawn=unmodelled_studies())
        assert found.failure.startswith("invariant.gradients-held")
        assert found.smallest.count("count = ") == 1
        code, refuted = reported(found.smallest, tmp_path)
    assert code == 1
    assert "invariant.gradients-held" in refuted
    with interpreted_loops():
        assert reported(found.smallest, tmp_path)[1] == set()
