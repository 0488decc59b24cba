"""Stage: transients. Input: a law of delays, a lattice. Output: the integrals of F over its cells, and their error.

    w0_i = int F,   w1_i = int F(u) (u - t_i)/d du   over the cell [t_i, t_i + d]

Of finitely many values they are sums. Else F is joined by straight lines: its integral over a cell is off by at most
d^3/12 |F''| (F'' a ball over the cell), or by half its rise where that says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive import symbols as y
from derive.law import Law, LawError
from numeric.enclosed.renewal_lattice import Branches
from numeric.enclosure import Unevaluable, acb, arb, fmpq, precision

Floats = NDArray[np.float64]
_BITS = 64
_ROUNDING = 2.0**-50


@dataclass(frozen=True)
class LawLattice:
    """``cells`` cells of ``width`` seconds. ``whole`` and ``leaning``: w0 and w1; ``error``: the sum of their errors.

    ``rise``: the largest increase of F inside a cell, its jumps at lattice points left out.
    """

    width: Fraction
    cells: int
    whole: Floats
    leaning: Floats
    error: float
    rise: float

    def average(self, path: Floats) -> Floats:
        """int_0^t F(u) path(t - u) du at the lattice points, of a path that is linear between them."""
        near, far = np.append(self.whole - self.leaning, 0.0), self.leaning
        found = np.convolve(near, path)[: len(path)] - near * path[0]
        found[1:] += np.convolve(far, path)[: len(far)]
        return found


def law_lattice(law: Law, width: Fraction, cells: int) -> LawLattice:
    """The lattice of a law of delays; ``width`` > 0 in seconds, ``cells`` >= 1 (kind: doubles with a proven error).

    Raises ``Unevaluable`` for a law without a distribution function that could be enclosed.

    Example: ``law_lattice(Constant(1), Fraction(1, 4), 8).rise == 0``.
    """
    if law.masses is not None:
        return _of_values(law.masses, width, cells)
    try:
        return _of_cdf(law.cdf(y.t), law, width, cells)
    except (LawError, NotImplementedError) as error:
        raise Unevaluable(f"the law {law.name} has no distribution function: {error}") from error


def _of_values(masses: Mapping[sp.Expr, sp.Expr], width: Fraction, cells: int) -> LawLattice:
    whole, leaning, rise = np.zeros(cells), np.zeros(cells), np.zeros(cells)
    below = np.zeros(cells)  # the share of values at or before the cell
    for value, share in masses.items():
        if not (value.is_Rational and share.is_Rational):
            raise Unevaluable(f"a value that is not rational: {value}")
        at, chance = Fraction(int(value.p), int(value.q)) / width, float(share)
        number = int(at)
        below[min(number + (at > number), cells) :] += chance
        if at > number and number < cells:
            part = float(at - number)
            whole[number] += chance * (1 - part)
            leaning[number] += chance * (1 - part * part) / 2
            rise[number] += chance
    step = float(width)
    error = _ROUNDING * (len(masses) + 1) * step * cells
    return LawLattice(width, cells, (whole + below) * step, (leaning + below / 2) * step, error, float(rise.max()))


def _of_cdf(cdf: sp.Expr, law: Law, width: Fraction, cells: int) -> LawLattice:
    values, slopes = Branches(cdf, y.t, law.arrays), Branches(sp.diff(cdf, y.t, 2), y.t, law.arrays)
    points, radii, bent = np.zeros(cells + 1), np.zeros(cells + 1), np.zeros(cells)
    step = float(width)
    with precision(_BITS):
        for number in range(cells + 1):
            at = width * number
            ball = values.at(at)(acb(_exact(at))).real
            if not ball.is_finite():
                raise Unevaluable(f"no finite enclosure of {cdf} at {at}")
            points[number], radii[number] = float(ball.mid()), float(ball.rad())
            if number < cells:
                smooth = values.same_piece(at, at + width)  # derivatives would not tell of a jump
                bent[number] = _bend(slopes, at, width) if smooth else np.inf
    rises = np.maximum(np.diff(points), 0.0)
    chord = np.fmin(np.where(np.isfinite(bent), bent, np.inf) * step**3 / 12, rises * step / 2)
    below, above = points[:-1], points[1:]
    error = float(chord.sum() + (radii + _ROUNDING).sum() * step)
    whole, leaning = (below + above) * step / 2, (below + 2 * above) * step / 6
    return LawLattice(width, cells, whole, leaning, error, float(rises.max() + 2 * radii.max()))


def _bend(slopes: Branches, at: Fraction, width: Fraction) -> float:
    """A bound on |F''| within a cell; infinite where a ball says nothing."""
    inside = at + width / 2
    cell = acb(_exact(inside)) + acb(arb(0, float(width) / 2 * (1 + _ROUNDING)))
    ball = slopes.at(inside)(cell).real
    return float(abs(ball).upper()) if ball.is_finite() else float("inf")


def _exact(number: Fraction) -> Any:
    return fmpq(number.numerator, number.denominator)
