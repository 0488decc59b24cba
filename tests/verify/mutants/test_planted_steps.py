"""Wrong results and wrong names are refused by the check of their step; a check that sees nothing lets them pass."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.rules.calculus import Rewrite
from verify.mutants.mutations import Mutation
from verify.mutants.planted_steps import REFUSED, Mutant, OutOfTime, judge, mutants_of, time_limit, wrong_names


@dataclass(frozen=True)
class Lenient(Rewrite):
    """A rewriting that holds nothing to account."""

    label: ClassVar[str] = "anything goes"

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        yield sp.Integer(0)


def test_a_check_that_sees_nothing_lets_wrong_results_survive_and_refuses_wrong_names_still() -> None:
    claim = CLAIMS["staleness.variance.poisson"]
    last = claim.derived.steps[-1]
    assert isinstance(last.rule, Rewrite)
    mutants = [one for one in mutants_of(claim) if one.step == last]
    judged = [judge(replace(one, step=replace(last, rule=Lenient(sp.expand)))) for one in mutants]
    assert {one.outcome for one in judged if one.side == "right"} == {"survived", "equivalent"}
    assert {one.outcome for one in judged if one.side == "left"} == {"noticed"}
    assert not any(one.refused for one in judged if one.side == "right")


def test_a_change_below_one_percent_is_equivalent() -> None:
    claim = CLAIMS["damping.coefficient.asynchronous"]
    step, right = claim.derived.steps[-1], claim.expression
    for factor, outcome in ((sp.Rational(1009, 1000), "equivalent"), (sp.Rational(101, 100), "noticed")):
        found = judge(Mutant(claim, step, Mutation("factor 1.01", "", factor * right)))
        assert found.outcome == outcome
        assert found.refused
        assert found.reason.endswith(REFUSED) == (outcome == "equivalent")


def test_every_step_offers_wrong_names() -> None:
    claim = CLAIMS["finite-workers.mean.exponential"]
    named = [one for one in mutants_of(claim) if one.side == "left"]
    assert {one.step.number for one in named} == {step.number for step in claim.derived.steps}
    assert not any(one.of_result for one in named)
    assert all(one.planted.output.right == one.step.output.right for one in named)
    assert {judge(one).outcome for one in named} == {"noticed"}


@pytest.mark.parametrize(
    ("left", "wrong"),
    [
        (y.variance, y.step_noise),  # of the same unit
        (y.delay_moment[2], y.delay_moment[3]),
        (sp.Function("C")(y.t), sp.Function("C")(-y.t)),
        (y.damping, -y.damping),
        (sp.ImmutableMatrix([y.damping, y.t]), sp.ImmutableMatrix([y.t, y.damping])),
    ],
)
def test_a_name_is_mistaken_for_another(left: sp.Basic, wrong: sp.Basic) -> None:
    found = [one.expression for one in wrong_names(left)]
    assert wrong in found or y.variance == left
    assert left not in found
    if left == y.variance:
        others = {entry.symbol for entry in y.NOTATION.values() if entry.unit == "parameter^2"} - {left}
        assert others & set(found)


def test_moments_are_mistaken_for_the_next_ones() -> None:
    claim = CLAIMS["law.second-moment.exponential"]
    wrong = {one.mutation.expression for one in mutants_of(claim) if one.mutation.kind == "moment order"}
    assert {6 * y.mean_delay**3, y.mean_delay} <= wrong


def test_a_check_without_end_is_stopped() -> None:
    begin = time.process_time()

    def busy() -> None:
        while time.process_time() < begin + 30:
            pass

    with pytest.raises(OutOfTime), time_limit(1):
        busy()
    assert time.process_time() < begin + 10


def test_a_check_that_swallows_its_end_is_stopped_again() -> None:
    begin = time.process_time()

    def deaf() -> None:
        with suppress(OutOfTime):  # as a destructor does
            while time.process_time() < begin + 30:
                pass
        while time.process_time() < begin + 30:
            pass

    with pytest.raises(OutOfTime), time_limit(1):
        deaf()
    assert time.process_time() < begin + 10


def test_waiting_for_a_busy_machine_costs_no_time() -> None:
    with time_limit(1):
        time.sleep(1.2)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("finite-workers.decay-gap.erlang-2", "theta in -20*r*theta"),
        ("finite-workers.decay-gap.erlang-2", "exponent -1 in 1/M"),
        ("finite-workers.mean-square-limit.exponential", "1/2 -1 in "),
        ("finite-workers.applied-fraction-with-threshold.exponential", "index -1 in "),
        ("transients.residue.momentum", "h in Lambda*eta*h*L(s_ell)"),
        ("shots.second-moment.any-law", "0 +1 in (tau, 0, oo)"),
        ("threshold.update-interval.exponential", "theta in s*theta"),
        ("threshold.mean.exponential", "theta in s*theta"),
        ("k-async.stationary-variance.exponential", "sigma**2 in "),
        ("momentum.velocity-correlation.any-law", "eta in 2*eta*h*L(Lambda)"),
    ],
)
def test_no_check_takes_a_quantity_for_its_unit_or_a_part_for_the_whole(claim: str, words: str) -> None:
    """Checked at a mean of 1 or for one worker, a factor that is missing does not show."""
    slips = [one for one in mutants_of(CLAIMS[claim]) if one.side == "right" and one.mutation.what.startswith(words)]
    assert slips
    assert {judge(one).outcome for one in slips} == {"noticed"}
