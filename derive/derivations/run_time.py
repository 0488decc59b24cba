"""Stage: run time. Input: a law of cycles, who takes part in an update. Output: mean time per update."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.arrivals import arrival_rate
from derive.rules.batches import TimePerBatch
from derive.rules.calculus import Rewrite, Specialise
from derive.rules.ranked_times import AverageHazardPowers, AverageQuantiles, exceeded
from derive.rules.run_time import OrderStatistic, SlowestOfAll, Spacings

Given = frozenset[Assumption]
ENOUGH_WORKERS = y.batch <= y.workers


@cache
def first_finished_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = E[X_{n_B:M}], an integral over the law's distribution function, for every law (K-sync)."""
    waited = Derivation("time per update of the first to finish", given).then(OrderStatistic())
    return waited.concluded("time per update of the first to finish", ENOUGH_WORKERS, "Dutta2018")


@cache
def exponential_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = theta sum_{j < n_B} 1/(M - j) for exponential cycles (K-sync)."""
    added = first_finished_time(given).then(Spacings((assumptions.FIRST_FINISHED,)))
    return added.concluded("time per update of the first to finish, exponential cycles", ENOUGH_WORKERS, "Dutta2018")


@cache
def shifted_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = d + theta_d sum_{j < n_B} 1/(M - j) for shifted exponential cycles (K-sync)."""
    quantile = y.shift - y.tail_mean * sp.log(exceeded)
    ranked = first_finished_time(given).then(AverageQuantiles(quantile, (assumptions.SHIFTED,)))
    title = "time per update of the first to finish, shifted exponential cycles"
    return ranked.concluded(title, ENOUGH_WORKERS, "Dutta2018")


@cache
def uniform_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = u_min + (u_max - u_min) n_B/(M + 1) for uniform cycles (K-sync)."""
    quantile = y.longest - (y.longest - y.shortest) * exceeded
    averaged = first_finished_time(given).then(AverageQuantiles(quantile, (assumptions.UNIFORM,)))
    ranked = averaged.then(Rewrite(lambda time: y.shortest + sp.factor(time - y.shortest)))
    return ranked.concluded("time per update of the first to finish, uniform cycles", ENOUGH_WORKERS)


@cache
def pareto_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = u_s Gamma(M+1) Gamma(M-n_B+1-1/alpha)/(Gamma(M-n_B+1) Gamma(M+1-1/alpha)) for Pareto cycles (K-sync)."""
    quantile = y.scale * exceeded ** (-1 / y.tail_index)
    ranked = first_finished_time(given).then(AverageQuantiles(quantile, (assumptions.PARETO,)))
    domain = sp.And(ENOUGH_WORKERS, y.tail_index > 1)
    return ranked.concluded("time per update of the first to finish, Pareto cycles", domain)


@cache
def weibull_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = u_s Gamma(1 + 1/k) n_B C(M, n_B) sum_j (-1)^j C(n_B - 1, j)/(M - n_B + 1 + j)^(1 + 1/k): Weibull cycles."""
    ranked = first_finished_time(given).then(AverageHazardPowers())
    return ranked.concluded("time per update of the first to finish, Weibull cycles", ENOUGH_WORKERS)


@cache
def idle_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = theta sum_{j < n_B} 1/(M - j) for exponential cycles in K-async: what runs on is as good as new."""
    added = first_finished_time(given).then(Spacings((assumptions.IDLE,)))
    return added.concluded("time per update with idling workers, exponential cycles", ENOUGH_WORKERS, "Dutta2018")


@cache
def synchronous_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = int_0^oo (1 - F(t)^M) dt = E[X_{M:M}]: the update waits for the slowest, for every law."""
    waited = first_finished_time(given).then(SlowestOfAll())
    return waited.concluded("time per update of synchronous workers", source="Dutta2018")


@cache
def synchronous_exponential_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = theta sum_{j < M} 1/(M - j) for exponential cycles, theta times the M-th harmonic number."""
    slowest = exponential_time(given).then(Specialise(y.update_time, ((y.batch, y.workers),)))
    title = "time per update of synchronous workers, exponential cycles"
    return slowest.concluded(title, source="Dutta2018")


@cache
def fresh_batch_time(given: Given = assumptions.ALL) -> Derivation:
    """T_u = n_B theta/M for exponential cycles in K-batch-sync: M workers finish M/theta a second, whoever restarts."""
    found = arrival_rate(given).then(TimePerBatch((assumptions.EXPONENTIAL, assumptions.FRESH)))
    return found.concluded("time per update of fresh batches, exponential cycles", source="Dutta2018")
