"""Stage: thresholds. Input: a family of characteristic equations in the damping. Output: where its spectrum changes.

Found by bisection on *certified* answers, so the closed forms they are compared with play no part in them.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.enclosure import Enclosure
from numeric.roots.characteristic import Spectrum, spectrum

Family = Callable[[sp.Expr], CharacteristicEquation]
LARGEST_EXPANSION = 40


def stability_limit(family: Family, start: sp.Expr, relative_width: float = 1e-7) -> Enclosure | None:
    """The damping at which the first root crosses the axis; None if every damping tried up to 2^40 start is stable.

    ``family(a)`` is the equation at damping a > 0; ``start`` a damping to begin from. Kind: enclosure, proven by a
    certified count of no unstable root at its lower end and of some at its upper end.
    """
    return bisect(lambda a: _unstable(spectrum(family(a))), start, relative_width)


def critical_damping(family: Family, start: sp.Expr, relative_width: float = 1e-6) -> Enclosure | None:
    """The damping at which the rightmost root leaves the real axis; None if it is real at every damping tried.

    Kind: enclosure, proven by a certified real rightmost root at its lower end and a certified pair at its upper.
    """
    return bisect(lambda a: _oscillates(spectrum(family(a))), start, relative_width)


def _unstable(found: Spectrum) -> bool | None:
    return None if not found.certified or found.unstable_count is None else found.unstable_count > 0


def _oscillates(found: Spectrum) -> bool | None:
    if not found.certified or not found.roots:
        return None
    imaginary = found.roots[0].im
    return not imaginary.contains(0)


def bisect(changed: Callable[[sp.Expr], bool | None], start: sp.Expr, relative_width: float) -> Enclosure | None:
    """A ball around the point where ``changed`` turns true; an undecided point ends the narrowing and is never an end.

    ``start`` > 0 is where the search begins, or near it: of an irrational number a few digits.
    """
    low = high = Fraction(str(start.n(6))) if not start.is_Rational else Fraction(int(start.p), int(start.q))
    expansions = 0
    while (answer := changed(sp.Rational(low.numerator, low.denominator))) is not False:
        # Far beyond the change it may be undecided again: what is proven on the way down is kept.
        low, high, expansions = low / 2, low if answer else high, expansions + 1
        if expansions > LARGEST_EXPANSION:
            return None
    while (answer := changed(sp.Rational(high.numerator, high.denominator))) is not True:
        low, high, expansions = high if answer is False else low, high * 2, expansions + 1
        if expansions > LARGEST_EXPANSION:
            return None
    while (high - low) > Fraction(relative_width) * low:
        middle = (low + high) / 2
        answer = changed(sp.Rational(middle.numerator, middle.denominator))
        if answer is None:
            break
        low, high = (low, middle) if answer else (middle, high)
    ends = (Enclosure.of(low), Enclosure.of(high))
    return Enclosure(ends[0].ball.union(ends[1].ball))
