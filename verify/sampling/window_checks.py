"""Stage: statistical checks of a case. Input: predictions of a mode. Output: checks of its arrivals in windows.

Workers that only renew are sampled beside the event loop, in windows in which four arrivals are expected: how the
counts vary, and how long intervals last. Planning draws no sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law
from derive.models.modes import stages_of
from derive.rules.staleness import renewal_integral
from numeric.enclosure import Enclosure, evaluate
from numeric.simulation.windows import WindowCounts, window_counts
from verify.predicting.predictions import ModePredictions, Prediction
from verify.sampling.planned import PlannedCheck
from verify.sampling.simulating import mode_system
from verify.second_routes.arrivals import COUNTS
from verify.second_routes.merging import MOST_STAGES, renewals, survival_of_interval

INTERVAL, DISPERSION = "arrivals.interval.any-law", "arrivals.dispersion.any-law"
WINDOWS = 3000  # a replica
EXPECTED = 4  # arrivals in a window
FEWEST_WORKERS, MOST_WORKERS = 8, 64

Look = Callable[[WindowCounts], "np.ndarray"]


def window_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """Arrivals of plain workers in windows of 4 theta/M, planned with mode 0 alone."""
    workers, law = int(mode.model.scheme.workers), mode.model.law
    if mode.mode != 0 or not mode.is_plain or not FEWEST_WORKERS <= workers <= MOST_WORKERS:
        return []
    mean, draw = float(law.mean), mode_system(mode.study, 0).draw
    sampler = partial(window_counts, draw, workers, EXPECTED * mean / workers, mean, mode.study.run.seed)
    found = []
    for claim, value, words, look in _predicted(law, workers):
        prediction = Prediction(claim, "sampled", CLAIMS[claim].rung, "", value)
        seen = partial(_seen, sampler, look)
        found.append(PlannedCheck(prediction, 0, sampler=seen, words=words))
    return found


def _predicted(law: Law, workers: int) -> Iterator[tuple[str, Enclosure, str, Look]]:
    """Claim, number, words and what to look at, as far as the law's renewals are known."""
    put = {y.workers: sp.Integer(workers), y.mean_delay: law.mean, y.t: EXPECTED * law.mean / workers}
    stages, renewed = stages_of(law), _renewed(law)
    if stages is not None and stages.is_Integer and stages <= MOST_STAGES:
        chance = CLAIMS[COUNTS].expression.subs({**put, y.stages: stages, y.j: sp.S.One}, simultaneous=True).doit()
        yield COUNTS, evaluate(chance), "P(one worker's arrivals in a window of 4 theta/M are 1)", _one
        lasting = survival_of_interval(CLAIMS[INTERVAL].expression, stages, workers)
        lasting = lasting.subs({y.mean_delay: law.mean, y.u: law.mean / workers}, simultaneous=True)
        yield INTERVAL, evaluate(lasting), "P(no arrival within theta/M after an arrival)", _late
    if renewed is not None:
        index = CLAIMS[DISPERSION].expression.subs(renewal_integral(y.t), renewed).subs(put, simultaneous=True)
        yield DISPERSION, evaluate(index), "variance over mean of the arrivals in a window of 4 theta/M", _spread


def _renewed(law: Law) -> sp.Expr | None:
    """A(t) in t and theta; None where it is not known."""
    stages = stages_of(law)
    return None if stages not in (1, 2) else renewals()[1 / stages]


def _seen(sampler: Callable[[int], WindowCounts], look: Look) -> tuple[float, ...]:
    return tuple(look(sampler(WINDOWS)).tolist())


def _one(seen: WindowCounts) -> np.ndarray:
    return (seen.own == 1).mean(axis=1)


def _late(seen: WindowCounts) -> np.ndarray:
    return seen.late


def _spread(seen: WindowCounts) -> np.ndarray:
    """The mean is known."""
    return ((seen.counts - EXPECTED) ** 2).mean(axis=1) / EXPECTED
