"""Stage: renewals within a cycle. Input: a law. Output: the renewal overlap G, enclosed.

    G = (1/E T) sum_{n >= 1} E (T - S_n)^+,   S_n the sum of n further independent cycles

It decides how far the staleness variance lies below its Poisson value (1 for exponential, 0 for constant cycles).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numeric.enclosure import Enclosure, evaluate

MOST_SUMS = 4_000_000  # pairs of atoms summed exactly; beyond, sums are rounded to a lattice from both sides
LATTICE = 4096
SMALLEST_MASS = 1e-18  # probability below which further renewals are bounded instead of added
MOST_RENEWALS = 4000
_ROUNDING = 2.0**-52

Floats = NDArray[np.float64]


def overlap_of_series(term: sp.Expr, index: sp.Symbol, tail: sp.Expr, digits: int = 15) -> Enclosure:
    """sum_{n >= 1} term(n), given that the terms from n on add up to at most ``tail``(n), tail decreasing to 0.

    ``term`` >= 0 and ``tail`` are expressions in the integer ``index``; ``digits`` is absolute. Kind: enclosure.
    """
    total, count = Enclosure.of(sp.Integer(0)), 0
    while True:
        count += 1
        total = total + evaluate(term.subs(index, count), digits=digits + 5)
        rest = evaluate(tail.subs(index, count + 1), digits=5)
        if rest.upper < 10.0**-digits:
            return total + between(Fraction(0), Fraction(rest.upper))
        if count > 100_000:
            raise ArithmeticError(f"the series of {term} does not end within 100 000 terms")


def overlap_of_atoms(values: Sequence[sp.Rational]) -> Enclosure:
    """G of equally likely atoms ``values`` >= 0 (seconds, not all 0). Kind: enclosure.

    Exact rational arithmetic while the sums below the longest cycle are few; else the atoms are rounded down and
    up to a lattice, which bounds every (T - S_n)^+ from above and below.
    """
    scale = math.lcm(*(int(value.q) for value in values))
    whole = sorted(int(value * scale) for value in values)
    reach = whole[-1]
    below = sum(1 for value in whole if value + whole[0] < reach)
    if whole[0] > 0 and reach < 2**61 and below * below <= MOST_SUMS and reach // whole[0] <= 8:
        return _exact_overlap(whole)
    low, high = (_lattice_overlap(whole, up) for up in (True, False))
    return between(low[0], high[1])


def between(low: Fraction, high: Fraction) -> Enclosure:
    """The enclosure of an interval of exact ends."""
    ends = (Enclosure.of(low), Enclosure.of(high))
    return Enclosure(ends[0].ball.union(ends[1].ball))


def _exact_overlap(whole: Sequence[int]) -> Enclosure:
    """Add E (T - S_n)^+ over n while S_n can lie below the longest cycle, in integers."""
    atoms = np.array(whole, dtype=np.int64)
    sums = atoms.copy()
    total, renewals = Fraction(0), 1
    suffix = np.concatenate([np.cumsum(atoms[::-1].astype(object))[::-1], [0]])
    while sums.size:
        first = np.searchsorted(atoms, sums, side="right")
        excess = sum(int(suffix[at]) - (len(whole) - int(at)) * int(s) for at, s in zip(first, sums, strict=True))
        total += Fraction(excess, len(whole) ** (renewals + 1))
        added = (sums[:, None] + atoms[None, : np.searchsorted(atoms, atoms[-1] - sums.min())]).ravel()
        sums, renewals = np.sort(added[added < atoms[-1]]), renewals + 1
        if sums.size > MOST_SUMS:
            low, high = (_lattice_overlap(whole, up) for up in (True, False))
            return between(low[0], high[1])
    mean = Fraction(sum(whole), len(whole))
    return Enclosure.of(total / mean)


def _lattice_overlap(whole: Sequence[int], up: bool) -> tuple[Fraction, Fraction]:
    """Bounds on G with the summed atoms rounded up (a lower bound) or down (an upper bound) to a lattice.

    T itself is kept exact: E (T - s)^+ is tabulated at every lattice point s. All numbers added are non-negative
    doubles, so a relative allowance of (cells + 4) roundings a convolution covers every error.
    """
    reach, count = whole[-1], len(whole)
    cells = LATTICE
    positions = [-(-value * cells // reach) if up else value * cells // reach for value in whole]
    single: Floats = np.bincount(positions, minlength=cells + 1)[: cells + 1] / count
    stop_loss = _stop_loss(whole, cells)
    sums, total, renewals, mass = single, 0.0, 1, 1.0
    while True:
        total += float(sums @ stop_loss)
        mass = float(sums[:cells].sum())
        if mass < SMALLEST_MASS:
            break
        if renewals == MOST_RENEWALS:
            raise ArithmeticError("the measured cycles hold too many almost-zero values to enclose the overlap")
        sums, renewals = np.convolve(sums, single)[: cells + 1], renewals + 1
    allowance = 1 + (renewals + 2) * (cells + 4) * _ROUNDING
    # P(S_{i+j} < reach) <= P(S_i < reach) P(S_j < reach), so the terms left out add up to a geometric series at most.
    rest = reach * renewals * mass * allowance / (1 - mass)
    mean = Fraction(sum(whole), count)
    return Fraction(total / allowance) / mean, Fraction(total * allowance + rest) / mean


def _stop_loss(whole: Sequence[int], cells: int) -> Floats:
    """E (T - i reach/cells)^+ for i = 0 .. cells, within two roundings."""
    atoms = np.array(whole, dtype=np.float64)
    levels = np.arange(cells + 1) * (whole[-1] / cells)
    suffix = np.concatenate([np.cumsum(atoms[::-1])[::-1], [0.0]])
    first = np.searchsorted(atoms, levels, side="right")
    return np.maximum(suffix[first] - (len(whole) - first) * levels, 0.0) / len(whole)
