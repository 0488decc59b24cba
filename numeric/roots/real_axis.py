"""Stage: candidates. Input: H, real on the real axis. Output: points beside real zeros, by changes of sign.

Newton's iteration runs past a real zero where exponentials of very different size meet; its sign changes there all the
same. The points halve their distance from the left end, again and again, and from 0, and cover the rest evenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from numeric.enclosure import Ball, acb, arb
from numeric.roots.function import Analytic

_HALVINGS = 48  # of the distance from the left end and from 0
_EVEN = 64  # points at equal distances
_BISECTIONS = 40


def sign_changes(whole: Analytic, left: Any, right: Any, known: Sequence[Ball]) -> list[Ball]:
    """Points beside zeros of H between ``left`` and ``right`` on the real axis, where no ``known`` zero lies."""
    inside = sorted({float(point.mid()) for point in _points(left, right) if left <= point <= right})
    real = [float(zero.real) for zero in known if zero.imag.is_zero()]
    signs = [(point, sign) for point in inside if (sign := _sign(whole, point)) is not None]
    found = [acb(point) for point, sign in signs if sign == 0 and point not in real]
    for (low, below), (high, above) in pairwise((point, sign) for point, sign in signs if sign != 0):
        if below != above and not any(low <= zero <= high for zero in (*real, *(float(one.real) for one in found))):
            found.append(acb(_bisected(whole, low, high)))
    return sorted(found, key=lambda point: float(point.real))


def _points(left: Any, right: Any) -> list[Any]:
    width = right - left
    even = [left + width * share / _EVEN for share in range(_EVEN + 1)]
    return [*even, *(start + side * width * arb(2) ** -power for power in range(_HALVINGS)
                     for start, side in ((left, 1), (arb(0), 1), (arb(0), -1)))]  # fmt: skip


def _sign(whole: Analytic, point: float) -> int | None:
    """0 where H may vanish, None where it has no value."""
    value = whole.value(acb(point)).real
    return None if not value.is_finite() else 1 if value > 0 else -1 if value < 0 else 0


def _bisected(whole: Analytic, low: float, high: float) -> float:
    below = _sign(whole, low)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _sign(whole, middle) == below else (low, middle)
    return (low + high) / 2
