"""Stage: changes. Input: a right expression, a wrong one and a domain. Output: by how much their values differ on it.

Random exact points of the domain come first, then its edges: extreme values of every symbol, and points pushed against
the border along one symbol. At each point both values are enclosed in balls, so that a change found is a proven one;
that none was found is no proof, and the number of points says how long it was looked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from numeric.enclosure import Unevaluable, acb, arb, compile_balls, precision
from verify.mutants.edge_points import EdgeSource
from verify.points import EmptyDomainError, Point, PointSource

RANDOM_POINTS = 32
EDGE_POINTS = 32
POINTS = RANDOM_POINTS + EDGE_POINTS
"""Points at which a change must stay below ``SMALLEST_CHANGE`` to be called equivalent."""

SMALLEST_CHANGE = 0.01
"""Relative change of a value from which a mutation counts."""

_COUNTS = SMALLEST_CHANGE * (1 - 1e-9)
_BITS = (128, 512)
_TERMS = 40
_WEIGHED = 4
"""The last term of an infinite sum over an array's entries: arrays that vanish beyond belong to the domain."""
NO_VALUE = (ArithmeticError, AttributeError, KeyError, NotImplementedError, RecursionError, TypeError, ValueError)
"""What SymPy and mpmath raise where an expression has no value (``AttributeError``: a digamma of infinity, say)."""


@dataclass(frozen=True)
class Change:
    """The largest relative change found, and at how many points it was looked for.

    ``largest`` is a lower bound by balls; infinite where one of the values does not exist anywhere.
    """

    largest: float
    points: int

    @property
    def counts(self) -> bool:
        """Whether it reaches ``SMALLEST_CHANGE``."""
        return self.largest >= _COUNTS

    def __str__(self) -> str:
        if not self.points and not self.largest:
            return "is the same value: the terms that it has more are nothing"
        return f"changes at most {100 * self.largest:.4g} % of the value at {self.points} points"


def largest_change(right: sp.Expr, wrong: sp.Expr, domain: sp.Basic = sp.true, seed: int = 1) -> Change:
    """The largest |wrong/right - 1| over random points of the domain and its edges; stops at the first that counts.

    Integrals over all frequencies are not enclosed: they are compared in doubles at random points, for one law. Where
    sums begin earlier or end later, with terms that are nothing, the values are the same and no point is looked at.

    Example: ``abs(largest_change(y.damping, y.damping * sp.Rational(201, 200)).largest - 0.005) < 1e-12``.
    """
    if right != wrong and _without_nothings(right, wrong) == right:
        return Change(0.0, 0)
    pair, largest, looked = _ended(sp.Tuple(right, wrong)), 0.0, 0
    try:
        for change in _relative_changes(pair, domain, seed):
            largest, looked = max(largest, change), looked + 1
            if largest >= _COUNTS:
                break
    except EmptyDomainError:
        return Change(math.inf, 0)
    return Change(largest if looked else math.inf, looked)


def _without_nothings(right: sp.Expr, wrong: sp.Expr) -> sp.Expr:
    """The wrong expression without the nothings that its sums begin or end with and those of the right one do not.

    As 1/(-1)! is nothing, a sum may begin at -1 instead of 0, and as C(n - 1, n) is, one to n - 1 may go on to n; with
    too many terms to add up, no ball would tell.
    """
    for total, twin in product(wrong.atoms(sp.Sum), right.atoms(sp.Sum)):
        if total.function != twin.function or len(total.limits) > 1 or len(twin.limits) > 1:
            continue
        (name, low, high), (other, first, last) = total.limits[0], twin.limits[0]
        before, after = first - low, (sp.Integer(0) if high == last else high - last)
        if name != other or not all(count.is_Integer and 0 <= count <= _TERMS for count in (before, after)):
            continue
        more = (*(low + step for step in range(before)), *(last + 1 + step for step in range(after)))
        if more and not any(total.function.subs(name, index) for index in more):
            wrong = wrong.xreplace({total: twin})
    return wrong


def _ended(pair: sp.Tuple) -> sp.Tuple:
    """The pair with its infinite sums over the entries of an array ended where a short array ends them."""

    def end(total: sp.Sum) -> sp.Sum:
        entries = total.function.atoms(sp.Indexed)
        limits = [
            (name, low, sp.Integer(_WEIGHED) if high == sp.oo and any(one.has(name) for one in entries) else high)
            for name, low, high in total.limits
        ]
        return sp.Sum(total.function, *limits)

    return pair.replace(lambda node: isinstance(node, sp.Sum), end)


def _relative_changes(pair: sp.Tuple, domain: sp.Basic, seed: int) -> Iterator[float]:
    if pair.has(sp.Integral):
        if (bare := _integrands(pair)) is not None:
            changes = list(islice(_at_points(PointSource(bare, domain, seed)), RANDOM_POINTS))
            if not max(changes):  # equal under equal integrals: no quadrature could tell them apart
                yield from changes
                return
        yield from islice(_quadratures(pair, domain, seed), RANDOM_POINTS)
        return
    for source, count in ((PointSource, RANDOM_POINTS), (EdgeSource, EDGE_POINTS)):
        yield from islice(_at_points(source(pair, domain, seed)), count)


def _integrands(pair: sp.Tuple) -> sp.Tuple | None:
    """The pair with its integrals opened, at any point between their limits; None where limits differ."""
    limits = [{node.limits for node in side.atoms(sp.Integral)} for side in pair]
    if limits[0] != limits[1] or any(len(one) != 1 for one in limits[0]):
        return None
    inside = {one: sp.Dummy(positive=True) for one in limits[0]}

    def opened(node: sp.Integral) -> sp.Expr:
        return node.function.subs(node.variables[0], inside[node.limits])

    bare = pair.replace(lambda node: isinstance(node, sp.Integral), opened)
    for kind in {node.func for node in bare.atoms(AppliedUndef)}:
        bare = bare.replace(kind, _distribution if str(kind) == "F" else _falling)
    return bare


def _at_points(source: PointSource) -> Iterator[float]:
    for expression, values in source:
        try:
            yield _in_balls(expression, values)
        except (Unevaluable, ZeroDivisionError, NotImplementedError):
            point = {name: re + sp.I * im for name, (re, im) in values.items()}
            change = _relative(*(_number(part, point) for part in expression))
            if math.isfinite(change):
                yield change
            else:
                source.refuse("no value")


def _in_balls(expression: sp.Tuple, values: Point) -> float:
    """A lower bound of the relative change at a point."""
    if expression.has(sp.Sum):  # the terms of a finite sum one by one: those of 1/(-1)! are nothing
        expression = expression.replace(_is_short, lambda total: total.doit())
    program = compile_balls(list(expression), tuple(values))
    for bits in _BITS:
        with precision(bits):
            right, wrong = program(*(acb(_ball(re), _ball(im)) for re, im in values.values()))
            size = abs(right)
            change = abs(wrong - right) / size if size > 0 else abs(wrong - right)
            if right.is_finite() and wrong.is_finite() and change.rad() < 1e-12 * (1 + change.mid()):
                return float(change.lower())
    raise Unevaluable("no narrow balls of both values")


def _is_short(node: sp.Basic) -> bool:
    return isinstance(node, sp.Sum) and all(
        low.is_Integer and high.is_Integer and high - low < _TERMS for _, low, high in node.limits
    )


def _ball(number: sp.Rational) -> Any:
    return arb(int(number.p)) / int(number.q)


def _relative(right: complex, wrong: complex) -> float:
    try:
        return abs(wrong - right) / abs(right) if right else abs(wrong)
    except OverflowError:  # too large for a double
        return math.nan


def _number(value: sp.Expr, point: dict[sp.Symbol, sp.Expr]) -> complex:
    try:  # the numbers go in as digits: exact ones would be raised to exact powers
        return complex(value.doit().evalf(20, subs=point))
    except NO_VALUE:
        return complex(math.nan)


def _quadratures(pair: sp.Tuple, domain: sp.Basic, seed: int) -> Iterator[float]:
    """Relative changes of integrals over all frequencies, in doubles, for a law with which they converge fast."""
    names = sp.Tuple(*sorted(pair.free_symbols, key=str))
    source = PointSource(names, domain, seed)
    for expression, values in source:
        point = {name: re + sp.I * im for name, (re, im) in values.items()}
        change = _relative(*(_quadrature(part, dict(zip(names, expression.subs(point), strict=True))) for part in pair))
        if math.isfinite(change):
            yield change
        else:
            source.refuse("no value")


def _falling(argument: sp.Expr) -> sp.Expr:
    return (1 + argument / 4) ** -4


def _distribution(argument: sp.Expr) -> sp.Expr:
    """A distribution function, whose tail can be integrated."""
    return 1 - _falling(argument)


def _quadrature(value: sp.Expr, point: dict[sp.Symbol, sp.Expr]) -> complex:
    for kind in {node.func for node in value.atoms(AppliedUndef)}:
        value = value.replace(kind, _distribution if str(kind) == "F" else _falling)
    try:
        return complex(sp.lambdify((), value.subs(point), "mpmath")())
    except NO_VALUE:
        return complex(math.nan)
