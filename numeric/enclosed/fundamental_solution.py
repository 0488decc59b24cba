"""Stage: transients. Input: a law, a damping. Output: the fundamental solution on a lattice, with a proven error.

    r = 1 - a F * r,   that is r' = -a E r(t - tau), r(0) = 1

is solved by a path that is linear between the points. What it lacks of the equation is bounded everywhere: F by its
bend, F * r by how its slope moves within a cell. The defect enters the error as often as |r'| <= a E |r| integrates to.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from derive.law import Law
from numeric.enclosed.law_lattice import Floats, LawLattice, law_lattice
from numeric.enclosure import Unevaluable

_ROUNDING = 2.0**-50


@dataclass(frozen=True)
class Fundamental:
    """r on the lattice: ``values`` within ``error`` of it, joined by straight lines everywhere; ``damping`` a."""

    lattice: LawLattice
    damping: float
    values: Floats
    error: float
    defect: float

    @property
    def size(self) -> float:
        """A bound on |r|."""
        return float(np.abs(self.values).max()) + self.error

    @property
    def length(self) -> float:
        """A bound on int |r|."""
        step = float(self.lattice.width)
        return float(np.abs(self.values).sum() * step) + step * self.lattice.cells * self.error


@lru_cache(maxsize=16)
def fundamental(law: Law, damping: float, width: Fraction, cells: int) -> Fundamental:
    """r of r' = -a E r(t - tau), r(0) = 1, over ``cells`` cells of ``width`` s; ``damping`` a > 0 in 1/s, a double.

    Raises ``Unevaluable`` where the lattice is too coarse for a proof.

    Example: ``fundamental(Constant(1), 1.0, Fraction(1, 64), 64).values[32] == 1``.
    """
    lattice = law_lattice(law, width, cells)
    step, span = float(width), float(width) * cells
    near, far = lattice.whole - lattice.leaning, lattice.leaning
    weights = np.append(near, 0.0)
    weights[1:] += far
    values, turned = np.ones(cells + 1), weights[::-1].copy()  # in one direction both, for speed
    for j in range(1, cells + 1):
        history = float(values[1:j] @ turned[cells + 1 - j : cells]) + far[j - 1] * values[0]
        values[j] = (1 - damping * history) / (1 + damping * weights[0])
    steepest, most = float(np.abs(np.diff(values)).max()) / step, float(np.abs(values).max())
    bends = step / 4 * (lattice.rise + 2 * steepest * step)
    defect = damping * (lattice.error * most + bends) + _ROUNDING * cells * (1 + damping * span * most)
    share = damping * span * defect
    if not share < 0.5:
        raise Unevaluable(f"{cells} cells over {span:g} s are too few for a proof")
    length = float(np.abs(values).sum()) * step
    return Fundamental(lattice, damping, values, defect * (1 + damping * length) / (1 - share), defect)
