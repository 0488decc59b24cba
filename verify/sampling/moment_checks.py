"""Stage: statistical checks of a case. Input: predictions of every mode. Output: the checks planned before looking.

Planning sees no sample; the number of checks planned fixes the level of each (verify/sampling/planning.py).
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.law import Law
from verify.predicting.orders import declared
from verify.predicting.predictions import ModePredictions, Prediction
from verify.sampling.planned import ROUNDING, PlannedCheck
from verify.statistics.trials import Wrong

FIT_RESOLUTION = 1e-4
"""Relative bias the fit of a decay rate may have of its own: it neglects faster exponentials."""

SLOPE_RESOLUTION = 0.0125
"""Relative bias of the slope over the first fifth of a mean cycle: few workers read what was already moved."""
SLOPE_STEP = Fraction(1, 16)  # the largest step at which that bias was bounded: it is about a tenth of the step

NEEDED_MOMENTS = {
    "arrival_rate": 2,
    "time_per_update": 2,
    "applied_fraction": 2,
    "staleness_mean": 2,
    "delay_mean": 2,
    "delay_variance": 4,
    "staleness_variance": 4,
}
"""The moment of a cycle that must be finite, or the replicas of a mean have no variance to judge it by."""

FEWEST_WORKERS = 8  # a limit of many workers is held against no fewer


def arrival_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """Rates, shares, staleness and delays of the arrivals, planned with mode 0 alone: exact where the claim is (R0)."""
    if mode.mode != 0:
        return []
    edge, fixed, workers = edge_bias(mode), mode.is_fixed_staleness, int(mode.model.scheme.workers)
    found = []
    for quantity, order in NEEDED_MOMENTS.items():
        for one in mode.all if has_moment(mode.model.law, order) else ():
            if one.quantity != quantity:
                continue
            if one.rung == "R0":
                wrong = _poisson(mode) if quantity == "staleness_variance" else None
                found.append(PlannedCheck(one, None, resolution=edge, wrong=wrong, deterministic=fixed))
            elif not mode.is_plain and workers >= FEWEST_WORKERS and quantity != "staleness_variance":
                found.extend(limit_check(mode, one, None))
    return found


def limit_check(
    mode: ModePredictions, limit: Prediction, of: int | None, average: str = "", share: int = 2
) -> list[PlannedCheck]:
    """The check of a limit of many workers within its declared order of error; none where that says nothing."""
    order = declared(mode, limit.rung, share)
    return [] if order is None else [PlannedCheck(limit, of, average, *order)]


def has_moment(law: Law, order: int) -> bool:
    """Whether E T^order is finite: in doubt only where no exponential moment is."""
    return bool(law.abscissa_of_convergence < 0) or law.moment(order) != sp.oo


def edge_bias(mode: ModePredictions) -> float:
    """2 M/updates: a window that begins and ends at gradients cuts through M cycles, and meets long ones more often.

    At least half of a replica's updates are measured, so the share of the cycles cut is at most this.
    """
    return ROUNDING + 2 * int(mode.model.scheme.workers) / mode.study.run.updates


def _poisson(mode: ModePredictions) -> Wrong | None:
    """The Poisson value of the staleness variance, a plausible wrong one, where it differs by 5 % or more."""
    exact, poisson = mode.find("staleness_variance", "R0"), mode.find("staleness_variance", "R1")
    if (
        exact is None
        or poisson is None
        or abs(float(poisson.value) - float(exact.value)) <= 0.05 * float(poisson.value)
    ):
        return None
    return ("Poisson arrivals assumed", poisson.value)


def slope_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The damping coefficient as the initial slope, for cycles regular enough that few workers come twice so soon."""
    found = mode.find("damping_coefficient", "R1")
    regular = mode.model.law.squared_coefficient_of_variation <= 1
    small = abs(mode.model.values[y.step]) <= SLOPE_STEP
    if (
        not mode.is_plain
        or found is None
        or not regular
        or not small
        or int(mode.model.scheme.workers) < 2 * FEWEST_WORKERS
    ):
        return []
    return [PlannedCheck(found, mode.mode, resolution=SLOPE_RESOLUTION)]


def variance_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The stationary variance of a stable mode: exact where it is known for M workers, and on R2 and R1."""
    if not mode.mean_is_stable:
        return []
    workers = int(mode.model.scheme.workers)
    found = []
    for exact in mode.all:
        if exact.quantity == "stationary_variance" and exact.rung in ("R0", "Rd"):
            found.append(PlannedCheck(exact, mode.mode, exact.average))
    if workers < FEWEST_WORKERS:
        return found
    for rung, share in (("R2", 1 if mode.is_plain else 2), ("R1", 2)):
        limit = mode.find("stationary_variance", rung)
        if limit is not None:
            found.extend(limit_check(mode, limit, mode.mode, "time", share))
    return found


def rate_checks(mode: ModePredictions) -> list[PlannedCheck]:
    """The decay rate of a stable mode: exact where it is known for M workers, else that of R3."""
    if not mode.mean_is_stable or "event_trigger" in mode.model.scheme.active:
        return []  # without noise, as the mean path is simulated, no trigger suppresses a gradient
    exact = mode.find("decay_rate", "R0")
    if exact is not None:
        return [PlannedCheck(exact, mode.mode, resolution=FIT_RESOLUTION)]
    limit = mode.find("decay_rate", "R3")
    workers = int(mode.model.scheme.workers)
    if limit is None or workers < FEWEST_WORKERS:
        return []
    return limit_check(mode, limit, mode.mode)
