"""Stage: derivatives of transforms. Input: a Laplace transform L, a point, an order. Output: L^(n) there, enclosed.

    (1/N) sum_{k < N} L(a + r e^(2 pi i k/N)) e^(-2 pi i k n/N) = sum_{m >= 0} c_(n+mN) r^(n+mN),  L^(n)(a) = n! c_n

On Re s >= 0 a transform of a probability has |L| <= 1, so that |c_m| <= a^-m by Cauchy, and with r = a/2 the terms
m >= 1 add up to at most 2^(1-n-N). Symbolic derivatives of high order grow without bound; this does not.
"""

from __future__ import annotations

import math

import sympy as sp

from numeric.enclosure import Arrays, Enclosure, acb, arb, compile_ball, fmpq, precision

_MORE_POINTS = 96


def transform_derivative(
    transform: sp.Expr, variable: sp.Symbol, at: sp.Expr, order: int, arrays: Arrays | None = None
) -> Enclosure:
    """The derivative of ``order`` >= 0 of a probability's Laplace transform at a point > 0 (kind: enclosure).

    ``transform`` is an expression in ``variable`` (1/s) and indexed ``arrays``. Raises ``ValueError`` unless the
    point is positive.

    Example: ``transform_derivative(1 / (1 + y.s), y.s, sp.Integer(1), 2).contains(sp.Rational(1, 4))``.
    """
    points = order + _MORE_POINTS
    with precision(128 + 2 * order):
        centre = compile_ball(at, ())().real
        if not centre > 0:
            raise ValueError(f"at = {at}: not positive; allowed: a point where the transform is bounded by 1")
        value, radius = compile_ball(transform, (variable,), arrays), centre / 2
        total = acb(0)
        for k in range(points):
            turn = acb(fmpq(2 * k, points)).exp_pi_i()
            total += value(centre + radius * turn) * acb(fmpq(-2 * k * order % (2 * points), points)).exp_pi_i()
        left_out = arb(0, arb(2) ** (1 - order - points))
        return Enclosure((total.real / points + left_out) * math.factorial(order) / radius**order)
