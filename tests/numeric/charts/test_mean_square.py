"""Mean square: gains over boxes against certified gains at points, cells against a closed limit."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy as sp

from derive import laws
from derive import symbols as y
from derive.characteristic import delay_equation
from numeric.charts.cells import Axis, Cell
from numeric.charts.crossings import Effort, OpenEquation, box_of
from numeric.charts.noise_gains import BEYOND, Spread, integrated
from numeric.charts.stability import stability_chart
from numeric.charts.subdivision import ChartBudget
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import arb, precision

X, Y = (sp.Dummy(name, positive=True) for name in "xy")
MANY = arb(10) ** 9


@pytest.mark.parametrize("law", [laws.Constant(Y), laws.Gamma(sp.Rational(5, 2), Y), laws.Exponential(Y)])
def test_the_gain_over_a_box_holds_the_gain_at_its_points(law: laws.LAWS) -> None:
    axes = Axis(X, "1.15", "1.16"), Axis(Y, "0.99", 1)
    equation = delay_equation(X, law)
    opened, draw = OpenEquation(equation, axes, Effort()), random.Random(1)
    with precision(64):
        spread = integrated(opened, box := box_of(Cell(), axes), 2.0**-8, MANY)
        assert isinstance(spread, Spread)
        over = spread.over(box)
        assert over.rad() / over.mid() < 0.2
        for _ in range(3):
            x, other = (sp.Rational(str(axis.at(Fraction(draw.randrange(11), 10)))) for axis in axes)
            assert over.overlaps(noise_gain(equation.at({X: x, Y: other}), 6).ball)
        assert integrated(opened, box, 2.0**-8, arb(1) / 100) == BEYOND


@pytest.mark.parametrize("closed", [True, False])
def test_cells_lie_on_the_right_side_of_the_closed_limit(closed: bool) -> None:
    """M = 8, constant delay: the limit is a theta = 1.396656."""
    axes = Axis(X, 1, 2), Axis(Y, "9/10", "11/10")
    equation = delay_equation(X, laws.Constant(Y))
    gain = (1 + sp.sin(X * Y)) / (2 * X * sp.cos(X * Y)) if closed else None
    criterion = (equation, X**2 * Y / 8 * y.second_moment_gain, gain)
    budget = ChartBudget(60_000, Fraction(1, 10))
    chart = stability_chart(equation, *axes, budget=budget, criteria=[criterion])
    assert chart.mean_square is not None
    for status, cells in chart.mean_square.cells.items():
        for cell in cells:
            products = [float(axes[0].at(one) * axes[1].at(other)) for one in cell.ends[0] for other in cell.ends[1]]
            if status == "stable":
                assert max(products) < 1.396657
            if status == "unstable":
                assert min(products) > 1.396655
    assert chart.mean_square.share("stable") > Fraction(1, 5)
    assert chart.mean_square.share("unstable") > chart.mean.share("unstable")
