"""Whole studies are drawn from the registries: whatever is registered is offered, without being told anywhere else."""

from __future__ import annotations

import tomllib
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, TypeVar

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive import scheme_composition
from derive.draws import DrawRecipe
from derive.laws import LAWS, Exponential, OrderStatistic, Truncated
from derive.laws.restated import Restated
from derive.scheme import RANGES, Allowed, Scheme, modifiers
from derive.schemes import SCHEMES, Asynchronous, KSync
from derive.studies.models import why_simulation_only
from derive.studies.study import study_from_table
from derive.studies.text import study_toml
from verify.hunting import drawing
from verify.hunting.drawing import any_schemes, laws, schemes, studies, unmodelled_studies

T = TypeVar("T")
Drawn = set[tuple[str, tuple[str, ...]]]


def each(drawn: st.SearchStrategy[T], examples: int) -> list[T]:
    """So many examples, always the same."""
    found: list[T] = []

    @settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def body(one: T) -> None:
        found.append(one)

    body()
    return found


def words(drawn: list[Scheme]) -> Drawn:
    return {(scheme.rule, scheme.active) for scheme in drawn}


def modelled() -> Drawn:
    """What the registry says of itself."""
    return {
        (rule, tuple(name for name in modifiers(scheme) if name in active))
        for rule, scheme in SCHEMES.items()
        for active in scheme.modelled
    }


@dataclass(frozen=True)
class Slow(Restated):
    """A law that nothing but the registry has heard of: twice as long as an exponential duration."""

    pace: sp.Expr
    name: ClassVar[str] = "slow"

    @property
    def restated(self) -> Exponential:
        return Exponential(2 * sp.sympify(self.pace))

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        return self.restated.abscissa_of_convergence

    @property
    def draw(self) -> DrawRecipe:
        return self.restated.draw


@dataclass(frozen=True)
class Hesitant(Asynchronous):
    """A scheme with a modifier that nothing but the registries has heard of."""

    rule: ClassVar[str] = "hesitant"
    modelled: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"hesitation"}),)
    _: KW_ONLY
    hesitation: sp.Expr = sp.S.Zero


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAWS, "slow", Slow)
    monkeypatch.setitem(SCHEMES, "hesitant", Hesitant)
    monkeypatch.setitem(scheme_composition.REFUSED, "hesitant", {})  # type: ignore[arg-type]
    monkeypatch.setitem(RANGES, "hesitation", Allowed("seconds", sp.Interval(0, sp.oo)))  # type: ignore[arg-type]


@pytest.mark.usefixtures("registered")
def test_a_law_that_is_registered_is_drawn_alone_and_in_studies() -> None:
    assert any(isinstance(law, Slow) for law in each(laws(), 200))
    everyone = [one for study in each(unmodelled_studies(), 40) for one in study.workers.classes]  # type: ignore[union-attr]
    assert any(Slow in map(type, (one.compute, one.uplink, one.downlink)) for one in everyone)


@pytest.mark.usefixtures("registered")
def test_a_scheme_and_a_modifier_that_are_registered_are_drawn() -> None:
    assert ("hesitant", ("hesitation",)) in words(each(schemes(5), 60)) == modelled()
    drawn = each(any_schemes(5), 100)
    hesitant = [scheme for scheme in drawn if isinstance(scheme, Hesitant)]
    assert {scheme.hesitation > 0 for scheme in hesitant} == {True, False}
    assert any(len(scheme.active) > 1 for scheme in hesitant)


def test_without_a_registry_row_there_is_neither() -> None:
    """The control of both: the same draws, unregistered."""
    assert not any(isinstance(law, Slow) for law in each(laws(), 150))
    assert not any(isinstance(scheme, Hesitant) for scheme in each(any_schemes(5), 60))


def test_every_registered_law_is_drawn() -> None:
    assert {law.name for law in each(laws(), 200)} == set(LAWS)


def test_every_modelled_scheme_is_drawn_and_no_other() -> None:
    drawn = each(schemes(5), 60)
    assert all(scheme.workers == 5 and scheme.has_linear_model for scheme in drawn)
    assert words(drawn) == modelled()


def test_a_scheme_that_gets_a_model_is_drawn_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [name for name in modifiers(Asynchronous) if name != "uplink_capacity"]
    monkeypatch.setattr(Asynchronous, "modelled", (frozenset(every), frozenset({"uplink_capacity"})))
    monkeypatch.setattr(KSync, "modelled", (frozenset(),))
    told = {("asynchronous", tuple(every)), ("asynchronous", ("uplink_capacity",)), ("k-sync", ())}
    assert words(each(schemes(5), 60)) >= told


def test_momentum_is_drawn_with_every_scheme_that_has_a_model_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "laws", lambda *_: st.builds(Exponential, st.just(1)))
    moving = [study.scheme for study in each(studies(), 25) if study.optimizer.momentum != 0]  # type: ignore[union-attr]
    assert words([scheme for scheme in moving if scheme is not None]) == {
        ("asynchronous", ()),
        ("asynchronous", ("dropout",)),
    }


@pytest.mark.slow
def test_studies_without_a_model_have_ages_several_modifiers_classes_links_and_momentum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "laws", lambda *_: st.builds(Exponential, st.just(1)))
    drawn = each(unmodelled_studies(), 80)
    assert all(why_simulation_only(study) for study in drawn)
    assert {study.scheme.rule for study in drawn} == set(SCHEMES)  # type: ignore[union-attr]
    active = {name for scheme in each(any_schemes(5), 200) for name in scheme.active}
    assert active == set(modifiers(Asynchronous))
    assert any(len(study.scheme.active) > 2 for study in drawn)  # type: ignore[union-attr]
    classes = [study.workers.classes for study in drawn]  # type: ignore[union-attr]
    assert {len(one) for one in classes} == {1, 2, 3}
    assert any(one.uplink is not None for several in classes for one in several)
    assert any(study.optimizer.momentum != 0 for study in drawn)  # type: ignore[union-attr]


@pytest.mark.parametrize("drawn", [studies(), unmodelled_studies()], ids=["modelled", "simulation only"])
def test_a_drawn_study_reads_back(drawn: st.SearchStrategy[object]) -> None:
    for study in each(drawn, 15):
        again = study_from_table(tomllib.loads(study_toml(study)), "again.toml").cases[0].study  # type: ignore[arg-type]
        for part in ("workers", "scheme", "optimizer", "objective", "run"):
            assert getattr(again, part) == getattr(study, part)


def test_laws_of_laws_are_made_of_any_law_of_the_registry() -> None:
    composed = laws().filter(lambda law: isinstance(law, OrderStatistic | Truncated))
    assert len({law.of.name for law in each(composed, 20)}) > 4
