"""Stage: quadrature over the unit circle. Input: a staleness that is drawn, a step. Output: limits in mean square.

On the recursion x(j+1) = x(j) - step x(j - K) + noise with K drawn anew each time, the variance is finite iff the mean
is stable and step^2 (I_d - I_y) < 1, I_d - I_y = (1/pi) int_0^pi (1 - |P|^2)/|H|^2 d phi, P = E z^-K at z = e^{i phi}.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derive import symbols as y
from derive.characteristic import update_equation
from derive.claims import CLAIMS
from derive.exact import Number, exact
from derive.integer_laws import IntegerLaw
from numeric.enclosure import Ball, Enclosure, Unevaluable, acb, arb, compile_ball, evaluate, precision
from numeric.roots.characteristic import spectrum
from numeric.roots.thresholds import bisect

DRAWN = ("recursion.mean-square-limit.random-staleness", "recursion.stationary-variance.random-staleness")
_BITS = 96


def half_circle_integral(integrand: sp.Expr, digits: int = 15) -> Enclosure:
    """int_0^pi of an analytic expression in the angle ``y.angle`` alone (kind: enclosure, ``digits`` absolute digits).

    Raises ``Unevaluable`` where the integral does not converge.

    Example: ``half_circle_integral(sp.cos(y.angle) ** 2).contains(sp.pi / 2)``.
    """
    program = compile_ball(integrand, (y.angle,))

    def value(angle: Ball, analytic_needed: bool) -> Ball:
        return program(angle)

    with precision(_BITS + 4 * digits):
        total = acb.integral(value, acb(0), acb(arb.pi()), abs_tol=arb(10) ** -(digits + 1))
        if not total.is_finite():
            raise Unevaluable(f"the integral of {integrand} did not converge")
        return Enclosure(total.real)


def squared_modulus(value: sp.Expr) -> sp.Expr:
    """|f|^2 as f(phi) f(-phi), analytic in the angle, for f with real coefficients of e^{i phi}.

    Example: ``sp.simplify(squared_modulus(sp.exp(sp.I * y.angle))) == 1``.
    """
    return value * value.subs(y.angle, -y.angle)


def mean_square_margin(step: sp.Rational, staleness: IntegerLaw) -> Enclosure | None:
    """step^2 (I_d - I_y), below 1 where the variance is finite; None where the mean is not proven stable.

    ``step`` > 0 is exact, learning rate times curvature.

    Example: ``mean_square_margin(sp.Rational(1, 5), Poisson(3)).upper < 1``.
    """
    if not _is_stable(step, staleness):
        return None
    return _gain(step, staleness, lambda read: 1 - squared_modulus(read)) * step**2


def drawn_staleness_variance(
    step: Number, staleness: IntegerLaw, step_noise: Number = 1, digits: int = 15
) -> Enclosure:
    """E x^2 at updates of x - step x(K updates ago) + noise, K drawn anew each time (Rd; kind: enclosure).

    ``step`` > 0, learning rate times curvature; ``step_noise`` >= 0 is the variance of one update's noise, in
    parameter^2; both exact. ``digits`` absolute digits of both integrals. Raises ``ValueError`` where the mean is not
    proven stable, or the mode in mean square.

    Example: ``drawn_staleness_variance("1/2", UniformInteger(0, 0)).contains(sp.Rational(4, 3))``.
    """
    size, noise = exact(step), exact(step_noise)
    if not _is_stable(size, staleness):
        raise ValueError(f"step = {step}: the mean is not proven stable")
    gains = {
        y.response_gain: _gain(size, staleness, lambda read: sp.S.One, digits),
        y.read_gain: _gain(size, staleness, squared_modulus, digits),
    }
    margin, variance = (CLAIMS[one].expression.subs({y.step: size, y.step_noise: noise}) for one in DRAWN)
    if not (left := 1 - evaluate(margin, gains)).is_positive():
        raise ValueError(f"step = {step}: not proven stable in mean square: 1 - step^2 (I_d - I_y) is {left}")
    return evaluate(variance, gains)


def _is_stable(step: sp.Expr, staleness: IntegerLaw) -> bool:
    """Whether every root is proven to lie inside the unit circle."""
    roots = spectrum(update_equation(step, staleness))
    return roots.certified and roots.unstable_count == 0


def _gain(step: sp.Expr, staleness: IntegerLaw, weight: Callable[[sp.Expr], sp.Expr], digits: int = 15) -> Enclosure:
    """(1/pi) int_0^pi weight(P)/|H|^2 d phi, P = E z^-K at z = e^{i phi}."""
    point = sp.exp(sp.I * y.angle)
    read = staleness.generating_function(point)
    density = weight(read) / squared_modulus(point - 1 + step * read)
    return half_circle_integral(density, digits) / Enclosure.of(sp.pi)


def mean_square_step(staleness: IntegerLaw, relative_width: float = 1e-7) -> Enclosure | None:
    """The step at which the stationary variance becomes infinite; None if there is none up to 2^40/(mean + 1).

    Kind: enclosure, proven by a margin below 1 at its lower end and one above it, or an unstable mean, at its upper.

    Example: ``mean_square_step(Poisson(15), 1e-4).contains(sp.Rational("0.10843"))``.
    """

    def infinite(step: sp.Expr) -> bool | None:
        margin = mean_square_margin(sp.Rational(step), staleness)
        if margin is None or margin.lower > 1:
            return True
        return False if margin.upper < 1 else None

    return bisect(infinite, sp.Rational(1, 4) / (staleness.mean + 1), relative_width)
