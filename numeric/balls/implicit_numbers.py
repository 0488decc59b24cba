"""Stage: implicit numbers. Input: a falling balance as a ball program. Output: a ball that holds its root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from derive.monotone_root import bisected
from numeric.balls.functions import Ball, BallKit, Unevaluable, real_part

SPARE = 12  # bits by which the ball is wider than the working precision


def enclosed_root(balance: sp.Lambda, program: Callable[..., Any], kit: BallKit) -> Ball:
    """A ball around the only root of ``balance``: positive at its left end, negative at its right end, both proven.

    Raises ``Unevaluable`` where the signs cannot be had at the working precision.
    """
    bits = kit.bits()
    middle = sp.Rational(*mpmath.libmp.to_rational(bisected(balance, bits)._mpf_))
    radius = sp.Rational(1, 2 ** max(1, bits - SPARE))
    ends = (kit.rational(int(end.p), int(end.q)) for end in (middle - radius, middle + radius))
    left, right = (program(end)[0].real for end in ends)
    if not (left > 0 and right < 0):
        raise Unevaluable(f"no proven change of sign around {middle.n(8)}")
    width = real_part(kit, kit.disc(kit.rational(1, int(radius.q)).real))
    return kit.rational(int(middle.p), int(middle.q)) + width
