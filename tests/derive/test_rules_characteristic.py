"""Rules about characteristic equations: roots, crossings and maxima of known equations, and wrong ones found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule, Step
from derive.laws import Gamma
from derive.rules.characteristic import (
    AtMaximum,
    CrossImaginaryAxis,
    DampingAsFunctionOfDecay,
    LambertRoots,
    LeastExponentialMoment,
    Maximise,
    PhaseFrequency,
    PutLawIn,
    QuadraticRoots,
    ShiftStages,
    characteristic_of,
)
from derive.rules.crossings import CrossAtFrequency
from derive.rules.laws import transform_of
from tests.derive.rule_cases import assert_finds
from verify.identities import check_step

a, theta, s, r = y.damping, y.mean_delay, y.s, y.decay
H = characteristic_of(s)
ANY = Equation(H, s + a * transform_of(s))
CONSTANT = Equation(H, s + a * sp.exp(-s * theta))
EXPONENTIAL = Equation(H, s + a / (1 + s * theta))
GAMMA = Equation(H, s + a * Gamma.transform_derivation().result.right)
SPEED = Equation(a, r * sp.exp(-r * theta))

CASES: list[tuple[Rule, tuple[Equation, ...], sp.Expr, tuple[sp.Expr, ...]]] = [
    (
        PutLawIn(sp.exp(-s * theta), (assumptions.CONSTANT,)),
        (ANY,),
        CONSTANT.right,
        (s - a * sp.exp(-s * theta), s + a * sp.exp(s * theta), s + a),
    ),
    (
        LambertRoots(),
        (CONSTANT,),
        sp.LambertW(-a * theta, y.branch) / theta,
        (sp.LambertW(a * theta, y.branch) / theta, sp.LambertW(-a * theta, y.branch), -a),
    ),
    (
        QuadraticRoots(),
        (EXPONENTIAL,),
        (-1 + (-1) ** y.branch * sp.sqrt(1 - 4 * a * theta)) / (2 * theta),
        (
            (1 + (-1) ** y.branch * sp.sqrt(1 - 4 * a * theta)) / (2 * theta),
            (-1 + (-1) ** y.branch * sp.sqrt(1 + 4 * a * theta)) / (2 * theta),
        ),
    ),
    (
        PhaseFrequency(y.crossing_frequency, y.frequency * theta),
        (CONSTANT,),
        sp.pi / (2 * theta),
        (sp.pi / theta, 5 * sp.pi / (2 * theta)),
    ),
    (
        CrossImaginaryAxis(sp.pi / (2 * theta), y.stability_limit),
        (CONSTANT,),
        sp.pi / (2 * theta),
        (1 / theta, sp.pi / theta, sp.E ** (-1) / theta),
    ),
    (
        DampingAsFunctionOfDecay(),
        (CONSTANT,),
        SPEED.right,
        (r * sp.exp(r * theta), -r * sp.exp(-r * theta), r),
    ),
    (Maximise(y.critical_decay), (SPEED,), 1 / theta, (2 / theta, theta, sp.Integer(1))),
    (
        AtMaximum(y.critical_damping),
        (SPEED, Equation(y.critical_decay, 1 / theta)),
        sp.exp(-1) / theta,
        (1 / theta, sp.exp(1) / theta, sp.Rational(1, 4) / theta),
    ),
    (
        LeastExponentialMoment(),
        (Equation(a, r / transform_of(-r)),),
        sp.Integer(1),
        (sp.Integer(0), sp.Integer(2), sp.exp(r)),
    ),
]


@pytest.mark.parametrize(("rule", "inputs", "right", "wrong"), CASES, ids=[type(case[0]).__name__ for case in CASES])
def test_the_rule_finds_the_known_result_and_its_check_finds_others(
    rule: Rule, inputs: tuple[Equation, ...], right: sp.Expr, wrong: tuple[sp.Expr, ...]
) -> None:
    assert_finds(rule, inputs, right, wrong)


def test_a_minimum_is_no_maximum() -> None:
    """The slope of 1/a vanishes at the same r, but there the curvature is positive."""
    upside_down = Equation(a, sp.exp(r * theta) / r)
    made = Step(1, Maximise(y.critical_decay), (upside_down,), Maximise(y.critical_decay).apply(upside_down))
    assert made.output.right == 1 / theta
    assert not check_step(made).passed


def test_a_curve_without_a_maximum_is_refused() -> None:
    with pytest.raises(ValueError, match="0 stationary points"):
        Maximise(y.critical_decay).apply(Equation(a, r))


def test_stages_are_counted_in_one_shifted_variable() -> None:
    staged = Equation(H, s + a * (y.stages / (y.stages + s * theta)) ** y.stages)
    made = Step(1, ShiftStages(), (staged,), ShiftStages().apply(staged))
    u, n = y.stage_variable, y.stages
    assert sp.simplify((made.output.right - ((u - 1) * u**n * n / theta + a)).subs(n, 3)) == 0
    assert check_step(made).passed
    for other in (made.output.right + 1, (u - 1) * n / theta + a):
        assert not check_step(replace(made, output=Equation(made.output.left, other))).passed


def test_gamma_delays_cross_where_their_phase_says() -> None:
    """Shape 2, mean 1: a theta = 2 sin(pi/4)/cos^3(pi/4) = 4, omega = 2."""
    two = Equation(H, GAMMA.right.subs({y.shape: 2, theta: 1}))
    phase = PhaseFrequency(y.crossing_frequency, 2 * sp.atan(y.frequency / 2)).apply(two)
    assert phase.right == 2
    crossing = CrossImaginaryAxis(phase.right, y.stability_limit)
    made = Step(2, crossing, (two,), crossing.apply(two))
    assert sp.simplify(made.output.right - 4) == 0
    assert check_step(made).passed


def test_a_phase_that_never_reaches_a_quarter_turn_has_no_crossing() -> None:
    with pytest.raises(ValueError, match="0 frequencies"):
        PhaseFrequency(y.crossing_frequency, sp.atan(y.frequency * theta) / 2).apply(EXPONENTIAL)


def test_the_same_root_twice_is_not_the_pair() -> None:
    made = Step(1, QuadraticRoots(), (EXPONENTIAL,), QuadraticRoots().apply(EXPONENTIAL))
    one_root = made.output.right.subs(y.branch, 0)
    assert not check_step(replace(made, output=Equation(made.output.left, one_root))).passed


def test_a_crossing_at_a_known_frequency_gives_the_damping() -> None:
    """Constant delay theta: L(i omega) = -i at omega = pi/(2 theta), so a = omega."""
    given = (
        Equation(characteristic_of(y.s), y.s + y.damping * sp.exp(-y.s * y.mean_delay)),
        Equation(y.crossing_frequency, sp.pi / (2 * y.mean_delay)),
    )
    rule = CrossAtFrequency(y.stability_limit)
    made = Step(1, rule, given, rule.apply(*given))
    assert sp.simplify(made.output.right - sp.pi / (2 * y.mean_delay)) == 0
    assert check_step(made).passed
    for wrong in (sp.pi / y.mean_delay, -made.output.right, 1 / y.mean_delay):
        assert not check_step(Step(1, rule, given, Equation(y.stability_limit, wrong))).passed
