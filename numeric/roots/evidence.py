"""Stage: records of proofs. Input: balls and contours. Output: candidates, proofs, and why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numeric.enclosure import Ball
from numeric.roots.winding import Contour, Rectangle


@dataclass(frozen=True)
class Candidate:
    """A ball that may hold a root; the conjugate is meant, too, unless the ball is exactly real.

    ``multiplicity`` > 1 claims a multiple root or, where no exact proof exists, a cluster inside the ball.
    """

    ball: Ball
    multiplicity: int = 1

    @property
    def weight(self) -> int:
        """How many roots this candidate and its conjugate stand for."""
        return self.multiplicity * (1 if self.on_axis else 2)

    @property
    def on_axis(self) -> bool:
        """Whether the ball is its own conjugate, so that it needs no partner."""
        return bool(self.ball.imag.mid() == 0)


@dataclass(frozen=True)
class Proof:
    """What was proven: the rectangle searched [left, right, top], how many roots each contour held, the precision.

    ``roots`` are the candidates' balls, narrowed by interval Newton; ``clusters`` the indices of those whose
    multiplicity is a count inside the ball and not an exact multiplicity. ``lines`` are the left ends of the regions
    (of a disc the logarithm of its radius), where a line beyond the bound on the roots needs no ``contours``.
    """

    region: tuple[Rectangle, ...]
    winding_numbers: tuple[int, ...]
    precision_bits: int
    roots: tuple[Candidate, ...] = ()
    clusters: tuple[int, ...] = ()
    lines: tuple[Any, ...] = ()
    contours: tuple[Contour, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """region: [left, right, top] of each rectangle (|Im s| <= top), winding numbers and precision."""
        region = [[end.str(17, radius=False) for end in (box.left, box.right, box.top)] for box in self.region]
        return {
            "region": region,
            "winding_numbers": list(self.winding_numbers),
            "precision_bits": self.precision_bits,
        }


@dataclass(frozen=True)
class Unproven:
    """No proof, with the reason and the points where roots may have been missed."""

    reason: str
    hints: tuple[Ball, ...] = ()
    count: int | None = None
