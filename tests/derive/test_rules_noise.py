"""Rules about noise: covariances and variances of known processes, and wrong ones found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule, Step
from derive.rules.characteristic import characteristic_of
from derive.rules.laws import transform_of
from derive.rules.noise import (
    CampbellVariance,
    CovarianceEquation,
    Lyapunov,
    MeanSquareLimit,
    Parseval,
    SolveCovariance,
    covariance_of,
)
from tests.derive.rule_cases import assert_finds
from verify.identities import check_step

a, theta, t, q, w = y.damping, y.mean_delay, y.t, y.noise_intensity, y.frequency
H = characteristic_of(y.s)
ANY = Equation(H, y.s + a * transform_of(y.s))
CONSTANT = Equation(H, y.s + a * sp.exp(-y.s * theta))
MIRRORED = Equation(sp.Derivative(covariance_of(t), t), -a * covariance_of(theta - t))
FEEDBACK = y.learning_rate**2 * y.curvature**2 * y.arrival_rate * y.second_moment_gain
SHOTS = Equation(
    y.variance,
    y.arrival_rate * y.second_moment_gain * y.learning_rate**2 * y.gradient_noise**2 / (1 - FEEDBACK),
)
CASES: list[tuple[Rule, tuple[Equation, ...], sp.Expr, tuple[sp.Expr, ...]]] = [
    (
        CovarianceEquation(),
        (CONSTANT,),
        MIRRORED.right,
        (a * covariance_of(theta - t), -a * covariance_of(t), -a * covariance_of(t - 2 * theta)),
    ),
    (
        SolveCovariance(),
        (MIRRORED,),
        q * (sp.cos(a * t) * (1 + sp.sin(a * theta)) / sp.cos(a * theta) - sp.sin(a * t)) / (2 * a),
        (
            q * sp.exp(-a * t) / (2 * a),
            q * (sp.cos(a * t) * (1 - sp.sin(a * theta)) / sp.cos(a * theta) - sp.sin(a * t)) / (2 * a),
        ),
    ),
    (Lyapunov(1), (ANY,), q * (1 + a * theta) / (2 * a), (q / (2 * a), q * (1 + 2 * a * theta) / (2 * a), q / a)),
    (
        CampbellVariance(),
        (),
        y.arrival_rate
        * y.second_moment_gain
        * y.learning_rate**2
        * (y.gradient_noise**2 + y.curvature**2 * y.variance),
        (
            y.arrival_rate * y.second_moment_gain * y.learning_rate**2 * y.gradient_noise**2,
            y.arrival_rate * y.learning_rate**2 * (y.gradient_noise**2 + y.curvature**2 * y.variance),
        ),
    ),
    (MeanSquareLimit(), (SHOTS,), FEEDBACK, (2 * FEEDBACK, FEEDBACK / y.arrival_rate, FEEDBACK + 1)),
]


@pytest.mark.parametrize(("rule", "inputs", "right", "wrong"), CASES, ids=[type(case[0]).__name__ for case in CASES])
def test_the_rule_finds_the_known_result_and_its_check_finds_others(
    rule: Rule, inputs: tuple[Equation, ...], right: sp.Expr, wrong: tuple[sp.Expr, ...]
) -> None:
    assert_finds(rule, inputs, right, wrong)


def test_many_stages_approach_the_constant_delay() -> None:
    """q = a = theta = 1: the Erlang variances rise to (1 + sin 1)/(2 cos 1) = 1.7041."""
    at_one = {a: 1, theta: 1, q: 1}
    values = [float(Lyapunov(n).apply(ANY).right.subs(at_one)) for n in (1, 2, 3, 4)]
    assert values == sorted(values)
    assert values[0] == 1
    assert values[-1] < 1.704112


def test_the_variance_as_an_integral_holds_for_every_law() -> None:
    made = Step(1, Parseval(), (ANY,), Parseval().apply(ANY))
    assert check_step(made).passed
    density = 1 / sp.Abs(sp.I * w + a * transform_of(sp.I * w)) ** 2
    assert made.output.right == q * sp.Integral(density, (w, 0, sp.oo)) / sp.pi
    for other in (q * sp.Integral(density, (w, 0, sp.oo)) / (2 * sp.pi), q * sp.Integral(density, (w, 0, sp.oo))):
        assert not check_step(replace(made, output=Equation(y.variance, other))).passed


def test_a_spectral_density_with_the_wrong_transform_is_found() -> None:
    made = Step(1, Parseval(), (ANY,), Parseval().apply(ANY))
    density = 1 / sp.Abs(sp.I * w + a * transform_of(2 * sp.I * w)) ** 2
    wrong = q * sp.Integral(density, (w, 0, sp.oo)) / sp.pi
    assert not check_step(replace(made, output=Equation(y.variance, wrong))).passed
