"""Stage: distance to Poisson. Input: one worker's count in a window. Output: how far all workers' is from Poisson.

    distance = sup over all events = (1/2) sum_n |P(N = n) - e^{-m} m^n/n!|,   N the sum of M counts of mean m/M

Every probability is a ball; what lies beyond the counts added up is bounded by the mass that is missing.
"""

from __future__ import annotations

import sympy as sp

from numeric.enclosure import Enclosure, arb, compile_ball, precision

BITS = 192
MOST_COUNTS = 4000
NEGLIGIBLE = 1e-25  # probability left beyond the counts added up


def poisson_distance(probability: sp.Expr, index: sp.Symbol, mean: sp.Expr, workers: int) -> Enclosure:
    """Total variation distance of the arrivals of ``workers`` >= 1 alike workers from Poisson arrivals of equal mean.

    ``probability`` is P(one worker's count = ``index``) with numbers put in, ``mean`` > 0 its mean. Kind: enclosure.
    Raises ``ArithmeticError`` where the counts that matter are more than ``MOST_COUNTS``.

    Example: ``poisson_distance(sp.exp(-1) / sp.factorial(y.j), y.j, sp.Integer(1), 3).upper < 1e-20``.
    """
    with precision(BITS):
        one = _probabilities(probability, index)
        merged = _power(one, workers)
        rate = workers * compile_ball(mean, ())().real
        # The rest of N beyond the list is what its probabilities leave of 1; likewise for the Poisson law.
        rest_of_merged, rest_of_poisson, distance = arb(1), arb(1), arb(0)
        term = (-rate).exp()
        for count in range(max(len(merged), _last(rate, len(merged)))):
            here = merged[count] if count < len(merged) else arb(0)
            distance += abs(here - term)
            rest_of_merged, rest_of_poisson = rest_of_merged - here, rest_of_poisson - term
            term = term * rate / (count + 1)
        rest = arb(0, abs(rest_of_merged).upper() + abs(rest_of_poisson).upper())
        return Enclosure((distance + rest) / 2)


def _probabilities(probability: sp.Expr, index: sp.Symbol) -> list[arb]:
    """The probabilities of 0, 1, 2, ... until next to nothing is left."""
    found: list[arb] = []
    left = arb(1)
    while not left.abs_upper() < NEGLIGIBLE:
        if len(found) == MOST_COUNTS:
            raise ArithmeticError(f"more than {MOST_COUNTS} counts matter in this window")
        found.append(compile_ball(probability.subs(index, len(found)).doit(), ())().real)
        left -= found[-1]
    return found


def _power(one: list[arb], workers: int) -> list[arb]:
    """The law of the sum of ``workers`` independent counts, by repeated squaring; shortened lists stay lower parts."""
    result, square, left = [arb(1)], one, workers
    while left:
        if left % 2:
            result = _convolved(result, square)
        left //= 2
        if left:
            square = _convolved(square, square)
    return result


def _convolved(first: list[arb], second: list[arb]) -> list[arb]:
    """Products added up, without the last ones while next to nothing is lost: the loss shows as missing mass."""
    product = [arb(0)] * (len(first) + len(second) - 1)
    for i, left in enumerate(first):
        for k, right in enumerate(second):
            product[i + k] += left * right
    while len(product) > 1 and product[-1].abs_upper() < NEGLIGIBLE / 1000:
        product.pop()
    return product


def _last(rate: arb, at_least: int) -> int:
    """A count beyond which Poisson's probability is negligible: e^{-m} (e m/n)^n with n >= e^2 m is below e^{-n}."""
    return max(at_least, int(float(8 * rate.abs_upper())) + 60)
