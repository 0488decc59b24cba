"""Stage: proven charts. Input: H with two open parameters, a point of them. Output: the noise gain there, enclosed.

    I = (1/pi) int_0^W dw/(H(iw) H(-iw)) + tail,   1/(W + b) <= pi tail <= 1/(W - b),   b the bound on the roots

The integrand is analytic in w beside the real axis, so that few evaluations tell the integral over a panel to as many
digits as a chart asks for. Without an exponential moment H ends at s = 0: the first panel is enclosed as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from numeric.charts.crossings import OpenEquation
from numeric.charts.weights import Weight
from numeric.enclosure import Ball, acb, arb, compile_ball

FAR = 64  # times the bound on the roots: the tail beyond is known to 3e-4 of the gain
_FIRST = 0.5  # of that bound: where the panels begin to grow
_NEAREST = 2.0**-16  # of it: the panel beside the end of convergence
_DIGITS = arb(2) ** -12


class PointGains:
    """The noise gain of an open equation at points where its mean is stable, and gains of weighted frequencies."""

    def __init__(
        self, opened: OpenEquation, symbols: tuple[sp.Symbol, sp.Symbol], weights: Sequence[sp.Expr] = ()
    ) -> None:
        self._opened, self._weights = opened, tuple(Weight(one, symbols) for one in weights)
        abscissa = opened.equation.abscissa_of_convergence
        self._heavy = abscissa == 0
        self._floor = None if abscissa == -sp.oo else compile_ball(abscissa, symbols)

    def at(self, x: Ball, y: Ball) -> tuple[Any, ...]:
        """I in seconds at balls ``x``, ``y`` of both parameters; not finite where the quadrature did not converge.

        After it the gain of each weight.
        """
        return tuple(self._gain(x, y, weight) for weight in (None, *self._weights))

    def _gain(self, x: Ball, y: Ball, weight: Weight | None) -> Any:
        bound = self._opened.bound(x, y)
        if not bound.is_finite():
            return arb.nan()
        integrand = self._integrand(x, y, weight)
        last, low = (FAR * bound).mid(), arb(0)
        high, total = (_FIRST * bound).mid(), arb(0)
        if self._heavy:
            low = (_NEAREST * bound).mid()
            total = (low * integrand(acb(low.union(arb(0))), False)).real
        while low < last:
            # I is at least 1/(2 b): the digits asked for are relative to that.
            part = acb.integral(integrand, acb(low), acb(high), rel_tol=_DIGITS, abs_tol=(_DIGITS / bound).mid())
            if not part.is_finite():
                return arb.nan()
            total += part.real
            low, high = high, min((2 * high).mid(), last, key=float)
        tail = (1 / (last + bound)).union(1 / (last - bound))
        return (total + (tail if weight is None else tail * weight.beyond(last, x, y))) / arb.pi()

    def _integrand(self, x: Ball, y: Ball, weight: Weight | None) -> Any:
        floor = arb.neg_inf() if self._floor is None else self._floor(x, y).real
        value, heavy, effort = self._opened.values(), self._heavy, self._opened.effort

        def integrand(w: Ball, analytic_needed: bool) -> Ball:
            effort.evaluations += 1
            s = acb(-w.imag, w.real)
            if w.imag == 0:  # where H(-s) is the conjugate of H(s)
                return acb(1 / abs(value(s, x, y)[0]) ** 2)
            # H is analytic right of the abscissa, and off its cut; elsewhere a finite ball could hide one.
            if analytic_needed and not (w.real > 0 if heavy else s.real > floor and -s.real > floor):
                return acb(arb.nan())
            return 1 / (value(s, x, y)[0] * value(-s, x, y)[0])

        def weighted(w: Ball, analytic_needed: bool) -> Ball:
            assert weight is not None
            return integrand(w, analytic_needed) * weight.at(w, x, y)

        return integrand if weight is None else weighted
