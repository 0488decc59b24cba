"""Stage: enclosed quantities. Input: a law and its enclosed stability limit. Output: where its roots cross the axis.

At the limit a* some root is i w with w + a* Im L(i w) = 0 = Re L(i w), and |w| <= a* because |L| <= 1 there. The
frequencies from 0 to a* are halved, again and again, and dropped where i w + a* L(i w) provably misses 0 for every a*
of its ball: what is left holds w.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from typing import Any

from derive import symbols as y
from derive.law import Law
from numeric.enclosure import Ball, Enclosure, acb, arb, compile_ball, precision

_HALVINGS, _MOST = 48, 512
_BITS = 128


def crossing_frequency(limit: Enclosure, delay: Law) -> Enclosure | None:
    """The frequency w (rad/s) at which roots of s + a L(s) cross the imaginary axis at the limit (kind: enclosure).

    ``limit``: a ball around the stability limit in 1/s, > 0. None where balls leave several frequencies apart from each
    other, or too many to tell.

    Example: ``crossing_frequency(Enclosure.of(sp.pi / 2), Constant(1)).contains(sp.pi / 2)``.
    """
    with precision(_BITS):
        transform = compile_ball(delay.laplace_transform(y.s), [y.s], delay.arrays)
        damping, top = limit.ball, limit.ball.upper()
        cells, narrow = [(arb(0), top)], limit.ball.rad() + top * arb(2) ** -_HALVINGS
        while cells and cells[0][1] - cells[0][0] > narrow and len(cells) <= _MOST:
            halves = [half for low, high in cells for half in pairwise((low, ((low + high) / 2).mid(), high))]
            cells = [half for half in halves if _may_cross(transform, damping, half)]
        apart = any(one[1] < other[0] for one, other in pairwise(cells))
        if not cells or apart or len(cells) > _MOST:
            return None
        return Enclosure(reduce(lambda one, other: one.union(other), (low.union(high) for low, high in cells)))


def _may_cross(transform: Callable[[Ball], Ball], damping: Any, cell: tuple[Any, Any]) -> bool:
    frequency = cell[0].union(cell[1])
    at = acb(arb(0), frequency)
    value = at + damping * transform(at)
    return bool(not value.is_finite() or value.contains(0))
