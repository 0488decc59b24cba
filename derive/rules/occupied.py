"""Stage: rules that add over occupancies. Input: second moments at each. Output: the variance, over time or updates.

V_chi(j) is the second moment E[x^2; occupancy j], chi[i, j] how many workers are in stage i there; j counts the
occupancies of M workers in n stages, of which there are binomial(M + n - 1, n - 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.occupancy import Kind, OccupancyLaw, OccupancyMoments, moment_kinds, occupancy_symbols

square_at = sp.Function("V_chi")
_EVERY = (y.j, 1, sp.binomial(y.workers + y.stages - 1, y.stages - 1))


def occupancies(workers: int, stages: int) -> Iterator[tuple[int, ...]]:
    """Every occupancy in the order of the dictionary.

    Example: ``list(occupancies(1, 2)) == [(0, 1), (1, 0)]``.
    """
    if stages == 1:
        yield (workers,)
        return
    for first in range(workers + 1):
        for rest in occupancies(workers - first, stages - 1):
            yield (first, *rest)


def added_up(total: sp.Sum, workers: int, squares: Iterable[sp.Expr], stages: int) -> sp.Expr:
    """A sum over the occupancies with ``squares`` for the V_chi(j) of ``workers`` workers, carried out.

    Raises ``ArithmeticError`` where it runs over more or fewer occupancies than there are squares.
    """
    given, every = list(squares), list(occupancies(workers, stages))
    put = total.subs({y.workers: workers, y.stages: stages}, simultaneous=True)
    ((index, first, last),) = put.limits
    if (first, last) != (1, len(given)):
        raise ArithmeticError(f"a sum from {first} to {last}, not over the {len(given)} occupancies")
    found = sp.Integer(0)
    for number, (square, kappa) in enumerate(zip(given, every, strict=True), 1):
        term = put.function.subs(index, number)
        seen = {node: sp.Integer(kappa[int(node.indices[0]) - 1]) for node in term.atoms(sp.Indexed)}
        found += term.xreplace({**seen, square_at(number): square})
    return found


def _probabilities(workers: int, stages: int) -> list[sp.Expr]:
    law, here = OccupancyLaw(stages).apply().right, occupancy_symbols(stages)
    return [law.subs(dict(zip(here, kappa, strict=True))) for kappa in occupancies(workers, stages)]


@dataclass(frozen=True)
class OccupancyRow(Rule):
    """One of the moment equations of ``OccupancyMoments``, on a line of its own; its second route is that rule's."""

    stages: int
    kind: Kind
    label: ClassVar[str] = "close the moments by the occupancy of the stages"
    requires: ClassVar = OccupancyMoments.requires

    def apply(self, *inputs: Equation) -> Equation:
        """The row of this moment."""
        whole, number = _moments(self.stages), moment_kinds(self.stages).index(self.kind)
        return Equation(whole.left[number], whole.right[number])

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Workers by name."""
        yield from OccupancyMoments(self.stages).row_residuals(self.kind, output.right)


@cache
def _moments(stages: int) -> Equation:
    return OccupancyMoments(stages).apply()


@dataclass(frozen=True)
class SumOverOccupancies(Rule):
    """V = sum_j V_chi(j): the second moment whatever the occupancy.

    The second route puts the probabilities of the occupancies in for the moments, of which the sum is 1, and
    probabilities that are worker 1's alone.
    """

    label: ClassVar[str] = "add over the occupancies"

    def apply(self, *inputs: Equation) -> Equation:
        """Law of total expectation."""
        return Equation(y.variance, sp.Sum(square_at(y.j), _EVERY))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """One to three workers in one to three stages."""
        for workers, stages in product((1, 2, 3), repeat=2):
            yield _carried_out(output.right, workers, _probabilities(workers, stages), stages) - 1


@dataclass(frozen=True)
class WeighByUpdates(Rule):
    """V = sum_j n chi_n(j)/M V_chi(j): the chi_n workers of the last stage make (n/theta) chi_n updates a second.

    The second route names the workers: an update finds each combination of the stages of the others equally likely, and
    its maker in the last one. Squares that count the workers of stage i have the mean (M - 1)/n then, and 1 more for
    the last stage.
    """

    label: ClassVar[str] = "weigh the occupancies by their updates"
    requires: ClassVar = (assumptions.STAGES, assumptions.STATIONARY)

    def apply(self, *inputs: Equation) -> Equation:
        """Updates made at an occupancy over all updates, M/theta a second."""
        share = y.stages * y.occupancy[y.stages, y.j] / y.workers
        return Equation(y.variance, sp.Sum(share * square_at(y.j), _EVERY))

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """The count of every stage, of one to three workers in one to three stages."""
        for workers, stages in product((1, 2, 3), repeat=2):
            chances, every = _probabilities(workers, stages), list(occupancies(workers, stages))
            for stage in range(stages):
                counted = [chance * kappa[stage] for chance, kappa in zip(chances, every, strict=True)]
                met = sp.Rational(workers - 1, stages) + int(stage == stages - 1)
                yield _carried_out(output.right, workers, counted, stages) - met


def _carried_out(right: sp.Expr, workers: int, squares: list[sp.Expr], stages: int) -> sp.Expr:
    """The right side, whatever factor stands before its sum; 1/0 where it runs over other occupancies."""
    (total,) = right.atoms(sp.Sum)
    try:
        added = added_up(total, workers, squares, stages)
    except ArithmeticError:
        return sp.zoo
    return right.xreplace({total: added}).subs({y.workers: workers, y.stages: stages}, simultaneous=True)
