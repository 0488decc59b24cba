"""Stage: characteristic roots. Input: a characteristic equation. Output: its rightmost roots with a proof.

Candidates are found (numeric/roots/candidates.py), a line is laid just left of the wanted ones, and the proof function
(numeric/roots/proof.py) alone decides whether they are all that lies right of it. What the proof misses is looked for
where its contour saw H turn, at higher precision if the roots are close together.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from derive.exact import Number, exact
from numeric.balls.polynomials import numerator
from numeric.enclosure import Unevaluable
from numeric.roots.disc import disc_spectrum, reciprocal
from numeric.roots.records import Root, Spectrum
from numeric.roots.recursion import polynomial_spectrum
from numeric.roots.search import RootSearch
from numeric.roots.winding import Budget, Unproved

_SHORT = 60  # degree of a polynomial whose roots are all isolated; of a longer one those asked for are counted
_SPARSE = 8  # terms that are evaluated faster than all roots are isolated

__all__ = ["Root", "Spectrum", "spectrum"]


def spectrum(
    equation: CharacteristicEquation,
    *,
    right_of: Number | None = None,
    count: int | None = None,
    digits: int | None = None,
    budget_seconds: float = 20.0,
) -> Spectrum:
    """The certified rightmost characteristic roots: H(s) = 0, Re s descending (kind: enclosures with a proof).

    ``right_of`` (1/s): every root with Re s > right_of. ``count``: the first roots from the right until at least
    ``count`` are counted, a conjugate pair counting as two. Default: the rightmost root or pair. ``digits``: wanted
    relative digits of re and im. ``budget_seconds`` of processor time: after that the answer is what is proven, else
    unproven with a reason; at most a tenth of it goes into counting the unstable roots. Update-indexed equations:
    largest modulus first, ``right_of`` bounds the modulus.
    Raises ``ValueError`` for free parameters or count < 1.

    Example: ``spectrum(delay_equation("1/2", Constant(1))).spectral_abscissa.is_negative()``.
    """
    names = {equation.variable, *(base.label for base in equation.arrays)}
    free = {node for node in equation.function.free_symbols if isinstance(node, sp.Symbol)} - names
    if free:
        raise ValueError(f"H has free parameters: {free}")
    if count is not None and count < 1:
        raise ValueError(f"count = {count}; allowed: at least 1")
    if equation.plane == "update-indexed":
        wanted: dict[str, Any] = {"right_of": right_of, "count": count, "digits": digits}
        polynomial = numerator(equation.function, equation.variable)
        dense = len(sp.Add.make_args(equation.function)) > _SPARSE
        if polynomial is not None and (polynomial.degree() <= _SHORT or dense or reciprocal(equation) is None):
            return polynomial_spectrum(equation, **wanted)
        return disc_spectrum(equation, **wanted, budget=Budget(budget_seconds))
    limit = None if right_of is None else exact(right_of)
    search = RootSearch(equation, limit, count or 1, digits or 15, Budget(budget_seconds))
    try:
        return search.run()
    except (Unproved, Unevaluable) as failure:
        return Spectrum((), None, None, None, f"{failure}; {search.known()}")
