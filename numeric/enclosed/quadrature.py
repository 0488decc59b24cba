"""Stage: quadrature. Input: a stable equation s + G(s). Output: the noise gain, enclosed with its tail.

    I = (1/2 pi) int dw / |H(iw)|^2 = (1/pi) [ int_0^W dw / (H(iw) H(-iw)) + 1/W + tail ]

Beyond W, with x = G(iw)/(iw), 1/|1 + x|^2 = 1 - 2 Re x + sum of orders n >= 2, each at most (n + 1)|x|^n. With
|G(s)| <= b(Re s), b decreasing (the modulus bound), the orders n >= 2 give at most (b^2/W^3)/(1 - b/W), b = b(0). The
first order is integrated along s = x + iW instead, into the half-plane where G decays:
|int_W^inf G(iw)/w^3 dw| <= int_0^inf b(x) (x^2 + W^2)^(-3/2) dx, bounded by a Riemann sum of decreasing functions.

Without an exponential moment G ends at s = 0 with a cut along s < 0, and the integrand is analytic in w right of 0
alone: panels shrink towards 0, and the last one is enclosed as a whole.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from derive.characteristic import CharacteristicEquation
from numeric.enclosure import Ball, Enclosure, Unevaluable, acb, arb, precision
from numeric.roots.candidates import abscissa_ball
from numeric.roots.characteristic import spectrum
from numeric.roots.function import Analytic, analytic

_GUARD_BITS = 24
_CELLS = 60
_HALVINGS = 48


def noise_gain(equation: CharacteristicEquation, digits: int = 8) -> Enclosure:
    """I = int_0^inf r(t)^2 dt = (1/2 pi) int dw/|H(iw)|^2 for H = s + G(s), in seconds (kind: enclosure).

    r is the fundamental solution; stationary variance = noise intensity x I. ``digits``: wanted relative digits.
    Raises ``ValueError`` where H is not of that form, or is not proven stable (no formula may answer there).

    Example: ``noise_gain(delay_equation(1, Constant(1))).contains((1 + sp.sin(1)) / (2 * sp.cos(1)))``.
    """
    _refuse(equation)
    whole = analytic(equation)
    guard = _GUARD_BITS * (2 if whole.abscissa == 0 else 1)  # transforms without a closed form lose digits
    with precision(max(53, int(3.33 * digits) + guard)):
        bound = whole.bound(acb(0)).real.upper()
        wanted = arb(10) ** -digits / (4 * bound)  # I is at least 1/(2 b(0))
        edge = 4 * bound
        while not tail_error(whole, edge) < wanted:
            edge = (edge * arb(5) / 4).mid()
        finite = _finite_part(whole, edge, wanted)
        rest = arb(0, tail_error(whole, edge).upper())
        return Enclosure((finite + 1 / edge + rest) / arb.pi())


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


def _finite_part(whole: Analytic, edge: Any, wanted: Any) -> Any:
    floor, heavy = abscissa_ball(whole), whole.abscissa == 0

    def integrand(w: Ball, analytic_needed: bool) -> Ball:
        s = acb(-w.imag, w.real)
        # H is analytic right of the abscissa, and off its cut; elsewhere a finite ball could hide one.
        if analytic_needed and not (w.real > 0 if heavy else s.real > floor and -s.real > floor):
            return acb(arb.nan())
        return 1 / (whole.value(s) * whole.value(-s))

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
        part = acb.integral(integrand, acb(low), acb(high), abs_tol=(wanted / 64).mid(), rel_tol=arb(2) ** -40)
        if not part.is_finite():
            raise Unevaluable(f"the integral over [{low.str(6)}, {high.str(6)}] did not converge")
        total, low = total + part.real, high
    return total
