"""Stage: quadrature. Input: a stable equation s + G(s). Output: the noise gain, enclosed with its tail.

    I = (1/2 pi) int dw / |H(iw)|^2 = (1/pi) [ int_0^W dw / (H(iw) H(-iw)) + 1/W + tail ]

Beyond W, with x = G(iw)/(iw), 1/|1 + x|^2 = 1 - 2 Re x + sum of orders n >= 2, each at most (n + 1)|x|^n. With
|G(s)| <= b(Re s), b decreasing (the modulus bound), the orders n >= 2 give at most (b^2/W^3)/(1 - b/W), b = b(0). The
first order is integrated along s = x + iW instead, into the half-plane where G decays:
|int_W^inf G(iw)/w^3 dw| <= int_0^inf b(x) (x^2 + W^2)^(-3/2) dx, bounded by a Riemann sum of decreasing functions.

Panels grow with w, the strip in which L is known to converge does not. Where every cut of G lies on the real axis of s,
the integrand is analytic for Re w > 0 but for poles, which a ball that meets one tells: panels need no halving there.
Without an exponential moment G ends at s = 0 with such a cut, and panels shrink towards 0, the last one a ball.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation
from numeric.enclosed.oscillating_tail import NEAR, oscillating_tail, terms_on_axis
from numeric.enclosure import Ball, Enclosure, Unevaluable, acb, arb, compile_ball, precision
from numeric.roots.candidates import abscissa_ball
from numeric.roots.characteristic import spectrum
from numeric.roots.function import Analytic, analytic

_GUARD_BITS = 24
_CELLS = 60
_HALVINGS = 48
_FEW_DIGITS = 10  # up to which a tail of one term is the quicker one
_TAIL_BITS = 14  # a digit
_CLOSE = 2.0**-40  # of a panel's own integral, or closer where more digits are wanted


def noise_gain(equation: CharacteristicEquation, digits: int = 8, weight: sp.Expr = sp.S.One) -> Enclosure:
    """I = int_0^inf r(t)^2 dt = (1/2 pi) int dw/|H(iw)|^2 for H = s + G(s), in seconds (kind: enclosure).

    r is the fundamental solution; stationary variance = noise intensity x I. ``digits``: wanted relative digits, which
    laws of many atoms miss beyond 12, shifted exponential laws beyond 15 and transforms of other cuts beyond 10: the
    radius then says so. ``weight``: of the frequencies, a rational function of their symbol from 0 to 1,
    whose poles lie on the imaginary axis, not nearer to 0 than where H ends; up to 10 digits.
    Raises ``ValueError`` where H is not of that form, or is not proven stable (no formula may answer there).

    Example: ``noise_gain(delay_equation(1, Constant(1))).contains((1 + sp.sin(1)) / (2 * sp.cos(1)))``.
    """
    _refuse(equation)
    whole = analytic(equation)
    guard = _GUARD_BITS * (2 if whole.abscissa == 0 else 1)  # transforms without a closed form lose digits
    with precision(max(53, int(3.33 * digits) + guard)):
        bound = whole.bound(acb(0)).real.upper()
        wanted = arb(10) ** -digits / (4 * bound)  # I is at least 1/(2 b(0))
        close = min(_CLOSE, 10.0**-digits / 64)
        if weight == 1:
            edge, beyond = _beyond(whole, bound, wanted, digits)
            return Enclosure((_finite_part(whole, edge, wanted, close) + beyond) / arb.pi())
        edge, beyond = _beyond_weighted(whole, bound, wanted, weight)
        heights = compile_ball(weight, (y.frequency,))
        return Enclosure((_finite_part(whole, edge, wanted, close, heights) + beyond) / arb.pi())


def _beyond_weighted(whole: Analytic, bound: Any, wanted: Any, weight: sp.Expr) -> tuple[Any, Any]:
    """A frequency W and the weighted integral beyond it: 1/W times what the weight is there, seen in 1/w."""
    heights = compile_ball(sp.cancel(weight.subs(y.frequency, 1 / y.u)), (y.u,))
    edge = _far(whole, bound, wanted)
    while not (beyond := heights(acb((1 / edge).union(arb(0)))).real / edge).rad() < wanted:
        edge = (edge * 2).mid()
    return edge, beyond + arb(0, tail_error(whole, edge).upper())


def _beyond(whole: Analytic, bound: Any, wanted: Any, digits: int) -> tuple[Any, Any]:
    """A frequency W and the integral beyond it: 1/W with its error, or by orders where few terms swing without end."""
    with precision(_TAIL_BITS * digits):
        terms = terms_on_axis(whole) if digits > _FEW_DIGITS else None
    if terms is not None:
        edge = (NEAR * bound).mid()
        with precision(_TAIL_BITS * digits):  # exponential integrals of high orders cancel
            return edge, oscillating_tail(terms, bound, edge, wanted)
    edge = _far(whole, bound, wanted)
    return edge, 1 / edge + arb(0, tail_error(whole, edge).upper())


def _far(whole: Analytic, bound: Any, wanted: Any) -> Any:
    """A frequency beyond which the integral is the reciprocal of that frequency, to what is wanted."""
    edge = 4 * bound
    while not tail_error(whole, edge) < wanted:
        edge = (edge * arb(5) / 4).mid()
    return edge


def is_plain_feedback(equation: CharacteristicEquation) -> bool:
    """Whether H is s + G(s), and G no polynomial: a delay equation without momentum or friction.

    Example: ``not is_plain_feedback(update_equation(1, 1))``.
    """
    s = equation.variable
    terms = equation.function.as_ordered_terms()
    bare = any(term.is_polynomial(s) for term in terms if term.has(s) and term != s)
    return equation.plane == "continuous" and terms.count(s) == 1 and not bare


def _refuse(equation: CharacteristicEquation) -> None:
    if not is_plain_feedback(equation):
        raise ValueError(f"not of the form s + G(s): {equation.function}")
    roots = spectrum(equation)
    if not roots.certified or roots.unstable_count != 0:
        raise ValueError(f"not proven stable: {roots.unstable_count} roots right of 0, {roots.reason}")
    if roots.spectral_abscissa is not None and not roots.spectral_abscissa.is_negative():
        raise ValueError(f"on the limit of stability: spectral abscissa {roots.spectral_abscissa}")


def tail_error(whole: Analytic, edge: Any) -> Any:
    """A bound on |int_W^inf dw/|H(iw)|^2 - 1/W| for W = ``edge`` > b(0); infinite for smaller W."""
    bound = whole.bound(acb(0)).real.upper()
    if not edge > bound:
        return arb.pos_inf()
    points = [arb(0), *((edge * (arb(5) / 4) ** (k - _CELLS)).mid() for k in range(_CELLS + 8))]
    total = arb(0)
    for low, high in pairwise(points):
        total += (high - low) * whole.bound(acb(low)).real * (low**2 + edge**2) ** arb(-1.5)
    last = points[-1]
    total += whole.bound(acb(last)).real / (2 * last**2)
    return (2 * total + bound**2 / edge**3 / (1 - bound / edge)).upper()


def cuts_on_axis(whole: Analytic) -> bool:
    """Whether G continues to all s off the real axis but for poles: powers and logarithms are of real a + b s alone."""
    s = whole.variable
    nodes = (node for node in sp.preorder_traversal(whole.function) if node != s and node.has(s))
    return all(_is_meromorphic(node) or _cuts_the_axis(node, s) for node in nodes)


def _is_meromorphic(node: sp.Basic) -> bool:
    """Whether a node makes nothing but poles of what it is made of."""
    powers = isinstance(node, sp.Pow) and node.exp.is_Integer
    return powers or isinstance(node, sp.Add | sp.Mul | sp.exp)


def _cuts_the_axis(node: sp.Basic, s: sp.Symbol) -> bool:
    """Whether a power or a logarithm is of a + b s with real numbers a, b: its cut is a part of the real axis."""
    if not (isinstance(node, sp.log) or (isinstance(node, sp.Pow) and not node.exp.has(s))):
        return False
    base = node.args[0]
    straight = base.is_polynomial(s) and sp.degree(base, s) == 1
    return straight and all(number.is_real for number in sp.Poly(base, s).all_coeffs())


def _finite_part(
    whole: Analytic, edge: Any, wanted: Any, close: float, heights: Callable[[Ball], Ball] | None = None
) -> Any:
    floor, heavy, off_axis = abscissa_ball(whole), whole.abscissa == 0, cuts_on_axis(whole)

    def integrand(w: Ball, analytic_needed: bool) -> Ball:
        s = acb(-w.imag, w.real)
        # H is analytic right of the abscissa, and off its cut; elsewhere a finite ball could hide one.
        beside = (heavy or off_axis) and w.real > 0
        if analytic_needed and not (beside or (not heavy and s.real > floor and -s.real > floor)):
            return acb(arb.nan())
        found = 1 / (whole.value(s) * whole.value(-s))
        return found if heights is None else found * heights(w)

    # Panels that grow: the integrand is smooth on the scale of w itself, once w has passed the bound on |G|.
    total, low, first = arb(0), arb(0), whole.bound(acb(0)).real.mid() / 2
    start = first
    if heavy:
        low = (first * arb(2) ** -_HALVINGS).mid()
        total = (low * integrand(acb(low.union(arb(0))), False)).real
        start = low
    while low < edge:
        wider = low * 4 if low < first else low * 3 / 2  # towards 0 on the right of a heavy tail
        high = min(max(start.mid(), wider.mid(), key=float), edge, key=float)
        part = acb.integral(integrand, acb(low), acb(high), abs_tol=(wanted / 64).mid(), rel_tol=arb(close))
        if not part.is_finite():
            raise Unevaluable(f"the integral over [{low.str(6)}, {high.str(6)}] did not converge")
        total, low = total + part.real, high
    return total
