"""Stage: records of roots. Input: a proof's roots. Output: the frozen record that is printed and judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from derive.formulas.latex import escaped
from derive.formulas.shown import ShownAsLatex, aligned, within_latex
from numeric.enclosure import Enclosure, arb
from numeric.roots.proof import Proof

CLUSTERED = "a ball holds a cluster of roots that precision did not resolve; its multiplicity counts them"
SHORT = "a ball is wider than the digits asked for allow, at the highest precision tried"


@dataclass(frozen=True)
class Root(ShownAsLatex):
    """A proven root re + i im, the upper one of a conjugate pair, and its multiplicity."""

    re: Enclosure
    im: Enclosure
    multiplicity: int = 1

    @property
    def counted(self) -> int:
        """How many roots it stands for: a pair counts as two, each with its multiplicity."""
        return self.multiplicity * (1 if self.im.ball.mid() == 0 else 2)

    @property
    def radius(self) -> str:
        """A proven bound on the error of re and of im, decimal."""
        return max(self.re.radius, self.im.radius, key=Fraction)

    @property
    def modulus(self) -> Enclosure:
        """|root|."""
        return Enclosure((self.re.ball**2 + self.im.ball**2).sqrt())

    def __complex__(self) -> complex:
        return complex(float(self.re), float(self.im))

    def latex(self) -> str:
        """Real part and, of a pair, both imaginary parts, with one bound on the error of each."""
        real = within_latex(self.re.mid, self.radius)
        imaginary = rf" \pm \mathrm{{i}} ({within_latex(self.im.mid, self.radius)})"
        return real if self.im.ball.mid() == 0 else f"({real}){imaginary}"

    def to_json(self) -> dict[str, Any]:
        """The object of ``roots --json``."""
        return {"re": self.re.mid, "im": self.im.mid, "radius": self.radius, "multiplicity": self.multiplicity}


@dataclass(frozen=True)
class Spectrum(ShownAsLatex):
    """The roots asked for, from the right (update-indexed: largest modulus first), and what is proven of them.

    ``dominant`` encloses the spectral abscissa (update-indexed: the spectral radius); ``unstable_count`` counts the
    roots with Re s > 0 (|z| > 1); ``reason`` says in words what is missing or unusual. Without a ``proof`` nothing
    is certified.
    """

    roots: tuple[Root, ...]
    dominant: Enclosure | None
    unstable_count: int | None
    proof: Proof | None
    reason: str | None = None
    plane: Literal["continuous", "update-indexed"] = field(default="continuous")

    def latex(self) -> str:
        """The roots from the right, or why there is none."""
        if not self.roots:
            return rf"\text{{{escaped(self.reason or 'no roots')}}}"
        letter = "s" if self.plane == "continuous" else "z"
        return aligned(f"{letter}_{{{number}}} &= {root.latex()}" for number, root in enumerate(self.roots))

    @property
    def certified(self) -> bool:
        """Whether the proof function proved it."""
        return self.proof is not None

    @property
    def spectral_abscissa(self) -> Enclosure | None:
        """max Re s over all roots, in 1/s; None if there is none, nothing is proven, or the plane is z's."""
        return self.dominant if self.plane == "continuous" else None

    @property
    def spectral_radius(self) -> Enclosure | None:
        """max |z| over all roots of an update-indexed equation."""
        return self.dominant if self.plane == "update-indexed" else None

    @property
    def decay_rate(self) -> Enclosure | None:
        """Minus the spectral abscissa, in 1/s; update-indexed: minus the logarithm of the radius, per update."""
        if self.dominant is None:
            return None
        return -self.dominant if self.plane == "continuous" else Enclosure(-self.dominant.ball.log())

    def to_json(self) -> dict[str, Any]:
        """The object of ``roots --json``."""
        name = "spectral_abscissa" if self.plane == "continuous" else "spectral_radius"
        return {
            "roots": [root.to_json() for root in self.roots],
            name: self.dominant.to_json() if self.dominant else None,
            "unstable_count": self.unstable_count,
            "certified": self.certified,
            "proof": self.proof.to_json() if self.proof else None,
            "reason": self.reason,
        }


def precise_enough(root: Root, digits: int) -> bool:
    """Whether each nonzero part is known to ``digits`` relative digits."""
    parts = [part.ball for part in (root.re, root.im) if not part.ball.is_zero()]
    return all(part.rad() * arb(10) ** digits <= abs(part).lower() for part in parts)
