"""Stage: search. Input: zeros found so far and how many are wanted. Output: an exact line, right of which to prove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derive.characteristic import CharacteristicEquation
from numeric.enclosure import Ball, arb, compile_ball, precision
from numeric.roots.candidates import abscissa_ball, closest_line, reach
from numeric.roots.function import analytic

_TELLING = 2.0**-20  # of the scale of the zeros: nearer real parts leave no room for a line between them


@dataclass
class LineLayer:
    """Lays one line after the other: ``jitter`` moves it off a root, ``settled`` says that all right of it is known."""

    equation: CharacteristicEquation
    limit: Any
    lowered: int = 0
    floor: Any = None
    settled: bool = False
    jitter: int = 0
    remark: str | None = None

    def line(self, found: list[Ball], wanted: int) -> Any:
        """An exact line left of the wanted roots, in the middle of a gap, right of the abscissa of convergence."""
        with precision(64):
            abscissa = abscissa_ball(analytic(self.equation))
            if self.limit is not None:
                line = compile_ball(self.limit, ())().real.lower()
                if self.jitter:  # the line asked for runs through a root
                    line = (line - (abs(line) + reach(self.equation)) * self.jitter * arb(2) ** -30).mid()
            else:
                line = self._below_wanted(found, wanted, abscissa)
            if not abscissa.is_finite():
                return line
            closest = closest_line(analytic(self.equation))
            if line > closest:
                return line
            right, proven = (">=", "") if closest == 0 else (">", f", proven right of {closest.str(8, radius=False)}")
            where = f"the half-plane of convergence Re s {right} {shown_abscissa(self.equation, abscissa)}"
            self.remark = f"in {where} only what is listed{proven}"
            return closest

    def _below_wanted(self, found: list[Ball], wanted: int, abscissa: Any) -> Any:
        """The point between the last wanted zero and the next, or by the scale of the zeros where there is none."""
        total, scale = 0, self._scale(found)
        for index, zero in enumerate(found):
            total += 1 if zero.imag.is_zero() else 2
            if total < wanted:
                continue
            following = found[index + 1 : index + 2]
            gap = min([scale, *((zero.real - other.real) / 2 for other in following)], key=float)
            if gap > scale * _TELLING:  # else the next one belongs to the same cluster
                return max(
                    zero.real - gap * (1 + arb(self.jitter % 8) / 16), (zero.real + abscissa) / 2, key=float
                ).mid()
        return self._lowered_line(found, abscissa)

    def _scale(self, found: list[Ball]) -> Any:
        return abs(found[0]) / 4 if found and found[0] != 0 else reach(self.equation) / 16

    def _lowered_line(self, found: list[Ball], abscissa: Any) -> Any:
        """A line lower than any proven so far, if what lies right of the last one is known; else that one again."""
        scale = self._scale(found)
        if self.floor is None or self.settled:
            self.lowered += 1
            start = self.floor if self.floor is not None else found[-1].real if found else arb(0)
            self.floor = (start - scale * arb(2) ** min(self.lowered, len(found) // 8 + 2)).mid()
            self.settled = False
        if abscissa.is_finite():
            self.floor = max(self.floor, abscissa + abs(abscissa) * arb(2) ** -self.lowered, key=float).mid()
            # A line that ran through a root is moved, or it would run through it for ever.
            return (abscissa + (self.floor - abscissa) * (1 - arb(self.jitter % 8) / 16)).mid()
        return (self.floor - scale * (self.jitter % 8) / 64).mid()


def shown_abscissa(equation: CharacteristicEquation, abscissa: Any) -> str:
    """The abscissa of convergence as it is, or in few digits."""
    exact = str(equation.abscissa_of_convergence)
    return exact if len(exact) < 24 else str(abscissa.str(8, radius=False))
