"""The line's part of a mean path: its bound and its integral, held against the whole path."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive.characteristic import delay_equation
from derive.laws import Constant, Exponential
from numeric.enclosed.inverse_transform import Line
from numeric.enclosure import Enclosure, arb, precision
from numeric.roots.function import analytic


def line(at: float, damping: str = "1") -> Line:
    return Line(analytic(delay_equation(damping, Constant(1))), arb(at))


@pytest.mark.parametrize(("time", "path"), [(0.5, 0.5), (1.0, 0.0), (2.0, -0.5)])
def test_right_of_every_root_the_line_is_all_there_is(time: float, path: float) -> None:
    """m = 1 - the line's part, by hand."""
    with precision(100):
        found = Enclosure(1 - line(0.25).part(arb(time), arb(10) ** -5))
    assert found.contains(sp.Rational(path))
    assert float(found.radius) < 1e-4
    assert not found.contains(sp.Rational(path) + sp.Rational(1, 1000))


@pytest.mark.parametrize("at", [0.25, 1.0, -1.5])
def test_the_constant_bounds_the_part(at: float) -> None:
    with precision(100):
        one = line(at)
        for time in (0.5, 2.0, 5.0):
            part = abs(Enclosure(one.part(arb(time), arb(10) ** -6)))
            assert part.upper <= float(one.constant) * math.exp(at * time) * 1.001


def test_the_first_orders_taken_out_leave_the_same_part() -> None:
    """Exponential delays of mean 1: the mean of (t - tau)^2/2 over the delays below t is t^2/2 - t + 1 - e^-t."""
    whole = analytic(delay_equation(1, Exponential(1)))
    early = lambda t: t**2 / 2 - t + 1 - (-t).exp()  # noqa: E731
    with precision(100):
        parts = [Enclosure(Line(whole, arb(0.5), taken).part(arb(2), arb(10) ** -6)) for taken in (None, early)]
    assert parts[0].overlaps(parts[1])
    assert float(parts[1].radius) < 1e-5
    assert not (parts[0] + sp.Rational(1, 1000)).overlaps(parts[1])
