"""Stage: proofs about K-async. Input: predictions of a mode. Output: its exact variance, by workers that idle by name.

Who waits is a chain in continuous time. E[v v'; who waits], v = (x, r_1, .., r_M), obeys linear equations, solved in
rationals: no draw is fair by assumption, no worker stands for another, and the average is over time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement, product
from typing import cast

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.enclosure import evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import solved, waiting_chain
from verify.verdict import Evidence, Verdict

VARIANCE, LIMIT = "k-async.stationary-variance.exponential", "k-async.mean-square-limit.exponential"
CASES = ((2, 1), (3, 2))  # workers, gradients an update
STEP = sp.Rational(3, 10)
_FINITE: Evidence = "exact finite M"


def named_draws(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two workers that never wait, and three of which two make an update, at the step 3/10."""
    if mode.mode != 0:
        return
    values = plain_model(mode).values
    noise = (values[y.learning_rate] * values[y.gradient_noise]) ** 2
    if not (noise > 0 and noise.is_Rational):
        return
    for workers, size in CASES:
        at = {**values, y.workers: workers, y.batch: size, y.step: STEP}
        claimed = CLAIMS[VARIANCE].expression.subs(at, simultaneous=True)
        exact = noise * idle_variance(workers, size, STEP)
        words = f"{size} gradients an update of {workers} exponential workers, by name: variance over time"
        yield judge_agreement(VARIANCE, case, words, Exact(claimed), Exact(exact), evidence=_FINITE)


def named_limit(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """At the claimed limit the matrix of all second moments, a polynomial in the step, is singular."""
    if mode.mode != 0:
        return
    for workers, size in CASES:
        claimed = CLAIMS[LIMIT].expression.subs({y.workers: workers, y.batch: size}, simultaneous=True)
        (step,) = (root for root in sp.solve(claimed - 1, y.step) if root.is_positive)
        found = evaluate(idle_determinant(workers, size).subs(y.step, step))
        words = f"{size} gradients an update of {workers} workers: determinant of all second moments at the limit"
        yield judge_agreement(LIMIT, case, words, Exact(sp.S.Zero), found, evidence=_FINITE)


@cache
def idle_determinant(workers: int, size: int) -> sp.Expr:
    """Of the equations of all second moments, less the average that the walk of x at the step 0 leaves free.

    Example: ``idle_determinant(2, 1).subs(y.step, 0) == 0``.
    """
    matrix = sp.Matrix(_equations(workers, size, y.step).rows)
    domain = sp.polys.matrices.DomainMatrix.from_Matrix(matrix)
    return sp.sympify(domain.domain.to_sympy(domain.det()))


@cache
def idle_variance(workers: int, size: int, step: sp.Rational) -> sp.Rational:
    """E x^2 over time, per variance of one gradient's noise, of workers that idle until ``size`` of them are done.

    Example: ``idle_variance(1, 1, sp.Rational(1, 2)) == sp.Rational(4, 3)``.
    """
    known = _equations(workers, size, step)
    found = solved(known.rows, known.right)
    return sp.Add(*(found[number] for number in known.squares))


@dataclass(frozen=True)
class _Equations:
    """rows x = right for the second moments x, and which of them are E x^2 while certain workers wait."""

    rows: list[list[sp.Expr]]
    right: list[sp.Expr]
    squares: list[int]


def _equations(workers: int, size: int, step: sp.Expr) -> _Equations:
    chain = waiting_chain(workers, size, sp.S.One)
    pairs = list(combinations_with_replacement(range(workers + 1), 2))
    place = {key: number for number, key in enumerate(product(chain.states, pairs))}
    rows = [[sp.S.Zero] * len(place) for _ in place]
    right = [sp.S.Zero] * len(place)
    for move in chain.moves:
        done = {one + 1 for one in cast(frozenset[int], move.event)} if move.event else set()
        now = {part: [(part, sp.S.One)] for part in range(workers + 1)}
        if done:
            now[0] = [(0, sp.S.One), *((one, -step / size) for one in done)]
            now |= dict.fromkeys(done, now[0])
        for i, k in pairs:
            rows[place[move.before, (i, k)]][place[move.before, (i, k)]] += move.rate
            into = place[move.after, (i, k)]
            for (one, first), (other, second) in product(now[i], now[k]):
                rows[into][place[move.before, (min(one, other), max(one, other))]] -= move.rate * first * second
            if done and {i, k} <= {0, *done}:
                right[into] += move.rate * chain.stationary[move.before] / size
    return _Equations(rows, right, [place[state, (0, 0)] for state in chain.states])
