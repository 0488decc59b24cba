"""Stage: staleness. Input: arrivals and the law of a cycle. Output: transform, pmf, mean and variance of K."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.law import Law
from derive.rules.arrivals import CountPairs, RenewalRate, Superpose
from derive.rules.calculus import Insert, Rewrite, Solve, Specialise
from derive.rules.cycle_counts import AverageOverCycle, CountOtherWorkers
from derive.rules.modelling import ConditionOnDelay, MixOverDelay
from derive.rules.staleness import (
    AverageCountVariance,
    EquilibriumCountVariance,
    EveryFactorialMoment,
    FactorialMoment,
    ReadCoefficient,
    StopLossOfGamma,
    TotalVariance,
    VarianceOfCount,
)

Given = frozenset[Assumption]
joint_transform_of = sp.Function("Psi")  # E[z^K e^{-sT}]


@cache
def mean_staleness(given: Given = assumptions.ALL) -> Derivation:
    """E[K] = M - 1 for every law of the cycle (rung R0, exact).

    Example: ``mean_staleness().result.right == y.workers - 1``.
    """
    counted = Derivation("mean staleness", given).then(RenewalRate()).then(Superpose(y.arrival_rate, y.workers))
    return counted.then(CountPairs()).then(Solve(y.mean_staleness))


@cache
def joint_transform(given: Given = assumptions.ALL) -> Derivation:
    """E[z^K e^{-sT}] = L(s + lambda (1 - z)) (rung R1)."""
    conditioned = Derivation("joint transform of staleness and delay", given).then(ConditionOnDelay())
    return conditioned.then(MixOverDelay(joint_transform_of(y.z, y.s)))


@cache
def joint_transform_of_counts(given: Given = assumptions.ALL) -> Derivation:
    """E[z^K e^{-sT}] = int_0^oo e^{-su} G_N(z, u)^(M-1) f(u) du (rung R0, exact for stationary phases)."""
    counted = Derivation("staleness and delay of stationary workers", given).then(CountOtherWorkers())
    return counted.then(AverageOverCycle(joint_transform_of(y.z, y.s)))


@cache
def staleness_probability(given: Given = assumptions.ALL) -> Derivation:
    """P(K = j) = (-lambda)^j/j! L^(j)(lambda) (rung R1)."""
    conditioned = Derivation("probability of a staleness", given).then(ConditionOnDelay())
    return conditioned.then(MixOverDelay(joint_transform_of(y.z, y.s))).then(ReadCoefficient())


@cache
def staleness_moments(given: Given = assumptions.ALL) -> Derivation:
    """f_j = E[K (K-1) .. (K-j+1)] = lambda^j E[T^j] for every order j (rung R1)."""
    mixed = Derivation("factorial moments of the staleness", given).then(ConditionOnDelay())
    return mixed.then(MixOverDelay(joint_transform_of(y.z, y.s))).then(EveryFactorialMoment())


@cache
def poisson_staleness_variance(given: Given = assumptions.ALL) -> Derivation:
    """Var K = (M - 1) + (M - 1)^2 c_2 (rung R1: arrivals seen as Poisson)."""
    mixed = Derivation("staleness variance for Poisson arrivals", given).then(ConditionOnDelay())
    mixed = mixed.then(MixOverDelay(joint_transform_of(y.z, y.s)))
    moments = mixed.then(FactorialMoment(1)).then(FactorialMoment(2), 2).then(VarianceOfCount(), 4, 3)
    rate = moments.then(RenewalRate()).then(Superpose(y.other_rate, y.workers - 1))
    inserted = rate.then(Insert(), 5, 7)
    named = {y.delay_moment[1]: y.mean_delay, y.delay_moment[2]: y.mean_delay**2 * (1 + y.cycle_variation)}
    return inserted.then(Specialise(y.staleness_variance, tuple(named.items()))).then(Rewrite(_by_workers))


@cache
def staleness_variance(given: Given = assumptions.ALL) -> Derivation:
    """Var K = (M - 1)(2 G - c_2) + (M - 1)^2 c_2 (rung R0, exact for stationary phases).

    G = (1/theta) sum_{n >= 1} E (T - S_n)^+, S_n the sum of n further cycles: 1 for exponential, 0 for constant.
    """
    counted = Derivation("staleness variance", given, source="Cox1954").then(EquilibriumCountVariance())
    return counted.then(AverageCountVariance()).then(TotalVariance())


@cache
def gamma_overlap_term(given: Given = assumptions.ALL) -> Derivation:
    """g_n = E (T - S_n)^+/theta for gamma cycles of shape k, through incomplete beta functions; G = sum of g_n."""
    return Derivation("renewal overlap of gamma cycles", given).then(StopLossOfGamma())


@dataclass(frozen=True)
class OverlapSeries:
    """G = sum over n >= 1 of ``term``; the terms from n on add up to at most ``tail``."""

    term: sp.Expr
    index: sp.Symbol
    tail: sp.Expr


def overlap_series(law: Law) -> OverlapSeries | None:
    """The series of G for exponential and gamma cycles; None for other laws.

    The tail: x^+ <= e^{rx}/(e r) with r = k/(2 theta) gives g_n <= (2/(e k)) 2^k (2/3)^{nk}, a geometric series;
    2 < e^{7/10} and 2/3 < e^{-2/5}, as SymPy would write 2^k out, however large.
    """
    shape = {"exponential": sp.Integer(1)}.get(law.name, getattr(law, "shape", None))
    if law.name not in ("exponential", "gamma") or shape is None:
        return None
    per_renewal = sp.Rational(2, 5) * shape
    first = sp.exp(sp.Rational(7, 10) * shape - per_renewal * y.renewals)
    tail = 2 / (sp.E * shape) * first / (1 - sp.exp(-per_renewal))
    return OverlapSeries(gamma_overlap_term().result.right.subs(y.shape, shape), y.renewals, tail)


def _by_workers(expression: sp.Expr) -> sp.Expr:
    others = sp.Dummy("n", positive=True)
    by_others = sp.expand(sp.simplify(expression.subs(y.workers, others + 1)))
    return sp.collect(by_others, others).subs(others, y.workers - 1)
