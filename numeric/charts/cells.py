"""Stage: proven charts. Input: two parameters with their ranges. Output: a rectangle cut into cells, exactly.

A cell is [column, column + 1]/2^across x [row, row + 1]/2^up of the rectangle, closed: cells that share a point touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from derive.exact import Number, exact


@dataclass(frozen=True)
class Axis:
    """One parameter of a chart, ``low`` < ``high``, as exact numbers; ``name`` is what a reader calls it.

    ``symbol`` stands for it in the equations. Raises ``ValueError`` unless low < high are rational numbers.

    Example: ``Axis(y.damping, "1/20", 3).at(Fraction(1, 2)) == Fraction(61, 40)``.
    """

    symbol: sp.Symbol
    low: Any
    high: Any
    name: str = ""

    def __post_init__(self) -> None:
        for key in ("low", "high"):
            value = exact(getattr(self, key))
            if not isinstance(value, sp.Rational):
                raise ValueError(f"{key} = {value}: not a rational number; allowed: a finite number")
            object.__setattr__(self, key, value)
        if not self.low < self.high:
            raise ValueError(f"low = {self.low}: not below high = {self.high}; allowed: low < high")
        object.__setattr__(self, "name", self.name or str(self.symbol))

    def at(self, share: Fraction) -> Fraction:
        """The value at a share of the way from low to high."""
        low, high = (Fraction(int(end.p), int(end.q)) for end in (self.low, self.high))
        return low + (high - low) * share

    def share_of(self, value: Number) -> Fraction:
        """How far a value lies on the way from low to high: 0 to 1 within the chart."""
        part = (exact(value) - self.low) / (self.high - self.low)
        return Fraction(int(part.p), int(part.q))


@dataclass(frozen=True, order=True)
class Cell:
    """One closed cell of a chart's rectangle, in halvings of its width and of its height."""

    column: int = 0
    across: int = 0
    row: int = 0
    up: int = 0

    @property
    def share(self) -> Fraction:
        """Its share of the rectangle's area."""
        return Fraction(1, 1 << (self.across + self.up))

    @property
    def ends(self) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
        """Left and right, lower and upper end, as shares of the rectangle's width and height."""
        wide, high = 1 << self.across, 1 << self.up
        across = Fraction(self.column, wide), Fraction(self.column + 1, wide)
        return across, (Fraction(self.row, high), Fraction(self.row + 1, high))

    @property
    def middle(self) -> tuple[Fraction, Fraction]:
        """The centre, in the same shares."""
        (left, right), (lower, upper) = self.ends
        return (left + right) / 2, (lower + upper) / 2

    @property
    def longer(self) -> int:
        """The direction in which it was halved less often: 0 across, 1 up."""
        return 0 if self.across <= self.up else 1

    def halves(self, direction: int) -> tuple[Cell, Cell]:
        """The two halves, cut across (0) or up (1)."""
        if direction == 0:
            first = Cell(2 * self.column, self.across + 1, self.row, self.up)
            return first, Cell(2 * self.column + 1, self.across + 1, self.row, self.up)
        first = Cell(self.column, self.across, 2 * self.row, self.up + 1)
        return first, Cell(self.column, self.across, 2 * self.row + 1, self.up + 1)

    def halvings(self, direction: int) -> int:
        """How often it was halved in a direction."""
        return self.up if direction else self.across

    def parent(self, direction: int) -> Cell:
        """The cell of which it is a half in that direction."""
        if direction == 0:
            return Cell(self.column // 2, self.across - 1, self.row, self.up)
        return Cell(self.column, self.across, self.row // 2, self.up - 1)

    def holds(self, across: Fraction, up: Fraction) -> bool:
        """Whether a point, given in shares, lies in the closed cell."""
        (left, right), (lower, upper) = self.ends
        return left <= across <= right and lower <= up <= upper


def joined(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The same area in fewer cells: two halves of one cell become that cell again.

    Example: ``joined(Cell().halves(0)) == (Cell(),)``.
    """
    left = set(cells)
    for direction in (0, 1, 0):
        for level in range(max((cell.halvings(direction) for cell in left), default=0), 0, -1):
            for cell in sorted(one for one in left if one.halvings(direction) == level):
                halves = cell.parent(direction).halves(direction)
                if left.issuperset(halves):
                    left.difference_update(halves)
                    left.add(cell.parent(direction))
    return tuple(sorted(left))


def groups(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells in groups that hang together, each cell touching another of its group; the largest cell first."""
    parent = list(range(len(cells)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for one, other in _touching(cells):
        parent[root(one)] = root(other)
    found: dict[int, list[Cell]] = defaultdict(list)
    for number, cell in enumerate(cells):
        found[root(number)].append(cell)
    made = [sorted(group, key=lambda cell: (-cell.share, cell)) for group in found.values()]
    return sorted(made, key=lambda group: (-group[0].share, group[0]))


def _touching(cells: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Pairs of cells that touch; between them they connect whatever hangs together."""
    across, up = max((c.across for c in cells), default=0), max((c.up for c in cells), default=0)
    spans = []
    for cell in cells:
        x, y = across - cell.across, up - cell.up
        spans.append(((cell.column << x, cell.column + 1 << x), (cell.row << y, cell.row + 1 << y)))
    for way in (0, 1):
        before, after = defaultdict(list), defaultdict(list)
        for number, span in enumerate(spans):
            before[span[way][1]].append((*span[1 - way], number))
            after[span[way][0]].append((*span[1 - way], number))
        for edge, ending in before.items():
            yield from _meeting(sorted(ending), sorted(after.get(edge, ())))


def _meeting(ones: list[tuple[int, int, int]], others: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """The pairs of closed intervals, each list disjoint and in order, that share a point."""
    one = other = 0
    while one < len(ones) and other < len(others):
        low, high, number = ones[one]
        bottom, top, partner = others[other]
        if bottom <= high and low <= top:
            yield number, partner
        one, other = (one + 1, other) if high <= top else (one, other + 1)
