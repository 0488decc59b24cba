"""Stage: source code. Input: doubles. Output: special functions of them that a language's own library may lack.

Written in the few statements that numeric/source/translation.py knows, because every language's version is a
translation of this text: assignments of doubles, if, while, return. A complex argument is x + i y, and a function gives
one part of its result.
"""

from __future__ import annotations

from math import cos, exp, expm1, hypot, log, log1p, pi, sin, sinh, sqrt


def ln_gamma(x: float) -> float:
    """ln Gamma(x) for x > 0: Stirling's series beyond 10, the recurrence below."""
    shifted = x
    product = 1.0
    while shifted < 10.0:
        product = product * shifted
        shifted = shifted + 1.0
    r = 1.0 / (shifted * shifted)
    tail = 1.0 / 156.0 - r * (3617.0 / 122400.0)
    tail = 691.0 / 360360.0 - r * tail
    tail = 1.0 / 1188.0 - r * tail
    tail = 1.0 / 1680.0 - r * tail
    tail = 1.0 / 1260.0 - r * tail
    tail = 1.0 / 360.0 - r * tail
    tail = (1.0 / 12.0 - r * tail) / shifted
    return (shifted - 0.5) * log(shifted) - shifted + 0.5 * log(2.0 * pi) + tail - log(product)


def lower_gamma_ratio(a: float, x: float) -> float:
    """The lower incomplete gamma function of order a > 0 at x >= 0 over Gamma(a): a series, or one minus the upper."""
    if x <= 0.0:
        return 0.0
    if x > a + 1.0:
        return 1.0 - upper_gamma_ratio(a, x)
    term = 1.0 / a
    total = term
    n = a
    while term > 1e-17 * total:
        n = n + 1.0
        term = term * x / n
        total = total + term
    return total * exp(a * log(x) - x - ln_gamma(a))


def upper_gamma_ratio(a: float, x: float) -> float:
    """The upper incomplete gamma function of order a > 0 at x >= 0 over Gamma(a): a continued fraction."""
    if x <= a + 1.0:
        return 1.0 - lower_gamma_ratio(a, x)
    b = x + 1.0 - a
    c = 1e300
    d = 1.0 / b
    value = d
    n = 1.0
    change = 2.0
    while abs(change - 1.0) > 1e-16 and n < 10000.0:
        step = -n * (n - a)
        b = b + 2.0
        d = 1.0 / (step * d + b)
        c = b + step / c
        change = c * d
        value = value * change
        n = n + 1.0
    return value * exp(a * log(x) - x - ln_gamma(a))


def complementary_error(x: float) -> float:
    """erfc(x)."""
    if x < 0.0:
        return 1.0 + lower_gamma_ratio(0.5, x * x)
    return upper_gamma_ratio(0.5, x * x)


def scaled_error(x: float) -> float:
    """e^(x^2) erfc(x) for x >= 0: by the two, or beyond 3 by a continued fraction."""
    if x < 3.0:
        return exp(x * x) * complementary_error(x)
    value = x
    n = 100.0
    while n > 0.0:
        value = x + 0.5 * n / value
        n = n - 1.0
    return 1.0 / (sqrt(pi) * value)


def log_of_ratio(gap: float, ratio: float) -> float:
    """ln(ratio) for ratio = 1 + gap, by the gap where that is small."""
    if abs(gap) < 0.5:
        return log1p(gap)
    return log(ratio)


def log_of_shifted_modulus(x: float) -> float:
    """ln|1 + x|, without cancellation where x is small."""
    if abs(x) < 0.5:
        return log1p(x)
    return log(abs(1.0 + x))


def root_difference(root: float, other: float, gap: float) -> float:
    """root - other for other > 0 and gap = root^2 - other^2, without cancellation."""
    if root > 0.0:
        return gap / (root + other)
    return root - other


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function from 0 to x, for a, b > 0 and 0 <= x <= 1: a continued fraction."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    c = 1.0
    d = 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    value = d
    n = 1.0
    change = 2.0
    while abs(change - 1.0) > 1e-16 and n < 10000.0:
        even = n * (b - n) * x / ((a + 2.0 * n - 1.0) * (a + 2.0 * n))
        d = 1.0 / (1.0 + even * d)
        c = 1.0 + even / c
        value = value * c * d
        odd = -(a + n) * (a + b + n) * x / ((a + 2.0 * n) * (a + 2.0 * n + 1.0))
        d = 1.0 / (1.0 + odd * d)
        c = 1.0 + odd / c
        change = c * d
        value = value * change
        n = n + 1.0
    front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * log(x) + b * log(1.0 - x)
    return value * exp(front) / a


def exponential_mean(x: float, y: float, part: float) -> float:
    """(e^z - 1)/z at z = x + i y, its real part for ``part`` 0, else its imaginary part; 1 at z = 0."""
    size = hypot(x, y)
    re = 1.0
    im = 0.0
    if size < 0.5:
        n = 24.0
        while n > 1.0:
            old = re
            re = 1.0 + (x * old - y * im) / n
            im = (x * im + y * old) / n
            n = n - 1.0
    else:
        half = sin(0.5 * y)
        real = expm1(x) * cos(y) - 2.0 * half * half
        imaginary = exp(x) * sin(y)
        re = (real * x + imaginary * y) / (size * size)
        im = (imaginary * x - real * y) / (size * size)
    if part == 0.0:
        return re
    return im


def choose(n: float, k: float) -> float:
    """The binomial coefficient of a whole k, n from 0 on or any other number; 0 for k < 0: exact up to 2^53."""
    if k < 0.0:
        return 0.0
    value = 1.0
    j = 1.0
    while j <= k:
        value = value * (n - k + j) / j
        j = j + 1.0
    return value


def exp_minus_one(x: float) -> float:
    """e^x - 1, for languages without it."""
    if x < -1.0:
        return exp(x) - 1.0
    return 2.0 * sinh(0.5 * x) * exp(0.5 * x)


def log_one_plus(x: float) -> float:
    """ln(1 + x), for languages without it: the rounding of 1 + x cancels in the quotient."""
    shifted = 1.0 + x
    if shifted == 1.0:
        return x
    return log(shifted) * (x / (shifted - 1.0))
