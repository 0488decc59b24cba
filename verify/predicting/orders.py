"""Stage: statistical checks of a case. Input: a prediction of a limit. Output: its order of error, declared beforehand.

A limit of many workers is off by a few parts in M. A staleness filter counts the updates within a cycle, and a momentum
remembers them: both have an error of their own, which is computed here from the study and never from a sample.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive import symbols as y
from numeric.enclosure import evaluate
from verify.predicting.predictions import ModePredictions

SAYS_NOTHING = 0.5
"""A relative error from which on a limit is no prediction."""


def declared(mode: ModePredictions, rung: str, share: int = 2) -> tuple[float, str] | None:
    """Tolerance and reason of a limit on ``rung``: ``share``/M and what the scheme adds; None where it says nothing.

    Example: ``declared(ModePredictions(load_study("reports/studies/textbook.toml").cases[1].study, 0), "R3")[0]
    == 2 / 16``.
    """
    workers = int(mode.model.scheme.workers)
    added, why = _added(mode)
    if rung == "R3" and y.capacity in mode.model.values:
        added, why = crowding_error(mode), "how far delays shorter by an update would move the rate, beyond 1/M"
    tolerance = share / workers + added
    if tolerance >= SAYS_NOTHING:
        return None
    words = f" + {added:.2g} ({why})" if added else ""
    return tolerance, f"{rung} is a limit of many workers; tolerance {share}/M{words} declared beforehand"


def _added(mode: ModePredictions) -> tuple[float, str]:
    values = mode.model.values
    if y.momentum in values:
        return float(values[y.step] / (1 - values[y.momentum])), "the velocity relaxes within 1/(1 - beta) updates"
    if mode.model.scheme.active in (("staleness_threshold",), ("staleness_discount",)):
        return counting_error(mode), "how far counts of updates that were certain would move the applied share"
    return 0.0, ""


def crowding_error(mode: ModePredictions) -> float:
    """How much further than 1/M, relative, the decay rate moves if each delay is shorter by one of M updates.

    A shared uplink that is never idle serves the gradients in turn: exactly M - 1 updates fall into a delay, not a
    Poisson number. Delays c = 1 - 1/M times as long are a learning rate c times as large, and seconds c times as long.
    """
    workers, optimizer = int(mode.model.scheme.workers), mode.study.optimizer
    assert optimizer is not None
    shorter = 1 - sp.Rational(1, workers)
    slower = replace(optimizer, learning_rate=optimizer.learning_rate * shorter)
    moved = ModePredictions(replace(mode.study, optimizer=slower), mode.mode).spectrum.decay_rate
    known = mode.spectrum.decay_rate
    if workers == 1 or known is None or moved is None:
        return 0.0
    return max(0.0, abs(float(moved) / float(shorter) / float(known) - 1) - 1 / workers)


def counting_error(mode: ModePredictions) -> float:
    """Relative error of the applied share of a staleness filter by Poisson counts of the updates within a cycle.

    Counts of regular renewals vary less than Poisson counts of the same mean lambda t, and more than certain ones; the
    share by certain counts, P(tau < (S + 1)/lambda) or L(lambda log(1/z)), is known. With irregular cycles counts vary
    up to c2 times as much as Poisson's, on the other side.
    """
    model, values = mode.model, mode.model.values
    applied, rate = values[y.applied_fraction], values[y.other_rate]
    if rate == 0:
        return 0.0  # a lone worker
    if model.scheme.staleness_threshold is not None:
        certain = model.law.cdf(y.t).subs(y.t, (model.scheme.staleness_threshold + 1) / rate)
    else:
        certain = model.law.laplace_transform(-rate * sp.log(model.scheme.staleness_discount))
    variation = evaluate(sp.Max(1, model.law.squared_coefficient_of_variation), arrays=model.law.arrays)
    share, known = (float(evaluate(one, arrays=model.law.arrays)) for one in (certain, applied))
    return float(variation) * abs(share / known - 1)
