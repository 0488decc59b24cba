"""Stage: proven charts. Input: a criterion, the cells where the mean may be stable. Output: where it is below 1.

Of the shot model eta^2 h^2 Lambda I, I the noise gain: a mode is stable in mean square iff the mean is and every
criterion is below 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis, Cell
from numeric.charts.criteria import Criterion, Gain, Gains, LinearCriterion, SeveralGains, SmoothCriterion
from numeric.charts.crossings import BITS, Effort, OpenEquation, box_of
from numeric.charts.records import Layer
from numeric.charts.subdivision import UNDECIDED, ChartBudget, Progress, Spending, subdivide
from numeric.enclosure import precision


def mean_square_layer(
    mean: Layer,
    axes: tuple[Axis, Axis],
    criteria: Sequence[tuple[CharacteristicEquation, sp.Expr, Gain]],
    budget: ChartBudget,
    progress: Progress | None = None,
) -> Layer:
    """Where every criterion is below 1, proven, within the cells where the ``mean`` is stable (kind: exact cells).

    ``criteria``: an equation, its criterion in the symbols of the ``axes`` and ``derive.symbols.second_moment_gain``,
    and that gain in closed form or None; or in the symbols of several ``Gains``, whose weights are in
    ``derive.symbols.frequency``. Where the mean is unstable, so is the second moment; where it is undecided, that is
    proven unstable by a gain that is too large or infinite.
    """
    stable, unclear = mean.cells["stable"], mean.cells[UNDECIDED]
    share = sum((cell.share for cell in (*stable, *unclear)), Fraction(0))
    spending = Spending(budget, progress=progress, open_share=share)
    shared: dict[int, SeveralGains] = {}
    judges = [_criterion(*one, axes, spending.effort, shared) for one in criteria]
    known = set(stable)

    def judge(cell: Cell) -> str | int:
        box = box_of(cell, axes)
        if cell not in known:
            if any(one.exceeded(box) for one in judges):
                return "unstable"
            return cell.longer
        answers = (one.judge(cell, box) for one in judges)
        answer = next((answer for answer in answers if answer != "stable"), "stable")
        if isinstance(answer, int):
            known.update(cell.halves(cell.longer if answer < 0 else answer))
        return answer

    with precision(BITS):
        decided = subdivide((*stable, *unclear), judge, spending)
    for status in ("unstable", "outside"):
        decided.setdefault(status, []).extend(mean.cells[status])
    return Layer.of(decided, spending)


def _criterion(
    equation: CharacteristicEquation,
    criterion: sp.Expr,
    gain: Gain,
    axes: tuple[Axis, Axis],
    effort: Effort,
    shared: dict[int, SeveralGains],
) -> Criterion:
    """The judge of one criterion; those of one equation share its gains."""
    if not isinstance(gain, Gains):
        return LinearCriterion(equation, criterion, gain, axes, effort)
    if id(equation) not in shared:
        shared[id(equation)] = SeveralGains(OpenEquation(equation, axes, effort), axes, gain)
    return SmoothCriterion(shared[id(equation)], criterion, axes)
