"""Stage: exact moments of stale workers. Input: derived equations, numbers. Output: chances and E x^2, enclosed.

    0 = d/dt of p(chi) and E[x_i x_j; chi] for every occupancy chi of the classes of staleness; the p(chi) add up to 1

One sparse linear system, solved and proven as that of staged workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from scipy import sparse

from derive import symbols as y
from derive.rules.staleness_classes import Counts, Recent, classes, recent_function, recent_moments, staleness_counts
from numeric.enclosed.occupancy import Floats, TooManyUnknowns, proven_solution
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure

MOST_UNKNOWNS = 1200

Key = tuple[Counts, Recent]


@dataclass(frozen=True)
class ClassMoments:
    """Of every occupancy, in the order of ``classes``: its probability, and E[x^2; occupancy]. Kind: enclosures."""

    chances: tuple[Enclosure, ...]
    squares: tuple[Enclosure, ...]


class _Linear:
    """A linear form in the unknowns, with exact coefficients."""

    def __init__(self, terms: Mapping[Key, Fraction]) -> None:
        self.terms = terms

    def __add__(self, other: Any) -> _Linear:
        if not isinstance(other, _Linear):  # sums begin with 0
            return self
        total = dict(self.terms)
        for key, value in other.terms.items():
            total[key] = total.get(key, Fraction(0)) + value
        return _Linear(total)

    def __mul__(self, factor: Fraction | int) -> _Linear:
        return _Linear({key: value * factor for key, value in self.terms.items()})

    def __neg__(self) -> _Linear:
        return self * -1

    def __sub__(self, other: Any) -> _Linear:
        return self + -other

    def __rsub__(self, other: Any) -> _Linear:
        return -self + other

    def __truediv__(self, divisor: Fraction) -> _Linear:
        return self * (1 / divisor)

    __radd__, __rmul__ = __add__, __mul__


def class_moments(
    rows: Iterable[sp.Expr], workers: int, last: int, values: Mapping[sp.Symbol, sp.Expr]
) -> ClassMoments:
    """Solve the equations of ``workers`` >= 1 workers with the threshold ``last`` >= 0, and prove the answer.

    ``rows`` in the order of the moments, of each first the one after an update, then the one after a drop; ``values``
    numbers for step, step noise and mean cycle. Raises ``TooManyUnknowns`` beyond ``MOST_UNKNOWNS`` unknowns,
    ``ArithmeticError`` where no proof is had or second moments come out negative: then the mode is not stable in mean
    square.
    """
    kinds, every = recent_moments(last), unknown_count(workers, last)
    if every > MOST_UNKNOWNS:
        raise TooManyUnknowns(f"{every} moments of {workers} workers; allowed: at most {MOST_UNKNOWNS}")
    occupied = list(classes(workers, last))
    number = {(counts, kind): i for i, (counts, kind) in enumerate((c, k) for c in occupied for k in kinds)}
    programs = [_program(row, last) for row in rows]
    given = [Fraction(int(values[name].p), int(values[name].q)) for name in (y.step, y.step_noise, y.mean_delay)]
    entries: dict[tuple[int, int], Fraction] = {}
    for (counts, kind), row in number.items():
        program = programs[2 * kinds.index(kind) + int(counts[0] > 1)]
        form = program(workers, *counts, *given)
        for key, value in form.terms.items():
            if key in number and value:
                entries[row, number[key]] = value
    balance = number[occupied[0], ()]  # one of the balances follows from the others
    entries = {place: value for place, value in entries.items() if place[0] != balance}
    entries |= {(balance, number[counts, ()]): Fraction(1) for counts in occupied}
    solution, error = _solved(entries, balance, [number[counts, ()] for counts in occupied], len(kinds))
    return _read(solution, error, [[number[counts, kind] for counts in occupied] for kind in ((), (0, 0))])


def unknown_count(workers: int, last: int) -> int:
    """How many moments that are.

    Example: ``unknown_count(4, 1) == 40``.
    """
    return int(sp.binomial(workers + last, last + 1)) * (1 + (last + 1) * (last + 2) // 2)


def _program(row: sp.Expr, last: int) -> Callable[..., _Linear]:
    """A row as a function of workers, occupancy, step, step noise and mean cycle: its linear form."""
    counts = staleness_counts(last)
    names = {count: sp.Dummy(f"c_{p}") for p, count in enumerate(counts)}

    def unknown(kind: Recent) -> Callable[..., _Linear]:
        return lambda *at: _Linear({(at, kind): Fraction(1)})

    functions = {str(recent_function(kind)): unknown(kind) for kind in recent_moments(last)}
    arguments = (y.workers, *names.values(), y.step, y.step_noise, y.mean_delay)
    return sp.lambdify(arguments, row.xreplace(names), [functions])


def _solved(
    entries: Mapping[tuple[int, int], Fraction], balance: int, chances: list[int], width: int
) -> tuple[Floats, Floats]:
    """The unknowns and a bound on the error of each; moments are first scaled by the chance of their occupancy."""
    size = len(chances) * width
    right = np.zeros(size)
    right[balance] = 1.0
    plain = _matrix(entries, size, [Fraction(1)] * size)
    likely = np.linalg.solve(plain.toarray(), right)[chances]
    scale = [Fraction(float(abs(chance)) or 1.0) for chance in likely for _ in range(width)]
    solution, error = proven_solution(_matrix(entries, size, scale), right)
    sizes = np.array([float(one) for one in scale])
    return solution * sizes, error * sizes * (1 + 1e-9) + np.abs(solution) * sizes * 2.0**-52


def _matrix(entries: Mapping[tuple[int, int], Fraction], size: int, scale: list[Fraction]) -> Any:
    """Every entry the double nearest to its exact value; columns and rows of one occupancy are scaled alike."""
    rows, columns = zip(*entries, strict=True)
    values = [float(value * scale[column]) for (_, column), value in entries.items()]
    return sparse.csr_matrix((np.array(values), (rows, columns)), shape=(size, size))


def _read(solution: Floats, error: Floats, places: list[list[int]]) -> ClassMoments:
    chances, squares = (
        tuple(
            between(Fraction(solution[i]) - Fraction(error[i]), Fraction(solution[i]) + Fraction(error[i])) for i in at
        )
        for at in places
    )
    if any(not float(square.lower) > 0 for square in squares):
        raise ArithmeticError("the second moments are not positive: the mode is not stable in mean square")
    return ClassMoments(chances, squares)
