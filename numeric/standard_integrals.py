"""Stage: ball functions. Input: balls. Output: the balls of transforms without an elementary form.

    |E_nu(z)| <= e^-x / |Im z|                 for nu >= 0 and any z = x + i y off the axis
    |E_nu(z)| <= e^-x min(1/(nu - 1), 2/|z|)   for x >= 0 and nu > 0, 1/(nu - 1) for nu > 1 alone

The first by the path v = 1 -+ i r, on which |v| >= 1 and Re(z v) = x + |y| r; the second by int_1^oo v^-nu dv; the
third by parts: z E_nu(z) = e^-z - nu E_(nu + 1)(z), where nu |E_(nu + 1)(z)| <= e^-x. A wide ball is evaluated at its
centre and widened by such a bound on the derivative -E_(nu - 1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive import standard_integrals
from numeric.balls import Ball, BallKit, is_real


def exponential_integral(kit: BallKit, order: Ball, x: Ball) -> Ball:
    """E_nu(x) for a real order nu; its cut is the negative axis."""
    value = x.expint(order)
    if x.is_exact() or not is_real(order):
        return value
    slope, size = _largest(order.real - 1, x), _largest(order.real, x)
    around = centred(kit, x, x.mid().expint(order), slope)
    return narrower(value, around, kit.constant("nan") if size is None else disc(kit, x, size))


def _largest(order: Any, x: Ball) -> Any | None:
    """An upper bound on |E_order| over a ball; None where there is none."""
    bounds = []
    if order >= 0 and abs(x.imag).lower() > 0:
        bounds.append(1 / abs(x.imag).lower())
    if x.real >= 0 and order > 0:
        bounds += [2 / x.abs_lower()] if x.abs_lower() > 0 else []
        bounds += [1 / (order - 1)] if order > 1 else []
    return (-x.real.lower()).exp() * min(bounds, key=float) if bounds else None


def centred(kit: BallKit, ball: Ball, middle: Ball, slope: Any | None) -> Ball:
    """The values over ``ball`` of a function with the value ``middle`` at its centre and |slope| at most ``slope``."""
    if slope is None:
        return kit.constant("nan")
    radius = abs(kit.complex(ball.real.rad(), ball.imag.rad()))
    return middle + disc(kit, ball, radius * slope)


def disc(kit: BallKit, argument: Ball, radius: Any) -> Ball:
    """The disc around 0 of this radius, or its real diameter for a real argument."""
    square = kit.disc(radius.upper())
    return kit.complex(square.real, 0) if is_real(argument) else square


def narrower(first: Ball, *others: Ball) -> Ball:
    """The narrowest of several balls of the same value."""
    finite = [ball for ball in (first, *others) if ball.is_finite()]
    return min(finite, key=lambda ball: float(ball.real.rad()) + float(ball.imag.rad()), default=first)


STANDARD_INTEGRALS: dict[Any, Callable[..., Ball]] = {standard_integrals.exponential_integral: exponential_integral}
