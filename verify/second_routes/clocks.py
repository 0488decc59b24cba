"""Stage: proofs about updates in time. Input: predictions of a mode. Output: verdicts on H(s) made from H(z).

The second routes are delay equations with Erlang delays, and the determinant of the mean's linear equations.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.laws import Gamma
from derive.rules.drawn_noise import staleness_series
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

DRAWN, VELOCITY = "recursion.in-poisson-time.random-staleness", "momentum.in-poisson-time.fixed-staleness"
WAITS = 3
STEP, RATE, KEPT = sp.Rational(1, 5), sp.Rational(4), sp.Rational(1, 2)
POINTS = (sp.Rational(1, 3), sp.Rational(-2, 7))


def clock_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Staleness 3, four updates a second: H at two points."""
    if mode.mode != 0:
        return
    timed = delay_equation(STEP * RATE, Gamma(WAITS, WAITS / RATE)).function
    for s in POINTS:
        at = {y.step: STEP, y.arrival_rate: RATE, y.s: s}
        stated = CLAIMS[DRAWN].expression.replace(staleness_series, lambda wait: wait**WAITS)
        words = f"staleness {WAITS} at Poisson times: H at s = {s}, claimed and of Erlang delays"
        claimed = sp.nsimplify(stated.subs(at, simultaneous=True))
        yield judge_agreement(DRAWN, case, words, Exact(claimed), Exact(sp.nsimplify(timed.subs(y.s, s))))
        put = {**at, y.momentum: KEPT, y.staleness: WAITS}
        claimed = sp.nsimplify(CLAIMS[VELOCITY].expression.subs(put, simultaneous=True))
        words = f"momentum 1/2, staleness {WAITS} at Poisson times: H at s = {s}, determinant of the mean's equations"
        yield judge_agreement(VELOCITY, case, words, Exact(claimed), Exact(_determinant(s)))


def _determinant(s: sp.Rational) -> sp.Expr:
    """det(s - A)/(s + Lambda)^K of v, x and of what waits: y_1' = Lambda (x - y_1), .., y_K read by the update."""
    matrix = sp.zeros(2 + WAITS)
    matrix[0, 0], matrix[1, 0] = RATE * (KEPT - 1), RATE * KEPT
    matrix[0, 1 + WAITS] = matrix[1, 1 + WAITS] = -RATE * STEP
    for wait in range(2, 2 + WAITS):
        matrix[wait, wait - 1], matrix[wait, wait] = RATE, -RATE
    return (s * sp.eye(2 + WAITS) - matrix).det() / (s + RATE) ** WAITS
