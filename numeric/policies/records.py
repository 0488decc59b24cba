"""Stage: policies. Input: a search over a setting. Output: the record of the fastest one and of what is proven."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from derive.formulas.shown import ShownAsLatex
from numeric.enclosure import Enclosure


@dataclass(frozen=True)
class FastestSetting(ShownAsLatex):
    """The fastest ``setting`` found, its ``decay_rate``, and what is proven of the whole range.

    ``best_rate`` encloses the best decay rate of the range (1/s, of update-indexed equations per update), from the one
    reached to the one excluded; None where no bound is proven: ``undecided`` pieces are left, or ``reason`` says why.
    ``pieces`` is how many prove it.
    """

    setting: sp.Rational
    decay_rate: Enclosure
    best_rate: Enclosure | None
    pieces: int = 0
    undecided: tuple[tuple[Fraction, Fraction], ...] = ()
    reason: str = ""

    @property
    def certified(self) -> bool:
        """Whether no setting of the range is faster by more than the tolerance."""
        return self.best_rate is not None

    def latex(self) -> str:
        """The best rate and the setting that reaches it."""
        return rf"r = {(self.best_rate or self.decay_rate).latex()} \text{{ at }} {float(self.setting):.6g}"
