"""Stage: proofs about stale workers. Input: predictions of a mode. Output: exact variance and share of few, by name.

Every worker has a staleness and a read of its own: E[v v'; stalenesses], v = (x, r_1, .., r_M), obeys linear equations
that are written down arrival by arrival and solved in rationals. No class, no earlier parameter, no double enters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import combinations_with_replacement, product
from typing import cast

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.models.modes import OutsideDomainError
from numeric.enclosed.class_sums import over_classes
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import Move, solved, staleness_chain
from verify.verdict import Evidence, Verdict

CASES = ((2, 2), (3, 1))  # workers, threshold
VARIANCE = "finite-workers.second-moment-with-threshold.exponential"
SHARE = "finite-workers.applied-fraction-with-threshold.exponential"
STEP = sp.Rational(3, 10)
_FINITE: Evidence = "exact finite M"


def stale_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two workers with the threshold 2, three with 1: claimed over the classes, against workers by name."""
    if mode.mode != 0:
        return
    noise = plain_model(mode).values[y.step_noise]
    if not (noise > 0 and noise.is_Rational):
        return
    values = {y.step: STEP, y.step_noise: noise, y.mean_delay: sp.Integer(1)}
    for workers, last in CASES:
        words = f"{workers} exponential workers, staleness threshold {last}: classes of staleness, workers by name"
        chain = staleness_chain(workers, last, sp.S.One, drops=True)
        share = chain.flow(partial(_is_applied, last)) / workers
        for name, exact in ((VARIANCE, noise * named_variance(workers, last, STEP)), (SHARE, share)):
            stated = CLAIMS[name].expression
            try:
                claimed = over_classes(stated, last, workers, values)
            except ArithmeticError as error:  # a claim that adds over other occupancies has no value
                raise OutsideDomainError(str(error)) from error
            yield judge_agreement(name, case, f"{words}, {name.split('.')[1]}", claimed, Exact(exact), evidence=_FINITE)


def _is_applied(last: int, move: Move) -> bool:
    return cast(tuple[int, int], move.event)[1] <= last


@cache
def named_variance(workers: int, last: int, step: sp.Rational) -> sp.Rational:
    """E x^2 over time, per variance that an update adds, of exponential workers that drop what is staler than ``last``.

    Example: ``named_variance(1, 0, sp.Rational(1, 2)) == sp.Rational(4, 3)``.
    """
    chain = staleness_chain(workers, last, sp.S.One, drops=True)
    pairs = list(combinations_with_replacement(range(workers + 1), 2))
    place = {key: number for number, key in enumerate(product(chain.states, pairs))}
    rows = [[sp.S.Zero] * len(place) for _ in place]
    right = [sp.S.Zero] * len(place)
    for move in chain.moves:
        who, age = cast(tuple[int, int], move.event)
        now = {part: [(part, sp.S.One)] for part in range(workers + 1)}
        if age <= last:
            now[0] = [(0, sp.S.One), (who + 1, -step)]
        now[who + 1] = now[0]
        for i, k in pairs:
            rows[place[move.before, (i, k)]][place[move.before, (i, k)]] += move.rate
            into = place[move.after, (i, k)]
            for (one, first), (other, second) in product(now[i], now[k]):
                rows[into][place[move.before, (min(one, other), max(one, other))]] -= move.rate * first * second
            if age <= last and {i, k} <= {0, who + 1}:
                right[into] += move.rate * chain.stationary[move.before]
    found = solved(rows, right)
    return sp.Add(*(found[place[state, (0, 0)]] for state in chain.states))
