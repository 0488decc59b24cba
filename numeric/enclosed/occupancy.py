"""Stage: exact moments of staged workers. Input: derived moment equations, numbers. Output: E x^2, enclosed.

    0 = d/dt m(kappa) for every occupancy kappa of the stages: one sparse linear system

It is solved in doubles; the proof takes an approximate inverse R, bounds |1 - R A| < 1 with every rounding counted,
and from the residual the distance of the solution from the doubles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy import sparse
from sympy.core.function import AppliedUndef

from derive.rules.occupied import occupancies
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure

MOST_UNKNOWNS = 4000
_ROUNDING = 2.0**-53
_SAFE = 1 + 1e-9  # covers the roundings of the bounds themselves, sums of at most MOST_UNKNOWNS non-negative doubles

Floats = NDArray[np.float64]


class TooManyUnknowns(ValueError):  # noqa: N818  (says what there is too much of)
    """The occupancies are more than can be proven; nothing is wrong with the question."""


@dataclass(frozen=True)
class StagedMoments:
    """E x^2 of a stationary mode, rung R0: over time, and just before (as just after) updates. Kind: enclosure."""

    time: Enclosure
    event: Enclosure


@dataclass(frozen=True)
class StagedEquations:
    """Moment equations of one occupancy: ``rows`` of d/dt ``moments``, which are functions of ``occupancy``.

    ``law`` is the probability of an occupancy under the name ``law_name``; ``values`` numbers for all other symbols.
    """

    moments: tuple[Any, ...]
    rows: tuple[sp.Expr, ...]
    occupancy: tuple[sp.Expr, ...]
    law_name: Any
    law: sp.Expr
    values: Mapping[sp.Symbol, sp.Expr]


@dataclass(frozen=True)
class _Term:
    """coefficient(kappa) times moment number ``column`` at kappa + shift; column -1 is the occupancy's probability."""

    row: int
    column: int
    shift: tuple[int, ...]
    coefficient: Any


def staged_moments(equations: StagedEquations, workers: int) -> StagedMoments:
    """Solve the moment equations of ``workers`` >= 1 alike workers and prove the answer.

    Raises ``TooManyUnknowns`` beyond ``MOST_UNKNOWNS`` unknowns, ``ArithmeticError`` where no proof is had or the
    second moments come out negative: then the mode is not stable in mean square.
    """
    squares, law, kappas, error = _squares(equations, workers)
    chances = np.array([float(chance) for chance in law])
    last = chances * [kappa[-1] * (len(kappa) / workers) for kappa in kappas]  # share of the updates made there
    return StagedMoments(_sum(squares, chances, error), _sum(squares, last, error))


def occupied_squares(equations: StagedEquations, workers: int) -> tuple[Enclosure, ...]:
    """E[x^2; occupancy] of every occupancy, in the order of the dictionary (kind: enclosures).

    Raises as ``staged_moments``, of which they are the parts.
    """
    squares, law, _, error = _squares(equations, workers)
    slack = Fraction(error)
    ends = (
        (chance * (Fraction(each) + sign * slack) for sign in (-1, 1))
        for chance, each in zip(law, squares, strict=True)
    )
    return tuple(between(*both) for both in ends)


def unknowns(workers: int, stages: int, moments: int) -> int:
    """How many moments that are: ``moments`` at every occupancy of ``workers`` in ``stages``.

    Example: ``unknowns(16, 4, 19) == 18_411``.
    """
    return math.comb(workers + stages - 1, stages - 1) * moments


def _squares(equations: StagedEquations, workers: int) -> tuple[Floats, list[Fraction], list[tuple[int, ...]], float]:
    """E[x^2 | occupancy] in doubles, the occupancies with their probabilities, and a bound on the error of each."""
    stages, width = len(equations.occupancy), len(equations.moments)
    size = unknowns(workers, stages, width)
    if size > MOST_UNKNOWNS:
        raise TooManyUnknowns(f"{size} moments of {workers} workers; allowed: at most {MOST_UNKNOWNS}")
    kappas = list(occupancies(workers, stages))
    law = _chances(equations, kappas)
    solution, error = proven_solution(*_system(equations, kappas, law))
    squares = solution[::width]
    if squares.min() < -error:
        raise ArithmeticError("the second moments are not positive: the mode is not stable in mean square")
    if not squares.min() > error:
        raise ArithmeticError("the second moments could not be proven positive in double precision")
    return squares, law, kappas, error


def _terms(equations: StagedEquations) -> list[_Term]:
    """The rows taken apart into coefficients and shifted moments."""
    columns = {moment: column for column, moment in enumerate(equations.moments)} | {equations.law_name: -1}
    here = equations.occupancy
    found = []
    for row, expression in enumerate(equations.rows):
        put_in = sp.expand(expression.subs(equations.values))
        collected: dict[tuple[int, tuple[int, ...]], sp.Expr] = {}
        for term in sp.Add.make_args(put_in):
            coefficient, moment = term.as_independent(AppliedUndef)
            shift = tuple(int(sp.expand(at - kappa)) for at, kappa in zip(moment.args, here, strict=True))
            key = (columns[moment.func], shift)
            collected[key] = collected.get(key, sp.Integer(0)) + coefficient
        names = [sp.Dummy() for _ in here]
        for (column, shift), coefficient in collected.items():
            plain = coefficient.xreplace(dict(zip(here, names, strict=True)))
            found.append(_Term(row, column, shift, sp.lambdify(names, plain, "sympy")))
    return found


def _system(equations: StagedEquations, kappas: list[tuple[int, ...]], law: list[Fraction]) -> tuple[Any, Floats]:
    """Matrix and right side, every entry the double nearest to its exact value.

    The unknowns are moments given the occupancy: those of unlikely occupancies would be lost among the roundings.
    """
    number = {kappa: i for i, kappa in enumerate(kappas)}
    width = len(equations.moments)
    entries: dict[tuple[int, int], Fraction] = {}
    right = [Fraction(0)] * (len(kappas) * width)
    for term in _terms(equations):
        for kappa, at in number.items():
            source = number.get(tuple(k + d for k, d in zip(kappa, term.shift, strict=True)))
            if source is None:
                continue
            value = sp.Rational(term.coefficient(*kappa))
            exact = Fraction(int(value.p), int(value.q)) * law[source] / law[at]
            if term.column < 0:
                right[at * width + term.row] -= exact
            elif exact:
                key = (at * width + term.row, source * width + term.column)
                entries[key] = entries.get(key, Fraction(0)) + exact
    rows, columns = zip(*entries, strict=True)
    doubles = np.array([float(value) for value in entries.values()])
    matrix = sparse.csr_matrix((doubles, (rows, columns)), shape=(len(right), len(right)))
    return matrix, np.array([float(value) for value in right])


def _chances(equations: StagedEquations, kappas: list[tuple[int, ...]]) -> list[Fraction]:
    """The probability of every occupancy."""
    names = [sp.Dummy() for _ in equations.occupancy]
    law = sp.lambdify(names, equations.law.xreplace(dict(zip(equations.occupancy, names, strict=True))), "sympy")
    values = (sp.Rational(law(*map(sp.Integer, kappa))) for kappa in kappas)
    return [Fraction(int(value.p), int(value.q)) for value in values]


def proven_solution(matrix: Any, right: Floats) -> tuple[Floats, float]:
    """The solution in doubles and a bound on the error of every component (Krawczyk, Rump).

    Each entry of matrix and right side is off by at most one rounding of itself. Dot products of n terms computed
    in doubles in any order are off by at most n roundings of the products' absolute values.
    """
    inverse = np.linalg.inv(matrix.toarray())
    solution = inverse @ right
    solution += inverse @ (right - matrix @ solution)
    longest = int(max(np.diff(matrix.indptr).max(), np.diff(matrix.tocsc().indptr).max()))
    share = (longest + 4) * _ROUNDING * _SAFE
    size = np.abs(inverse)
    identity = (matrix.T @ inverse.T).T  # R A, by the sparse columns of A
    slack = share * (abs(matrix).T @ size.T).T
    identity[np.diag_indices_from(identity)] -= 1
    contraction = float((np.abs(identity) + slack + _ROUNDING).sum(axis=1).max()) * _SAFE
    if not contraction < 1:
        raise ArithmeticError("the moment equations could not be proven regular in double precision")
    residual = np.abs(right - matrix @ solution)
    residual += share * (np.abs(right) + abs(matrix) @ np.abs(solution))
    return solution, float((size @ residual).max()) * _SAFE / (1 - contraction) * _SAFE


def _sum(squares: Floats, weights: Floats, error: float) -> Enclosure:
    """sum of weight times square, with the components' error and the roundings of the sum."""
    total = float(squares @ weights)
    slack = float(weights.sum()) * error * _SAFE + 2 * len(weights) * _ROUNDING * float(np.abs(squares) @ weights)
    return between(Fraction(total) - Fraction(slack), Fraction(total) + Fraction(slack))
