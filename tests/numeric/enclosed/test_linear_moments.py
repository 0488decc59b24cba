"""Linear equations of moments: paths known in closed form."""

from __future__ import annotations

import pytest
import sympy as sp

from numeric.enclosed.linear_moments import moments_after, workers_second_moment
from verify.second_routes.second_moments import named_second_moment


@pytest.mark.parametrize("time", [0, sp.Rational(1, 3), 7])
def test_a_decay_with_a_drive_is_known(time: sp.Expr) -> None:
    """v' = -2 v + 1 from 3: 1/2 + 5/2 e^(-2t)."""
    (found,) = moments_after(sp.Matrix([[-2]]), [1], [3], time)
    assert found.contains(sp.Rational(1, 2) + sp.Rational(5, 2) * sp.exp(-2 * sp.sympify(time)))
    assert float(found.radius) < 1e-30


def test_an_oscillation_is_known() -> None:
    found = moments_after(sp.Matrix([[0, 1], [-4, 0]]), [0, 0], [1, 0], 5)
    assert found[0].contains(sp.cos(10))
    assert not found[0].contains(sp.cos(10) + sp.Rational(1, 10**25))
    assert found[1].contains(-2 * sp.sin(10))


def test_the_second_moment_of_four_workers_is_the_check_value_and_that_of_workers_by_name() -> None:
    """By hand: M = 4, eps = .3, s2 = .01, all at 3: 2.96967 and 1.10596."""
    found = workers_second_moment(4, 1, "0.3", "0.01", ["1/2", 1], start=3)
    assert [round(float(one), 5) for one in found] == [2.96967, 1.10596]
    step, noise = sp.Rational(3, 10), sp.Rational(1, 100)
    for one, time in zip(found, (sp.Rational(1, 2), sp.Integer(1)), strict=True):
        assert one.overlaps(named_second_moment(4, step, noise, sp.Integer(3), time))
        assert not one.overlaps(named_second_moment(3, step, noise, sp.Integer(3), time))
