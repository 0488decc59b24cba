"""Rules of the recursion: small staleness worked by hand, and wrong equations found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Rule, Step
from derive.rules.characteristic import characteristic_of
from derive.rules.recursion import (
    CrossUnitCircle,
    DoubleRoot,
    InsertPower,
    RecursionCovariance,
    StateRecursion,
    parameter,
)
from verify.identities import check_step

j, K, z, x = y.j, y.staleness, y.z, y.step
UPDATE = Equation(parameter(j + 1), parameter(j) - x * parameter(j - K))
POLYNOMIAL = Equation(characteristic_of(z), z**K * (z - 1) + x)
CASES: list[tuple[Rule, tuple[Equation, ...], sp.Expr, tuple[sp.Expr, ...]]] = [
    (
        StateRecursion(),
        (),
        UPDATE.right,
        (
            parameter(j) + x * parameter(j - K),
            parameter(j) - x * parameter(j),
            parameter(j) - x * parameter(j - K - 1),
        ),
    ),
    (InsertPower(), (UPDATE,), z ** (K + 1) - z**K + x, (z ** (K + 1) - z**K - x, z**K - z + x, z ** (K + 1) + x)),
    (
        CrossUnitCircle(),
        (POLYNOMIAL,),
        2 * sp.sin(sp.pi / (2 * (2 * K + 1))),
        (2 * sp.sin(sp.pi / (2 * K + 1)), sp.sin(sp.pi / (2 * (2 * K + 1))), 2 * sp.sin(sp.pi / (2 * (2 * K + 3)))),
    ),
    (DoubleRoot(y.double_root, "root"), (POLYNOMIAL,), K / (K + 1), (1 / (K + 1), (K - 1) / (K + 1), K / (K + 2))),
    (
        DoubleRoot(y.fastest_step, "step"),
        (POLYNOMIAL,),
        K**K / (K + 1) ** (K + 1),
        (K**K / (K + 1) ** K, 1 / (K + 1), sp.exp(-1) / (K + 1)),
    ),
]


@pytest.mark.parametrize(("rule", "inputs", "right", "wrong"), CASES, ids=[str(case[2]) for case in CASES])
def test_the_rule_finds_the_known_result_and_its_check_finds_others(
    rule: Rule, inputs: tuple[Equation, ...], right: sp.Expr, wrong: tuple[sp.Expr, ...]
) -> None:
    made = Step(1, rule, inputs, rule.apply(*inputs))
    assert sp.simplify((made.output.right - right).subs(K, 3)) == 0
    assert check_step(made).passed, check_step(made).detail
    for other in wrong:
        assert not check_step(replace(made, output=Equation(made.output.left, other))).passed, other


def test_the_covariance_without_staleness_is_that_of_an_autoregression() -> None:
    """K = 0: x(j+1) = (1 - eps) x(j) + noise has c(0) = s2/(eps (2 - eps))."""
    made = Step(1, RecursionCovariance(), (POLYNOMIAL,), RecursionCovariance().apply(POLYNOMIAL))
    assert check_step(made).passed
    step = sp.Rational(3, 10)
    width = 2 * sp.asin(step / 2)
    start = made.output.right.subs({K: 0, j: 0, y.half_angle: width, y.step_noise: 1}, simultaneous=True)
    assert float(start.evalf(30)) == pytest.approx(float(1 / (step * (2 - step))), rel=1e-12)
    for other in (made.output.right * sp.cos(y.half_angle), made.output.right.subs(K, K + 1), y.step_noise / x):
        assert not check_step(replace(made, output=Equation(made.output.left, other))).passed
