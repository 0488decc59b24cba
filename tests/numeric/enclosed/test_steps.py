"""The method of steps against paths worked out by hand, and what it leaves out."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, ShiftedExponential, Uniform
from numeric.enclosed.steps import path_by_steps, stages
from numeric.enclosure import Enclosure

half = sp.Rational(1, 2)


@pytest.mark.parametrize(
    ("time", "value"), [(half, half), (1, 0), (2, -half), (sp.Rational(5, 2), -sp.Rational(19, 48))]
)
def test_a_constant_delay_is_integrated_by_hand(time: sp.Expr, value: sp.Expr) -> None:
    """m = 1 - t, then 1 - t + (t - 1)^2/2, then with -(t - 2)^3/6."""
    path = Enclosure(path_by_steps(sp.Integer(1), Constant(1), sp.sympify(time), 20))
    assert path.contains(value)
    assert float(path.radius) < 1e-20
    assert not path.contains(value + sp.Rational(1, 10**18))


@pytest.mark.parametrize("shape", [1, 2, sp.Rational(5, 2)])
def test_stages_start_with_the_slope_of_the_history(shape: sp.Expr) -> None:
    """m = 1 - a t + a^2 E (t - tau)_+^2/2, and the last term is below a^2 t^2/2."""
    path = Enclosure(path_by_steps(sp.Integer(1), Gamma(shape=shape, mean=1), sp.Rational(1, 100), 20))
    assert 0.99 < path.lower < path.upper < 0.99 + 5e-5


def test_a_shift_of_the_whole_delay_is_a_constant_delay_nearly() -> None:
    shifted = ShiftedExponential(shift=1 - sp.Rational(1, 10**9), tail_mean=sp.Rational(1, 10**9))
    paths = [Enclosure(path_by_steps(sp.Integer(1), law, half + 1, 15)) for law in (shifted, Constant(1))]
    assert abs(float(paths[0]) - float(paths[1])) < 1e-8


@pytest.mark.parametrize(
    ("law", "parts"),
    [
        (Constant(2), (2, 0, 1)),
        (Exponential(2), (0, 1, half)),
        (Gamma(shape=3, mean=6), (0, 3, half)),
        (ShiftedExponential(1, 2), (1, 1, half)),
        (Uniform(low=0, high=1), None),
    ],
)
def test_the_parts_of_a_delay(law: Law, parts: tuple[sp.Expr, ...] | None) -> None:
    assert stages(law) == parts


def test_other_laws_and_far_times_are_left_to_others() -> None:
    assert path_by_steps(sp.Integer(1), Uniform(low=0, high=2), sp.Integer(1), 9) is None
    assert path_by_steps(sp.Integer(1), Constant(1), sp.Integer(1000), 9) is None
