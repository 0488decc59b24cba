"""Stage: proofs about transients of schemes. Input: predictions of a mode. Output: verdicts on momentum, fresh updates.

With momentum and cycles of two stages mean velocity, parameter and reads obey four linear equations, solved in
rationals; updates by fresh gradients are made one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.models.modes import put_in
from derive.rules.laws import transform_of
from numeric.enclosure import evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.verdict import Verdict

TRANSFORM, RESIDUE = "transients.transform.momentum", "transients.residue.momentum"
PATH, SQUARE, TIME = (f"synchronous.{what}.any-law" for what in ("mean-path", "second-moment", "training-time"))
SHARE, RATE, START = sp.Rational(1, 3), sp.Integer(5), sp.Integer(2)  # beta, Lambda, x0
POINTS = (sp.Rational(1, 2), sp.Rational(7, 3))
ROOT = sp.Rational(-1, 5)  # a root that the learning rate is chosen for
UPDATES, LEVEL_AT = 12, 25
STEP, BATCH = sp.Rational(1, 7), sp.Integer(2)


def velocity_transients(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Momentum 1/3 and cycles of two stages: transform at two points, and the residue at a chosen root."""
    if mode.mode != 0:
        return
    known = {y.momentum: SHARE, y.arrival_rate: RATE, y.initial: START, y.curvature: sp.Integer(1)}
    (step,) = sp.solve(_system(y.learning_rate, ROOT).det(), y.learning_rate)
    for claim, place, what in ((TRANSFORM, POINTS[0], "s = 1/2"), (TRANSFORM, POINTS[1], "s = 7/3")):
        claimed = _put(claim, {**known, y.learning_rate: step, y.s: place})
        words = f"momentum {SHARE}, cycles of two stages: transform of the mean path at {what}, linear equations"
        yield judge_agreement(claim, case, words, Exact(claimed), Exact(_path(step, place)))
    claimed = _put(RESIDUE, {**known, y.learning_rate: step, y.root: ROOT})
    whole = sp.cancel(sp.together(_path(step, y.s)) * (y.s - ROOT))
    words = f"momentum {SHARE}, cycles of two stages: residue at the root {ROOT}, partial fractions"
    yield judge_agreement(RESIDUE, case, words, Exact(claimed), Exact(whole.subs(y.s, ROOT)))


def _put(claim: str, values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    stated = put_in(CLAIMS[claim], values)
    return stated.replace(transform_of, lambda at: 1 / (1 + at / 2) ** 2).doit()


def _path(step: sp.Expr, s: sp.Expr) -> sp.Expr:
    """xhat(s) from v = 0 and x = reads = x0."""
    return _system(step, s).LUsolve(sp.Matrix([0, START, START, START]))[1]


def _system(step: sp.Expr, s: sp.Expr) -> sp.Matrix:
    """s less the matrix of velocity, parameter and reads, which two stages of rate 2 in a row delay."""
    pull, friction = step * RATE, (1 - SHARE) * RATE
    matrix = sp.Matrix([[-friction, 0, 0, -pull], [SHARE * RATE, 0, 0, -pull], [0, 2, -2, 0], [0, 0, 2, -2]])
    return s * sp.eye(4) - matrix


def iterated_updates(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Twelve updates by two fresh gradients, one by one; the time to the level that the mean has after twenty-five."""
    if mode.mode != 0:
        return
    noise = plain_model(mode).values[y.gradient_noise]
    if not noise.is_Rational:
        return
    known = {y.learning_rate: STEP, y.curvature: sp.Integer(1), y.gradient_noise: noise, y.batch: BATCH}
    mean, square = START, START**2
    for _ in range(UPDATES):
        mean, square = mean - STEP * mean, (1 - STEP) ** 2 * square + (STEP * noise) ** 2 / BATCH
    at = {**known, y.initial: START, y.j: sp.Integer(UPDATES)}
    for claim, what, found in ((PATH, "mean", mean), (SQUARE, "second moment", square)):
        claimed = CLAIMS[claim].expression.subs(at, simultaneous=True)
        yield judge_agreement(claim, case, f"{what} after {UPDATES} fresh updates", Exact(claimed), Exact(found))
    level = START * (1 - STEP) ** LEVEL_AT
    at = {**known, y.initial: START, y.level: level, y.update_time: sp.Integer(1)}
    words = f"updates until the mean has the level of {LEVEL_AT} fresh updates"
    reached = evaluate(CLAIMS[TIME].expression.subs(at, simultaneous=True))
    yield judge_agreement(TIME, case, words, reached, Exact(sp.Integer(LEVEL_AT)))
