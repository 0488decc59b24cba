"""Stage: verdicts. Input: a function in balls and a cut path. Output: the zeros within, by sums of arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import sympy as sp

from numeric.balls.slopes import slope
from numeric.enclosure import acb, arb, compile_ball, precision, working_bits

_HALVINGS = 2  # of a piece whose image this arithmetic leaves too wide
_QUOTIENT_BITS = 192
_STEP = -40  # of two: of a difference quotient, beside the point's modulus
_TURNS = ((1, 0), (1, 1))  # where the derivative is tried, to the right of its first point
_DEEPEST = 40  # bisections of an edge of a cluster's square


class Refused(ValueError):  # noqa: N818  (says what of a certificate fails)
    """A certificate that does not prove what it says."""


@dataclass(frozen=True)
class Function:
    """H, H' and H = P + q e^(rate s) in balls, made from H alone."""

    expression: sp.Expr
    variable: sp.Symbol
    arrays: Any

    @classmethod
    def of(cls, expression: sp.Expr, variable: sp.Symbol, arrays: Mapping[Any, Any]) -> Function:
        """The function of an expression with data behind its indexed sums."""
        return cls(expression, variable, arrays)

    @cached_property
    def value(self) -> Any:
        """H."""
        return compile_ball(self.expression, [self.variable], self.arrays)

    @cached_property
    def slope(self) -> Any:
        """H', which the prover has from the same rules: where it is first used, a difference quotient must agree."""
        made = compile_ball(slope(self.expression, self.variable), [self.variable], self.arrays)
        agreed: list[bool] = []

        def held(ball: Any) -> Any:
            if not agreed:
                if not any(_agrees(self.value, made, ball.mid(), turn) for turn in _TURNS):
                    raise Refused("the derivative is not that of H")
                agreed.append(True)
            return made(ball)

        return held

    def of_exponential(self) -> Function:
        """w -> H(e^w)."""
        return Function(self.expression.subs(self.variable, sp.exp(self.variable)), self.variable, self.arrays)

    def numerator(self) -> sp.Poly:
        """The numerator of a rational function in lowest terms."""
        return sp.Poly(sp.fraction(sp.cancel(sp.together(self.expression)))[0], self.variable, domain="QQ")

    @cached_property
    def parts(self) -> tuple[Any, Function, Function]:
        """The rate of the fastest exponential, P and q."""
        s = self.variable
        terms = sp.Add.make_args(sp.expand_mul(self.expression))
        rates = {term: sum((_rate(factor, s) for factor in sp.Mul.make_args(term)), sp.S.Zero) for term in terms}
        fastest = max(rates.values(), key=lambda rate: abs(sp.N(rate)))
        rest = sp.Add(*(term for term, rate in rates.items() if rate != fastest))
        slow = sp.Add(*(sp.powsimp(term * sp.exp(-fastest * s)) for term, rate in rates.items() if rate == fastest))
        if not fastest.is_real:
            raise Refused("no exponential rotates")
        return compile_ball(fastest, ())().real, Function(rest, s, {}), Function(slow, s, {})

    def over(self, ball: Any) -> Any:
        """The image of a ball, by the narrower of the plain and the centred form."""
        plain = self.value(ball)
        if in_half_plane(plain):
            return plain
        return self.value(ball.mid()) + self.slope(ball) * (ball - ball.mid())


def _agrees(value: Any, derivative: Any, near: Any, turn: Any) -> bool:
    """Whether the derivative beside a point is a difference quotient, up to 2^-20 of both and the quotient's error."""
    with precision(max(working_bits(), _QUOTIENT_BITS)):
        scale = abs(near).mid() if near != 0 else arb(1)
        point, step = (near + scale * acb(*turn) / 8).mid(), (scale * arb(2) ** _STEP).mid()
        ahead, behind, there = value(point + step), value(point - step), derivative(point)
        quotient = (ahead - behind) / (2 * step)
        allowed = (abs(quotient) + abs(there)) * arb(2) ** -20 + abs(ahead) / scale * arb(2) ** -60
        return bool(abs(quotient - there) <= allowed)


def _rate(factor: sp.Expr, s: sp.Symbol) -> sp.Expr:
    exponent = factor.args[0] if isinstance(factor, sp.exp) else sp.S.Zero
    return sp.diff(exponent, s) if exponent.is_polynomial(s) and sp.degree(exponent, s) == 1 else sp.S.Zero


def in_half_plane(image: Any) -> bool:
    """Whether a ball lies in an open half-plane beside 0."""
    return bool(image.real > 0 or image.real < 0 or image.imag > 0 or image.imag < 0)


def on_path(whole: Function, corners: Sequence[Any], edges: Sequence[Sequence[Any]]) -> int:
    """The zeros within the path and its mirror image, from the change of the argument along its pieces."""
    if len(edges) != len(corners) - 1:
        raise Refused("a path with another number of edges")
    total = arb(0)
    for (start, end), pieces in zip(pairwise(corners), edges, strict=True):
        before = arb(0)
        for text, kind in pieces:
            mantissa, exponent = (int(part) for part in text.split("p"))
            after = arb(mantissa) * arb(2) ** exponent
            if not before < after:
                raise Refused("pieces out of order")
            total += _halved(whole, (start, end), (before, after), (kind, _HALVINGS))
            before = after
        if before != 1:
            raise Refused("the pieces do not cover their edge")
    count = (total / arb.pi()).unique_fmpz()
    if count is None:
        raise Refused("the turns along a contour are no whole number")
    return int(count)


def _halved(whole: Function, ends: tuple[Any, Any], share: tuple[Any, Any], how: tuple[int, int]) -> Any:
    """The change over a piece, or over its halves: who cut it may have seen its image through a narrower expression."""
    (low, high), (kind, left) = share, how
    try:
        return _turned(whole, ends, share, kind)
    except Refused:
        if left == 0:
            raise
    middle, less = (low + high) / 2, (kind, left - 1)
    return _halved(whole, ends, (low, middle), less) + _halved(whole, ends, (middle, high), less)


def _turned(whole: Function, ends: tuple[Any, Any], share: tuple[Any, Any], kind: int) -> Any:
    """The change of arg H over the piece from one share of an edge to another."""
    (start, end), (low, high) = ends, share
    edge = end - start
    ball = start + edge * acb(low.union(high))
    # A corner is exact: rounded, it might lie across a cut.
    first, last = start + edge * low, end if high == 1 else start + edge * high
    if kind == 0:
        _beside(whole.over(ball))
        return (whole.value(last) / whole.value(first)).arg()
    rate, rest, slow = whole.parts
    small, large = abs(rest.value(ball)), abs(slow.value(ball)) * (rate * ball.real).exp()
    if kind == 1:
        small, large = large, small
    if kind not in (1, 2) or not small < large:
        raise Refused("no part exceeds the other over a piece")
    carrying = rest if kind == 1 else slow
    _beside(carrying.over(ball))
    turned = (carrying.value(last) / carrying.value(first)).arg()
    turned += rate * (last.imag - first.imag) if kind == 2 else 0
    return turned + _lean(whole, last, kind) - _lean(whole, first, kind)


def _lean(whole: Function, point: Any, kind: int) -> Any:
    rate, rest, slow = whole.parts
    one, other = rest.value(point), slow.value(point) * (rate * point).exp()
    return (1 + (other / one if kind == 1 else one / other)).arg()


def _beside(image: Any) -> None:
    if not in_half_plane(image):
        raise Refused("the image of a piece is not proven to miss 0")


def squared(whole: Function, square: Any) -> int:
    """The zeros in a ball's own square, by bisecting its edges."""
    left, right, low, high = square.real.lower(), square.real.upper(), square.imag.lower(), square.imag.upper()
    corners = [acb(left, low), acb(right, low), acb(right, high), acb(left, high), acb(left, low)]
    total = sum((_bisected(whole, one, other, 0) for one, other in pairwise(corners)), arb(0))
    count = (total / (2 * arb.pi())).unique_fmpz()
    if count is None:
        raise Refused("the turns around a cluster are no whole number")
    return int(count)


def _bisected(whole: Function, start: Any, end: Any, depth: int) -> Any:
    if in_half_plane(whole.over(start.union(end))):
        return (whole.value(end) / whole.value(start)).arg()
    if depth > _DEEPEST:
        raise Refused("a zero on the edge of a cluster")
    middle = ((start + end) / 2).mid()
    return _bisected(whole, start, middle, depth + 1) + _bisected(whole, middle, end, depth + 1)
