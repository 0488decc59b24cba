"""Stage: figures as data. Input: judged cases. Output: certified roots and the region proven free of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from numeric.roots.characteristic import Spectrum, spectrum
from verify.drawing.observed import Observed
from verify.report import Curve, Figure

COUNT = 8  # roots of a case


def roots_figure(cases: Sequence[Observed]) -> Figure:
    """The rightmost roots of every case, scaled by its mean cycle, and what lies right of all of them."""
    curves, radii, rightmost = [], [Fraction(0)], []
    for case in cases:
        theta = float(case.mode.model.law.mean)
        found = spectrum(case.mode.model.characteristic_equation, count=COUNT)
        pairs = [(float(root.re) * theta, float(root.im) * theta) for root in found.roots]
        both = [(re, sign * im) for re, im in pairs for sign in ((1, -1) if im else (1,))]
        curves.append(Curve(case.name, tuple(p[0] for p in both), tuple(p[1] for p in both), (), "points"))
        radii += [Fraction(root.radius) for root in found.roots]
        rightmost.append(_rightmost(found, theta))
    heights = [im for curve in curves for im in curve.y] or [-1.0, 1.0]
    curves.append(Curve("imaginary axis", (0.0, 0.0), (min(heights), max(heights)), (), "reference"))
    proven = max((edge for edge in rightmost if edge is not None), default=None) if None not in rightmost else None
    free = () if proven is None else (("no root, proven", proven, math.inf, -math.inf, math.inf),)
    return Figure(
        "roots",
        "Characteristic roots",
        "Certified roots of H(s), scaled by the mean cycle. The ball around each, with a radius of at most "
        f"{float(max(radii)):.1g} in 1/s, is smaller than its mark. "
        + ("" if proven is None else "A winding number proves that no root lies in the hatched region. ")
        + "A root right of the imaginary axis would make the mean diverge.",
        "Points, symmetric about the real axis, with a hatched region to their right that holds no root.",
        "real part times mean cycle",
        "imaginary part times mean cycle",
        tuple(curves),
        regions=free,
    )


def _rightmost(found: Spectrum, theta: float) -> float | None:
    """The real part right of which nothing lies; None where that is not proven."""
    if not found.certified or found.spectral_abscissa is None:
        return None
    return float(found.spectral_abscissa.upper) * theta
