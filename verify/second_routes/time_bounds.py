"""Stage: proofs about bounds on run time. Input: predictions of a mode. Output: verdicts on K-async and fresh batches.

Workers of two stages that idle, or start anew, are finite chains: their time per update keeps every bound. Where a
bound is attained, by exponential cycles, a batch of one, cycles dealt out at random, it is met exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.rules.filters import written_out
from derive.rules.laws import cdf_of
from derive.rules.time_bounds import dealt_out
from numeric.enclosure import evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import Chain, Move
from verify.verdict import Evidence, Verdict

WORKERS = 4
BATCHES = (1, 2, 3)
STAGES = 2
_FINITE: Evidence = "exact finite M"
AGED = "k-async.time-per-update-bound.new-longer-than-used"
LEAST = "k-async.least-time-per-update.any-law"
SPREAD = "k-sync.time-per-update-bound.any-law"
RESTS = "k-batch-sync.least-time-per-update.new-longer-than-used"
ROUND = "k-batch-sync.time-per-update-bound.any-law"


def idle_bounds(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """K-async with cycles of one stage, where the upper bound is attained, and of two; a batch of one never idles."""
    mean = plain_model(mode).law.mean
    for batch in BATCHES:
        words = f"K-async, {batch} of {WORKERS} workers"
        alone, staged = (idle_chain(WORKERS, batch, stages, mean) for stages in (1, STAGES))
        exact = _aged_bound(batch, 1, mean)
        yield judge_agreement(AGED, case, f"{words}, exponential: bound, chain", exact, _time(alone), evidence=_FINITE)
        longest, least = _aged_bound(batch, STAGES, mean), _claimed(LEAST, mean, batch)
        for claim, bound, side in ((AGED, longest, "at most"), (LEAST, least, "at least")):
            told = f"{words}, cycles of {STAGES} stages: {side} the bound"
            found = _time(staged)
            if claim == LEAST and batch == 1:
                yield judge_agreement(claim, case, f"{words}: nobody idles", bound, found, evidence=_FINITE)
            else:
                yield judge_certified_bound(claim, case, told, bound, found, direction=side, evidence=_FINITE)  # type: ignore[arg-type]


def spread_bounds(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The mean of an order statistic of exponential cycles; cycles of 0 and 1 dealt out, which attain the bound."""
    mean = plain_model(mode).law.mean
    for batch in (2, 3, 4):
        share, variation = dealt_out(WORKERS, batch)
        attained = _claimed(SPREAD, share, batch, variation)
        words = f"the {batch}. of {WORKERS} cycles of 0 and 1, dealt out: bound, the value itself"
        yield judge_agreement(
            SPREAD, case, words, evaluate(attained.expression), Exact(sp.Integer(1)), evidence=_FINITE
        )
        waited = sp.Add(*(mean / (WORKERS - j) for j in range(batch)))
        bound = evaluate(_claimed(SPREAD, mean, batch, sp.Integer(1)).expression)
        words = f"the {batch}. of {WORKERS} exponential cycles: at most the bound"
        yield judge_certified_bound(SPREAD, case, words, bound, Exact(waited), direction="at most", evidence=_FINITE)


def round_bounds(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """K-batch-sync with cycles of two stages, and one worker, for whom the bound is attained."""
    mean = plain_model(mode).law.mean
    for batch in BATCHES:
        one = _claimed(ROUND, mean, batch, workers=1)
        found = _time(fresh_chain(1, batch, STAGES, mean))
        words = f"one worker, {batch} gradients an update: bound, chain"
        yield judge_agreement(ROUND, case, words, one, found, evidence=_FINITE)
        found, words = _time(fresh_chain(WORKERS, batch, STAGES, mean)), f"{batch} fresh gradients of {WORKERS} workers"
        least, race = _claimed(RESTS, mean, batch), _time(fresh_chain(WORKERS, batch, 1, mean))
        yield judge_agreement(RESTS, case, f"{words}, exponential: bound, chain", least, race, evidence=_FINITE)
        told = f"{words}, cycles of {STAGES} stages: at least the bound"
        yield judge_certified_bound(RESTS, case, told, least, found, direction="at least", evidence=_FINITE)
        bound = _claimed(ROUND, mean, batch)
        yield judge_certified_bound(ROUND, case, words, bound, found, direction="at most", evidence=_FINITE)


@cache
def idle_chain(workers: int, batch: int, stages: int, mean: sp.Expr) -> Chain:
    """Alike workers whose cycles have ``stages`` stages and who idle until the update; its event is "update".

    States: how many workers are in each stage; the rest idle.
    """
    return _chain(workers, batch, stages, mean, fresh=False)


@cache
def fresh_chain(workers: int, batch: int, stages: int, mean: sp.Expr) -> Chain:
    """The same workers who start anew at once when they finish, and all of them at every update."""
    return _chain(workers, batch, stages, mean, fresh=True)


def _chain(workers: int, batch: int, stages: int, mean: sp.Expr, fresh: bool) -> Chain:
    start = ((workers, *(0,) * (stages - 1)), 0)
    moves, seen, unseen = [], set(), [start]
    while unseen:
        state = unseen.pop()
        if state in seen:
            continue
        seen.add(state)
        running, done = state
        for stage in (each for each in range(stages) if running[each]):
            after = list(running)
            after[stage] -= 1
            ended, event = stage == stages - 1, None
            if not ended:
                after[stage + 1] += 1
            elif fresh:
                after[0] += 1
            finished = done + ended
            if finished == batch:
                event = "update"
                after = list(start[0]) if fresh else [after[0] + batch, *after[1:]]
                finished = 0
            following = (tuple(after), finished)
            moves.append(Move(state, following, running[stage] * stages / mean, event))
            unseen.append(following)
    return Chain(tuple(moves))


def _time(chain: Chain) -> Exact:
    return Exact(1 / chain.flow(lambda move: move.event == "update"))


def _claimed(claim: str, mean: sp.Expr, batch: int, variation: sp.Expr = sp.S.One, workers: int = WORKERS) -> Exact:
    put = {y.mean_delay: mean, y.cycle_variation: variation, y.workers: sp.Integer(workers), y.batch: sp.Integer(batch)}
    return Exact(CLAIMS[claim].expression.subs(put, simultaneous=True))


def _aged_bound(batch: int, stages: int, mean: sp.Expr) -> Exact:
    """The claimed integral for cycles of some stages, carried out term by term."""
    stated = CLAIMS[AGED].expression.subs({y.workers: sp.Integer(WORKERS), y.batch: sp.Integer(batch)})
    time, rate = sp.Dummy("t", positive=True), stages / mean

    def over(at: sp.Expr) -> sp.Expr:
        return 1 - sp.exp(-rate * at) * sp.Add(*((rate * at) ** i / sp.factorial(i) for i in range(stages)))

    (integral,) = stated.atoms(sp.Integral)
    integrand = sp.expand(written_out(integral.function).replace(cdf_of, over).subs(y.t, time))
    return Exact(stated.xreplace({integral: sp.integrate(integrand, (time, 0, sp.oo))}))
