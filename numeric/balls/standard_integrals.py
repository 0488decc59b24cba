"""Stage: ball functions. Input: balls. Output: the balls of transforms without an elementary form.

    |E_nu(z)| <= e^-x / |Im z|                 for nu >= 0 and any z = x + i y off the axis
    |E_nu(z)| <= e^-x min(1/(nu - 1), 2/|z|)   for x >= 0 and nu > 0, 1/(nu - 1) for nu > 1 alone

The first by the path v = 1 -+ i r, on which |v| >= 1 and Re(z v) = x + |y| r; the second by int_1^oo v^-nu dv; the
third by parts: z E_nu(z) = e^-z - nu E_(nu + 1)(z), where nu |E_(nu + 1)(z)| <= e^-x. A wide ball is evaluated at its
centre and widened by such a bound on the derivative -E_(nu - 1).

Durations with a density that is analytic in a sector are averaged along the ray arg v = -+phi, on the side of x, where
Re(x v) = p |v| with p = Re x cos phi + |Im x| sin phi >= 0: far up the axis they are as small as far to the right,

    |int_0^oo v^n e^(-x v) k v^(k-1) e^(-v^k) dv| <= k Gamma(k + n)/p^(k + n)            if k phi <= pi/2
    |E V^n e^(-x V)| <= e^(phi^2/(2 sigma^2)) E V^n e^(-p V)                             for a lognormal V
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from derive import standard_integrals
from numeric.balls import log_trapezoid
from numeric.balls.functions import Ball, BallKit, is_real
from numeric.balls.weibull_series import weibull_series

_ROUNDING = 16  # bits that a value may lose to rounding
_MOST_MORE = 4096  # bits worked with beyond the working precision
_STEEPEST = 0.75  # the largest angle of a ray along which averages are bounded
_TURNED = 0.2 * math.pi  # the largest half-width of a strip in which e^y keeps a positive real part


def exponential_integral(kit: BallKit, order: Ball, x: Ball) -> Ball:
    """E_nu(x) for a real order nu; its cut is the negative axis."""
    if not is_real(order):
        return x.expint(order)
    value = _at_point(kit, order, x)
    if x.is_exact():
        return value
    slope, size = _largest(order.real - 1, x), _largest(order.real, x)
    around = centred(kit, x, _at_point(kit, order, x.mid()), slope)
    return narrower(value, around, kit.constant("nan") if size is None else disc(kit, x, size))


def _at_point(kit: BallKit, order: Ball, point: Ball) -> Ball:
    """E_nu(z), with the bits more that its series at 0 loses where |z| is tens or hundreds.

    A rounded order profits by |dE_nu/dnu| <= int_1^oo e^(-x v) v^-nu log v dv <= e^-x/(nu - 1)^2, x >= 0, nu > 1.
    """
    value = point.expint(order)
    lost = kit.bits() - _ROUNDING - value.rel_accuracy_bits()
    exact = order.is_exact()
    if lost <= 0 or not point.is_exact() or not (exact or (point.real >= 0 and order.real > 1)):
        return value
    with kit.precision(kit.bits() + min(lost, _MOST_MORE) + _ROUNDING):
        better = point.expint(order.mid())
        slope = None if exact else (-point.real).exp() / (order.real.lower() - 1) ** 2
    return narrower(value, better if exact else centred(kit, order, better, slope))


def bounded_exponential_integral(kit: BallKit, order: Ball, end: Ball, x: Ball) -> Ball:
    """int_1^b e^(-x v) v^-nu dv for a real order nu and b > 1, entire in x."""

    def at(point: Ball, power: int) -> Ball:  # beside the cut the branches of both terms cancel
        lowered = order - power
        found = _at_point(kit, lowered, point) - end ** (1 - lowered) * _at_point(kit, lowered, end * point)
        return kit.complex(found.real, 0) if is_real(point) else found

    def moment(power: int) -> Any:
        lowered = order - 1 - power
        if lowered == 0:
            return end.log().real
        return ((1 - end ** (-lowered)) / lowered).real

    if not (is_real(order) and is_real(end) and end.real > 1):
        return kit.constant("nan")
    return _over(kit, _mirrored(at), moment, 0, x, True)


def _largest(order: Any, x: Ball) -> Any | None:
    """An upper bound on |E_order| over a ball; None where there is none."""
    bounds = []
    if order >= 0 and abs(x.imag).lower() > 0:
        bounds.append(1 / abs(x.imag).lower())
    if x.real >= 0 and order > 0:
        bounds += [2 / x.abs_lower()] if x.abs_lower() > 0 else []
        bounds += [1 / (order - 1)] if order > 1 else []
    return (-x.real.lower()).exp() * min(bounds, key=float) if bounds else None


def weibull_integral(kit: BallKit, order: Ball, shape: Ball, x: Ball) -> Ball:
    """int_0^oo v^n e^(-x v) k v^(k-1) e^(-v^k) dv; entire for k > 1, else cut along the negative axis."""
    n, k = int(order.unique_fmpz()), float(shape.real.mid())
    if not _sharp(shape):
        return kit.constant("nan")

    def at(point: Ball, power: int) -> Ball:
        by_series = weibull_series(kit, shape, power, point)
        if by_series is not None and by_series.rel_accuracy_bits() > kit.bits() // 2:
            return by_series
        narrow = 4 if k < 2 and not point.real >= 0 else 1  # there e^y needs all its weight against e^(-x v)
        path = log_trapezoid.path_for(1 / k, point, k > 1, _TURNED / narrow, 2 * _TURNED)
        rule = None if path is None else log_trapezoid.weibull_rule(kit, shape, path)
        summed = kit.constant("nan") if rule is None else log_trapezoid.summed(kit, rule, power, point)
        return summed if by_series is None else narrower(summed, by_series)

    def moment(power: int) -> Any:
        return (1 + power / shape).gamma().real

    def far(ball: Ball, power: int) -> Any | None:
        along = _along_ray(ball, min(_STEEPEST, 1.57 / k))
        return (shape.real * (shape.real + power).gamma() / along ** (shape.real + power)).upper() if along else None

    return _over(kit, _mirrored(at), moment, n, x, k > 1, far)


def lognormal_integral(kit: BallKit, spread: Ball, x: Ball) -> Ball:
    """E exp(-x V) with log V normal of mean 0 and standard deviation ``spread``; cut along the negative axis."""
    rate = float(spread.real.mid())
    if not _sharp(spread):
        return kit.constant("nan")

    def at(point: Ball, power: int) -> Ball:
        path = log_trapezoid.path_for(rate, point, False, (0.35 * kit.bits()) ** 0.5, 100.0)
        rule = None if path is None else log_trapezoid.lognormal_rule(kit, spread, path)
        return kit.constant("nan") if rule is None else log_trapezoid.summed(kit, rule, power, point)

    def moment(power: int) -> Any:
        return (power**2 * spread.real**2 / 2).exp()

    def far(ball: Ball, power: int) -> Any | None:
        angle = min(_STEEPEST, rate)
        along = _along_ray(ball, angle)
        if not along or along < 1:
            return None
        weight = (kit.complex(angle, 0).real ** 2 / (2 * spread.real**2)).exp()
        return (weight * abs(at(kit.complex(along, 0), power))).upper()

    return _over(kit, _mirrored(at), moment, 0, x, False, far)


def _along_ray(ball: Ball, angle: float) -> Any | None:
    """The least Re(x v)/|v| along the ray at ``angle`` < pi/2 on the side of x, for x in a ball of Re x >= 0."""
    turn = type(ball.real)(angle)
    least = (ball.real.lower() * turn.cos() + abs(ball.imag).lower() * turn.sin()).lower()
    return least if least > 0 else None


def _sharp(parameter: Ball) -> bool:
    """Whether a parameter is known to be positive, and to more digits than the double that chooses the path."""
    return bool(
        is_real(parameter) and parameter.real > 0 and parameter.real.rad() < 1e-14 * abs(parameter.real).lower()
    )


def _mirrored(at: Callable[[Ball, int], Ball]) -> Callable[[Ball, int], Ball]:
    """A conjugation-symmetric function by its values above the real axis and around it."""

    def anywhere(point: Ball, order: int) -> Ball:
        below = point.imag <= 0 and not is_real(point)
        return at(point.conjugate(), order).conjugate() if below else at(point, order)

    return anywhere


def _over(
    kit: BallKit,
    at: Callable[[Ball, int], Ball],
    moment: Callable[[int], Any],
    order: int,
    x: Ball,
    entire: bool,
    far: Callable[[Ball, int], Any | None] = lambda ball, power: None,
) -> Ball:
    """The values over a ball: no larger than at its leftmost point, near the imaginary axis than the moments.

    ``far`` bounds them over a ball of the right half-plane by what they are along a ray, where that is known.
    """
    if x.is_exact() or not (entire or x.real >= 0):
        return at(x, order)
    size, slope = moment(order), moment(order + 1)
    if not 0 <= x.real.lower() < 1:
        leftmost = kit.complex(x.real.lower(), 0)
        size, slope = at(leftmost, order).real, at(leftmost, order + 1).real
    if x.real >= 0:
        size, slope = (_smaller(bound, far(x, order + by)) for by, bound in enumerate((size, slope)))
    if not (size.is_finite() and slope.is_finite()):
        return kit.constant("nan")
    return narrower(disc(kit, x, size), centred(kit, x, at(x.mid(), order), slope.upper()))


def _smaller(bound: Any, other: Any | None) -> Any:
    """The smaller of two bounds, the second one only where it is known."""
    return other if other is not None and other.is_finite() and not bound < other else bound


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


STANDARD_INTEGRALS: dict[Any, Callable[..., Ball]] = {
    standard_integrals.exponential_integral: exponential_integral,
    standard_integrals.bounded_exponential_integral: bounded_exponential_integral,
    standard_integrals.weibull_integral: weibull_integral,
    standard_integrals.lognormal_integral: lognormal_integral,
}
