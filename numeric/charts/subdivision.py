"""Stage: proven charts. Input: cells and a judge of one cell. Output: the cells it decided, and those it could not.

The largest cells come first, in a fixed order: what is decided depends on the budget of evaluations alone. A budget of
seconds ends the work as well; how many evaluations it made is recorded, and as a budget they give the same chart again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import count

from numeric.charts.cells import Cell
from numeric.charts.crossings import Effort

Progress = Callable[[float, int], None]  # share decided, evaluations
UNDECIDED = "undecided"
_DEEPEST = 60  # halvings in one direction


@dataclass(frozen=True)
class ChartBudget:
    """When to stop: at so small an undecided share, after so many ball evaluations, or seconds of work.

    Example: ``ChartBudget(evaluations=10_000).undecided == Fraction(1, 200)``.
    """

    evaluations: int = 1_000_000
    undecided: Fraction = Fraction(1, 200)
    seconds: float | None = None


@dataclass
class Spending:
    """What is left of a budget; the share of the chart that is still undecided."""

    budget: ChartBudget
    effort: Effort = field(default_factory=Effort)
    progress: Progress | None = None
    open_share: Fraction = Fraction(1)
    ended: str = ""

    def __post_init__(self) -> None:
        self._start = time.thread_time()
        self._first = self.effort.evaluations

    def spent(self) -> bool:
        """Whether to stop, and why."""
        evaluations = self.effort.evaluations - self._first
        if self.progress is not None:
            self.progress(float(1 - self.open_share), evaluations)
        if self.open_share <= self.budget.undecided:
            self.ended = "undecided share reached"
        elif evaluations >= self.budget.evaluations:
            self.ended = "evaluations spent"
        elif self.budget.seconds is not None and time.thread_time() - self._start > self.budget.seconds:
            self.ended = "seconds spent"
        return bool(self.ended)

    @property
    def evaluations(self) -> int:
        """Evaluations of this subdivision."""
        return self.effort.evaluations - self._first


def subdivide(cells: Iterable[Cell], judge: Callable[[Cell], str | int], spending: Spending) -> dict[str, list[Cell]]:
    """Cells by what ``judge`` says of them: a word decides, a direction (0, 1, -1 the longer side) halves the cell.

    Under "undecided": what was left when the budget was spent, and what became too small to halve.
    """
    number, decided = count(), defaultdict(list)
    waiting = [(cell.across + cell.up, next(number), cell) for cell in cells]
    heapify(waiting)
    while waiting and not spending.spent():
        _, _, cell = heappop(waiting)
        answer = judge(cell)
        if isinstance(answer, str):
            decided[answer].append(cell)
            spending.open_share -= cell.share if answer != UNDECIDED else 0
        elif max(cell.across, cell.up) >= _DEEPEST:
            decided[UNDECIDED].append(cell)
        else:
            for half in cell.halves(cell.longer if answer < 0 else answer):
                heappush(waiting, (half.across + half.up, next(number), half))
    spending.ended = spending.ended or "all decided"
    decided[UNDECIDED].extend(cell for _, _, cell in sorted(waiting))
    return dict(decided)
