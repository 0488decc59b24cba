"""Stage: proofs. Input: a characteristic equation, candidate roots, a line. Output: a proof, or why there is none.

A root exists in a ball B with centre m if m - H(m)/H'(B) lies in B (interval Newton, Brouwer). All roots with
Re s >= line lie in a finite rectangle by the modulus bound, and the winding number of H around it counts them. If the
candidates are disjoint, lie right of the line and make up the whole count, nothing lies further right unnoticed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.balls.polynomials import exact_roots, multiple_roots, numerator
from numeric.enclosure import Ball, acb, arb, compile_ball, precision
from numeric.roots.evidence import Candidate, Proof, Unproven
from numeric.roots.function import analytic
from numeric.roots.rotation import turns_along
from numeric.roots.winding import Budget, Counted, Rectangle, Unproved, count_in_square, counted

__all__ = [
    "Candidate", "Proof", "Unproven", "count_right_of", "meeting", "prove", "prove_in_disc", "prove_polynomial",
    "region_right_of", "with_unstable_count",
]  # fmt: skip


def region_right_of(equation: CharacteristicEquation, line: Any) -> Rectangle | None:
    """The rectangle that holds every root with Re s >= line; None if the bound leaves no room for a root.

    The line may be the abscissa of convergence itself where L is finite there: it is then continuous up to the line,
    and a contour on which H has no zero counts as its neighbours do. Raises ``Unproved`` where the bound is not valid:
    line left of the abscissa, or at one where L is infinite.
    """
    whole = analytic(equation)
    if whole.abscissa != -sp.oo and not line >= compile_ball(whole.abscissa, ())().real:
        raise Unproved(f"the line {line.str(8)} lies left of the abscissa of convergence {whole.abscissa}")
    reach = whole.bound(acb(line if line < 0 else arb(0))).real.upper()
    if not reach.is_finite():
        raise Unproved(f"no finite bound on the roots right of {line.str(8)}")
    if line > reach:
        return None
    # A margin keeps the outer edges off the roots that attain the bound.
    margin = (reach + abs(line)) / 16 + arb(1) / (1 << 200)
    return Rectangle(line, (reach + margin).upper(), (reach + margin).upper())


def count_right_of(equation: CharacteristicEquation, line: Any, budget: Budget) -> Counted:
    """How many roots have Re s >= line, proven at the working precision, and where H changed its half-plane.

    Raises ``Unproved``.
    """
    box = region_right_of(equation, line)
    if box is None:
        return Counted(0)
    whole = analytic(equation)
    probe = whole.value(acb(box.right * arb(1, arb(1) / (1 << 20))))  # real on an interval: symmetric everywhere
    if not probe.imag.is_zero():
        raise Unproved("H is not real on the real axis")
    return counted(turns_along(whole, box.upper_path(), budget))


def prove(
    equation: CharacteristicEquation,
    candidates: Sequence[Candidate],
    line: Any,
    bits: int,
    budget: Budget | None = None,
) -> Proof | Unproven:
    """Prove that the candidates are all roots with Re s >= line, with their multiplicities.

    ``line`` is an exact real ball (1/s), ``bits`` the working precision. This function alone makes a ``Proof``.
    """
    budget = budget or Budget(30.0)
    if not line.is_exact():
        return Unproven(f"the line {line.str(8)} is not exact")
    with precision(bits):
        try:
            narrowed = [_verified(equation, item, budget) for item in candidates]
            _apart([item for item, _ in narrowed], line)
            count = _count(equation, line, budget)
            box = region_right_of(equation, line)
        except Unproved as failure:
            return Unproven(str(failure))
    known = sum(item.weight for item in candidates)
    if count.zeros != known:
        reason = f"{count.zeros} roots lie right of {line.str(8)}, {known} are known"
        return Unproven(reason, count.crossings, count.zeros)
    clusters = tuple(index for index, (_, exact) in enumerate(narrowed) if not exact)
    roots = tuple(item for item, _ in narrowed)
    contours = (count.contour,) if count.contour else ()
    return Proof((box,) if box else (), (count.zeros,), bits, roots, clusters, (line,), contours)


def with_unstable_count(equation: CharacteristicEquation, proof: Proof, budget: Budget) -> Proof | Unproven:
    """The proof with a second contour: how many roots have Re s >= 0; its edge proves that none has Re s = 0."""
    with precision(proof.precision_bits):
        try:
            count = _count(equation, arb(0), budget)
            box = region_right_of(equation, arb(0))
        except Unproved as failure:
            return Unproven(str(failure))
    return replace(
        proof,
        region=(*proof.region, *((box,) if box else ())),
        winding_numbers=(*proof.winding_numbers, count.zeros),
        lines=(*proof.lines, arb(0)),
        contours=(*proof.contours, *((count.contour,) if count.contour else ())),
    )


def prove_polynomial(equation: CharacteristicEquation, bits: int) -> Proof | Unproven:
    """All roots of a polynomial, isolated in balls with exact multiplicities; they make up its degree."""
    with precision(bits):
        found = exact_roots(equation.function, equation.variable)
        polynomial = numerator(equation.function, equation.variable)
    if found is None or polynomial is None:
        return Unproven("H is not a polynomial with rational coefficients")
    roots = tuple(Candidate(root, multiplicity) for root, multiplicity in found if not root.imag < 0)
    total = sum(root.weight for root in roots)
    if total != polynomial.degree():
        return Unproven(f"{total} roots of a polynomial of degree {polynomial.degree()}")
    return Proof((), (total,), bits, roots)


def prove_in_disc(
    equation: CharacteristicEquation, candidates: Sequence[Candidate], lines: Sequence[Any], bits: int, budget: Budget
) -> Proof | Unproven:
    """Prove that the candidates are all zeros of an entire H, real on the axis, with a modulus below e^lines[0].

    ``lines`` are exact logarithms of radii; zeros within further circles are counted as well. None lies on a circle.
    """
    with precision(bits):
        try:
            narrowed = [_verified(equation, item, budget) for item in candidates]
            _apart([item for item, _ in narrowed], arb.neg_inf())
            found = [_in_disc(equation, line, budget) for line in lines]
        except Unproved as failure:
            return Unproven(str(failure))
        radii = [line.exp() for line in lines]
        far = [item for item, _ in narrowed if not abs(item.ball) < radii[0]]
    first, known = found[0], sum(item.weight for item in candidates)
    if far or first.zeros != known:
        reason = f"{first.zeros} zeros lie within {radii[0].str(8)} of 0, {known} are known"
        return Unproven(reason, first.crossings, first.zeros)
    boxes = tuple(Rectangle(-radius.upper(), radius.upper(), radius.upper()) for radius in radii)
    clusters = tuple(index for index, (_, exact) in enumerate(narrowed) if not exact)
    roots, zeros = tuple(item for item, _ in narrowed), tuple(each.zeros for each in found)
    contours = tuple(each.contour for each in found if each.contour)
    return Proof(boxes, zeros, bits, roots, clusters, tuple(lines), contours)


def _in_disc(equation: CharacteristicEquation, line: Any, budget: Budget) -> Counted:
    """The zeros with a modulus below e^line: half the circle is the image of an upright edge under w = e^s."""
    around = analytic(replace(equation, function=equation.function.subs(equation.variable, sp.exp(equation.variable))))
    found = counted(turns_along(around, (acb(line), acb(line, arb.pi())), budget))
    return replace(found, crossings=tuple(point.exp() for point in found.crossings))


def _count(equation: CharacteristicEquation, line: Any, budget: Budget) -> Counted:
    key = (equation.function, line.man_exp())
    if key not in budget.walked:
        budget.walked[key] = _walk(equation, line, budget)
    known: Counted = budget.walked[key]
    return known


def _walk(equation: CharacteristicEquation, line: Any, budget: Budget) -> Counted:
    # Contours are short of digits only near a root: 64 bits first, because they are the cheapest.
    try:
        with precision(64):
            return count_right_of(equation, line, budget)
    except Unproved:
        budget.spend()
        return count_right_of(equation, line, budget)


def _verified(equation: CharacteristicEquation, item: Candidate, budget: Budget) -> tuple[Candidate, bool]:
    """The candidate narrowed to a ball that provably holds it, and whether its multiplicity is exact."""
    whole, ball = analytic(equation), item.ball
    if item.multiplicity == 1:
        middle = ball.mid()
        image = middle - whole.value(middle) / whole.pair(ball)[1]
        if not (image.is_finite() and ball.contains(image)):
            raise Unproved(f"interval Newton does not prove a root in {ball.str(12)}")
        return Candidate(image), True
    for root, multiplicity in multiple_roots(equation.function, equation.variable):
        if multiplicity == item.multiplicity and ball.contains(root):
            return Candidate(root, multiplicity), True
    if count_in_square(whole.value, whole.pair, ball, budget) != item.multiplicity:
        raise Unproved(f"no {item.multiplicity} roots in {ball.str(12)}")
    return item, False


def _apart(items: Sequence[Candidate], line: Any) -> None:
    for item in items:
        if not item.ball.real > line:
            raise Unproved(f"the root in {item.ball.str(12)} is not right of {line.str(8)}")
        if not (item.on_axis or item.ball.imag > 0):
            raise Unproved(f"the ball {item.ball.str(12)} meets the real axis")
    for number, _ in meeting([item.ball for item in items]):
        raise Unproved(f"two candidates overlap near {items[number].ball.str(12)}")


def meeting(balls: Sequence[Ball]) -> Iterator[tuple[int, int]]:
    """The pairs of indices whose balls overlap, found by sweeping upwards."""
    ends = [(float(ball.imag.lower()), float(ball.imag.upper())) for ball in balls]
    order = sorted(range(len(balls)), key=lambda number: ends[number][0])
    for place, number in enumerate(order):
        for other in order[place + 1 :]:
            if math.nextafter(ends[other][0], -math.inf) > math.nextafter(ends[number][1], math.inf):
                break
            if balls[number].overlaps(balls[other]):
                yield number, other
