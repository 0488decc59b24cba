"""Cells: exact halves, cells joined again, groups that hang together, axes that refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive import symbols as y
from numeric.charts.cells import Axis, Cell, groups, joined


def test_halves_share_the_area_and_a_side() -> None:
    for direction in (0, 1):
        first, second = Cell(1, 2, 3, 4).halves(direction)
        assert first.share == second.share == Cell(1, 2, 3, 4).share / 2
        assert first.ends[direction][1] == second.ends[direction][0]
        assert first.ends[1 - direction] == second.ends[1 - direction] == Cell(1, 2, 3, 4).ends[1 - direction]
        assert first.parent(direction) == second.parent(direction) == Cell(1, 2, 3, 4)


def test_an_axis_goes_from_low_to_high_exactly() -> None:
    axis = Axis(y.damping, "1/20", 3)
    assert axis.at(Fraction(0)) == Fraction(1, 20)
    assert axis.at(Fraction(1)) == 3
    assert axis.share_of(axis.at(Fraction(3, 7)).numerator / 1) is not None
    assert axis.share_of("61/40") == Fraction(1, 2)


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (0, "oo")])
def test_an_axis_without_length_is_refused(low: object, high: object) -> None:
    with pytest.raises(ValueError, match=r"low < high|not a number|not a finite"):
        Axis(y.damping, low, high)


def test_joined_cells_cover_the_same_area() -> None:
    cells = [quarter for half in Cell().halves(0) for quarter in half.halves(1)]
    assert joined(cells) == (Cell(),)
    assert sum(cell.share for cell in joined(cells[:3])) == Fraction(3, 4)
    assert len(joined(cells[:3])) == 2


def test_cells_that_touch_in_a_corner_hang_together_and_others_do_not() -> None:
    low_left, low_right = (half.halves(1)[0] for half in Cell().halves(0))
    top_right = Cell().halves(0)[1].halves(1)[1]
    assert len(groups([low_left, top_right])) == 1
    far = top_right.halves(0)[1]
    assert len(groups([low_left, far])) == 2
    assert len(groups([low_left, low_right, far])) == 1
    assert groups([far, low_left])[0] == [low_left], "the largest comes first"
