"""Stage: proofs about finitely many workers. Input: predictions of a mode. Output: exact results against their limits.

Constant and exponential cycles have an exact variance for every M: it must near the limits of many workers as claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law
from derive.models.linear import OutsideDomainError, linear_model
from derive.schemes import Asynchronous
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions
from verify.verdict import Evidence, Verdict

FINITE: Evidence = "exact finite M"


def ladder_orders(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The exact variance nears R2 and R1 like 1/M: the gap at M = 1000 over that at M = 4000, a theta = 1/2."""
    law = mode.model.law
    for rung, claim in _LADDER.get(law.name, {}).items():
        near, far = (relative_gap(law, workers, sp.Rational(1, 2), rung) for workers in (1000, 4000))
        if near is None or far is None:
            continue
        words = f"exact variance over {rung} minus 1, at M = 1000 over M = 4000: 4 for an error of order 1/M"
        ratio = near / far
        yield judge_certified_bound(
            claim, case, words, Exact(sp.Rational(39, 10)), ratio, direction="at least", evidence=FINITE
        )
        yield judge_certified_bound(
            claim, case, words, Exact(sp.Rational(41, 10)), ratio, direction="at most", evidence=FINITE
        )
        if rung == "R2":
            yield from _limit_of_exact(law, case)
        if claim.startswith("finite-workers.gap"):
            yield _series_agreement(claim, case, near)


def _limit_of_exact(law: Law, case: str) -> Iterator[Verdict]:
    """The exact variance over R2's, extrapolated to M = oo from three M: what is left is of order 1/M^3."""
    gaps = [relative_gap(law, workers, sp.Rational(1, 2)) for workers in (1000, 2000, 4000)]
    first, second, third = (gap for gap in gaps if gap is not None)
    remainder = Fraction(1, 1000**3)
    limit = (first - second * 6 + third * 8) / 3 + 1 + between(-remainder, remainder)
    claim, words = (
        f"delay.stationary-variance.{law.name}",
        "exact variance over R2, extrapolated to M = oo, a theta = 1/2",
    )
    yield judge_agreement(claim, case, words, Exact(sp.Integer(1)), limit, 1e-6, evidence=FINITE)


def _series_agreement(claim: str, case: str, gap: Enclosure, workers: int = 1000) -> Verdict:
    """The claimed series in 1/M, with its remainder of order 1/M^3, holds the exact ratio at a theta = 1/2."""
    at = {y.workers: workers, y.damping: sp.Rational(1, 2), y.mean_delay: sp.Integer(1)}
    remainder = Fraction(1, workers**3)
    series = evaluate(CLAIMS[claim].expression.subs(at)) - 1 + between(-remainder, remainder)
    words = f"exact ratio minus 1 at M = {workers}, a theta = 1/2: series through 1/M^2, closed forms"
    return judge_agreement(claim, case, words, series, gap, 1e-4, evidence=FINITE)


_EXACT = {
    "exponential": "finite-workers.second-moment.exponential",
    "constant": "recursion.stationary-variance.fixed-staleness",
}
_LADDER = {
    "exponential": {
        "R2": "finite-workers.gap-to-sdde.exponential",
        "R1": "finite-workers.gap-to-shots.exponential",
    },
    "constant": {"R2": "recursion.stationary-variance.fixed-staleness"},
}


def relative_gap(law: Law, workers: int, scaled_damping: sp.Rational, rung: str = "R2") -> Enclosure | None:
    """Exact variance over the rung's minus 1, at a theta = ``scaled_damping``; None where either is not to be had."""
    if law.name not in _EXACT:
        return None
    try:
        return _gap_of_closed_forms(law, workers, scaled_damping, rung)
    except OutsideDomainError:
        return None


def _gap_of_closed_forms(law: Law, workers: int, scaled_damping: sp.Rational, rung: str) -> Enclosure:
    model = linear_model(law, Asynchronous(workers), learning_rate=scaled_damping / workers, curvature=1)
    limit = model.claimed(f"delay.stationary-variance.{law.name}")
    if rung == "R1":
        gain = limit / model.noise_intensity
        limit = model.claimed("shots.stationary-variance.any-law").subs(y.second_moment_gain, gain)
    return evaluate(model.claimed(_EXACT[law.name]) / limit - 1)
