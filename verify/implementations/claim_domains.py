"""Stage: domains. Input: a claim. Output: which doubles its arguments may take, and where the edges lie.

An edge is where a condition of the domain ends, or where the expression has a pole, a branch point, a kink or a zero:
there implementations break. It is found by the change of sign of one expression along one argument, down to the two
neighbouring doubles between which it happens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import sympy as sp

from derive import symbols as y
from derive.claims import Claim
from derive.formulas.plain import plain
from numeric.balls.functions import compare
from numeric.enclosure import acb, compile_balls, precision
from verify.implementations.certified_points import CertifiedClaim, Number, Point

Kind = Literal["whole", "positive", "nonnegative", "real", "complex"]

WIDEST = (1e-4, 1e4)
"""Sizes of numbers that are searched."""

NARROWER = (1e-2, 1e2)
"""Those sizes where incomplete gamma functions would keep the balls busy for seconds."""

MOST_WHOLE = 10_000
MOST_SUMMED = 24  # where a whole number bounds a sum, which is written out
MOST_DIFFERENTIATED = 8  # where it says how often a transform is differentiated
BRANCHES = (-3, 3)
_BITS = 192
_SCAN = 48  # sizes at which a sign is looked at
_SLOW = (sp.lowergamma, sp.uppergamma, sp.betainc_regularized)


@dataclass(frozen=True)
class Argument:
    """One argument of a claim: its name, its symbol, what kind of number it is, and the sizes searched."""

    name: str
    symbol: sp.Symbol
    kind: Kind
    low: float
    high: float

    @property
    def words(self) -> str:
        """The range in words, as ``0.0001 to 10000``."""
        if self.kind == "complex":
            half = ", real part not negative" if self.symbol == y.s else ""
            return f"real and complex, modulus up to {self.high:g}{half}"
        sign = "±" if self.kind == "real" else ""
        return f"{'whole, ' if self.kind == 'whole' else ''}{sign}{self.low:g} to {sign}{self.high:g}"


@dataclass(frozen=True)
class Edge:
    """An expression whose sign changes at an edge, in words, and whether it bounds the domain."""

    words: str
    expression: sp.Expr
    bounds: bool

    @property
    def takes(self) -> set[sp.Symbol]:
        """The symbols it is made of."""
        return set(self.expression.free_symbols)


@dataclass(frozen=True)
class Crossing:
    """Two neighbouring doubles of one argument between which an edge lies."""

    edge: Edge
    place: int
    below: float
    above: float


class ClaimDomain:
    """The doubles at which a claim is judged: ``contains`` decides in balls, ``crossings`` finds the edges."""

    def __init__(self, claim: Claim) -> None:
        written_out = MOST_DIFFERENTIATED if claim.expression.has(sp.Derivative) else MOST_SUMMED
        whole = written_out if CertifiedClaim(claim).unrolled else MOST_WHOLE
        sizes = NARROWER if claim.expression.has(*_SLOW) else WIDEST
        self.arguments = tuple(_argument(name, symbol, whole, sizes) for name, symbol in claim.arguments.items())
        self._symbols = tuple(claim.arguments.values())
        known = set(self._symbols)
        parts = sorted(sp.And.make_args(claim.derived.domain), key=sp.default_sort_key)  # a set has no order of its own
        conditions = [part for part in parts if part != sp.true]
        # a condition on a symbol that the value does not have is nobody's to keep
        self._conditions = [part for part in conditions if part.free_symbols <= known]
        self.edges = tuple(edge for edge in _edges(claim.expression, self._conditions) if edge.takes <= known)
        self.words = " and ".join(plain(part) for part in self._conditions)

    def contains(self, point: Point) -> bool:
        """Whether every condition provably holds at a point, whose arguments have their signs."""
        signs = all(_allowed(argument, value) for argument, value in zip(self.arguments, point, strict=True))
        return signs and all(self._holds(condition, point) for condition in self._conditions)

    def _holds(self, condition: Any, point: Point) -> bool:
        with precision(_BITS):
            left, right = compile_balls([condition.lhs, condition.rhs], self._symbols)(*map(acb, point))
            return compare(condition.rel_op, left, right) is True

    @property
    def movable(self) -> tuple[int, ...]:
        """The places of the arguments that are no whole numbers."""
        return tuple(place for place, one in enumerate(self.arguments) if one.kind != "whole")

    def crossings(self, edge: Edge, place: int, point: Point, most: int = 3) -> tuple[Crossing, ...]:
        """Where the edge lies along one argument, the others as in ``point``: the first ``most`` places.

        Complex arguments move on the real axis.
        """
        argument = self.arguments[place]
        sizes = [argument.low * (argument.high / argument.low) ** (n / (_SCAN - 1)) for n in range(_SCAN)]
        values = [*(-size for size in reversed(sizes)), *sizes] if argument.kind == "real" else sizes
        program, balls = compile_balls([edge.expression], self._symbols), list(map(acb, point))

        def sign(value: float) -> int:
            balls[place] = acb(value)
            ball = program(*balls)[0]
            if not ball.imag.is_zero() or not ball.is_finite():
                return 0
            return 1 if ball.real > 0 else -1 if ball.real < 0 else 0

        found: list[Crossing] = []
        with precision(_BITS):
            before = sign(values[0])
            for low, high in pairwise(values):
                now = sign(high)
                if before * now < 0 < low * high:
                    found.append(Crossing(edge, place, *_bisected(sign, low, high)))
                    if len(found) == most:
                        break
                before = now
        return tuple(found)


def _bisected(sign: Callable[[float], int], low: float, high: float) -> tuple[float, float]:
    """The two neighbouring doubles between which the sign changes; powers are halved before differences."""
    below = sign(low)
    while True:
        middle = math.sqrt(low * high) * (1 if low > 0 else -1) if high > 2 * low > 0 else low + (high - low) / 2
        if middle in (low, high):
            return low, high
        low, high = (middle, high) if sign(middle) == below else (low, middle)


def _argument(name: str, symbol: sp.Symbol, most: int, sizes: tuple[float, float]) -> Argument:
    if symbol.is_integer:
        signed = not symbol.is_nonnegative
        return Argument(name, symbol, "whole", *(BRANCHES if signed else (int(bool(symbol.is_positive)), most)))
    kind: Kind = "positive" if symbol.is_positive else "nonnegative" if symbol.is_nonnegative else "real"
    return Argument(name, symbol, kind if symbol.is_extended_real else "complex", *sizes)


def _allowed(argument: Argument, value: Number) -> bool:
    if argument.kind == "complex":
        return argument.symbol != y.s or complex(value).real >= 0
    assert not isinstance(value, complex)
    if argument.kind == "whole":
        return argument.symbol.is_nonnegative is None or value >= (1 if argument.symbol.is_positive else 0)
    return value > 0 if argument.kind == "positive" else value >= 0 if argument.kind == "nonnegative" else True


def _edges(expression: sp.Expr, conditions: Sequence[Any]) -> Iterator[Edge]:
    """The ends of the conditions first, then the expression's own singular places, each once."""
    met: set[sp.Expr] = set()
    found = [*((part.lhs - part.rhs, "the domain ends", True) for part in conditions), *_singular(expression)]
    for critical, what, bounds in found:
        if critical.free_symbols and not critical.atoms(sp.Sum, sp.Product) and critical not in met:
            met |= {critical, -critical}
            yield Edge(f"{what}, {plain(critical)} = 0", critical, bounds)


def _singular(expression: sp.Expr) -> Iterator[tuple[sp.Expr, str, bool]]:
    for node in sp.preorder_traversal(expression):
        if isinstance(node, sp.LambertW):
            yield node.args[0] + sp.exp(-1), "a branch point", False
        elif isinstance(node, sp.Pow) and not (node.exp.is_integer and node.exp.is_nonnegative):
            yield node.base, "a pole" if node.exp.is_negative else "a branch point", False
        elif isinstance(node, sp.log):
            yield node.args[0], "a branch point", False
        elif isinstance(node, sp.Abs):
            yield node.args[0], "a kink", False
    yield expression, "a zero", False
