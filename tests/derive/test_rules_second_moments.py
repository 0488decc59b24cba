"""Rules about second moments in time: what is known of small systems, and wrong equations found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule, Step
from derive.derivations.finite_workers import exponential_second_moments
from derive.rules.second_moments import CampbellPath, ExcessRisk, MomentTransform, second_moment_of
from verify.identities import check_step

VARIANCE = Equation(y.variance, y.gradient_noise**2 * y.noise_intensity)
MOMENTS = exponential_second_moments().result
LATE, LATER = (second_moment_of(y.u - count * y.delay) for count in (1, 2))
h, sigma, t = y.curvature, y.gradient_noise, y.t


def wrong_by(found: sp.Expr, rule: Rule) -> tuple[sp.Expr, ...]:
    """Slips of each rule's result."""
    if isinstance(rule, ExcessRisk):
        return 2 * found, found / h, found * h
    if isinstance(rule, CampbellPath):
        return (
            found.subs(h, 2 * h),
            found.subs(sigma, sp.sqrt(2) * sigma),
            found + t,
            found.xreplace({LATE: LATER}),
        )
    return found.subs(y.workers, y.workers + 1), found.subs(y.initial, 2 * y.initial)


@pytest.mark.parametrize(
    ("rule", "inputs"),
    [(CampbellPath(), ()), (ExcessRisk(), (VARIANCE,)), (MomentTransform(), (MOMENTS,))],
    ids=["volterra", "risk", "transform"],
)
def test_a_rule_holds_and_its_slips_are_found(rule: Rule, inputs: tuple[Equation, ...]) -> None:
    found = rule.apply(*inputs)
    step = Step(1, rule, inputs, found)
    assert check_step(step).passed
    for other in wrong_by(found.right, rule):
        assert not check_step(replace(step, output=Equation(found.left, other))).passed, other


def test_the_transform_ends_in_the_stationary_variance_and_starts_at_the_history() -> None:
    found = MomentTransform().apply(MOMENTS).right
    late = sp.limit(y.s * found, y.s, 0)
    step, workers = y.step, y.workers
    stationary = y.step_noise * (1 + workers * step) / (step * (2 + step - workers * step**2))
    assert sp.simplify(late - stationary) == 0
    assert sp.limit(y.s * found, y.s, sp.oo) == y.initial**2
