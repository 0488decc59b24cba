"""Every derivation of every claim: steps check by a second route, wrong steps are caught, assumptions are needed."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import assumptions
from derive.claims import CLAIMS, Claim
from derive.derivation import Assumption, Derivation, Equation, MissingAssumptionError, Step
from derive.rules.calculus import Rewrite
from verify.identities import check_step

_SEEN: dict[bool, set[tuple[object, ...]]] = {True: set(), False: set()}


def _new_steps(derivation: Derivation, right: bool) -> list[Step]:
    """Steps that no other claim's test has checked already: derivations share their beginnings."""
    steps = []
    for step in derivation.steps:
        key = (step.rule, step.inputs, step.output, derivation.domain)
        if key not in _SEEN[right]:
            _SEEN[right].add(key)
            steps.append(step)
    return steps


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_every_step_checks(claim: Claim) -> None:
    derivation = claim.derived
    assert derivation.steps
    for step in _new_steps(derivation, right=True):
        check = check_step(step, domain=derivation.domain)
        assert check.passed, (step.number, step.rule.label, check.detail)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_every_perturbed_step_is_caught(claim: Claim) -> None:
    derivation = claim.derived
    for step in _new_steps(derivation, right=False):
        assert not check_step(step.perturbed(), domain=derivation.domain).passed, (step.number, step.rule.label)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_a_derivation_refuses_when_an_assumption_is_deleted(claim: Claim) -> None:
    used = claim.derived.used
    assert used, "a derivation from no assumption"
    for assumption in used:
        with pytest.raises(MissingAssumptionError, match=assumption.id):
            claim.derivation(given=assumptions.ALL - {assumption})


@pytest.mark.parametrize("one_in", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_each_output_is_what_its_rule_makes_of_its_inputs(one_in: int) -> None:
    found = ((step.rule, step.inputs, step.output) for claim in CLAIMS.values() for step in claim.derived.steps)
    steps = list(dict.fromkeys(found))
    assert len(steps) >= len(CLAIMS)  # derivations share their beginnings
    for rule, inputs, output in steps[::one_in]:
        assert rule.apply(*inputs) == output


def test_steps_are_numbered_and_feed_on_earlier_outputs() -> None:
    for claim in CLAIMS.values():
        outputs: list[Equation] = []
        for position, step in enumerate(claim.derived.steps, start=1):
            assert step.number == position
            assert all(given in outputs for given in step.inputs)
            outputs.append(step.output)


def test_a_rewriting_that_changes_the_value_is_caught() -> None:
    x = sp.Symbol("x", positive=True)
    started = Step(1, Rewrite(sp.expand), (Equation(x, (x + 1) ** 2),), Equation(x, x**2 + x + 1))
    assert not check_step(started).passed


def test_an_unknown_assumption_is_named() -> None:
    other = Assumption("other", "something else")
    with pytest.raises(MissingAssumptionError, match="arrival rate"):
        CLAIMS["arrivals.rate.any-law"].derivation(given=frozenset({other}))
