"""Stage: quadrature over a law. Input: a density and a weight. Output: the integral of their product, enclosed.

    int_low^high w(u) f(u) du = int_{log low}^{log high} w(e^v) f(e^v) e^v dv

On the logarithmic scale a density that is singular or flat at 0 is as smooth as any other. Nothing but the density is
used: transforms, distribution functions and moments are held against this integral.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import sympy as sp
from sympy.core.relational import Relational

from numeric.enclosure import Ball, Enclosure, Unevaluable, acb, arb, compile_ball, precision

_BITS = 160
_PANEL = 2  # e-foldings to a panel


def integral_over_density(
    density: sp.Expr, weight: sp.Expr, u: sp.Symbol, ends: tuple[sp.Rational, sp.Rational], digits: int = 15
) -> Enclosure:
    """int_low^high of weight x density over ``u`` (kind: enclosure, ``digits`` absolute digits).

    ``density`` (1/s) and ``weight`` are expressions in ``u`` alone, analytic where Re u > 0 or in pieces that are, cut
    at numbers; 0 < low < high are exact seconds. Raises ``ValueError`` for other ends or symbols, ``Unevaluable`` where
    the integral does not converge.

    Example: ``integral_over_density(sp.exp(-y.u), y.u, y.u, (sp.Rational(1, 2), sp.Integer(1))).contains(
    sp.exp(-sp.Rational(1, 2)) * sp.Rational(3, 2) - 2 / sp.E)``.
    """
    low, high = ends
    if not 0 < low < high or (density * weight).free_symbols - {u}:
        raise ValueError(
            f"ends = {ends}, symbols {density.free_symbols | weight.free_symbols}; allowed: 0 < low < high"
        )
    total = Enclosure.of(sp.Integer(0))
    for piece, span in pieces(density * weight, u, ends):
        if piece.has(sp.Piecewise, sp.Heaviside, sp.Abs, sp.Max, sp.Min):
            raise ValueError(f"not analytic where Re u > 0: {piece}")
        total = total + _integral(piece, u, span, digits)
    return total


def pieces(
    integrand: sp.Expr, u: sp.Symbol, ends: tuple[sp.Expr, sp.Expr]
) -> Iterator[tuple[sp.Expr, tuple[sp.Expr, sp.Expr]]]:
    """The analytic pieces of an integrand whose conditions compare ``u`` with numbers, and the ends of each.

    Example: ``len(list(pieces(sp.Piecewise((0, y.u < 1), (1, True)), y.u, (sp.S.Half, sp.Integer(2))))) == 1``.
    """
    low, high = ends
    conditions = integrand.atoms(Relational)
    cuts = {one.rhs if one.lhs == u else one.lhs for one in conditions if u in one.args}
    marks = [
        low,
        *sorted((cut for cut in cuts if cut.is_number and low < cut < high), key=lambda cut: cut.evalf()),
        high,
    ]
    for left, right in pairwise(marks):
        middle = (left + right) / 2
        piece = integrand.xreplace({one: one.subs(u, middle) for one in conditions})
        if piece != 0:
            yield piece, (left, right)


def _integral(expression: sp.Expr, u: sp.Symbol, ends: tuple[sp.Expr, sp.Expr], digits: int) -> Enclosure:
    program = compile_ball(expression, (u,))

    def integrand(v: Ball, analytic_needed: bool) -> Ball:
        point = v.exp()
        # Powers and logarithms are cut along the negative axis, which no point of this half-plane meets.
        if analytic_needed and not point.real > 0:
            return acb(arb.nan())
        return program(point) * point

    with precision(_BITS):
        start, end = (compile_ball(sp.log(one), ())().real for one in ends)
        panels = max(1, int((float(end) - float(start)) / _PANEL))
        marks = [start + (end - start) * k / panels for k in range(panels)] + [end]
        tolerance = arb(10) ** -(digits + 2)
        total = arb(0)
        for left, right in pairwise(marks):
            part = acb.integral(integrand, acb(left), acb(right), abs_tol=tolerance.mid(), rel_tol=arb(2) ** -60)
            if not part.is_finite():
                raise Unevaluable(f"the integral of {expression} did not converge")
            total += part.real
        return Enclosure(total)
