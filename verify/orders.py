"""Stage: statistical checks of a case. Input: a prediction of a limit. Output: its order of error, declared beforehand.

A limit of many workers is off by a few parts in M. A staleness filter counts the updates within a cycle, and a momentum
remembers them: both have an error of their own, which is computed here from the study and never from a sample.
"""

from __future__ import annotations

import sympy as sp

from derive import symbols as y
from numeric.enclosure import evaluate
from verify.predictions import ModePredictions

SAYS_NOTHING = 0.5
"""A relative error from which on a limit is no prediction."""


def declared(mode: ModePredictions, rung: str, share: int = 2) -> tuple[float, str] | None:
    """Tolerance and reason of a limit on ``rung``: ``share``/M and what the scheme adds; None where it says nothing.

    Example: ``declared(ModePredictions(load_study("reports/studies/textbook.toml").cases[1].study, 0), "R3")[0]
    == 2 / 16``.
    """
    workers = int(mode.model.scheme.workers)
    added, why = _added(mode)
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
