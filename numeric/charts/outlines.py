"""Stage: proven charts. Input: cells. Output: the outline of their union, as closed polygons in shares of the chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from numeric.charts.cells import Cell

Point = tuple[int, int]
Polygon = tuple[tuple[float, float], ...]


def outlines(cells: Sequence[Cell]) -> tuple[Polygon, ...]:
    """Closed polygons around the union of cells, counterclockwise, holes clockwise; the inside lies to the left.

    What two cells share is no edge: half of each edge runs up, half down. Kind: doubles, for drawing alone.

    Example: ``outlines(Cell().halves(0)) == (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)``.
    """
    wide, high = (max((getattr(cell, name) for cell in cells), default=0) for name in ("across", "up"))
    level: dict[int, list[tuple[int, int]]] = defaultdict(list)  # at a height: where edges begin and end, with sign
    upright: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for cell in cells:
        x, y = wide - cell.across, high - cell.up
        left, right = cell.column << x, (cell.column + 1) << x
        low, top = cell.row << y, (cell.row + 1) << y
        for line, at, sign, (start, end) in (
            (level, low, 1, (left, right)), (level, top, -1, (left, right)),
            (upright, right, 1, (low, top)), (upright, left, -1, (low, top)),
        ):  # fmt: skip
            line[at] += [(start, sign), (end, -sign)]
    edges: dict[Point, list[Point]] = defaultdict(list)
    for at, events in sorted(level.items()):
        for start, end in _runs(events):
            edges[start, at].append((end, at))
    for at, events in sorted(upright.items()):
        for start, end in _runs(events):
            edges[at, start].append((at, end))
    scale = (1 << wide, 1 << high)
    return tuple(tuple((x / scale[0], y / scale[1]) for x, y in loop) for loop in _loops(edges))


def _runs(events: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The edges that are left on one line, each from its start to its end."""
    net: dict[int, int] = defaultdict(int)
    for at, sign in events:
        net[at] += sign
    total, begun = 0, 0
    for at in sorted(net):
        if net[at] == 0:
            continue
        if total:
            yield (begun, at) if total > 0 else (at, begun)
        total, begun = total + net[at], at


def _loops(edges: dict[Point, list[Point]]) -> Iterator[list[Point]]:
    while edges:
        start = min(edges)
        loop, here = [], start
        while True:
            loop.append(here)
            following = edges[here].pop()
            if not edges[here]:
                del edges[here]
            here = following
            if here == start:
                break
        yield loop
