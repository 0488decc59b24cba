"""Crossing frequencies of laws with a closed one, and where there is more than one."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive.characteristic import delay_equation
from derive.law import Law
from derive.laws import Constant, Gamma, Pareto, Uniform
from numeric.enclosed.axis_crossings import crossing_frequency
from numeric.enclosure import Enclosure
from numeric.roots.thresholds import stability_limit


@pytest.mark.parametrize(
    ("law", "limit", "frequency"),
    [
        (Constant(2), sp.pi / 4, sp.pi / 4),
        (Uniform(0, 2), sp.pi**2 / 4, sp.pi / 2),
        (Gamma(4, 1), 4 * sp.sin(sp.pi / 8) / sp.cos(sp.pi / 8) ** 5, 4 * sp.tan(sp.pi / 8)),
    ],
    ids=str,
)
def test_the_closed_frequency_is_enclosed_and_its_neighbours_are_not(
    law: Law, limit: sp.Expr, frequency: sp.Expr
) -> None:
    found = crossing_frequency(Enclosure.of(limit), law)
    assert found is not None
    assert found.contains(frequency)
    assert float(found.radius) < 1e-10
    assert not found.contains(frequency * (1 + sp.Rational(1, 10**9)))


def test_a_law_without_a_closed_limit_crosses_where_its_transform_turns_imaginary() -> None:
    law = Pareto("5/2", 1)
    limit = stability_limit(lambda a: delay_equation(a, law), 1 / sp.N(law.mean, 6), 1e-4)
    assert limit is not None
    found = crossing_frequency(limit, law)
    assert found is not None
    at = complex(sp.N(law.laplace_transform(sp.I * sp.Float(float(found), 20)), 15))
    assert abs(at.real) < 2e-3
    assert -float(found) / at.imag == pytest.approx(float(limit), rel=2e-3)
    assert math.isfinite(float(found.radius))


def test_no_frequency_is_told_where_none_crosses() -> None:
    assert crossing_frequency(Enclosure.of(sp.Integer(1)), Constant(1)) is None
