"""Stage: source code. Input: doubles. Output: Laplace transforms without an elementary form, by the trapezoid rule.

Written as numeric/source/helpers.py is, and translated along. A complex argument is x + i y with x >= 0, and a function
gives the real part for ``part`` 0, else the imaginary one. Path and step are those of numeric/kernels/integrals.py: a
line turned half-way to where the integrand falls fastest, on the logarithmic scale.
"""

from __future__ import annotations

from math import atan2, cos, exp, floor, hypot, inf, log, log1p, pi, sin, sqrt


def exponential_integral(order: float, x: float, y: float, part: float) -> float:
    """E_nu(z), the integral of e^(-z v) v^-nu over v > 1; at z = 0 it is 1/(nu - 1)."""
    size = hypot(x, y)
    if size == 0.0:
        if part != 0.0:
            return 0.0
        if order > 1.0:
            return 1.0 / (order - 1.0)
        return inf
    scale = 1.0 + size + abs(order)
    c = cos(0.5 * atan2(y, x)) / scale
    d = -sin(0.5 * atan2(y, x)) / scale
    last = log(60.0 / size)
    if order > 1.0 and 40.0 / (order - 1.0) < last:
        last = 40.0 / (order - 1.0)
    last = last + log(scale)
    step = 0.09375
    v = -41.0 * step
    re = 0.0
    im = 0.0
    while v < last or v < 1.0:
        small = exp(-v)
        g = exp(v - small)
        a = c * g
        b = d * g
        fall = exp(b * y - a * x - 0.5 * order * log1p(a * (2.0 + a) + b * b)) * g * (1.0 + small)
        angle = -(a * y + b * x) - order * atan2(b, 1.0 + a)
        re = re + fall * (c * cos(angle) - d * sin(angle))
        im = im + fall * (c * sin(angle) + d * cos(angle))
        v = v + step
    if part == 0.0:
        return step * exp(-x) * (re * cos(y) + im * sin(y))
    return step * exp(-x) * (im * cos(y) - re * sin(y))


def short_step(step: float) -> float:
    """A step of 21 bits at most as large: its multiples are exact."""
    scale = 1048576.0
    while step * scale < 1048576.0:
        scale = scale * 2.0
    return floor(step * scale) / scale


def weibull_integral(order: float, shape: float, x: float, y: float, part: float) -> float:
    """The integral of v^n e^(-z v) k v^(k - 1) e^(-v^k) over v > 0, for an order n >= 0 and a shape k > 0."""
    power = 1.0 + order / shape
    step = 0.0125 * pi * pi / 2.0
    turned = 0.5 / shape
    if shape < 1.0:
        step = 0.0125 * pi * pi / 2.0 * shape
        turned = 0.5
    b = -turned * atan2(y, x)
    n = -1.0 - floor(40.0 / step)
    size = sqrt(x * x + y * y)
    if size > 1.0:
        n = n - floor(shape * log(size) / step)
    last = log(80.0 + power * log(40.0 * power)) / step
    apart = short_step(step / shape)
    re = 0.0
    im = 0.0
    while n <= last + 1.0:
        a = n * apart
        e = exp(a)
        f = exp(shape * a)
        fall = (order + shape) * a - f * cos(shape * b) - e * (x * cos(b) - y * sin(b))
        if fall > -700.0:
            angle = (order + shape) * b - f * sin(shape * b) - e * (x * sin(b) + y * cos(b))
            re = re + exp(fall) * cos(angle)
            im = im + exp(fall) * sin(angle)
        n = n + 1.0
    if part == 0.0:
        return apart * shape * re
    return apart * shape * im


def lognormal_integral(spread: float, x: float, y: float, part: float) -> float:
    """The mean of e^(-z V), ln V normal of mean 0 and of a standard deviation > 0."""
    turned = 2.0 / pi
    if 0.5 / spread < turned:
        turned = 0.5 / spread
    wide = turned * pi / 2.0
    apart = short_step(2.0 * pi * wide / (40.0 + 2.0 * wide * wide))
    b = -turned * atan2(y, x)
    last = floor(sqrt(83.0) / apart) + 1.0
    size = sqrt(x * x + y * y)
    n = -last - floor(log(1.0 + size * spread * spread) / (spread * apart))
    re = 0.0
    im = 0.0
    while n <= last:
        a = n * apart
        e = exp(spread * a)
        fall = 0.5 * (b - a) * (b + a) - e * (x * cos(spread * b) - y * sin(spread * b))
        if fall > -700.0:
            angle = -a * b - e * (x * sin(spread * b) + y * cos(spread * b))
            re = re + exp(fall) * cos(angle)
            im = im + exp(fall) * sin(angle)
        n = n + 1.0
    if part == 0.0:
        return apart * re / sqrt(2.0 * pi)
    return apart * im / sqrt(2.0 * pi)
