"""Whole studies drawn by Hypothesis: predicted, simulated, judged; a planted wrong formula is found and shrunk."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cached_property

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings

from derive.laws import LAWS
from derive.scheme import Scheme, modifiers
from derive.schemes import SCHEMES, Asynchronous, KSync
from derive.study import Study, study_from_table
from derive.study_text import study_toml
from numeric.values import Exact
from verify import hunting, predictions
from verify.hunting import hunt, laws, schemes, studies
from verify.judging import JudgedCase


def test_drawn_studies_agree_with_the_theory() -> None:
    found = hunt(8)
    assert found.smallest == "", found.failure + "\n" + found.smallest
    assert found.slow == (), "\n".join(found.slow)
    assert found.studies == 8
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


def test_momentum_is_drawn_with_every_scheme_that_has_a_model_of_it() -> None:
    drawn: set[tuple[str, tuple[str, ...]]] = set()

    @settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(studies())
    def body(study: Study) -> None:
        if study.optimizer.momentum != 0:  # type: ignore[union-attr]
            drawn.add((study.scheme.rule, study.scheme.active))  # type: ignore[union-attr]

    body()
    assert drawn == {("asynchronous", ()), ("asynchronous", ("dropout",))}


@pytest.mark.slow
def test_fresh_studies_agree_with_the_theory(fresh_seed: int) -> None:
    found = hunt(60, fresh_seed)
    assert found.smallest == "", found.failure + "\n" + found.smallest


def test_a_planted_wrong_formula_is_found_and_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean staleness predicted as M instead of M - 1: the smallest study has a lone worker."""
    right = predictions.ModePredictions.__dict__["all"].func

    def wrong(self: predictions.ModePredictions) -> tuple[predictions.Prediction, ...]:
        planted = Exact(sp.Integer(int(self.model.scheme.workers)))
        return tuple(replace(one, value=planted) if one.quantity == "staleness_mean" else one for one in right(self))

    planted = cached_property(wrong)
    planted.__set_name__(predictions.ModePredictions, "all")
    monkeypatch.setattr(predictions.ModePredictions, "all", planted)
    monkeypatch.setattr(hunting, "UPDATES", 2_000)  # enough to refute a mean that is off by one
    monkeypatch.setattr(hunting, "laws", lambda: laws(0))  # each law of laws would compile a loop of its own
    found = hunt(3)
    assert "staleness.mean.any-law" in found.failure
    assert "[workers]" in found.smallest
    assert "count = 1\n" in found.smallest  # a lone worker's staleness is 0 without error: the interval [0, 0]


def test_the_smallest_study_reads_back() -> None:
    seen = []

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(studies())
    def body(study: object) -> None:
        again = study_from_table(tomllib.loads(study_toml(study)), "again.toml")  # type: ignore[arg-type]
        seen.append(again)
        assert again.cases[0].study.workers == study.workers  # type: ignore[attr-defined]
        assert again.cases[0].study.scheme == study.scheme  # type: ignore[attr-defined]

    body()
    assert len(seen) >= 25


def test_every_registered_law_is_drawn() -> None:
    drawn: set[str] = set()

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(laws())
    def body(law: object) -> None:
        drawn.add(law.name)  # type: ignore[attr-defined]

    body()
    assert drawn == set(LAWS)


def drawn_schemes() -> set[tuple[str, tuple[str, ...]]]:
    drawn: set[tuple[str, tuple[str, ...]]] = set()

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(schemes(5))
    def body(scheme: Scheme) -> None:
        assert scheme.workers == 5
        assert scheme.has_linear_model
        drawn.add((scheme.rule, scheme.active))

    body()
    return drawn


def test_every_modelled_scheme_is_drawn_and_no_other() -> None:
    assert drawn_schemes() == {
        (rule, tuple(name for name in modifiers(scheme) if name in active))
        for rule, scheme in SCHEMES.items()
        for active in scheme.modelled
    }


def test_a_scheme_that_gets_a_model_is_drawn_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [name for name in modifiers(Asynchronous) if name != "uplink_capacity"]
    monkeypatch.setattr(Asynchronous, "modelled", (frozenset(every), frozenset({"uplink_capacity"})))
    monkeypatch.setattr(KSync, "modelled", (frozenset(),))
    assert drawn_schemes() >= {("asynchronous", tuple(every)), ("asynchronous", ("uplink_capacity",)), ("k-sync", ())}
