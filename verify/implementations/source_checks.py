"""Stage: source code checked. Input: claims and a language. Output: how its functions compare with enclosures.

At random points of the domain a value must lie in the ball that the formula gives when every argument may be off by a
few units in its last place; outside the domain it must be NaN. Run as ``python -m
verify.implementations.source_checks`` it does so for every claim in every language that is installed.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import sympy as sp

from derive.claims import CLAIMS, Claim
from derive.standard_integrals import lognormal_integral, weibull_integral
from numeric.enclosure import Ball, Unevaluable, acb, arb, compile_ball, precision
from numeric.source.arguments import source_arguments
from numeric.source.code import SourceFile, source_of
from numeric.source.languages import LANGUAGES
from verify.implementations.source_runs import program_of, run_source

ARGUMENT_ERROR = 2.0**-46  # relative: 64 units in the last place of every argument
ROUNDING = 2e-13  # relative error of a function beside that, e.g. of the incomplete gamma function
WIDEST = 1e-6  # relative radius of a ball beyond which a point says nothing
MOST_TRIES = 60
BITS = 192


@dataclass(frozen=True)
class Miss:
    """One value outside its enclosure (or a number outside the domain)."""

    function: str
    point: tuple[float, ...]
    value: float
    wanted: str


@dataclass(frozen=True)
class Expected:
    """What a claim's functions must return at one point: values of both parts and how far they may be off."""

    point: tuple[float, ...]
    re: float
    im: float
    slack: float


@lru_cache(maxsize=256)
def expectations(claim_id: str, points: int, seed: int) -> tuple[tuple[Expected, ...], tuple[tuple[float, ...], ...]]:
    """Points inside the domain with their enclosures, and points outside it."""
    claim = CLAIMS[claim_id]
    domain = claim.derived.domain
    generator = np.random.default_rng(seed)
    inside: list[Expected] = []
    outside: list[tuple[float, ...]] = []
    for _ in range(MOST_TRIES * points):
        if len(inside) == points:
            break
        drawn = {symbol: _draw(symbol, generator) for symbol in source_arguments(claim).values()}
        point = tuple(part for parts in drawn.values() for part in parts)
        if domain != sp.true and domain.subs({symbol: _exact(parts) for symbol, parts in drawn.items()}) == sp.false:
            outside.append(point)
        elif (found := _expected(claim, drawn, point)) is not None:
            inside.append(found)
    return tuple(inside), tuple(outside[:points])


def _draw(symbol: sp.Symbol, generator: np.random.Generator) -> tuple[float, ...]:
    """A random double of the symbol's range; a complex one as its parts."""
    if symbol.is_integer:
        low = 1 if symbol.is_positive else 0 if symbol.is_nonnegative else -3
        return (float(generator.integers(low, 9)),)
    size = float(10 ** generator.uniform(-1.7, 0.9))
    if symbol.is_nonnegative:
        return (size,)
    if symbol.is_extended_real:
        return (size * float(generator.choice((-1, 1))),)
    return size, float(10 ** generator.uniform(-1.7, 0.9)) * float(generator.choice((-1, 1)))


def _exact(parts: tuple[float, ...]) -> sp.Expr:
    """The number that doubles denote: one, or the parts of a complex one."""
    re, *im = (sp.Rational(*part.as_integer_ratio()) for part in parts)
    return re + sp.I * im[0] if im else re


def _expected(claim: Claim, drawn: dict[sp.Symbol, tuple[float, ...]], point: tuple[float, ...]) -> Expected | None:
    try:
        ball = _enclosed(claim.expression, drawn)
    except (Unevaluable, ZeroDivisionError):
        return None
    re, im = float(ball.real.mid()), float(ball.imag.mid())
    radius = max(float(ball.real.rad()), float(ball.imag.rad()))
    size = math.hypot(re, im)
    if not (1e-200 < size < 1e200 and radius <= WIDEST * size):
        return None
    return Expected(point, re, im, radius + ROUNDING * size)


def _enclosed(expression: sp.Expr, drawn: dict[sp.Symbol, tuple[float, ...]]) -> Ball:
    """The ball of the expression over all numbers that differ from the doubles by their rounding.

    What decides the limits of a sum or the shape of an integral is the double itself: of a ball there is no such sum.
    """
    limits = [limit for one in expression.atoms(sp.Sum) for limit in one.limits]
    deciding = {symbol for limit in limits for symbol in sp.Tuple(*limit[1:]).free_symbols}
    whole = {symbol for symbol in drawn if limits and symbol.is_integer}
    exact = {symbol: _exact(parts) for symbol, parts in drawn.items() if symbol in deciding | whole}
    drawn = {symbol: parts for symbol, parts in drawn.items() if symbol not in exact}
    shapes = {part for one in expression.atoms(weibull_integral, lognormal_integral) for part in one.args[:-1]}
    expression = expression.xreplace(exact)
    with precision(BITS):
        program = compile_ball(expression, tuple(drawn))
        given = (acb(*parts) if symbol in shapes else _about(symbol, parts) for symbol, parts in drawn.items())
        return program(*given)


def _about(symbol: sp.Symbol, parts: tuple[float, ...]) -> Ball:
    """The ball of numbers that differ from a double by its rounding; integers and complex numbers are themselves."""
    if symbol.is_integer or len(parts) > 1:
        return acb(*parts)
    return acb(arb(parts[0], abs(parts[0]) * ARGUMENT_ERROR))


def check_source(source: SourceFile, points: int = 1000, seed: int = 1) -> tuple[list[Miss], int]:
    """Run every function of the file at ``points`` random points of its domain and some outside.

    Returns the misses and how many values were compared. Raises what ``run_source`` raises, and ``RuntimeError`` where
    a function could be compared at no point.
    """
    calls, wanted = [], []
    for number, function in enumerate(source.functions):
        inside, outside = expectations(function.claim, points, seed)
        if not inside:
            raise RuntimeError(f"{function.claim}: no point of its domain was found, so nothing is compared")
        for expected in inside:
            calls.append((number, expected.point))
            wanted.append(expected)
        for point in outside[: max(1, points // 10)]:
            calls.append((number, point))
            wanted.append(Expected(point, math.nan, math.nan, 0.0))
    with tempfile.TemporaryDirectory() as folder:
        values = run_source(source, calls, Path(folder))
    if len(values) != len(calls):
        raise RuntimeError(f"{source.language}: {len(values)} values for {len(calls)} points")
    misses = []
    for (number, point), expected, value in zip(calls, wanted, values, strict=True):
        function = source.functions[number]
        right = expected.im if function.part == "im" else expected.re
        fits = math.isnan(value) if math.isnan(right) else abs(value - right) <= expected.slack
        if not fits:
            misses.append(Miss(function.name, tuple(point), value, f"{right!r} +- {expected.slack:.1e}"))
    return misses, len(values)


def main(arguments: Sequence[str]) -> int:
    """Check every claim in the languages named (default: all); 0 when nothing is missed."""
    claims: Iterable[Claim] = CLAIMS.values()
    missed = 0
    for language in arguments or LANGUAGES:
        if program_of(language) is None:
            print(f"{language}: not run, it is not installed here")
            continue
        source = source_of(claims, language)
        misses, compared = check_source(source)
        print(f"{language}: {len(source.functions)} functions, {compared} values, {len(misses)} missed")
        for miss in misses[:5]:
            print(f"  {miss.function}{miss.point} = {miss.value!r}, wanted {miss.wanted}")
        missed += len(misses)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
