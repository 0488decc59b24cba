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
from numeric.charts.criteria import LinearCriterion
from numeric.charts.crossings import Effort, OpenEquation, box_of
from numeric.charts.noise_gains import BEYOND, BoxGains, Spread
from numeric.charts.point_gains import PointGains
from numeric.charts.stability import stability_chart
from numeric.charts.subdivision import ChartBudget
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosure import acb, arb, fmpq, precision

X, Y = (sp.Dummy(name, positive=True) for name in "xy")
MANY = arb(10) ** 9


LAWS = [
    *(laws.Constant(Y), laws.Gamma(sp.Rational(5, 2), Y), laws.Exponential(Y), laws.Uniform(0, 2 * Y)),
    laws.Gamma(sp.Rational(1, 2), Y),
]


@pytest.mark.parametrize("law", LAWS)
def test_the_gain_over_a_box_holds_the_gain_at_its_points(law: laws.LAWS) -> None:
    axes = Axis(X, "1.15", "1.16"), Axis(Y, "0.99", 1)
    equation = delay_equation(X, law)
    opened, draw = OpenEquation(equation, axes, Effort()), random.Random(1)
    boxes, points = BoxGains(opened, (X, Y)), PointGains(opened, (X, Y))
    with precision(64):
        (spread,) = boxes.over(box_of(Cell(), axes), MANY)
        assert isinstance(spread, Spread)
        assert spread.anywhere.rad() / spread.anywhere.mid() < 0.3
        for _ in range(3):
            x, other = (sp.Rational(str(axis.at(Fraction(draw.randrange(11), 10)))) for axis in axes)
            known = noise_gain(equation.at({X: x, Y: other}), 6).ball
            assert spread.anywhere.overlaps(known)
            (found,) = points.at(*(acb(fmpq(int(one.p), int(one.q))) for one in (x, other)))
            assert found.overlaps(known)
            assert found.rad() < known * arb("1e-2")
        assert boxes.over(box_of(Cell(), axes), arb(1) / 100) == BEYOND


@pytest.mark.parametrize("law", LAWS[:2])
def test_the_bounds_on_slopes_and_bends_hold_differences_of_certified_gains(law: laws.LAWS) -> None:
    """First and second differences over the box are slopes and bends somewhere inside, by the mean value theorem."""
    axes = Axis(X, "1.15", "1.19"), Axis(Y, "0.96", 1)
    equation, half = delay_equation(X, law), Fraction(1, 2)
    with precision(64):
        (spread,) = BoxGains(OpenEquation(equation, axes, Effort()), (X, Y)).over(box_of(Cell(), axes), MANY)
    assert isinstance(spread, Spread)

    def gain(across: Fraction, up: Fraction) -> float:
        x, other = (sp.Rational(str(axis.at(share))) for axis, share in zip(axes, (across, up), strict=True))
        return float(noise_gain(equation.at({X: x, Y: other}), 7))

    middle, step = gain(half, half), 0.02
    for way, ends in enumerate((((0, half), (1, half)), ((half, 0), (half, 1)))):
        low, high = (gain(Fraction(one), Fraction(other)) for one, other in ends)
        slope, bend = abs(high - low) / (2 * step), abs(high - 2 * middle + low) / step**2
        assert slope < float(spread.slopes[way]) < 50 * middle
        assert bend < float(spread.bends[way]) < 2_000 * middle


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


def test_the_mean_square_by_quadrature_is_decided_to_a_few_percent() -> None:
    axes = Axis(X, "1/2", 2), Axis(Y, "1/2", 2)
    equation = delay_equation(X, laws.Exponential(Y))
    criterion = (equation, X**2 * Y / 8 * y.second_moment_gain, None)
    chart = stability_chart(equation, *axes, budget=ChartBudget(400_000, Fraction(1, 20)), criteria=[criterion])
    assert chart.mean_square is not None
    assert chart.mean_square.share("undecided") <= Fraction(1, 20)
    for cell in chart.mean_square.cells["stable"]:  # M = 8: e M < (sqrt(1 + 8 M) - 1)/2, with e M = a theta
        assert float(axes[0].at(cell.ends[0][1]) * axes[1].at(cell.ends[1][1])) < (65**0.5 - 1) / 2


@pytest.mark.parametrize(("ends", "proven"), [(("1.565", "1.575"), True), (("1.37", "1.38"), False)])
def test_a_gain_that_may_be_infinite_is_proven_too_large(ends: tuple[str, str], proven: bool) -> None:
    """Across a theta = pi/2, where the chart of the mean stays undecided; at 1.37 the second moment is stable."""
    axes = Axis(X, *ends), Axis(Y, "0.999", "1.001")
    weight = X**2 * Y / 8 * y.second_moment_gain
    with precision(64):
        criterion = LinearCriterion(delay_equation(X, laws.Constant(Y)), weight, None, axes, Effort())
        assert criterion.exceeded(box_of(Cell(), axes)) == proven


def test_a_wide_cell_of_half_a_stage_has_a_gain() -> None:
    """A delay of .13 to .25 s, where powers -5/2 of the transform's ball once made every bound infinite."""
    axes = Axis(X, "2.42", "2.52"), Axis(Y, "0.13", "0.25")
    opened = OpenEquation(delay_equation(X, laws.Gamma("1/2", Y)), axes, Effort())
    with precision(64):
        found = BoxGains(opened, (X, Y)).over(box_of(Cell(), axes), MANY)
    assert isinstance(found, tuple)
    assert found[0].anywhere.rad() / found[0].anywhere.mid() < 0.5
