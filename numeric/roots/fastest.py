"""Stage: searches. Input: a family of characteristic equations in the damping. Output: the fastest damping found.

Critical damping need not be the fastest: the pair may move left beyond it, or another root may come to lead far beyond.
The search walks over the whole range and refines around the best; every rate it compares is certified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from derive.characteristic import CharacteristicEquation
from derive.formulas.shown import ShownAsLatex
from numeric.enclosure import Enclosure
from numeric.roots.characteristic import spectrum

ROUNDS = 12


@dataclass(frozen=True)
class Fastest(ShownAsLatex):
    """The fastest damping that was tried (1/s) with its certified decay rate (1/s): no other one tried is faster.

    ``decay_rate`` is a proven lower bound on the best rate of the range, not the best rate itself.
    """

    damping: sp.Rational
    decay_rate: Enclosure

    def latex(self) -> str:
        """Both numbers."""
        return rf"r = {self.decay_rate.latex()} \text{{ at }} a = {float(self.damping):.6g}"


def fastest_damping(
    family: Callable[[sp.Expr], CharacteristicEquation], low: sp.Rational, high: sp.Rational, points: int = 40
) -> Fastest | None:
    """The damping between ``low`` and ``high`` (0 < low < high, 1/s) with the largest certified decay rate found.

    ``points`` >= 3 dampings in geometric progression, then the best one's neighbourhood, halved again and again. None
    where no damping has a certified rate.

    Example: ``abs(fastest_damping(lambda a: delay_equation(a, Constant(1)), sp.Rational(1, 8), sp.Integer(1),
    9).damping - sp.Rational(3679, 10**4)) < sp.Rational(1, 1000)``.
    """
    ratio = (float(high) / float(low)) ** (1 / (points - 1))
    tried: dict[sp.Rational, Enclosure] = {}

    def look(damping: sp.Rational) -> None:
        rate = spectrum(family(damping)).decay_rate if damping not in tried else None
        if rate is not None:
            tried[damping] = rate

    for k in range(points):
        look(min(high, sp.Rational(str(round(float(low) * ratio**k, 12)))))
    for turn in range(ROUNDS if tried else 0):
        best = _best(tried)
        width = best * (sp.Rational(str(round(ratio, 12))) - 1) / 2**turn
        for damping in (best - width, best - width / 2, best + width / 2, best + width):
            if low <= damping <= high:
                look(damping)
    return Fastest(_best(tried), tried[_best(tried)]) if tried else None


def _best(tried: dict[sp.Rational, Enclosure]) -> sp.Rational:
    return max(tried, key=lambda damping: tried[damping].lower)
