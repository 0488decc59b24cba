"""Modelling rules: the equation each writes, and wrong equations of other kinds than a wrong factor."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Derivation, Equation, MissingAssumptionError, Rule, Step
from derive.rules.arrivals import CountPairs, RenewalRate, Superpose
from derive.rules.characteristic import characteristic_of
from derive.rules.laws import density_of, transform_of
from derive.rules.modelling import (
    ConditionOnDelay,
    InsertExponential,
    MeanDrift,
    MixOverDelay,
    Name,
    NoiseIntensity,
    counting_transform,
    gaussian_mean,
    mean_path,
)
from tests.derive.rule_cases import assert_finds
from verify.identities import check_step

RATE = Equation(y.arrival_rate, y.workers / y.mean_delay)
COUNTED = Equation(counting_transform(y.z, y.u), sp.exp(-y.other_rate * y.u * (1 - y.z)))
AVERAGE = sp.Integral(mean_path(y.t - y.u) * density_of(y.u), (y.u, 0, sp.oo))
GAIN = y.learning_rate * y.curvature * y.arrival_rate
DRIFT = Equation(sp.Derivative(mean_path(y.t), y.t), -GAIN * AVERAGE)
JOINT = sp.Function("Psi")(y.z, y.s)

CASES: list[tuple[Rule, tuple[Equation, ...], sp.Expr, tuple[sp.Expr, ...]]] = [
    (RenewalRate(), (), 1 / y.mean_delay, (y.mean_delay, 2 / y.mean_delay, y.delay_moment[2] / y.mean_delay**3)),
    (
        Superpose(y.other_rate, y.workers - 1),
        (Equation(y.worker_rate, 1 / y.mean_delay),),
        (y.workers - 1) / y.mean_delay,
        (y.workers / y.mean_delay, (y.workers - 2) / y.mean_delay),
    ),
    (
        CountPairs(),
        (RATE,),
        (y.workers - 1) * y.workers / y.mean_delay,
        (y.workers**2 / y.mean_delay, (y.workers - 1) / y.mean_delay),
    ),
    (
        ConditionOnDelay(),
        (),
        COUNTED.right,
        (sp.exp(-y.other_rate * y.u * y.z), 1 / (1 + y.other_rate * y.u * (1 - y.z))),
    ),
    (
        MixOverDelay(JOINT),
        (COUNTED,),
        transform_of(y.s + y.other_rate * (1 - y.z)),
        (transform_of(y.s - y.other_rate * (1 - y.z)), transform_of(y.s + y.other_rate * y.z)),
    ),
    (
        MeanDrift(),
        (Equation(y.arrival_rate, y.arrival_rate),),
        DRIFT.right,
        (GAIN * AVERAGE, -y.curvature * y.arrival_rate * AVERAGE, -GAIN * mean_path(y.t)),
    ),
    (
        InsertExponential(characteristic_of(y.s)),
        (DRIFT,),
        y.s + GAIN * transform_of(y.s),
        (y.s - GAIN * transform_of(y.s), y.s + GAIN, y.s + y.learning_rate * transform_of(y.s)),
    ),
    (
        NoiseIntensity(),
        (RATE,),
        (y.learning_rate * y.gradient_noise) ** 2 * RATE.right,
        (y.learning_rate * y.gradient_noise**2 * RATE.right, (y.learning_rate * y.gradient_noise) ** 2),
    ),
    (
        Name(y.damping, y.learning_rate * y.curvature * y.workers / y.mean_delay),
        (Equation(characteristic_of(y.s), y.s + y.learning_rate * y.curvature * y.workers / y.mean_delay),),
        y.s + y.damping,
        (y.s - y.damping, y.s + y.damping**2),
    ),
]


@pytest.mark.parametrize(("rule", "inputs", "right", "wrong"), CASES, ids=[type(case[0]).__name__ for case in CASES])
def test_the_rule_writes_its_equation_and_its_check_finds_others(
    rule: Rule, inputs: tuple[Equation, ...], right: sp.Expr, wrong: tuple[sp.Expr, ...]
) -> None:
    assert_finds(rule, inputs, right, wrong)


def test_a_normal_mean_is_taken_over_the_noise_alone() -> None:
    from derive.rules.modelling import _normal

    assert gaussian_mean(sp.Integer(3)) == 3
    assert gaussian_mean(y.damping * _normal) == 0
    assert gaussian_mean(y.damping * _normal**2) == y.damping
    assert gaussian_mean(_normal**4) == 3


@pytest.mark.parametrize("rule", [case[0] for case in CASES if case[0].requires], ids=lambda rule: type(rule).__name__)
def test_a_rule_refuses_without_each_of_its_assumptions(rule: Rule) -> None:
    for assumption in rule.requires:
        bare = Derivation("bare", assumptions.ALL - {assumption})
        with pytest.raises(MissingAssumptionError, match=assumption.id):
            bare.then(rule)


def test_the_counts_of_the_pairs_on_the_left_are_held_to_account() -> None:
    made = Step(1, CountPairs(), (RATE,), CountPairs().apply(RATE))
    turned = Equation(RATE.right * y.workers, made.output.right)
    assert not check_step(replace(made, output=turned)).passed
