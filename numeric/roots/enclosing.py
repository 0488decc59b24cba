"""Stage: candidates. Input: points near zeros. Output: balls that may hold roots, to be proven or refused.

A ball is made so that interval Newton will find its zero there; numeric/roots/proof.py decides whether it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derive.characteristic import CharacteristicEquation
from numeric.enclosure import Ball, acb, arb, precision, working_bits
from numeric.roots.candidates import newton, upper
from numeric.roots.function import Analytic, analytic
from numeric.roots.proof import Candidate, meeting

_FEW_BITS = 128  # to which a zero in doubles is brought by two steps of interval Newton


def enclose(equation: CharacteristicEquation, zero: Ball, bits: int) -> Candidate | None:
    """A candidate ball around a zero, polished at ``bits`` bits; None if interval Newton will not prove it."""
    whole = analytic(equation)
    with precision(bits):
        found = _around(whole, zero, bits) if bits <= _FEW_BITS else None
        for start in (zero, acb(zero.real)) if found is None else ():
            polished = newton(whole, start, polishing=True)
            if polished is not None:
                found = found or _around(whole, acb(polished.real) if start.imag.is_zero() else upper(polished), bits)
    return found


def _around(whole: Analytic, middle: Ball, bits: int) -> Candidate | None:
    """A ball in which interval Newton finds a zero near ``middle``, narrowed and given some room."""
    value, slope = whole.pair(middle)
    room = abs(middle).upper() * (arb(2) ** (6 - bits))
    real, radius = middle.imag.is_zero(), (abs(value / slope).upper() * 2 + room).upper()
    if not radius.is_finite():
        return None
    ball = _square(middle, radius, real)
    image = middle - value / whole.pair(ball)[1]
    if not (image.is_finite() and ball.contains(image) and (real or image.imag > 0)):
        return None
    narrow = _square(image.mid(), ((image.real.rad() + image.imag.rad()) * 2 + room).upper(), real)
    return Candidate(narrow) if ball.contains(narrow) and (real or narrow.imag > 0) else Candidate(ball)


def _square(middle: Ball, radius: Any, real: bool) -> Ball:
    return acb(arb(middle.real, radius), arb(0) if real else arb(middle.imag, radius))


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates without those whose balls meet that of another one."""
    items = list(candidates)
    dropped = {max(pair) for pair in meeting([item.ball for item in items])}
    return [item for number, item in enumerate(items) if number not in dropped]


def widened(root: Ball, multiplicity: int) -> Candidate:
    """A candidate with room around an exactly isolated root, at the working precision."""
    radius = (abs(root) * arb(2) ** (12 - working_bits()) + arb(2) ** (12 - 2 * working_bits())).upper()
    real = root.imag.is_zero()
    return Candidate(acb(arb(root.real, radius), arb(0) if real else arb(root.imag, radius)), multiplicity)


def cluster(zero: Ball, size: int = 2) -> Candidate:
    """A ball that may hold ``size`` roots closer together than the working precision resolves."""
    radius = (abs(zero) * arb(2) ** (-working_bits() // 6)).upper()
    real = abs(zero.imag) <= radius
    return Candidate(acb(arb(zero.real, radius), arb(0 if real else zero.imag.mid(), radius)), size)
