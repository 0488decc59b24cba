"""Wrong claims in the registry, noticed by samples and second routes without the check of their derivation."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive.claims import CLAIMS
from tests.budgets import some
from verify.mutants import planted_claims
from verify.mutants.planted_claims import LAWS, Laboratory, Look, laboratory, notices, planted


@pytest.fixture(scope="module")
def labs() -> tuple[Laboratory, ...]:
    return (laboratory(0),)


@pytest.mark.parametrize("first", some(range(48), 48))
def test_the_right_claims_are_refuted_by_nothing(labs: tuple[Laboratory, ...], first: int) -> None:
    held = [name for name in sorted(CLAIMS)[first::48] if labs[0].holds(name)]
    assert len(held) > 2
    for name in held:
        assert notices(CLAIMS[name], CLAIMS[name].expression, labs) == "survived"


@pytest.mark.parametrize(
    ("name", "factor", "leg"),
    [
        ("arrivals.rate.any-law", "1.01", "sampling"),
        ("recursion.stationary-variance.fixed-staleness", "1.05", "agreement"),
        ("delay.stationary-variance.constant", "1.01", "agreement"),
        ("delay.critical-damping.constant", "1.01", "agreement"),
        ("damping.coefficient.asynchronous", "1.05", "sampling"),
        ("damping.coefficient.asynchronous", "1.01", "survived"),
        ("shots.stationary-variance.any-law", "1.01", "survived"),
        ("law.cdf.gamma", "2", "not held against anything"),
    ],
)
def test_a_wrong_claim_is_noticed_by_its_leg(labs: tuple[Laboratory, ...], name: str, factor: str, leg: str) -> None:
    assert notices(CLAIMS[name], CLAIMS[name].expression * sp.Rational(factor), labs) == leg


@pytest.mark.parametrize("number", some(range(1, len(LAWS)), 4, lambda number: str(LAWS[number]["law"])))
def test_the_laboratories_of_other_laws_hold_their_own_claims_and_notice_a_wrong_one(number: int) -> None:
    lab = laboratory(number)
    own = {1: "finite-workers.second-moment.exponential", 2: "delay.stability-limit.gamma"}[number]
    assert lab.holds(own)
    assert not lab.holds("recursion.stationary-variance.fixed-staleness")
    assert notices(CLAIMS[own], CLAIMS[own].expression, (lab,)) == "survived"
    assert notices(CLAIMS[own], CLAIMS[own].expression * sp.Rational("1.05"), (lab,)) in ("sampling", "agreement")


def test_a_look_that_does_not_end_has_noticed_nothing(
    labs: tuple[Laboratory, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*given: object) -> Iterator[None]:
        while CLAIMS[name].expression == wrong:
            pass
        yield from ()

    name = "recursion.stationary-variance.fixed-staleness"
    wrong = CLAIMS[name].expression * 2
    monkeypatch.setattr(planted_claims, "PATIENCE", 0.05)
    honest = labs[0].looks(name)
    patient = replace(labs[0], asked={name: (Look("agreement", endless, speaks=True),)})
    assert notices(CLAIMS[name], wrong, (patient,)) == "survived"
    patient = replace(labs[0], asked={name: (Look("agreement", endless, speaks=True), *honest)})
    assert notices(CLAIMS[name], wrong, (patient,)) == "agreement"


def test_the_registry_is_put_right_again() -> None:
    claim, names = CLAIMS["arrivals.rate.any-law"], list(CLAIMS)
    with planted(claim, sp.Integer(2)):
        assert CLAIMS[claim.id].expression == 2
    assert CLAIMS[claim.id] is claim
    assert list(CLAIMS) == names


def test_looks_are_sorted_by_leg_and_end_at_the_first_refusal(
    labs: tuple[Laboratory, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "recursion.stationary-variance.fixed-staleness"
    looks = labs[0].looks(name)
    assert {look.leg for look in looks} == {"agreement", "sampling"}
    assert [look.speaks for look in looks].count(True) == len(looks)
    asked = []

    def refuses(look: Look, *others: object) -> bool:
        asked.append(look)
        return len(asked) == 2

    slow = tuple(replace(look, seconds=float(-place)) for place, look in enumerate(looks))
    monkeypatch.setitem(labs[0].asked, name, slow)
    monkeypatch.setattr(planted_claims, "_refuted", refuses)
    assert notices(CLAIMS[name], CLAIMS[name].expression, labs) == "agreement"
    assert [look.seconds for look in asked] == sorted(look.seconds for look in slow if look.leg == "agreement")[:2]


def test_what_spoke_of_nothing_is_still_asked_after_the_others(labs: tuple[Laboratory, ...]) -> None:
    name = "shots.stationary-variance.any-law"
    silent = [look for look in labs[0].looks(name) if not look.speaks]
    assert silent
    assert all(look.leg == "agreement" for look in silent)


def test_no_second_route_keeps_a_number_that_depends_on_the_registry() -> None:
    # a planted claim would be judged by what an earlier one left behind
    routes = Path(planted_claims.__file__).parents[1] / "second_routes"
    kept = [
        (file.name, node.name)
        for file in sorted(routes.glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any("cache" in ast.unparse(one) for one in node.decorator_list)
        and {"CLAIMS", "claimed"}
        & {
            part.id if isinstance(part, ast.Name) else part.attr
            for part in ast.walk(node)
            if isinstance(part, ast.Name | ast.Attribute)
        }
    ]
    assert kept == []
