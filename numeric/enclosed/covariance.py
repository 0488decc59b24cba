"""Stage: quadrature. Input: a damping, a constant delay, a lag. Output: the stationary covariance, enclosed.

    J(t) = (1/pi) int_0^oo cos(w t)/|H(i w)|^2 dw,   |H(i w)|^2 = w^2 (1 - y),  y = 2 a sin(w tau)/w - a^2/w^2

Beyond W the first orders, cos(w t) (1 + 2 a sin(w tau)/w)/w^2, are exponential integrals E_2 and E_3; the rest is at
most (a^2/w^2 + y^2/(1 - |y|))/w^2 in modulus.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from numeric.enclosure import Ball, Enclosure, acb, arb, compile_ball, precision

_BITS = 96


def covariance_gain(damping: sp.Expr, delay: sp.Expr, lag: sp.Expr, digits: int = 7) -> Enclosure:
    """J(t) for H(s) = s + a exp(-s tau): covariance at ``lag`` over noise intensity, in seconds (kind: enclosure).

    a = ``damping`` (1/s) and tau = ``delay`` (s) are exact positive numbers with a tau < pi/2, ``lag`` >= 0 s;
    ``digits`` absolute. Raises ``ValueError`` outside that range.

    Example: ``covariance_gain(sp.Integer(1), sp.Integer(1), sp.Integer(0), 4).contains(
    (1 + sp.sin(1)) / (2 * sp.cos(1)))``.
    """
    if not (0 < damping * delay < sp.pi / 2) or not lag >= 0:
        raise ValueError(
            f"damping = {damping}, delay = {delay}, lag = {lag}: allowed: 0 < damping delay < pi/2, lag >= 0"
        )
    with precision(_BITS):
        a, tau, t = (compile_ball(sp.sympify(one), ())().real for one in (damping, delay, lag))
        edge = (4 * a * (a * arb(10) ** digits).root(3) + 8 * a).upper().ceil()
        return Enclosure((_below(a, tau, t, edge, arb(10) ** -(digits + 2)) + _beyond(a, tau, t, edge)) / arb.pi())


def _below(a: Any, tau: Any, t: Any, edge: Any, tolerance: Any) -> Any:
    def integrand(w: Ball, analytic_needed: bool) -> Ball:
        return (w * t).cos() / (w * w - 2 * a * w * (w * tau).sin() + a * a)

    total, low = arb(0), arb(0)
    width = (2 / (tau + t)).mid()
    while low < edge:
        high = min((low + 4 * width).mid(), edge, key=float)
        total += acb.integral(integrand, acb(low), acb(high), abs_tol=(tolerance * width / edge).mid()).real
        low = high
    return total


def _beyond(a: Any, tau: Any, t: Any, edge: Any) -> Any:
    """int_W^oo, by exponential integrals and a bound on the orders left out."""
    first = _oscillation(2, t, edge).real
    second = a * (_oscillation(3, tau + t, edge).imag + _oscillation(3, tau - t, edge).imag)
    largest = 2 * a / edge + (a / edge) ** 2
    rest = (a**2 + (2 * a + a**2 / edge) ** 2 / (1 - largest)) / (3 * edge**3)
    return first + second + arb(0, rest.upper())


def _oscillation(order: int, frequency: Any, edge: Any) -> Any:
    """int_W^oo exp(i w b) w^-n dw = W^(1 - n) E_n(-i b W)."""
    if frequency.is_zero():
        return acb(edge ** (1 - order) / (order - 1))
    return acb(0, -frequency * edge).expint(acb(order)) * edge ** (1 - order)
