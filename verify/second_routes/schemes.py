"""Stage: proofs about schemes. Input: predictions of a mode. Output: verdicts on batches and on a shared uplink.

Transforms meet quadratures of densities; everything counted meets a finite chain of exponential workers that is solved
exactly, in which a tagged worker is followed and no arrival theorem is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Gamma
from derive.laws.density_law import DensityLaw
from derive.models.modes import put_in
from derive.rules.filters import applied_transform_of
from derive.rules.laws import transform_of
from derive.rules.uplink import compute_transform
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import Chain, Move, batch_chain, uplink_chain
from verify.second_routes.laws import FALL, expectation, has_quadrature, with_enclosed
from verify.verdict import Evidence, Verdict

BATCH = 3
WORKERS = 4  # of the chains
STAGES = (1, 2)  # of a cycle there: exponential and Erlang laws
BUSY = sp.Rational(3, 2)  # transmissions per mean computation: a queue that matters
_FINITE: Evidence = "exact finite M"


def batch_transform(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The delay in batches of three: a cycle and the wait for 0, 1 or 2 arrivals, by quadrature of the densities."""
    law, values = plain_model(mode).law, {**plain_model(mode).values, y.batch: sp.Integer(BATCH)}
    if not has_quadrature(law) or not law.abscissa_of_convergence < 0:
        return
    s, rate = 1 / law.mean, values[y.arrival_rate]
    found = _batch_delay(law, rate, s)
    name = "batch.transform.k-batch-async"
    claimed = put_in(CLAIMS[name], {**values, y.s: s}).doit()
    words = f"batches of {BATCH}: transform at s theta = 1, quadrature of the densities"
    yield judge_agreement(name, case, words, evaluate(claimed.replace(transform_of, law.laplace_transform)), found)
    name = "batch.characteristic-function.k-batch-async"
    stated = put_in(CLAIMS[name], {**values, y.s: s})
    claimed = with_enclosed(stated, applied_transform_of, lambda at: _batch_delay(law, rate, at))
    gain = _updates(values) * values[y.learning_rate] * values[y.curvature]
    words = f"batches of {BATCH}: H at s theta = 1, updates a second counted in a chain"
    yield judge_agreement(name, case, words, claimed, found * gain + Enclosure.of(s))


@cache
def _batch_delay(law: DensityLaw, rate: sp.Expr, s: sp.Expr) -> Enclosure:
    """E e^{-s(T + wait)}: a cycle, and the wait for 0 .. ``BATCH`` - 1 arrivals, equally likely."""
    waits = [_transform(Gamma(number, number / rate), s) for number in range(1, BATCH)]
    return _transform(law, s) * (1 + sum(waits[1:], waits[0])) / BATCH


def batch_chains(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Batches of three counted in chains: updates a second, the variance of a mean of three, the staleness."""
    values, rate = {**plain_model(mode).values, y.batch: sp.Integer(BATCH)}, plain_model(mode).values[y.learning_rate]
    if not values[y.mean_delay].is_Rational:  # chains are solved in rationals
        return
    few = {y.workers: sp.Integer(WORKERS), y.arrival_rate: WORKERS / values[y.mean_delay]}
    # The mean of the batch's slopes, and its noise averaged over the signs of three gradients' noises.
    slope = sum(values[y.curvature] / BATCH for _ in range(BATCH))
    means = [sum(signs) * values[y.gradient_noise] / BATCH for signs in product((1, -1), repeat=BATCH)]
    square = sum(mean**2 for mean in means) / len(means)
    for stages in STAGES:
        chain = _batches(WORKERS, values[y.mean_delay], stages)
        updates = chain.flow(_fills_any)
        for subject, found in (
            ("damping-coefficient", updates * rate * slope),
            ("noise-intensity", updates * rate**2 * square),
            ("staleness-mean", chain.count_between(_own, _fills)),
        ):
            name = f"batch.{subject}.k-batch-async"
            claimed = put_in(CLAIMS[name], {**values, **few})
            what = f"batches of {BATCH}: {subject.replace('-', ' ')}, cycles of {stages} stage(s) counted in a chain"
            yield judge_agreement(name, case, what, Exact(claimed), Exact(found), evidence=_FINITE)


def uplink_chains(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Four workers behind one uplink: a tagged gradient followed through the queue, exactly, for two laws."""
    values = dict(plain_model(mode).values)
    compute = values[y.mean_delay]
    if not compute.is_Rational:
        return
    values |= {y.compute_time: compute, y.capacity: BUSY / compute, y.workers: sp.Integer(WORKERS)}
    steps, s = values[y.learning_rate] * values[y.curvature], 1 / compute
    # The mean moves by eta h of itself at every transmission, its variance by eta^2 sigma^2.
    noise = (values[y.learning_rate] * values[y.gradient_noise]) ** 2
    for stages in STAGES:
        chain = _uplink(compute, values[y.capacity], stages)
        passed = chain.flow(_transmits)
        rate = {y.arrival_rate: passed}
        for subject, found, more in (
            ("arrival-rate", passed, {}),
            ("transform", chain.transform_between(_transmits_own, s), {y.s: s}),
            ("delay-mean", chain.time_between(_transmits_own), {}),
            ("staleness-mean", chain.count_between(_transmits_own, _transmits_other), {}),
            ("damping-coefficient", WORKERS * chain.flow(_transmits_own) * steps, rate),
            ("noise-intensity", WORKERS * chain.flow(_transmits_own) * noise, rate),
        ):
            name = f"uplink.{subject}.shared-uplink"
            claimed = put_in(CLAIMS[name], {**values, **more}).doit()
            law = Gamma(stages, compute)
            claimed = claimed.replace(compute_transform, law.laplace_transform)
            what = f"shared uplink: {subject.replace('-', ' ')}, {WORKERS} workers of {stages} stage(s) and the queue"
            yield judge_agreement(name, case, what, Exact(claimed), Exact(found), evidence=_FINITE)


@cache
def _uplink(compute: sp.Expr, capacity: sp.Expr, stages: int) -> Chain:
    return uplink_chain(WORKERS, compute, capacity, stages)


@cache
def _batches(workers: int, mean: sp.Expr, stages: int) -> Chain:
    return batch_chain(workers, BATCH, mean, stages)


def _updates(values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Updates a second in a chain of this many exponential workers."""
    return _batches(int(values[y.workers]), values[y.mean_delay], 1).flow(_fills_any)


def _transform(law: DensityLaw, s: sp.Expr) -> Enclosure:
    return expectation(law, sp.exp(-s * y.u), FALL / s)


def _own(move: Move) -> bool:
    return move.event in (("own", True), ("own", False))


def _fills(move: Move) -> bool:
    return move.event == ("other", True)


def _fills_any(move: Move) -> bool:
    return move.event in (("own", True), ("other", True))


def _transmits(move: Move) -> bool:
    return move.event is not None


def _transmits_own(move: Move) -> bool:
    return move.event == "own"


def _transmits_other(move: Move) -> bool:
    return move.event == "other"
