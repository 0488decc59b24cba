"""Stage: proofs about staged workers. Input: predictions of a mode. Output: exact variances of few workers, by name.

Every worker has a stage and a read of its own: E[v v'; stages], v = (x, r_1, .., r_M), obeys linear equations that are
written down move by move and solved in rationals. No occupancy, no exchangeability, no double enters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Gamma
from derive.models.linear import LinearModel
from derive.models.modes import families_of
from derive.schemes import Asynchronous
from numeric.enclosed.renewal import between
from numeric.enclosed.staged_variance import staged_variance
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import solved
from verify.second_routes.stage_moments import shot_variance_of_stages
from verify.verdict import Evidence, Verdict

CASES = ((2, 2), (2, 3))  # workers, stages
OVER_TIME, AT_UPDATES = "finite-workers.second-moment.erlang", "finite-workers.second-moment-at-updates.erlang"
GAPS = {"R2": "finite-workers.gap-to-sdde.erlang-2", "R1": "finite-workers.gap-to-shots.erlang-2"}
PRODUCT, MANY = sp.Rational(6, 5), (32, 64, 128)  # a theta, workers
_FINITE: Evidence = "exact finite M"


def staged_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two workers of two and of three stages: the claimed variance over time and at updates, against named workers."""
    values = plain_model(mode).values
    noise, step = values[y.step_noise], values[y.step]
    if not (0 < step < 1 and noise > 0 and noise.is_Rational and step.is_Rational):
        return
    for workers, stages in CASES:
        for name, factor in zip((OVER_TIME, AT_UPDATES), named_variance(workers, stages, step), strict=True):
            put = {y.workers: sp.Integer(workers), y.stages: sp.Integer(stages)}
            stated = CLAIMS[name].expression.subs(put, simultaneous=True)
            claimed = staged_variance(stated, sp.Integer(stages), workers, values)
            words = f"{workers} workers of {stages} stages: occupancies, workers by name"
            yield judge_agreement(name, case, words, claimed, Exact(factor * noise), evidence=_FINITE)


def staged_series(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two stages: the exact variance of 32, 64 and 128 workers over a rung's, extrapolated in 1/M, against the series.

    Two extrapolations of M (ratio - 1) make of a term c/M^3 one of c over the product of the three counts; c <= 1.
    """
    remainder = Fraction(1, math.prod(MANY))
    if "erlang-2" not in families_of(plain_model(mode).law):
        return
    for rung, name in GAPS.items():
        series = CLAIMS[name].expression.subs({y.damping: PRODUCT, y.mean_delay: 1})
        claimed = sp.expand((series - 1) * y.workers)
        near, middle, far = (_scaled_gap(CLAIMS[OVER_TIME].expression, workers, rung) for workers in MANY)
        found = (near - middle * 6 + far * 8) / 3 + between(-remainder, remainder)
        words = f"two stages, a theta = {PRODUCT}: M (exact variance over {rung} - 1), M = {MANY} extrapolated"
        yield judge_agreement(name, case, words, evaluate(claimed), found, 1e-3, evidence=_FINITE)


@cache
def _scaled_gap(stated: sp.Expr, workers: int, rung: str) -> Enclosure:
    """M (V/V' - 1), V by the occupancies, V' the rung's of the same workers; per variance of an update, theta = 1."""
    step, stages = PRODUCT / workers, sp.Integer(2)
    values = {y.step: step, y.step_noise: sp.Integer(1), y.mean_delay: sp.Integer(1)}
    exact = staged_variance(stated, stages, workers, values)
    model = LinearModel(Gamma(2, 1), Asynchronous(workers), sp.Integer(1), step, sp.Integer(1))
    return (exact / shot_variance_of_stages(model, 2, shots=rung == "R1") - 1) * workers


@cache
def named_variance(workers: int, stages: int, step: sp.Rational) -> tuple[sp.Rational, sp.Rational]:
    """E x^2 over time and just before updates, per variance that an update adds.

    Example: ``named_variance(1, 1, sp.Rational(1, 2)) == (sp.Rational(4, 3), sp.Rational(4, 3))``.
    """
    every = list(product(range(stages), repeat=workers))
    pairs = [(i, k) for i in range(workers + 1) for k in range(i, workers + 1)]
    place = {key: number for number, key in enumerate(product(every, pairs))}
    rows = [[sp.S.Zero] * len(place) for _ in place]
    right = [sp.S.Zero] * len(place)
    for before, worker in product(every, range(workers)):
        ended = before[worker] == stages - 1
        after = (*before[:worker], 0 if ended else before[worker] + 1, *before[worker + 1 :])
        for i, k in pairs:
            rows[place[before, (i, k)]][place[before, (i, k)]] += 1
            into = place[after, (i, k)]
            moved = {0, worker + 1} if ended else set[int]()  # the parameter, and who reads it
            for (one, first), (other, second) in product(_now(i, moved, worker, step), _now(k, moved, worker, step)):
                rows[into][place[before, (min(one, other), max(one, other))]] -= first * second
            if i in moved and k in moved:
                right[into] += sp.Rational(1, len(every))
    found = solved(rows, right)
    square = {stage: found[place[stage, (0, 0)]] for stage in every}
    updates = sum(square[stage] * stage.count(stages - 1) for stage in every)
    return sp.Add(*square.values()), updates * stages / workers


def _now(part: int, moved: set[int], worker: int, step: sp.Rational) -> list[tuple[int, sp.Expr]]:
    """What a part of v is made of after the move: itself, or x - step r."""
    return [(0, sp.S.One), (worker + 1, -step)] if part in moved else [(part, sp.S.One)]
