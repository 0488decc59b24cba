"""Stage: source code. Input: doubles. Output: Lambert's function on any branch, one part of it, for any language.

Written in the few statements that numeric/source/translation.py knows, like numeric/source/helpers.py.
"""

from __future__ import annotations

from math import atan2, cos, exp, expm1, hypot, inf, log, pi, sin, sqrt


def lambert_w(x: float, y: float, branch: float, part: float) -> float:
    """W_branch(x + i y), its real part for ``part`` 0, else its imaginary part; on the cuts continuous from above.

    Next to the branch point -1/e from p = sqrt(2 (e z + 1)), W = -1 + p - p^2/3 + ..., elsewhere by Halley's iteration.
    """
    gap = 2.718281828459045 * ((x + 0.36787944117144233) - 1.2428753672788363e-17)  # e x + 1; 1/e to two doubles
    high = 2.718281828459045 * y
    size = hypot(gap, high)
    side = 0.0
    if branch == 0.0:
        side = 1.0
    if (branch == -1.0 and y >= 0.0) or (branch == 1.0 and y < 0.0):
        side = -1.0
    if size < 0.3 and side != 0.0:
        angle = 0.5 * atan2(high, gap)
        p = side * sqrt(2.0 * size) * cos(angle)
        q = side * sqrt(2.0 * size) * sin(angle)
        if size < 2e-4:
            return branch_point_series(p, q, part)
        return branch_point_newton(gap, high, p, q, part)
    if x == 0.0 and y == 0.0:
        if branch != 0.0 and part == 0.0:
            return -inf
        return 0.0
    u = lambert_start(x, y, branch, 0.0)
    v = lambert_start(x, y, branch, 1.0)
    return lambert_halley(x, y, u, v, part)


def series_coefficient(n: float) -> float:
    """The coefficients of W in p next to the branch point (Corless et al. 1996, eq. 4.22)."""
    if n == 0.0:
        return -1.0
    if n == 1.0:
        return 1.0
    if n == 2.0:
        return -1.0 / 3.0
    if n == 3.0:
        return 11.0 / 72.0
    if n == 4.0:
        return -43.0 / 540.0
    if n == 5.0:
        return 769.0 / 17280.0
    if n == 6.0:
        return -221.0 / 8505.0
    if n == 7.0:
        return 680863.0 / 43545600.0
    if n == 8.0:
        return -1963.0 / 204120.0
    return 226287557.0 / 37623398400.0


def branch_point_series(p: float, q: float, part: float) -> float:
    """W from p + i q = sqrt(2 (e z + 1)) by ten terms, which are exact to a double for |e z + 1| < 2e-4."""
    n = 9.0
    re = 0.0
    im = 0.0
    while n >= 0.0:
        old = re
        re = re * p - im * q + series_coefficient(n)
        im = old * q + im * p
        n = n - 1.0
    if part == 0.0:
        return re
    return im


def branch_point_newton(gap: float, high: float, p: float, q: float, part: float) -> float:
    """W by Newton on w = W + 1: w e^w - expm1(w) = e z + 1, whose error is one of w's own last digits."""
    u = p - (p * p - q * q) / 3.0
    v = q - 2.0 * p * q / 3.0
    n = 0.0
    while n < 8.0:
        e = exp(u)
        half = sin(0.5 * v)
        grown = e * (u * cos(v) - v * sin(v))
        turned = e * (u * sin(v) + v * cos(v))
        off = grown - (expm1(u) * cos(v) - 2.0 * half * half) - gap
        aside = turned - e * sin(v) - high
        d = grown * grown + turned * turned
        u = u - (off * grown + aside * turned) / d
        v = v - (aside * grown - off * turned) / d
        n = n + 1.0
    if part == 0.0:
        return u - 1.0
    return v


def lambert_start(x: float, y: float, branch: float, part: float) -> float:
    """Where Halley's iteration starts: ln(1 + z) near 0, ln(-z) - ln(-ln(-z)), else ln z - ln ln z on the branch."""
    if branch == 0.0 and x > -0.3 - 2.5 * abs(y) and x < 1.5 and abs(y) < 1.0:
        if part == 0.0:
            return log(hypot(1.0 + x, y))
        return atan2(y, 1.0 + x)
    if branch == -1.0 and y == 0.0 and x < 0.0 and x > -0.36787944117144233:
        if part == 0.0:
            return log(-x) - log(-log(-x))
        return 0.0
    a = log(hypot(x, y))
    b = atan2(y, x) + 2.0 * pi * branch
    if part == 0.0:
        return a - log(hypot(a, b))
    return b - atan2(b, a)


def lambert_halley(x: float, y: float, start: float, turn: float, part: float) -> float:
    """W from a start u + i v: f = w - z e^-w over 1 + w - (w + 2) f/(2 (w + 1))."""
    u = start
    v = turn
    n = 0.0
    while n < 24.0:
        e = exp(-u)
        off = u - e * (x * cos(v) + y * sin(v))
        aside = v - e * (y * cos(v) - x * sin(v))
        d = 2.0 * ((u + 1.0) * (u + 1.0) + v * v)
        pulled = (u + 2.0) * off - v * aside
        pushed = (u + 2.0) * aside + v * off
        real = 1.0 + u - (pulled * (u + 1.0) + pushed * v) / d
        imaginary = v - (pushed * (u + 1.0) - pulled * v) / d
        d = real * real + imaginary * imaginary
        u = u - (off * real + aside * imaginary) / d
        v = v - (aside * real - off * imaginary) / d
        n = n + 1.0
    if part == 0.0:
        return u
    return v
