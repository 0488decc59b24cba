"""Stage: candidates. Input: a characteristic equation. Output: balls that may hold roots. Nothing here is proven.

Newton's iteration from seeds at the equation's own scales |H/H'|, |H'/H''| at 0 and the modulus bound, deflated by the
roots already found; the proof (numeric/proof.py) decides, and its hints become new seeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.enclosure import Ball, acb, arb, compile_ball, precision, working_bits
from numeric.proof import Candidate
from numeric.root_function import Analytic, analytic

_ANGLES = ((0, 1), (3, 4), (1, 1), (-3, 4), (-1, 0))
_STEPS = 60
_CLOSEST = 12  # the last line tried lies 2^-12 of the abscissa right of it


def seeds(equation: CharacteristicEquation) -> list[Ball]:
    """Starting points at the scales of the equation, in the upper half-plane, at the working precision."""
    whole = analytic(equation)
    zero = acb(0)
    value, slope = whole.pair(zero)
    step = arb(1) / (1 << 20) * _size(whole.bound(zero))
    curve = (whole.pair(acb(step))[1] - slope) / step
    radii = [_size(whole.bound(zero)), _size(value / slope), _size(slope / curve)]
    scales = sorted({round(math.log(r), 1): r for r in radii if 0 < r < math.inf}.values())
    return [zero, *(acb(arb(r * x), arb(r * y)) for r in scales for x, y in _ANGLES)]


def _size(ball: Ball) -> float:
    return float(abs(ball).mid())


def newton(whole: Analytic, start: Ball, known: Sequence[Ball] = ()) -> Ball | None:
    """A zero near ``start`` by Newton's iteration at the working precision, deflated by the ``known`` zeros."""
    point, floor = start.mid(), abscissa_ball(whole)
    done, nearly = arb(2) ** (16 - working_bits()), arb(2) ** -20
    stalled = None
    for _ in range(_STEPS):
        value, slope = (ball.mid() for ball in whole.pair(point))
        step = (value / slope).mid()
        if known and not value.is_zero():
            step = 1 / (slope / value - sum((1 / (point - zero) for zero in known), acb(0))).mid()
        point = (point - step).mid()
        if not point.is_finite() or not point.real > floor:
            break
        size = abs(step)
        if size <= abs(point) * done:
            return point
        # At a multiple zero rounding stops the iteration at a fraction of the digits.
        if size <= abs(point) * nearly and (stalled is None or size < stalled[0]):
            stalled = (size, point)
    return stalled[1] if stalled else None


def abscissa_ball(whole: Analytic) -> Any:
    """The abscissa of convergence as a real ball, -inf where H is entire."""
    return arb.neg_inf() if whole.abscissa == -sp.oo else compile_ball(whole.abscissa, ())().real


def closest_line(whole: Analytic) -> Any:
    """The last line worth trying: the abscissa of a heavy tail itself, where H has a value and a slope, else beside."""
    abscissa = abscissa_ball(whole)
    if abscissa == 0 and whole.pair(acb(0))[1].is_finite():
        return abscissa
    return (abscissa + (abs(abscissa) if abscissa != 0 else arb(1)) / (1 << _CLOSEST)).mid()


def spread(hints: Sequence[Ball], most: int) -> list[Ball]:
    """At most ``most`` of the points, every fourth one first: a root turns H by about four quarters."""
    few = hints[:: len(hints) // most + 1]
    return [hint for offset in (2, 0, 1, 3) for hint in few[offset::4]]


def gather(
    whole: Analytic,
    starts: Iterable[Ball],
    found: list[Ball],
    deflate: bool = False,
    enough: Callable[[], bool] = lambda: False,
) -> list[Ball]:
    """Add to ``found`` the zeros with Im >= 0 that Newton reaches, until ``enough``; sorted from the right."""
    for start in starts:
        if enough():
            break
        zero = newton(whole, start, _with_conjugates(found) if deflate else ())
        if zero is not None and deflate:
            zero = newton(whole, zero) or zero  # deflation moves the limit by rounding
        if zero is not None and not any(_same(upper(zero), other) for other in found):
            found.append(upper(zero))
    found.sort(key=lambda zero: -float(zero.real))
    return found


def _with_conjugates(found: Sequence[Ball]) -> list[Ball]:
    return [z for zero in found for z in ((zero,) if zero.imag.is_zero() else (zero, zero.conjugate()))]


def upper(zero: Ball) -> Ball:
    """The zero or its conjugate with Im >= 0; rounding noise off the real axis is dropped."""
    if abs(zero.imag) < abs(zero.real) * (arb(2) ** (16 - working_bits())):
        return acb(zero.real)
    return zero if zero.imag > 0 else zero.conjugate()


def _same(one: Ball, other: Ball) -> bool:
    # Two zeros of a near-double root agree to half the digits, so only nearly equal points are the same.
    return bool(
        abs(one - other) <= (abs(one) + abs(other)) * (arb(2) ** (8 - working_bits() // 2 - working_bits() // 6))
    )


def enclose(equation: CharacteristicEquation, zero: Ball, bits: int) -> Candidate | None:
    """A candidate ball around a zero, polished at ``bits`` bits; None if interval Newton will not prove it."""
    whole = analytic(equation)
    with precision(bits):
        for start in (zero, acb(zero.real)):
            polished = newton(whole, start)
            if polished is None:
                continue
            middle = acb(polished.real) if start.imag.is_zero() else upper(polished)
            value, slope = whole.pair(middle)
            radius = (abs(value / slope).upper() * 2 + abs(middle).upper() * (arb(2) ** (6 - bits))).upper()
            if not radius.is_finite():
                continue
            real = middle.imag.is_zero()
            ball = acb(arb(middle.real, radius), arb(0) if real else arb(middle.imag, radius))
            image = middle - value / whole.pair(ball)[1]
            if image.is_finite() and ball.contains(image) and (real or image.imag > 0):
                return Candidate(ball)
    return None


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates without those whose balls meet an earlier one."""
    kept: list[Candidate] = []
    for item in candidates:
        if not any(item.ball.overlaps(other.ball) for other in kept):
            kept.append(item)
    return kept


def widened(root: Ball, multiplicity: int) -> Candidate:
    """A candidate with room around an exactly isolated root, at the working precision."""
    radius = (abs(root) * arb(2) ** (12 - working_bits()) + arb(2) ** (12 - 2 * working_bits())).upper()
    real = root.imag.is_zero()
    return Candidate(acb(arb(root.real, radius), arb(0) if real else arb(root.imag, radius)), multiplicity)


def cluster(zero: Ball) -> Candidate:
    """A ball that may hold two roots closer together than the working precision resolves."""
    radius = (abs(zero) * arb(2) ** (-working_bits() // 6)).upper()
    real = abs(zero.imag) <= radius
    return Candidate(acb(arb(zero.real, radius), arb(0 if real else zero.imag.mid(), radius)), 2)


def reach(equation: CharacteristicEquation) -> Any:
    """The modulus bound at 0 (1 where it vanishes): a first scale of the roots, in 1/s."""
    size = analytic(equation).bound(acb(0)).real.mid()
    return size if size > 0 and size.is_finite() else arb(1)
