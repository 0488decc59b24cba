"""Stage: transients. Input: linear equations of moments, exact. Output: the moments after a time, enclosed.

    v' = A v + b,   v(t) = sum over k of t^k/k! (A^k v(0) + A^(k-1) b)

In balls, with the terms beyond n bounded by a geometric series where |A| t < n/2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.derivations.finite_workers import exponential_second_moments
from derive.exact import Number, exact
from derive.rules.workers import SECOND
from numeric.enclosure import Enclosure, arb, compile_ball, precision

_BITS = 256


def moments_after(
    matrix: sp.Matrix, drive: Sequence[sp.Expr], start: Sequence[sp.Expr], time: Number
) -> tuple[Enclosure, ...]:
    """v(time) of v' = ``matrix`` v + ``drive`` from ``start``, all exact and real, ``time`` >= 0 (kind: enclosures).

    Example: ``moments_after(sp.Matrix([[-1]]), [0], [1], 1)[0].contains(sp.exp(-1))``.
    """
    size = len(start)
    with precision(_BITS):
        rows = [[_real(matrix[i, j]) for j in range(size)] for i in range(size)]
        shift, term = [_real(one) for one in drive], [_real(one) for one in start]
        t, total = _real(exact(time)), list(term)
        largest = max((sum((abs(one) for one in row), start=arb(0)) for row in rows), key=float)
        order = 0
        while True:
            order += 1
            moved = [sum((a * v for a, v in zip(row, term, strict=True)), start=arb(0)) for row in rows]
            extra = shift if order == 1 else [arb(0)] * size
            term = [(one + other) * t / order for one, other in zip(moved, extra, strict=True)]
            total = [one + other for one, other in zip(total, term, strict=True)]
            rest = max((abs(one).upper() for one in term), key=float)
            if 2 * largest * t < order and rest < arb(2) ** -(_BITS // 2):
                return tuple(Enclosure(one + arb(0, (2 * rest).upper())) for one in total)


def workers_second_moment(
    workers: int, rate: Number, step: Number, step_noise: Number, times: Sequence[Number], *, start: Number = 1
) -> tuple[Enclosure, ...]:
    """E x(t)^2 on R0 of M ``workers`` with exponential cycles, all at x = ``start`` at time 0 (kind: enclosures).

    ``rate`` mu in 1/s, ``step`` eta h, ``step_noise`` eta^2 sigma^2 and ``times`` >= 0 in seconds are exact; nothing
    is a limit of many workers.

    Example: ``workers_second_moment(4, 1, "0.3", "0.01", [0], start=2)[0].contains(4)``.
    """
    known = {y.workers: workers, y.worker_rate: exact(rate), y.step: exact(step), y.step_noise: exact(step_noise)}
    equations = sp.Matrix(exponential_second_moments().result.right).subs(known)
    matrix, drive = equations.jacobian(sp.Matrix(SECOND)), equations.subs(dict.fromkeys(SECOND, 0))
    held = [exact(start) ** 2] * len(SECOND)
    return tuple(moments_after(matrix, list(drive), held, time)[0] for time in times)


def _real(number: sp.Expr) -> Any:
    return compile_ball(sp.sympify(number), ())().real
