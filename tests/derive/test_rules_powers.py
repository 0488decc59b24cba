"""Products of powers keep their value when they are collected."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.rules.powers import tidy


@pytest.mark.parametrize(
    "power",
    [
        (y.shape / y.mean_delay) ** y.shape * (y.s + y.shape / y.mean_delay) ** -y.shape,
        y.mean_delay**2 * y.damping / (y.mean_delay * (1 + y.damping)),
        2 * sp.exp(-y.damping) * y.shape**3,
        (y.shape + 1) ** (-y.shape - 1) * y.shape ** (y.shape + 1),
    ],
)
def test_tidying_keeps_the_value(power: sp.Expr) -> None:
    values = {y.shape: sp.Rational(7, 3), y.mean_delay: sp.Rational(2, 5), y.damping: 3, y.s: sp.Rational(1, 7)}
    assert float(tidy(power).subs(values)) == pytest.approx(float(power.subs(values)), rel=1e-12)
    assert tidy(power).count_ops() <= power.count_ops()
