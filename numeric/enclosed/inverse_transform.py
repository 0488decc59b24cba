"""Stage: inversion. Input: s + G(s), a line that misses its roots. Output: the line's part of the mean path, enclosed.

    (G(0)/pi) int_0^oo Re(e^(st)/(s H(s))) dw,   s = c + i w

is at most K e^(ct), K the integral of the modulus. Where that is too much it is enclosed up to W. Beyond,
1/(s H) = 1/s^2 - G/s^3 + G^2/(s^3 H): the first order is an exponential integral, the others are at most
b/(2 W^2 (1 - b/W)), with |G| <= b on the line. Right of 0 both orders may be taken out of the whole integral: 1/s^2
belongs to t, and L/s^3 to the mean of (t - tau)^2/2 over the delays below t. Then the rest is b^2/(3 W^3 (1 - b/W)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numeric.enclosure import Ball, Unevaluable, acb, arb
from numeric.roots.candidates import abscissa_ball
from numeric.roots.function import Analytic

_FARTHEST = 4000  # of the integral, in bounds on G
_MOST_TURNS = 1000  # of exp(i w t) along it


@dataclass(frozen=True)
class Line:
    """The line Re s = ``at`` (exact), right of the abscissa of convergence, on which H has no root and which misses 0.

    ``early``: E (t - tau)^2/2 over the delays below t, as a function of t; only where ``at`` > 0.
    """

    whole: Analytic
    at: Any
    early: Callable[[Any], Any] | None = None

    @cached_property
    def gain(self) -> Any:
        """G(0)."""
        return self.whole.value(acb(0)).real

    @cached_property
    def feedback(self) -> Any:
        """A bound on |G| on the line."""
        return self.whole.bound(acb(min(self.at, arb(0), key=float))).real.upper()

    @cached_property
    def constant(self) -> Any:
        """K: the line's part of the path is at most K e^(ct)."""
        end = (8 * self.feedback).upper()
        rest = 1 / (end * (1 - self.feedback / end))
        return (abs(self.gain) / arb.pi() * (self._integral(self._modulus, end, arb(2) ** -16) + rest)).upper()

    def part(self, time: Any, tolerance: Any) -> Any:
        """The line's part at a ``time`` > 0, to about ``tolerance`` if that can be had."""
        factor, b = self.gain / arb.pi() * (self.at * time).exp(), self.feedback
        order = 2 if self.early is None else 3
        wanted = (abs(factor) * b ** (order - 1) / tolerance).root(order)
        most = min(_FARTHEST * b, 2 * arb.pi() * _MOST_TURNS / time, key=float)
        end = max(4 * b, min(wanted, most, key=float), key=float).mid()
        within = tolerance / (8 * abs(factor) + 1)
        rest = arb(0, (b ** (order - 1) / (order * end**order * (1 - b / end))).upper())
        if self.early is not None:
            inner = self._integral(lambda w: self._turned(w, time) * self._third_order(w), end, within, 16 / time)
            return factor * (inner + rest) + self.gain * (time - self.gain * self.early(time))
        inner = self._integral(lambda w: self._turned(w, time) / self._product(w), end, within, 16 / time)
        edge = acb(self.at, end)
        first = (-edge * time).expint(acb(2)) / edge * acb(0, -1) / (self.at * time).exp()
        return factor * (inner + first.real + rest)

    def _turned(self, w: Ball, time: Any) -> Ball:
        return (acb(0, 1) * w * time).exp()

    def _product(self, w: Ball) -> Ball:
        s = self._point(w)
        return s * self.whole.value(s)

    def _third_order(self, w: Ball) -> Ball:
        """G^2/(s^3 H)."""
        s = self._point(w)
        whole = self.whole.value(s)
        return (whole - s) ** 2 / (s**3 * whole)

    def _point(self, w: Ball) -> Ball:
        return acb(self.at - w.imag, w.real)

    def _modulus(self, w: Ball) -> Ball:
        squared = self._product(w) * self._product(-w)
        return 1 / squared.sqrt() if squared.real > 0 else acb(arb.nan())

    def _integral(self, integrand: Callable[[Ball], Ball], end: Any, tolerance: Any, most: Any = None) -> Any:
        """The real part of int_0^end of an integrand that is analytic where both s and its mirror converge."""
        floor = abscissa_ball(self.whole)

        def checked(w: Ball, analytic_needed: bool) -> Ball:
            inside = self.at - abs(w.imag) > floor
            return integrand(w) if inside or not analytic_needed else acb(arb.nan())

        total, low = arb(0), arb(0)
        while low < end:
            step = max(self.feedback / 4, low / 2, key=float)
            high = min(end, (low + (step if most is None else min(step, most, key=float))).mid(), key=float)
            part = acb.integral(checked, acb(low), acb(high), abs_tol=(tolerance / 64).mid(), rel_tol=arb(2) ** -40)
            if not part.is_finite():
                raise Unevaluable(f"the integral over [{low.str(6)}, {high.str(6)}] did not converge")
            total, low = total + part.real, high
        return total
