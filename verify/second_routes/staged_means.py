"""Stage: proofs about staged workers' means. Input: predictions of a mode. Output: exact decay rates against a series.

Of M workers of two stages E[x; j] and the sums of reads by stage, E[r; j], obey linear equations at the occupancies
j = 0 .. M, the number in the last stage. Their slowest root is found in doubles and proven by the sign of a determinant
of rationals on both sides of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp
from sympy.polys.matrices import DomainMatrix

from derive import symbols as y
from derive.claims import CLAIMS
from derive.models.modes import families_of
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.verdict import Evidence, Verdict

GAP = "finite-workers.decay-gap.erlang-2"
RATE, MANY = sp.Rational(1, 4), (6, 12, 24, 48)  # r theta, workers
WIDTH = Fraction(1, 10**9)
_FINITE: Evidence = "exact finite M"


def decay_series(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Decay rates of 6 to 48 workers of two stages over R3's, extrapolated in 1/M, against the series.

    Three extrapolations of M (ratio - 1) make of a term c/M^4 one of c over the product of the four counts; c <= 1.
    """
    if "erlang-2" not in families_of(plain_model(mode).law) or mode.mode != 0:
        return
    series = CLAIMS[GAP].expression.subs({y.decay: RATE, y.mean_delay: 1})
    claimed = sp.expand((series - 1) * y.workers)
    first, second, third, last = ((slowest_rate(workers) / RATE - 1) * workers for workers in MANY)
    remainder = Fraction(1, math.prod(MANY))
    found = (second * 14 - first - third * 56 + last * 64) / 21 + between(-remainder, remainder)
    words = f"two stages, r theta = {RATE}: M (exact decay rate over that of R3, minus 1), M = {MANY} extrapolated"
    yield judge_agreement(GAP, case, words, evaluate(claimed), found, 1e-2, evidence=_FINITE)


@cache
def slowest_rate(workers: int) -> Enclosure:
    """The decay rate of the mean at a theta = r (1 - r/2)^2, r theta = ``RATE``, in units of 1/theta (kind: enclosure).

    Raises ``ArithmeticError`` where no sign changes.
    """
    matrix = means_matrix(workers, RATE * (1 - RATE / 2) ** 2 / workers)
    roots = np.linalg.eigvals(np.array(matrix.tolist(), dtype=float))
    guess = Fraction(-max(root.real for root in roots if abs(root.imag) < 1e-9 and root.real < -1e-6))
    ends = [guess - WIDTH, guess + WIDTH]
    one, other = (_characteristic(matrix, -sp.Rational(end.numerator, end.denominator)) for end in ends)
    if not one * other < 0:
        raise ArithmeticError(f"no root of the means of {workers} workers is proven")
    return between(*ends)


def means_matrix(workers: int, step: sp.Rational) -> sp.Matrix:
    """d/dt of E[x; j], E[sum of the reads in the first stage; j], E[.. the last stage; j], per mean cycle.

    Example: ``means_matrix(1, sp.S.Half).shape == (6, 6)``.
    """
    matrix = sp.zeros(3 * (workers + 1))
    for j in range(workers + 1):
        x, first, last = 3 * j, 3 * j + 1, 3 * j + 2
        for row in (x, first, last):
            matrix[row, row] -= 2 * workers
        if j < workers:  # one of the first stage goes on, and takes its read along
            up = 3 * (j + 1)
            matrix[up, x] += 2 * (workers - j)
            matrix[up + 1, first] += 2 * (workers - j - 1)
            matrix[up + 2, first] += 2
            matrix[up + 2, last] += 2 * (workers - j)
        if j > 0:  # one of the last stage updates and reads
            down = 3 * (j - 1)
            for row in (down, down + 1):
                matrix[row, x] += 2 * j
                matrix[row, last] -= 2 * step
            matrix[down + 1, first] += 2 * j
            matrix[down + 2, last] += 2 * (j - 1)
    return matrix


def _characteristic(matrix: sp.Matrix, s: sp.Rational) -> sp.Rational:
    whole = DomainMatrix.from_Matrix(s * sp.eye(matrix.rows) - matrix).convert_to(sp.QQ)
    return sp.QQ.to_sympy(whole.to_dense().det())
