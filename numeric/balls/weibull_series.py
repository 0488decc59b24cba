"""Stage: ball functions. Input: balls. Output: transforms of the Weibull law by two series, proven errors included.

    S(c, b; z) = sum_n Gamma(c n + b) (-z)^n/n!
    W = int_0^oo v^m e^(-x v) k v^(k-1) e^(-v^k) dv = S(1/k, 1 + m/k; x)                expanding e^(-x v),
                                                    = k x^-(k + m) S(k, k + m; x^-k)   expanding e^(-v^k)

The one with c < 1 converges: since Gamma(y + c) <= y^c Gamma(y) (Wendel, American Mathematical Monthly 55, 1948), a
term is at most |z| (c n + b)^c/(n + 1) times the one before it, which falls in n, and what is left out is at most a
geometric series. The other one is asymptotic: along the ray arg v = -phi the rest of an exponential of a negative real
part is at most its first term left out, so that W is off by at most that term over q^(c n + b), where with
theta = |arg x| < pi

    q = cos(k (theta - pi/2)) for k < 1,   q = cos(theta - pi/(2 k)) for k > 1,   1 where the angle is negative.

Where neither gets there (its largest term costs too many bits) numeric/balls/log_trapezoid.py has an answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from numeric.balls.functions import Ball, BallKit, is_real
from numeric.balls.log_trapezoid import ParameterKey

_GUARD = 20
_MOST_LOST = 2000  # bits that the largest term may be larger than the sum
_MOST_TERMS = 3000
_SMALLEST = 2.0**-300  # smaller and larger arguments are none of a series in doubles


@dataclass(frozen=True)
class _Plan:
    """Bits lost to the largest term, and to boxes that a complex power turns by up to half a right angle; terms."""

    lost: int
    turned: int
    count: int


@dataclass(frozen=True)
class _Series:
    """The polynomial of the first terms; of the first one left out the coefficient and its index; c and b."""

    polynomial: Any
    beyond: Any
    count: int
    step: Any
    start: Any


def weibull_series(kit: BallKit, shape: Ball, order: int, x: Ball) -> Ball | None:
    """The transform of order m at ``x``, all in balls; None where no series is the way to it."""
    k, low, high = float(shape.real.mid()), float(x.abs_lower()), float(x.abs_upper())
    if not (low > _SMALLEST and high < 1 / _SMALLEST) and (k < 1 or not high < 1):
        return None
    cut = not x.real > 0 and x.imag.contains(0)
    for converging in (False, True):
        in_x = (k > 1) is converging  # else in x^-k
        if cut and not (in_x and converging):
            continue
        size = _coarse(high if in_x else low**-k)
        c, b = (1 / k, 1 + order / k) if in_x else (k, k + order)
        lean = 1.0 if converging else float(_lean(kit, shape, x).mid())
        plan = _converging(c, b, size, kit.bits()) if converging else _asymptotic(c, b, size, lean, kit.bits())
        if plan is None or (plan.lost > kit.bits() // 2 and not shape.is_exact()):  # more bits would not sharpen k
            continue
        with kit.precision(kit.bits() + plan.lost + (0 if is_real(x) else plan.turned)):
            return _summed(kit, (shape, order, x), in_x, plan.count, converging)
    return None


def _summed(kit: BallKit, of: tuple[Ball, int, Ball], in_x: bool, count: int, converging: bool) -> Ball:
    """The first terms and a ball around the others."""
    shape, order, x = of
    series = _series(ParameterKey(kit, shape.real), order, in_x, kit.bits(), count)
    z = x if in_x else (-shape * x.log()).exp()
    rest = _tail(kit, series, z) if converging else _rest(kit, series, z, _lean(kit, shape, x))
    square = kit.disc(rest.upper())
    total = series.polynomial(z) + (kit.complex(square.real, 0) if is_real(z) else square)
    return total if in_x else shape * total * (-(shape + order) * x.log()).exp()


def _coarse(size: float) -> float:
    """|z| rounded up to one of few values, so that series are shared."""
    return 2.0 ** (math.ceil(2 * math.log2(max(size, 2.0**-40)) + 1e-9) / 2)


@lru_cache(maxsize=1024)
def _converging(c: float, b: float, size: float, bits: int) -> _Plan | None:
    """How many bits and terms the convergent series takes, by doubles: the result proves itself."""
    peak = math.exp(min(700.0, (math.log(size) + c * math.log(c)) / (1 - c)))
    lost = (1 - c) * peak / math.log(2)
    if lost > _MOST_LOST:
        return None
    wanted = (bits + _GUARD) * math.log(2) + 2 * b * math.log(2 + size)
    count = math.ceil(peak) + 4
    while math.lgamma(c * count + b) - math.lgamma(count + 1) + count * math.log(size) > -wanted:
        count += max(4, count // 8)
    more = math.ceil((lost + _GUARD + b * math.log2(2 + size)) / 32) * 32
    return _Plan(more, count // 64 * 32, count) if count <= _MOST_TERMS else None


@lru_cache(maxsize=1024)
def _asymptotic(c: float, b: float, size: float, lean: float, bits: int) -> _Plan | None:
    """How many terms the asymptotic series takes; None where its terms do not fall far enough."""
    if not lean > 0:
        return None
    wanted, before = (bits + _GUARD) * math.log(2), math.inf
    for count in range(1, _MOST_TERMS):
        left = math.lgamma(c * count + b) - math.lgamma(count + 1) - (c * count + b) * math.log(lean)
        left += count * math.log(size) - math.lgamma(b)
        if left < -wanted:
            return _Plan(32, count // 64 * 32, count)
        if left > before:
            return None
        before = left
    return None


@lru_cache(maxsize=256)
def _series(key: ParameterKey, order: int, in_x: bool, bits: int, count: int) -> _Series:
    """The coefficients at the working precision, which is ``bits``."""
    kit, shape = key.kit, key.value
    step, start = (1 / shape, 1 + order / shape) if in_x else (shape, shape + order)
    coefficients, factorial = [], kit.rational(1, 1).real
    for n in range(count + 1):
        factorial = factorial * -n if n else factorial
        coefficients.append((step * n + start).gamma() / factorial)
    balls = [kit.complex(one, 0) for one in coefficients[:-1]]
    return _Series(kit.polynomial(balls), abs(coefficients[-1]), count, step, start)


def _tail(kit: BallKit, series: _Series, z: Ball) -> Any:
    """At least the sum of the terms from ``count`` on, of the convergent series."""
    size = abs(z).upper()
    fall = size * (series.step * series.count + series.start) ** series.step / (series.count + 1)
    return series.beyond * size**series.count / (1 - fall) if fall < 1 else kit.constant("nan").real


def _rest(kit: BallKit, series: _Series, z: Ball, lean: Any) -> Any:
    """At least what the first ``count`` terms of the asymptotic series are off by."""
    power = series.step * series.count + series.start
    return series.beyond * abs(z).upper() ** series.count / lean**power if lean > 0 else kit.constant("nan").real


def _lean(kit: BallKit, shape: Ball, x: Ball) -> Any:
    """At most q, for every point of ``x``."""
    theta, right = abs(x.arg()).upper(), kit.constant("pi").real / 2
    angle = (theta - right / shape.real if shape.real > 1 else shape.real * (theta - right)).upper()
    if angle <= 0:
        return kit.rational(1, 1).real
    return angle.cos().lower() if angle < right else kit.rational(0, 1).real
