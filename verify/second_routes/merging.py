"""Stage: proofs about merged arrivals. Input: predictions of a mode. Output: verdicts on intervals, counts and workers.

Claims about counts and about the index of dispersion are each other's second route; intervals are added up to the mean
interval by quadrature; unlike workers with Erlang cycles are one finite chain, solved exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws.density_law import DensityLaw
from derive.models.modes import stages_of
from derive.rules.heterogeneous import worker_mean, worker_transform
from derive.rules.laws import cdf_of
from derive.rules.merging import exact_renewal_integrals
from derive.rules.staleness import renewal_integral
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.claimed_numbers import NEAR_ZERO
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import Chain, Move, stages_chain
from verify.second_routes.laws import FALL
from verify.verdict import Evidence, Verdict

WORKERS = 3
MOST_STAGES = 8
WINDOWS = (sp.Rational(2, 3), sp.Rational(7, 3))  # of a mean cycle
SHORT, LONG = sp.Rational(1, 10**6), sp.Integer(12)
COUNTS = 90  # arrivals of one worker added up: at most 2 LONG are expected
STAGES = (1, 2, 3)  # of the unlike workers' cycles
MEANS = (sp.Rational(1, 2), sp.S.One, sp.Rational(5, 3))  # of a mean cycle
_FINITE: Evidence = "exact finite M"


def interval_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed survival of an interval, three workers: its integral is theta/3, the mean interval."""
    law = plain_model(mode).law
    stages = stages_of(law)
    if stages is None or not stages.is_Integer or stages > MOST_STAGES:
        return
    name = "arrivals.interval.any-law"
    survival = survival_of_interval(CLAIMS[name].expression, stages, WORKERS).subs(y.mean_delay, law.mean)
    start, end = NEAR_ZERO * law.mean, 4 * FALL * law.mean
    # A fresh cycle of n stages outlasts W with probability at most 2^n e^{-n W/(2 theta)}: E e^{rT} at r = n/(2 theta).
    rest = evaluate(start + 2**stages * sp.exp(-stages * end / (2 * law.mean)) * 2 * law.mean).upper
    found = integral_over_density(sp.S.One, survival, y.u, (start, end)) + between(Fraction(0), Fraction(rest))
    words = f"mean interval of {WORKERS} workers: claimed survival added up, theta/{WORKERS}"
    yield judge_agreement(name, case, words, found, Exact(law.mean / WORKERS))


def count_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """One and two stages a cycle: the index of dispersion of the claimed counts, and of the claimed variance."""
    law = plain_model(mode).law
    if stages_of(law) is None:
        return
    counts, index = "arrivals.count-probability.erlang", "arrivals.dispersion.any-law"
    yield from _without_arrival(mode, case)
    for stages, variation in ((1, sp.S.One), (2, sp.S.Half)):
        for share in WINDOWS:
            window = share * law.mean
            counted = _counted(CLAIMS[counts].expression, stages, share)
            known = renewals()[variation].subs(y.mean_delay, law.mean)
            stated = CLAIMS[index].expression.replace(renewal_integral, _put(known))
            claimed = evaluate(stated.subs({y.t: window, y.mean_delay: law.mean}, simultaneous=True))
            words = f"{stages} stage(s), window of {share} theta: index of dispersion, counts and renewals"
            yield judge_agreement(counts, case, words, counted, claimed)
            yield judge_agreement(index, case, words, claimed, counted)


def _without_arrival(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """P(no arrival) with the law's own stages: the running cycle outlasts the window, by quadrature of its survival."""
    law = plain_model(mode).law
    stages = stages_of(law)
    if not isinstance(law, DensityLaw) or stages is None or not stages.is_Integer or stages > MOST_STAGES:
        return
    name, window, end = "arrivals.count-probability.erlang", WINDOWS[0] * law.mean, 4 * FALL * law.mean
    rest = evaluate(2**stages * sp.exp(-stages * end / (2 * law.mean)) * 2).upper
    lasting = integral_over_density(sp.S.One, 1 - law.cdf(y.u), y.u, (window, end)) / law.mean
    put = {y.stages: stages, y.t: WINDOWS[0], y.mean_delay: sp.S.One, y.j: sp.S.Zero}
    claimed = evaluate(CLAIMS[name].expression.subs(put, simultaneous=True).doit())
    words = f"{stages} stage(s), window of {WINDOWS[0]} theta: no arrival, quadrature of the running cycle's survival"
    yield judge_agreement(name, case, words, claimed, lasting + between(Fraction(0), Fraction(rest)))


def window_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Short and long windows: the index of the claimed counts, extrapolated from a window and twice as much of it.

    With two stages A(t) = t^2/(2 theta) - t/4 + theta/16 - theta e^{-4t/theta}/16, so that 2 I(2t) - I(t) is off by
    less than e^{-4t/theta} in a long window, and 2 I(t/2) - I(t) by less than (t/theta)^2 in a short one.
    """
    if stages_of(plain_model(mode).law) is None:
        return
    counts = CLAIMS["arrivals.count-probability.erlang"].expression
    stages, variation = 2, sp.S.Half
    left = Fraction(evaluate(sp.exp(-4 * LONG)).upper)
    far = 2 * _counted(counts, stages, 2 * LONG) - _counted(counts, stages, LONG) + between(-left, left)
    left = Fraction(1, 10**12)
    near = 2 * _counted(counts, stages, SHORT / 2) - _counted(counts, stages, SHORT) + between(-left, left)
    name = "arrivals.dispersion-in-long-windows.any-law"
    claimed = CLAIMS[name].expression.subs(y.cycle_variation, variation)
    yield judge_agreement(name, case, f"two stages, windows of {LONG} theta: extrapolated", evaluate(claimed), far)
    name = "arrivals.dispersion-in-short-windows.any-law"
    claimed = evaluate(CLAIMS[name].expression)
    yield judge_agreement(name, case, "two stages, windows of theta/10^6: extrapolated", claimed, near)


def unlike_chains(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Three workers of one, two and three stages and unlike means, counted in one chain."""
    mean = plain_model(mode).law.mean
    if not mean.is_Rational:  # chains are solved in rationals
        return
    chain, means = unlike_workers(mean), [share * mean for share in MEANS]
    total, s = chain.flow(arrives), 1 / mean
    delays, stale = sp.S.Zero, sp.S.Zero  # averages over the arrivals: every worker's own cycle, as often as it comes
    for own, others in map(_arrivals_of, range(WORKERS)):
        delays += chain.flow(own) / total * chain.transform_between(own, s)
        stale += chain.flow(own) / total * chain.count_between(own, others)
    for name, found in (
        ("arrivals.rate.unlike-workers", total),
        ("delay.law.unlike-workers", delays),
        ("staleness.mean.unlike-workers", stale),
    ):
        claimed = CLAIMS[name].expression.subs({y.workers: sp.Integer(WORKERS), y.s: s}, simultaneous=True).doit()
        claimed = claimed.replace(worker_mean, lambda number: means[int(number) - 1])
        claimed = claimed.replace(worker_transform, lambda number, at: _erlang_transform(int(number), means, at))
        words = f"workers of {', '.join(map(str, STAGES))} stages and unlike means, counted in a chain"
        yield judge_agreement(name, case, words, Exact(claimed), Exact(found), evidence=_FINITE)


@cache
def unlike_workers(mean: sp.Expr) -> Chain:
    """Three workers of one, two and three stages, whose means are ``MEANS`` of ``mean``."""
    return stages_chain(tuple(share * mean for share in MEANS), STAGES)


def arrives(move: Move) -> bool:
    """Whether a gradient arrives with this move."""
    return move.event is not None


def _arrivals_of(worker: int) -> tuple[Callable[[Move], bool], Callable[[Move], bool]]:
    """A worker's own arrivals, and all others'."""
    return lambda move: move.event == worker, lambda move: move.event not in (None, worker)


def _erlang_transform(number: int, means: list[sp.Expr], at: sp.Expr) -> sp.Expr:
    stages = STAGES[number - 1]
    return (1 + at * means[number - 1] / stages) ** -stages


@cache
def survival_of_interval(stated: sp.Expr, stages: sp.Integer, workers: int) -> sp.Expr:
    """A claimed survival of an interval with Erlang cycles, theta left open, in u."""
    rate = stages / y.mean_delay

    def cdf(at: sp.Expr) -> sp.Expr:
        return 1 - sp.exp(-rate * at) * sp.Add(*((rate * at) ** i / sp.factorial(i) for i in range(int(stages))))

    time = sp.Dummy("t", positive=True)
    put = stated.subs({y.workers: workers, y.t: time}, simultaneous=True).replace(cdf_of, cdf)
    late = {node: sp.integrate(sp.expand(node.function), *node.limits) for node in put.atoms(sp.Integral)}
    return put.xreplace(late).subs(time, y.u)


@cache
def renewals() -> dict[sp.Expr, sp.Expr]:
    """c_2 -> A(t), in t, of cycles of mean theta."""
    found = {}
    for variation, integral in exact_renewal_integrals().items():
        (time,) = integral.free_symbols - {y.mean_delay}
        found[variation] = integral.subs(time, y.t)
    return found


def _put(integral: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda at: integral.subs(y.t, at)


@cache
def _counted(stated: sp.Expr, stages: int, share: sp.Rational) -> Enclosure:
    """Variance over mean t/theta of the claimed counts of one worker in a window of ``share`` mean cycles.

    What is left out is bounded by ``_tail``, for j cycles take at least n (j - 1) + 1 stages.
    """
    put = {y.stages: sp.Integer(stages), y.t: share, y.mean_delay: sp.S.One}
    probability = stated.subs(put, simultaneous=True).doit()
    chances = [probability.subs(y.j, count) for count in range(COUNTS)]
    mean, square = (
        evaluate(sp.Add(*(count**power * chance for count, chance in enumerate(chances))), digits=40)
        for power in (1, 2)
    )
    rest = Fraction(evaluate(_tail(stages * share, stages)).upper)
    return (square - mean * mean) / share + between(-rest, rest)


def _tail(scaled: sp.Expr, stages: int) -> sp.Expr:
    """A bound of what counts from ``COUNTS`` on add to the squares and to the squared mean, over the window.

    Their Poisson terms, no more than three for a count, halve from one count to the next even times its square.
    """
    first = stages * (COUNTS - 1)
    return 4 * COUNTS**3 * scaled**first / sp.factorial(first) * (1 + 1 / scaled)
