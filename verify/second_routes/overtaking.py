"""Stage: proofs about two curvatures. Input: predictions of a mode. Output: verdicts on where they decay alike.

Gamma cycles of shape 5/2 and mean 1. The steeper mode's certified pair -r +- i omega gives the angle of 1 + s/k; the
flatter mode's damping is bisected until its certified rate is the same r. No closed form of either enters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.laws import Gamma
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from numeric.roots.thresholds import bisect
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

RATIO, RATE, COUNT = (f"workers.overtaking-{what}.gamma" for what in ("ratio", "decay-rate", "count"))
SHAPE, STEEP = (
    sp.Rational(5, 2),
    sp.Rational(3, 2),
)  # of the cycles; the steeper mode's a theta, beyond critical damping
STEP = sp.Rational(1, 1000)  # learning rate x smallest curvature
WIDTH = 1e-8
_LAW = Gamma(SHAPE, 1)


def gamma_curvatures(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claim A with two curvatures and gamma cycles: ratio, rate and workers at the angle of the certified pair."""
    if mode.mode != 0:
        return
    angle, rate, flat = _alike()
    numbers = {y.learning_rate: STEP, y.curvature: sp.Integer(1), y.mean_delay: sp.Integer(1), y.shape: SHAPE}
    for claim, what, found in (
        (RATIO, "ratio of the curvatures", Enclosure.of(STEEP) / flat),
        (RATE, "their decay rate", rate),
        (COUNT, "workers", flat / STEP),
    ):
        claimed = evaluate(CLAIMS[claim].expression.subs(numbers, simultaneous=True), {y.angle: angle})
        words = f"gamma cycles of shape {SHAPE}: {what} where two modes decay alike, certified roots"
        yield judge_agreement(claim, case, words, claimed, found, 1e-5)


@cache
def _alike() -> tuple[Enclosure, Enclosure, Enclosure]:
    """The pair's angle and decay rate at the steeper damping, and the flatter damping of the same rate."""
    root = spectrum(delay_equation(STEEP, _LAW), digits=20).roots[0]
    angle = evaluate(sp.atan(y.im_part / (SHAPE + y.re_part)), {y.re_part: root.re, y.im_part: root.im})

    def faster(damping: sp.Expr) -> bool | None:
        found = spectrum(delay_equation(damping, _LAW), digits=20).decay_rate
        if found is None:
            return None
        lead = found + root.re
        return True if lead.is_positive() else False if lead.is_negative() else None

    flat = bisect(faster, sp.Rational(1, 20), WIDTH)
    if flat is None:
        raise ArithmeticError("no damping of the flatter mode was found")
    return angle, -root.re, flat
