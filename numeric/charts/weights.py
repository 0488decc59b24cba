"""Stage: proven charts. Input: a weight of the frequencies, over two open parameters. Output: its balls.

Where a quantity has several noise gains, int w(omega)/|H|^2 with weights w from 0 to 1, the second derivatives of each
are bounded by those of 1/|H|^2 and of its weight.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive import symbols as y
from numeric.enclosure import Ball, acb, arb, compile_ball, compile_balls


class Weight:
    """One weight in ``derive.symbols.frequency`` and two parameters, with its derivatives in these."""

    def __init__(self, weight: sp.Expr, symbols: tuple[sp.Symbol, sp.Symbol]) -> None:
        arguments = (y.frequency, *symbols)
        derivatives = [sp.diff(weight, symbol, order) for order in (1, 2) for symbol in symbols]
        self._all = compile_balls([weight, *derivatives], arguments)
        self._value = compile_ball(weight, arguments)
        self._far = compile_ball(sp.cancel(weight.subs(y.frequency, 1 / y.u)), (y.u, *symbols))

    def at(self, frequency: Ball, x: Ball, other: Ball) -> Ball:
        """The weight at a ball of frequencies, complex ones too."""
        return self._value(frequency, x, other)

    def beyond(self, last: Any, x: Ball, other: Ball) -> Any:
        """What it may be at frequencies from ``last`` on."""
        return self._far(acb((1 / last).union(arb(0))), x, other).real

    def times(self, parts: tuple[Any, ...], frequency: Ball, x: Ball, other: Ball) -> tuple[Any, ...]:
        """A piece's integral, with bounds on its two slopes and two bends, once weighted."""
        height, *found = (one.real for one in self._all(frequency, x, other))
        large, (slope, rise, bend, bow) = abs(height).upper(), (abs(one).upper() for one in found)
        whole, across, up, bent, bowed = parts
        most = abs(whole).upper()
        slopes = across * large + most * slope, up * large + most * rise
        bends = bent * large + 2 * across * slope + most * bend, bowed * large + 2 * up * rise + most * bow
        return whole * height, *slopes, *bends
