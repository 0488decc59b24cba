"""Stage: roots of the update-indexed recursion. Input: its polynomial. Output: all roots, largest modulus first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from derive.characteristic import CharacteristicEquation
from derive.exact import Number, exact
from numeric.balls.polynomials import on_unit_circle
from numeric.enclosure import Enclosure, acb, arb, compile_ball, precision
from numeric.roots.proof import Candidate, Unproven, prove_polynomial
from numeric.roots.records import Root, Spectrum, precise_enough

_MOST_BITS = 2048
_ENOUGH_FOR_SIGNS = 512  # beyond, a root is tested for lying exactly on the unit circle


def polynomial_spectrum(
    equation: CharacteristicEquation,
    *,
    right_of: Number | None = None,
    count: int | None = None,
    digits: int | None = None,
) -> Spectrum:
    """All certified roots of a polynomial H(z), largest modulus first (kind: enclosures with a proof).

    ``right_of``: those with |z| > right_of; ``count``: the first ones until ``count`` are counted, a pair counting as
    two; default: the first root or pair. ``digits``: wanted relative digits of re and im. Unstable means |z| > 1.
    Roots of the polynomial within the modulus from which on H converges are no roots of H and left out. A function
    that is no polynomial with rational coefficients gives an uncertified answer with the reason.

    Example: ``polynomial_spectrum(update_equation("1/2", 1)).unstable_count == 0``.
    """
    bits = max(64, int((digits or 15) * 3.33) + 16)
    while True:
        with precision(bits):
            proof = prove_polynomial(equation, bits)
            if isinstance(proof, Unproven):
                return Spectrum((), None, None, None, proof.reason, "update-indexed")
            roots = _outside(equation, proof.roots)
            roots.sort(key=lambda root: (-float(root.modulus), float(root.im)))
            unstable = _unstable_count(equation, roots, bits)
            chosen = _chosen(roots, right_of, 1 if count is None and right_of is None else count)
            done = unstable is not None and all(precise_enough(root, digits or 15) for root in chosen)
            if done or bits * 2 > _MOST_BITS:
                break
        bits *= 2
    radius = Enclosure(reduce(lambda x, y: x.max(y), (root.modulus.ball for root in roots))) if roots else None
    reason = None if unstable is not None else "whether a root lies on the unit circle is undecided"
    return Spectrum(tuple(chosen), radius, unstable, proof, reason, "update-indexed")


def _outside(equation: CharacteristicEquation, found: Sequence[Candidate]) -> list[Root]:
    """The roots where H converges; one that no precision moves off the boundary is kept."""
    roots = [Root(Enclosure(one.ball.real), Enclosure(one.ball.imag), one.multiplicity) for one in found]
    if equation.abscissa_of_convergence == 0:
        return roots
    inside = compile_ball(equation.abscissa_of_convergence, ())().real
    return [root for root in roots if not root.modulus.ball <= inside]


def _unstable_count(equation: CharacteristicEquation, roots: list[Root], bits: int) -> int | None:
    total, test = 0, None
    for root in roots:
        modulus = root.modulus.ball
        if modulus > 1:
            total += root.counted
        elif not modulus <= 1:
            if bits < _ENOUGH_FOR_SIGNS and abs(modulus.mid() - 1) > arb(2) ** -bits * 2**20:
                return None
            test = test or on_unit_circle(equation.function, equation.variable)
            if not test(acb(root.re.ball, root.im.ball)):
                return None
    return total


def _chosen(roots: list[Root], right_of: Number | None, count: int | None) -> list[Root]:
    if right_of is not None:
        limit = compile_ball(exact(right_of), ())().real
        roots = [root for root in roots if not root.modulus.ball <= limit]
    total, chosen = 0, []
    for root in roots:
        if count is not None and total >= count:
            break
        chosen.append(root)
        total += root.counted
    return chosen
