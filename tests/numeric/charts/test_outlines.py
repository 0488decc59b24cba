"""Outlines: the area of a union, holes, and no edge between cells."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from numeric.charts.cells import Cell
from numeric.charts.outlines import Polygon, outlines


def area(polygon: Polygon) -> float:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise((*polygon, polygon[0]))) / 2


def scattered(seed: int, count: int) -> list[Cell]:
    draw, cells = random.Random(seed), [Cell()]
    for _ in range(count):
        cell = cells.pop(draw.randrange(len(cells)))
        cells += cell.halves(draw.randrange(2))
    return [cell for cell in cells if draw.random() < 0.6]


@pytest.mark.parametrize("seed", range(8))
def test_polygons_enclose_exactly_the_cells_area(seed: int) -> None:
    cells = scattered(seed, 60)
    assert sum(map(area, outlines(cells))) == pytest.approx(float(sum(cell.share for cell in cells)), abs=1e-12)


def test_a_hole_runs_the_other_way() -> None:
    ninths = [Cell(i, 2, j, 2) for i in range(4) for j in range(4)]
    ring = [cell for cell in ninths if not (cell.column in (1, 2) and cell.row in (1, 2))]
    found = sorted(map(area, outlines(ring)))
    assert found == [-0.25, 1.0]


def test_nothing_has_no_outline() -> None:
    assert outlines([]) == ()
