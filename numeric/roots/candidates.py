"""Stage: candidates. Input: a characteristic equation. Output: points that may be near roots. Nothing here is proven.

Newton's iteration from seeds at the equation's own scales |H/H'|, |H'/H''| at 0 and the modulus bound, deflated by the
roots already found; the proof (numeric/roots/proof.py) decides, and its hints become new seeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import chain as chain_of
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.enclosure import Ball, acb, arb, compile_ball, working_bits
from numeric.roots.function import Analytic, analytic
from numeric.roots.seeds import chain, in_doubles, zero_near

_ANGLES = ((0, 1), (3, 4), (1, 1), (-3, 4), (-1, 0))
_STEPS = 60
_BESIDE = arb(2) ** -20  # relative distance of a zero of H' that makes a zero nearly double
_SHRUNK = 8  # so much smaller steps lead to a multiple zero
_LOST = 1e-12  # relative error of a zero in doubles that tells of lost digits
_ROUGH = 64  # bits from which on zeros in doubles would not be told from their neighbours
_NEAR = 1e-9  # relative: nearer zeros in doubles are one
_BOTH = 1e-5  # relative: nearer ones, beside a zero of H', are the two found together
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


def newton(whole: Analytic, start: Ball, known: Sequence[Ball] = (), polishing: bool = False) -> Ball | None:
    """A zero near ``start`` by Newton's iteration at the working precision, deflated by the ``known`` zeros.

    ``polishing``: the start is a zero already, perhaps to all bits, so that steps of rounding alone are no failure.
    """
    point, floor = start.mid(), abscissa_ball(whole)
    done, nearly = arb(2) ** (16 - working_bits()), arb(2) ** -20
    stalled, first = None, None
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
            stalled, first = (size, point), first or (size, point)
    if not stalled or not first:
        return None
    # Steps of the same size climb a fast exponential, or they are rounding around a zero: then they lead nowhere.
    stays = polishing and point.is_finite() and abs(point - first[1]) < first[0] * _SHRUNK
    return stalled[1] if stays or stalled[0] * _SHRUNK < first[0] else None


def checked(whole: Analytic, quick: complex) -> Ball | None:
    """A zero in doubles after a step in balls, or many where doubles lost their digits."""
    zero = acb(quick)
    value, slope = whole.pair(zero)
    step = value / slope
    return (zero - step).mid() if abs(step) < abs(zero) * _LOST else newton(whole, zero)


def nearly_double(whole: Analytic, zero: Ball) -> tuple[Ball, ...] | None:
    """The two zeros beside which H' has one, c: c +- sqrt(-2 H(c)/H''(c)), polished; None where ``zero`` is alone.

    Where precision does not tell them apart, c stands for both.
    """
    bend = whole.bend()
    slope, curve = bend(zero)
    if not abs(slope / curve) < abs(zero) * _BESIDE:
        return None
    middle = zero
    for _ in range(_STEPS):
        slope, curve = (ball.mid() for ball in bend(middle))
        step = (slope / curve).mid()
        middle = (middle - step).mid()
        if not abs(step) > abs(middle) * arb(2) ** (8 - working_bits()):
            break
    apart = (-2 * whole.value(middle).mid() / bend(middle)[1].mid()).mid().sqrt().mid()
    if not abs(apart) > abs(middle) * arb(2) ** (8 - working_bits() // 2):
        return (middle,)
    polished = (newton(whole, (middle + side).mid()) for side in (apart, -apart))
    return tuple(one for one in polished if one is not None)


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
    enough: Callable[[], bool | None] = lambda: False,
) -> list[Ball]:
    """Add to ``found`` the zeros with Im >= 0 that Newton reaches, until ``enough``; sorted from the right."""
    rough = working_bits() <= _ROUGH and not deflate and not whole.arrays
    pair = in_doubles((whole.function, whole.slope), whole.variable) if rough else None
    bend = in_doubles(whole.bent(), whole.variable) if pair else None
    before, put_off, seen = len(found), list[Ball](), list[complex]()
    # Where doubles lead nowhere, balls seldom do: such starts wait until the others are known to bring nothing.
    for start, tried in chain_of(((start, False) for start in starts), ((start, True) for start in put_off)):
        if enough() or (tried and len(found) > before):
            break
        quick = zero_near(pair, complex(start), bend) if pair and not tried else None
        if pair and not (quick or tried):
            put_off.append(start)
        if (pair and not (quick or tried)) or (quick and _met(*quick, seen)):
            continue
        known = _with_conjugates(found) if deflate else ()
        zero = checked(whole, quick[0]) if quick else newton(whole, start, known)
        if zero is None:
            continue
        if deflate:
            zero = newton(whole, zero) or zero  # deflation moves the limit by rounding
        pair_of = None if quick and quick[1] else nearly_double(whole, zero)
        for one in (zero,) if pair_of is None else pair_of:
            if not any(_same(upper(one), other) for other in found):
                found.append(upper(one))
    found.sort(key=lambda zero: -float(zero.real))
    return found


def _met(zero: complex, alone: bool, seen: list[complex]) -> bool:
    """Whether a zero in doubles, or its conjugate, was met before; else it is now."""
    high = complex(zero.real, abs(zero.imag))
    if any(abs(high - other) <= abs(high) * (_NEAR if alone else _BOTH) for other in seen):
        return True
    seen.append(high)
    return False


def mirrored(equation: CharacteristicEquation, zero: Ball) -> list[Ball]:
    """The zero as seen from the other side of the nearest zero of H': where a second real root is to be expected."""
    whole = analytic(equation)
    bend = None if whole.arrays else in_doubles(whole.bent(), whole.variable)
    turning = zero_near(bend, complex(zero)) if bend else None
    return [acb(2 * turning[0] - complex(zero))] if turning else []


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


def chained(equation: CharacteristicEquation, found: list[Ball], most: int, wanted: Callable[[complex], bool]) -> None:
    """Add to ``found`` the zeros of the equation's chain, as long as they are ``wanted``; sorted from the right."""
    if equation.arrays:
        return
    whole, known, last = analytic(equation), [complex(zero) for zero in found], 0j
    for zero in chain(equation.function, equation.variable, most):
        if not wanted(zero):
            break
        if not any(abs(zero - other) <= abs(zero) * _NEAR for other in (*known, last)):
            better = checked(whole, zero)
            if better is not None:
                found.append(upper(better))
        last = zero
    found.sort(key=lambda zero: -float(zero.real))


def reach(equation: CharacteristicEquation) -> Any:
    """The modulus bound at 0 (1 where it vanishes): a first scale of the roots, in 1/s."""
    size = analytic(equation).bound(acb(0)).real.mid()
    return size if size > 0 and size.is_finite() else arb(1)
