"""Stage: proofs about the threshold 0. Input: predictions of a mode. Output: verdicts on the exact share and its gap.

Few exponential workers with their stalenesses are a finite chain, solved exactly; the gap between the exact share and
that of Poisson arrivals is extrapolated from the shares of few and of many workers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import Chain, staleness_chain
from verify.verdict import Evidence, Verdict

SHARE, GAP = "threshold.fresh-fraction.exponential", "threshold.gap-to-poisson.exponential"
POISSON = "threshold.applied-fraction.exponential"
INTERVAL, MEAN = "threshold.update-interval.exponential", "threshold.mean.exponential"
VARIANCE = "threshold.fresh-variance.any-law"
FEW, MANY = (2, 3, 4), (4, 16, 64, 256, 1024)
BITS = 100
POINT, STEP = sp.Rational(2, 3), sp.Rational(3, 10)
_FINITE: Evidence = "exact finite M"


def fresh_chains(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two to four workers: gradients applied over gradients, counted."""
    for workers in FEW:
        chain = staleness_chain(workers, 0, sp.S.One, drops=True)
        counted = chain.flow(lambda move: move.event[1] == 0) / workers  # type: ignore[index]
        claimed = CLAIMS[SHARE].expression.subs(y.workers, workers).doit()
        words = f"{workers} exponential workers, staleness threshold 0: share applied, counted in a chain"
        yield judge_agreement(SHARE, case, words, Exact(claimed), Exact(counted), evidence=_FINITE)


def fresh_limit(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Exact over Poisson share of 4, 16, 64, 256 and 1024 workers, a series in 1/sqrt(M), extrapolated to M = oo."""
    found = [_ratio(CLAIMS[SHARE].expression, CLAIMS[POISSON].expression, workers) for workers in MANY]
    for order in (2, 4, 8, 16):
        found = [(finer * order - coarser) / (order - 1) for coarser, finer in pairwise(found)]
    left = Fraction(1, 20_000)
    words = "staleness threshold 0: exact over Poisson share, extrapolated from five numbers of workers"
    limit = found[0] + between(-left, left)
    yield judge_agreement(GAP, case, words, evaluate(CLAIMS[GAP].expression), limit, 1e-3, evidence=_FINITE)


def fresh_intervals(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two to four workers: the transform of the time from one update to the next, and H of the mean."""
    if mode.mode != 0:
        return
    for workers in FEW:
        chain = staleness_chain(workers, 0, sp.S.One, drops=True)
        between_updates = chain.transform_between(lambda move: move.event[1] == 0, POINT)  # type: ignore[index]
        at = {y.workers: workers, y.mean_delay: 1, y.s: POINT, y.step: STEP}
        words = f"{workers} exponential workers, staleness threshold 0, s = {POINT}"
        claimed, stated = (CLAIMS[one].expression.subs(at, simultaneous=True).doit() for one in (INTERVAL, MEAN))
        told = f"{words}: time between updates, by a chain"
        yield judge_agreement(INTERVAL, case, told, Exact(claimed), Exact(between_updates), evidence=_FINITE)
        told = f"{words}: H of the mean, from its transform by who is fresh"
        yield judge_agreement(
            MEAN, case, told, Exact(stated), Exact(_mean_function(chain, between_updates)), evidence=_FINITE
        )


def _mean_function(chain: Chain, interval: sp.Expr) -> sp.Expr:
    """(1 - L_T)/(s X), X the transform of the mean from just after an update on, solved for by who is fresh."""
    names = {state: sp.Dummy(str(state)) for state in chain.states}
    balance = {state: -POINT * name for state, name in names.items()}
    for move in chain.moves:
        updates = move.event[1] == 0  # type: ignore[index]
        balance[move.before] -= move.rate * names[move.before]
        balance[move.after] += move.rate * names[move.before] * ((1 - STEP) if updates else 1)
    alone = {move.after for move in chain.moves if move.event[1] == 0}  # type: ignore[index]
    for state in alone:
        balance[state] += sp.Rational(1, len(alone))
    solved = sp.solve(list(balance.values()), list(names.values()))
    return (1 - interval) / (POINT * sp.Add(*(solved[name] for name in names.values())))


def fresh_moments(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Three exponential workers: E x^2 by which of them are fresh, its linear equations solved exactly."""
    if mode.mode != 0:
        return
    noise = plain_model(mode).values[y.step_noise]
    chain = staleness_chain(3, 0, sp.S.One, drops=True)
    names = {state: sp.Dummy(str(state)) for state in chain.states}
    balance = dict.fromkeys(names, sp.S.Zero)
    for move in chain.moves:
        square = names[move.before]
        arriving = square
        if move.event[1] == 0:  # type: ignore[index]
            arriving = (1 - STEP) ** 2 * square + noise * chain.stationary[move.before]
        balance[move.before] -= move.rate * square
        balance[move.after] += move.rate * arriving
    solved = sp.solve(list(balance.values()), list(names.values()))
    at = {y.step: STEP, y.step_noise: noise}
    words = f"three exponential workers, staleness threshold 0, step {STEP}: variance, equations by fresh workers"
    exact = Exact(sp.Add(*(solved[name] for name in names.values())))
    yield judge_agreement(VARIANCE, case, words, Exact(CLAIMS[VARIANCE].expression.subs(at)), exact, evidence=_FINITE)


@cache
def _ratio(exact: sp.Expr, poisson: sp.Expr, workers: int) -> Enclosure:
    """The exact share over the positive one that solves the equation of Poisson arrivals at S = 0."""
    stated = poisson.subs({y.workers: workers, y.staleness_threshold: 0}, simultaneous=True)
    roots = sp.solve(sp.numer(sp.together(stated - y.applied_fraction)), y.applied_fraction)
    (share,) = (root for root in roots if root > 0)
    (total,) = exact.atoms(sp.Sum)
    name = sp.Dummy("stale", positive=True)
    return evaluate(exact.xreplace({total: name}) / share, {name: _added_up(total, workers)}, digits=30)


def _added_up(total: sp.Sum, workers: int) -> Enclosure:
    """A sum over j = 1 .. M of positive rationals, each cut off after 100 bits."""
    ((index, first, last),) = total.limits
    if (first, last) != (1, y.workers):
        raise ArithmeticError(f"not a sum over all workers: {total}")
    term = sp.lambdify((y.workers, index), total.function, [{"factorial": lambda count: math.factorial(int(count))}])
    cut = sum(int(Fraction(term(Fraction(workers), number)) * 2**BITS) for number in range(1, workers + 1))
    return between(Fraction(cut, 2**BITS), Fraction(cut + workers, 2**BITS))
