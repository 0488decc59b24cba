"""The mutation score: every wrong result that changes a value by 1 % is noticed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.rules.calculus import Rewrite
from verify.mutants import Mutant, OutOfTime, judge, judge_all, largest_change, mutants_of, score_lines, time_limit
from verify.mutations import KINDS, Mutation

SAMPLE = ("delay.roots.constant", "delay.roots.exponential", "law.second-moment.gamma", "staleness.variance.any-law")


def survivors(judged: Iterable[object]) -> list[str]:
    return [line for line in score_lines(judged) if line.startswith("survived")]  # type: ignore[arg-type]


def test_a_sample_with_every_kind_is_noticed() -> None:
    judged = judge_all(CLAIMS[name] for name in SAMPLE)
    counted = Counter(one.mutation.kind for one in judged if one.outcome != "equivalent")
    assert set(counted) == set(KINDS)
    assert survivors(judged) == []


@pytest.mark.slow
def test_every_mutant_of_every_claim_is_noticed() -> None:
    judged = judge_all()
    assert {one.claim for one in judged} == set(CLAIMS)
    assert survivors(judged) == []
    assert sum(one.outcome == "noticed" for one in judged) > 800


@dataclass(frozen=True)
class Lenient(Rewrite):
    """A rewriting that holds nothing to account."""

    label: ClassVar[str] = "anything goes"

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        yield sp.Integer(0)


def test_a_check_that_sees_nothing_lets_mutants_survive() -> None:
    claim = CLAIMS["staleness.mean.any-law"]
    mutants = [replace(one, step=replace(one.step, rule=Lenient(sp.expand))) for one in mutants_of(claim)]
    judged = [judge(one) for one in mutants]
    assert {one.outcome for one in judged} == {"survived"}
    assert len(survivors(judged)) == len(mutants)


def test_a_change_below_one_percent_is_equivalent() -> None:
    claim = CLAIMS["damping.coefficient.asynchronous"]
    step, right = claim.derived.steps[-1], claim.expression
    for factor, outcome in ((sp.Rational(1009, 1000), "equivalent"), (sp.Rational(101, 100), "noticed")):
        assert judge(Mutant(claim, step, Mutation("factor 1.01", "", factor * right))).outcome == outcome


def test_the_largest_change_looks_over_the_domain() -> None:
    a = y.damping
    assert largest_change(a, a + sp.exp(-100 * a) / 10**6) < 1e-4
    assert largest_change(1 + a, 1 + a + a**9) >= 0.01
    assert largest_change(sp.cos(a) ** 2, 1 - sp.sin(a) ** 2) < 1e-12
    assert largest_change(sp.sqrt(a**2), a) == 0
    assert largest_change(sp.Integer(1), 1 + sp.Max(0, a - 1), a < 1) < 1e-12


def test_moments_are_mistaken_for_the_next_ones() -> None:
    claim = CLAIMS["law.second-moment.exponential"]
    wrong = {one.mutation.expression for one in mutants_of(claim) if one.mutation.kind == "moment order"}
    assert {6 * y.mean_delay**3, y.mean_delay} <= wrong


def test_a_check_without_end_is_stopped() -> None:
    begin = time.perf_counter()
    with pytest.raises(OutOfTime), time_limit(1):
        while time.perf_counter() < begin + 30:
            pass
    assert time.perf_counter() < begin + 10
