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
from verify.mutants import Mutant, OutOfTime, judge, judge_all, mutants_of, score_lines, time_limit, with_other_legs
from verify.mutations import KINDS, Mutation
from verify.planted_claims import laboratories, laboratory

SAMPLE = ("delay.roots.constant", "law.second-moment.gamma", "staleness.variance.poisson")


def survivors(judged: Iterable[object]) -> list[str]:
    return [line for line in score_lines(judged) if line.startswith("survived")]  # type: ignore[arg-type]


def test_a_sample_with_every_kind_is_noticed() -> None:
    judged = with_other_legs(judge_all(CLAIMS[name] for name in SAMPLE), (laboratory(0),))
    counted = Counter(one.mutation.kind for one in judged if one.outcome != "equivalent")
    assert set(counted) == set(KINDS)
    assert survivors(judged) == []


@pytest.mark.slow
def test_every_mutant_of_every_claim_is_noticed() -> None:
    judged = with_other_legs(judge_all(), laboratories())
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


def test_moments_are_mistaken_for_the_next_ones() -> None:
    claim = CLAIMS["law.second-moment.exponential"]
    wrong = {one.mutation.expression for one in mutants_of(claim) if one.mutation.kind == "moment order"}
    assert {6 * y.mean_delay**3, y.mean_delay} <= wrong


def test_a_check_without_end_is_stopped() -> None:
    begin = time.perf_counter()
    with pytest.raises(OutOfTime), time_limit(1):
        time.sleep(30)
    assert time.perf_counter() < begin + 10
