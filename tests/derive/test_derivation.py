"""Every derivation of every claim: steps check by a second route, wrong steps are caught, assumptions are needed."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import assumptions
from derive.claims import CLAIMS
from derive.derivation import Assumption, Derivation, Equation, MissingAssumptionError, Step
from derive.rules.calculus import Rewrite
from verify.identities import check_step

_SEEN: set[tuple[object, ...]] = set()


def _new_steps(derivation: Derivation) -> list[Step]:
    """Steps that no other claim's test has checked already: derivations share their beginnings."""
    steps = []
    for step in derivation.steps:
        key = (step.rule, step.inputs, step.output, derivation.domain)
        if key not in _SEEN:
            _SEEN.add(key)
            steps.append(step)
    return steps


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_every_step_checks_and_every_perturbed_step_is_caught(claim: object) -> None:
    derivation = claim.derived  # type: ignore[attr-defined]
    assert derivation.steps
    for step in _new_steps(derivation):
        right = check_step(step, domain=derivation.domain)
        assert right.passed, (step.number, step.rule.label, right.detail)
        wrong = check_step(step.perturbed(), domain=derivation.domain)
        assert not wrong.passed, (step.number, step.rule.label, "a wrong step passed")


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_a_derivation_refuses_when_an_assumption_is_deleted(claim: object) -> None:
    used = claim.derived.used  # type: ignore[attr-defined]
    assert used, "a derivation from no assumption"
    for assumption in used:
        with pytest.raises(MissingAssumptionError, match=assumption.id):
            claim.derivation(given=assumptions.ALL - {assumption})  # type: ignore[attr-defined]


@pytest.mark.parametrize("one_in", [4, pytest.param(1, marks=pytest.mark.slow)])
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
