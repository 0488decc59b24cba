"""Stage: polynomials. Input: exact rational functions. Output: all roots in balls, with exact multiplicities.

The multiplicities come from an exact squarefree factorisation, the balls from rigorous isolation (Arb). Whether a
root lies exactly on the imaginary axis or the unit circle is decided by the greatest common divisor of the
polynomial and its mirror image.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any

import sympy as sp

from numeric.enclosure import Ball, fmpq, fmpq_poly

Fraction = tuple[fmpq_poly, fmpq_poly]  # numerator and denominator
LARGEST_DEGREE = 1000  # of a power
_FEW = 60  # roots that are isolated within milliseconds


def exact_roots(function: sp.Expr, variable: sp.Symbol) -> list[tuple[Ball, int]] | None:
    """All roots of a rational function with rational coefficients, as (ball, multiplicity); None for other functions.

    Roots of the denominator are no roots: the fraction is reduced first. The balls are disjoint and have about the
    working precision.

    Example: ``exact_roots(y.s**2 + 2 * y.s + 1, y.s)[0][1] == 2``.
    """
    polynomial = numerator(function, variable)
    if polynomial is None:
        return None
    return [(root, int(multiplicity)) for root, multiplicity in polynomial.complex_roots()]


def multiple_roots(function: sp.Expr, variable: sp.Symbol) -> list[tuple[Ball, int]]:
    """The multiple roots of a rational function with rational coefficients, as (ball, multiplicity).

    They are the roots of the greatest common divisor of its numerator p and p', each once less often.

    Example: ``multiple_roots((y.s + 1) ** 3 * y.s, y.s)[0][1] == 3``.
    """
    polynomial = numerator(function, variable)
    if polynomial is None:
        return []
    common = polynomial.gcd(polynomial.derivative())
    return [(root, int(multiplicity) + 1) for root, multiplicity in common.complex_roots()]


def worth_isolating(function: sp.Expr, variable: sp.Symbol) -> bool:
    """Whether all roots of a rational function are few enough to be isolated, or some are multiple.

    Simple roots of a high degree are isolated one by one, and sooner, by interval Newton.

    Example: ``worth_isolating((y.s + 1) ** 400, y.s) and not worth_isolating((y.s + 1) ** 400 + 1, y.s)``.
    """
    polynomial = numerator(function, variable)
    if polynomial is None:
        return False
    return bool(polynomial.degree() <= _FEW or polynomial.gcd(polynomial.derivative()).degree() > 0)


def count_right_of(function: sp.Expr, variable: sp.Symbol, line: Any) -> int | None:
    """How many roots of a rational function have Re s > line (a real ball, or -inf); None where that is undecided.

    Example: ``count_right_of(y.s**2 - 1, y.s, Enclosure.of(sp.Integer(0)).ball) == 1``.
    """
    roots = exact_roots(function, variable)
    if roots is None or any(root.real.overlaps(line) for root, _ in roots):
        return None
    return sum(multiplicity for root, multiplicity in roots if root.real > line)


@lru_cache(maxsize=128)
def numerator(function: sp.Expr, variable: sp.Symbol) -> fmpq_poly | None:
    """The reduced numerator of a rational function with rational coefficients; None for others and huge degrees."""
    if not function.is_rational_function(variable) or function.free_symbols - {variable}:
        return None
    powers = (power for power in function.atoms(sp.Pow) if power.exp.is_Integer)
    if any(abs(power.exp) > LARGEST_DEGREE + 2 for power in powers):
        return None
    fraction = _fraction(function, variable, {})
    if fraction is None:
        return None
    above, below = fraction
    return above / above.gcd(below)


def _fraction(node: sp.Expr, variable: sp.Symbol, known: dict[sp.Expr, Fraction | None]) -> Fraction | None:
    """Numerator and denominator of a rational function, by its nodes; None where a number is not rational."""
    if node not in known:
        known[node] = _combined(node, variable, known)
    return known[node]


def _combined(node: sp.Expr, variable: sp.Symbol, known: dict[sp.Expr, Fraction | None]) -> Fraction | None:
    if node == variable:
        return fmpq_poly([0, 1]), fmpq_poly([1])
    if node.is_Rational:
        return fmpq_poly([fmpq(int(node.p), int(node.q))]), fmpq_poly([1])
    if isinstance(node, sp.Pow) and node.exp.is_Integer:
        base = _fraction(node.base, variable, known)
        if base is None:
            return None
        above, below = base if node.exp > 0 else base[::-1]
        return above ** abs(int(node.exp)), below ** abs(int(node.exp))
    if not isinstance(node, sp.Add | sp.Mul):
        return None
    parts = [_fraction(part, variable, known) for part in node.args]
    return reduce(_added if isinstance(node, sp.Add) else _multiplied, parts)


def _multiplied(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else (one[0] * other[0], one[1] * other[1])


def _added(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    if one is None or other is None:
        return None
    if one[1] == other[1]:
        return one[0] + other[0], one[1]
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def on_imaginary_axis(function: sp.Expr, variable: sp.Symbol) -> Callable[[Ball], bool]:
    """A test that proves Re s = 0 for the root in a ball: p(s) and p(-s) share it, and it is its own mirror image."""
    polynomial = numerator(function, variable)
    if polynomial is None:
        return lambda ball: False
    mirrored = fmpq_poly([c * (-1) ** power for power, c in enumerate(polynomial.coeffs())])
    return _fixed_by(polynomial, mirrored, lambda ball: -ball.conjugate())


def on_unit_circle(function: sp.Expr, variable: sp.Symbol) -> Callable[[Ball], bool]:
    """A test that proves |z| = 1 for the root in an isolating ball: p(z) and z^n p(1/z) share it."""
    polynomial = numerator(function, variable)
    if polynomial is None:
        return lambda ball: False
    return _fixed_by(polynomial, fmpq_poly(polynomial.coeffs()[::-1]), lambda ball: 1 / ball.conjugate())


def _fixed_by(polynomial: Any, mirrored: Any, reflect: Callable[[Ball], Ball]) -> Callable[[Ball], bool]:
    common = polynomial.gcd(mirrored)
    if common.degree() < 1:
        return lambda ball: False
    every = [root for root, _ in polynomial.complex_roots()]
    shared = [root for root, _ in common.complex_roots()]

    def test(ball: Ball) -> bool:
        home = [root for root in every if root.overlaps(ball)]
        if len(home) != 1 or not any(_only(root, every, home[0]) for root in shared):
            return False
        # The mirror image is a root, too; if it can be no other root, it is this one.
        return _only(reflect(home[0]), every, home[0])

    return test


def _only(ball: Ball, every: list[Ball], home: Ball) -> bool:
    return [root for root in every if root.overlaps(ball)] == [home]
