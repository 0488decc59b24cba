"""Stage: proven charts. Input: H with two open parameters, their ranges, a budget. Output: where the mean is stable.

A cell is *clear* if no parameter in it has a root on the edge of stability (numeric/charts/crossings.py). Roots move
continuously with the parameters and the bound on them keeps them from infinity: in cells that hang together and are
clear, as many roots lie beyond the edge everywhere. They are counted once, at one exact point, by a certified spectrum.
A cell that further roots may cross is unstable where one root is proven to stay (numeric/charts/lasting_roots.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.charts.cells import Axis, Cell, groups
from numeric.charts.criteria import Gain
from numeric.charts.crossings import BITS, OpenEquation, box_of
from numeric.charts.lasting_roots import LastingRoots
from numeric.charts.mean_square import mean_square_layer
from numeric.charts.records import Anchor, Layer, StabilityChart
from numeric.charts.subdivision import UNDECIDED, ChartBudget, Progress, Spending, subdivide
from numeric.enclosure import precision
from numeric.roots.characteristic import spectrum

Impossible = Callable[[sp.Rational, sp.Rational], str]  # why no model has these parameters; "" where one has
Axes = tuple[Axis, Axis]
_CLEAR, OUTSIDE = "clear", "outside"
_COUNTS = 100  # groups of clear cells whose roots are counted, the largest first


def stability_chart(
    equations: CharacteristicEquation | Sequence[CharacteristicEquation],
    x: Axis,
    y: Axis,
    *,
    budget: ChartBudget | None = None,
    impossible: Impossible | None = None,
    criteria: Sequence[tuple[CharacteristicEquation, sp.Expr, Gain]] = (),
    progress: Progress | None = None,
) -> StabilityChart:
    """Where in a rectangle of two parameters every root, or some root not, is stable: proven for whole cells.

    ``equations`` hold the symbols of both axes; of several, a cell is stable where all are. ``impossible`` says of an
    exact point which straight condition of the model it breaks ("" none): such cells are "outside". ``criteria`` (of
    ``mean_square_layer``) add where it is stable in mean square, with a ``budget`` of its own. Kind: exact cells; what
    the budget left undecided is said so. Raises ``ValueError`` for further free parameters.

    Example: ``stability_chart(delay_equation(y.damping, Constant(1)), Axis(y.damping, 1, 2), Axis(y.delay, 1, 2),
    budget=ChartBudget(2000)).status_at(1, 1) == "stable"``.
    """
    listed = (equations,) if isinstance(equations, CharacteristicEquation) else tuple(equations)
    axes, budget = (x, y), budget or ChartBudget()
    spending = Spending(budget, progress=progress)
    opened = [OpenEquation(one, axes, spending.effort) for one in listed]
    with precision(BITS):
        decided = subdivide([Cell()], _judge(opened, axes, impossible), spending)
    anchors, judged = _counted(decided.pop(_CLEAR, []), listed, axes)
    for status, cells in judged.items():
        decided.setdefault(status, []).extend(cells)
    mean = Layer.of(decided, spending)
    second = mean_square_layer(mean, axes, criteria, budget, progress) if criteria else None
    return StabilityChart(x, y, mean, anchors, second)


def _judge(opened: Sequence[OpenEquation], axes: Axes, impossible: Impossible | None) -> Callable[[Cell], str | int]:
    """What says of a cell that it is clear, outside or unstable, or in which direction to divide it."""
    lasting = [LastingRoots(one) for one in opened]

    def judge(cell: Cell) -> str | int:
        if impossible is not None:
            broken = {impossible(*point) for point in _corners(cell, axes)}
            if broken != {""}:
                return OUTSIDE if len(broken) == 1 else cell.longer
        box = box_of(cell, axes)
        found = next((way for way in (one.crossing(box) for one in opened) if way is not None), None)
        if found is None:
            return _CLEAR
        return "unstable" if any(one.proven(box) for one in lasting) else found

    return judge


def point_of(cell: Cell, axes: Axes) -> tuple[sp.Rational, sp.Rational]:
    """The exact parameters at the centre of a cell."""
    across, up = cell.middle
    return _rational(axes[0].at(across)), _rational(axes[1].at(up))


def _corners(cell: Cell, axes: Axes) -> list[tuple[sp.Rational, sp.Rational]]:
    across, up = cell.ends
    return [(_rational(axes[0].at(one)), _rational(axes[1].at(other))) for one in across for other in up]


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def _counted(
    clear: list[Cell], equations: Sequence[CharacteristicEquation], axes: Axes
) -> tuple[tuple[Anchor, ...], dict[str, list[Cell]]]:
    """The groups of clear cells with their counts, and the cells by what that makes of them."""
    anchors: list[Anchor] = []
    judged: dict[str, list[Cell]] = defaultdict(list)
    for number, group in enumerate(groups(clear)):
        point = point_of(group[0], axes)
        counts = _unstable_counts(equations, dict(zip((axis.symbol for axis in axes), point, strict=True)))
        counts = counts if number < _COUNTS else (None,)
        known = [count for count in counts if count is not None]
        status = "unstable" if any(known) else "stable" if len(known) == len(counts) else UNDECIDED
        judged[status] += group
        if status != UNDECIDED:
            anchors.append(Anchor(*point, counts, len(group)))
    return tuple(anchors), judged


def _unstable_counts(
    equations: Sequence[CharacteristicEquation], values: dict[sp.Symbol, sp.Rational]
) -> tuple[int | None, ...]:
    """How many roots of each equation lie beyond the edge, proven; None where that could not be proven."""
    found = [spectrum(equation.at(values)) for equation in equations]
    return tuple(one.unstable_count if one.certified else None for one in found)
