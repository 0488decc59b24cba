"""Naming an integral: the Pareto law by hand, and wrong names of several kinds."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.derivation import Equation, Step
from derive.laws import Gamma, Pareto
from derive.rules.laws import density_of, transform_of
from derive.rules.standard_integrals import NameIntegral, power_law
from derive.standard_integrals import exponential_integral
from verify.identities import check_step

STATED = Equation(density_of(y.u), Pareto.symbolic_density)
STEP = Pareto.transform_derivation().steps[-1]


def test_the_pareto_law_has_the_name_worked_by_hand() -> None:
    """int_a^oo exp(-s u) alpha a^alpha u^(-alpha - 1) du = alpha int_1^oo exp(-s a v) v^(-alpha - 1) dv."""
    assert STEP.output == Equation(
        transform_of(y.s), y.tail_index * exponential_integral(y.tail_index + 1, y.s * y.scale)
    )
    assert check_step(STEP).passed


@pytest.mark.parametrize(
    "wrong",
    [
        y.tail_index * exponential_integral(y.tail_index, y.s * y.scale),
        (y.tail_index + 1) * exponential_integral(y.tail_index + 1, y.s * y.scale),
        y.tail_index * exponential_integral(y.tail_index + 1, y.s / y.scale),
        y.tail_index * exponential_integral(y.tail_index + 1, 2 * y.s * y.scale),
        -y.tail_index * exponential_integral(y.tail_index + 1, y.s * y.scale),
    ],
    ids=str,
)
def test_a_wrong_name_is_refuted(wrong: sp.Expr) -> None:
    assert not check_step(Step(2, STEP.rule, (STATED,), Equation(transform_of(y.s), wrong))).passed


def test_a_wrong_range_is_refuted() -> None:
    rule = NameIntegral(y.scale, lambda density, x: STEP.output.right, sp.S.Zero)
    assert not check_step(Step(2, rule, (STATED,), STEP.output)).passed


def test_a_density_that_is_no_power_has_no_such_name() -> None:
    with pytest.raises(ValueError, match="no power"):
        power_law(Gamma.symbolic_density)
