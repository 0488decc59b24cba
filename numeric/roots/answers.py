"""Stage: answers. Input: a proof and what was asked. Output: the roots to list, and how many are unstable."""

from __future__ import annotations

from typing import Any

from derive.characteristic import CharacteristicEquation
from numeric.balls.polynomials import on_imaginary_axis
from numeric.enclosure import Enclosure, arb, compile_ball, precision
from numeric.roots.proof import Candidate, Proof, Unproven, with_unstable_count
from numeric.roots.records import Root
from numeric.roots.winding import Budget

_COUNTING = 0.1  # of the budget: the count of unstable roots is no part of the proof of those asked for


def root_of(equation: CharacteristicEquation, item: Candidate) -> Root:
    """The record of a proven ball; on the imaginary axis exactly where that is proven."""
    real = item.ball.real
    if real.contains(0) and not item.ball.is_zero():
        real = arb(0) if on_imaginary_axis(equation.function, equation.variable)(item.ball) else real
    return Root(Enclosure(real), Enclosure(item.ball.imag), item.multiplicity)


def right_of(roots: list[Root], limit: Any, bits: int) -> tuple[list[Root], list[Root]]:
    """The roots with Re s > limit, and those for which that is undecided, which are listed, too."""
    with precision(bits):
        line = compile_ball(limit, ())().real
        return [r for r in roots if not r.re.ball <= line], [r for r in roots if r.re.ball.overlaps(line)]


def first_of(roots: list[Root], wanted: int) -> tuple[list[Root], list[Root]]:
    """The first roots until ``wanted`` are counted."""
    total, chosen = 0, []
    for root in roots:
        if total >= wanted:
            break
        chosen.append(root)
        total += root.counted
    return chosen, []


def unstable_count(
    equation: CharacteristicEquation, roots: list[Root], line: Any, proof: Proof, budget: Budget
) -> tuple[int | None, Proof, str | None]:
    """How many roots have Re s > 0, from the signs or, with the line right of 0, from a second contour."""
    if not line > 0:
        if any(not (root.re.ball > 0 or root.re.ball <= 0) for root in roots):
            return None, proof, "the sign of a root's real part is undecided: a root on the imaginary axis, or near"
        return sum(root.counted for root in roots if root.re.ball > 0), proof, None
    outcome = with_unstable_count(equation, proof, budget.share(_COUNTING))
    if isinstance(outcome, Unproven):
        return None, proof, f"unstable roots not counted: {outcome.reason}"
    return outcome.winding_numbers[1], outcome, None
