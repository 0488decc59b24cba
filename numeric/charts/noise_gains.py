"""Stage: proven charts. Input: H with two open parameters, a box of them. Output: the noise gain there, enclosed.

Over a box B with middle m a quantity is Q(B) in Q(m) + Q_x(B)(B_x - m_x) + Q_y(B)(B_y - m_y). The gain and its
derivatives are integrals, summed over pieces W of the frequency axis, with f(w) = 1/|H(i w)|^2:

    int_W f in |W| f(m_w) +- |W|^2 rad(f'(W))/4,        int_W f_p in |W| f_p(W; B),        f_p = -2 f Re(H_p/H),

and beyond the last frequency w, where |H(i w)| lies within b of w (b the bound on the roots), by 1/(w + b), 1/(w - b).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from numeric.charts.crossings import Box, OpenEquation
from numeric.enclosure import acb, arb

BEYOND: Literal["beyond"] = "beyond"
_FAR = 64  # times the bound on the roots: the tail beyond is about 3e-4 of the gain
_FINEST = 2.0**-40
_BULK = 1.5  # times that bound: H is smallest before


@dataclass(frozen=True)
class Spread:
    """A quantity over a box: at the middle, its slopes anywhere in the box, and all its values as they come."""

    middle: Any
    slopes: tuple[Any, Any]
    rough: Any

    def over(self, box: Box) -> Any:
        """The quantity anywhere in the box."""
        fine = self.middle + sum(self.parts(box), arb(0))
        return both(fine, self.rough)

    def parts(self, box: Box) -> tuple[Any, Any]:
        """What each parameter adds."""
        x, y = (slope * offset.real for slope, offset in zip(self.slopes, box.offsets, strict=True))
        return x, y


def both(one: Any, other: Any) -> Any:
    """What two enclosures of one number leave of each other."""
    if not (one.is_finite() and other.is_finite()):
        return one if one.is_finite() else other
    return one.intersection(other)


def integrated(opened: OpenEquation, box: Box, error: float, enough: Any) -> Spread | Literal["beyond"] | None:
    """I = (1/pi) int_0^inf dw/|H(i w)|^2 over a box of parameters where the mean is stable; None if in vain.

    "beyond" as soon as I is proven to exceed ``enough``.
    """
    bound = opened.reach(box)
    position, step, last = 0.0, bound / 16, bound * _FAR
    total, rough, least, across, up = (arb(0) for _ in range(5))
    while position < last:
        step = min(step, last - position)
        piece = _piece(opened, box, position, position + step)
        if piece is None or not piece.slack < error * piece.value:
            if step < last * _FINEST:
                return None
            step /= 2
            continue
        least += piece.least
        if least > arb.pi() * enough:
            return BEYOND
        if not rough.is_finite() and position > _BULK * bound:
            return None
        total += piece.value + arb(0, 1) * piece.slack
        rough, across, up = rough + piece.rough, across + piece.slopes[0], up + piece.slopes[1]
        position, step = position + step, step * (2 if 4 * piece.slack < error * piece.value else 1)
    tail = (1 / (arb(last) + bound)).union(1 / (arb(last) - bound))
    return Spread((total + tail) / arb.pi(), (across / arb.pi(), up / arb.pi()), (rough + tail) / arb.pi())


@dataclass(frozen=True)
class _Piece:
    """The integral over one piece of frequencies at the box's middle, its error, and its slopes in the box."""

    value: Any
    slack: Any
    slopes: tuple[Any, Any]
    rough: Any  # the same integral for any parameter of the box
    least: Any  # and a lower bound on it


def _piece(opened: OpenEquation, box: Box, low: float, high: float) -> _Piece | None:
    """One piece; None where H may vanish on it."""
    ends, width = arb(low).union(arb(high)), arb(high) - arb(low)
    at, middle = acb(0, ends), acb(0, (arb(low) + arb(high)) / 2)  # the true middle: the slack rests on it
    centre = opened.value(middle, *box.middles)
    image, slope, _, _ = opened.slopes(at, *box.middles)
    bend = -2 * (acb(0, 1) * slope * image.conjugate()).real / abs(image) ** 4
    value, slack = width / abs(centre) ** 2, width**2 * bend.rad() / 4
    if not (value.is_finite() and slack.is_finite()):
        return None
    whole, slope, *sides = opened.slopes(at, *box.sides)
    # Of the image turned by 1/H(m) the middle is 1: its modulus is known best where it is needed most.
    turned = 1 + slope / centre * (at - middle)
    for side, offset in zip(sides, box.offsets, strict=True):
        turned += side / centre * offset
    modulus = both(abs(turned) * abs(centre), abs(whole))
    rough = width / modulus**2
    across, up = (-2 * rough * (side / centre / turned).real for side in sides)
    return _Piece(value, slack, (across, up), rough, width / modulus.upper() ** 2)
