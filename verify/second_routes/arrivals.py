"""Stage: proofs about windows of arrivals. Input: predictions of a mode. Output: verdicts on Poisson, unlike workers.

The distance from Poisson arrivals is enclosed by adding up all counts of Erlang workers, convolved; where the bound is
attained it is met. Intervals of unlike workers come out of their chain, their index of dispersion out of all counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.rules.heterogeneous import worker_cdf, worker_dispersion, worker_mean
from derive.rules.staleness import renewal_integral
from numeric.enclosed.poisson_distance import poisson_distance
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.merging import MEANS, STAGES, WORKERS, arrives, renewals, unlike_workers
from verify.verdict import Evidence, Verdict

BOUND = "arrivals.distance-to-poisson.new-longer-than-used"
UNIT = sp.Rational(3, 2)  # mean cycle: at 1 a lost factor would not show
MANY = "arrivals.distance-to-poisson.any-law"
INTERVAL, DISPERSION = "arrivals.interval.unlike-workers", "arrivals.dispersion.unlike-workers"
EXPECTED = (sp.S.Half, sp.Integer(3))  # arrivals in the window
COUNTS = "arrivals.count-probability.erlang"
CYCLES = {2: sp.S.Half}  # stages of a cycle: its c_2
_FINITE: Evidence = "exact finite M"


def distance_bounds(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Two and eight workers of two stages keep the bound; one worker of constant cycles attains it."""
    for expected in EXPECTED:
        for workers in (2, 8):
            window = expected / workers
            bound = evaluate(_claimed(BOUND, workers, window, renewals()[CYCLES[2]]))
            words = f"{workers} workers of two stages, {expected} arrivals expected: at most the bound"
            found = distance(2, workers, expected)
            yield judge_certified_bound(BOUND, case, words, bound, found, direction="at most")
    for share in (sp.Rational(1, 3), sp.Rational(7, 8)):
        attained = evaluate(_claimed(BOUND, 1, share, sp.S.Zero))
        found = poisson_distance(share**y.j * (1 - share) ** (1 - y.j) * sp.binomial(1, y.j), y.j, share, 1)
        words = f"one worker, constant cycles, window of {share} theta: bound, counts added up"
        yield judge_agreement(BOUND, case, words, attained, found)


def distances_of_many(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Counts of 64, 128 and 256 workers of two stages: their distance over the claimed one, extrapolated to M = oo.

    The ratio is a series in 1/M; what two extrapolations leave is of order 1/M^3.
    """
    for expected in EXPECTED:
        ratios = []
        for workers in (64, 128, 256):
            claimed = evaluate(_claimed(MANY, workers, expected / workers, renewals()[CYCLES[2]]), digits=30)
            ratios.append(distance(2, workers, expected) / claimed)
        first, second, third = ratios
        left = Fraction(10, 64**3)
        limit = (first - second * 6 + third * 8) / 3 + between(-left, left)
        words = f"workers of two stages, {expected} arrivals expected: distance over the claimed one, extrapolated"
        yield judge_agreement(MANY, case, words, limit, Exact(sp.Integer(1)), 1e-4)


def distance(stages: int, workers: int, expected: sp.Expr) -> Enclosure:
    """The distance of all counts of ``workers`` workers in a window in which ``expected`` arrivals come."""
    return _distance(CLAIMS[COUNTS].expression, stages, workers, expected)


@cache
def _distance(counts: sp.Expr, stages: int, workers: int, expected: sp.Expr) -> Enclosure:
    put = {y.stages: sp.Integer(stages), y.mean_delay: sp.S.One, y.t: expected / workers}
    return poisson_distance(counts.subs(put, simultaneous=True), y.j, expected / workers, workers)


def _claimed(claim: str, workers: int, window: sp.Expr, renewed: sp.Expr) -> sp.Expr:
    """The claim for cycles whose A(t) is ``renewed`` at mean 1, in t; they and the window are stretched by a half."""
    stretched = UNIT * renewed.subs(y.t, y.t / UNIT)
    stated = CLAIMS[claim].expression.subs(renewal_integral(y.t), stretched)
    return stated.subs({y.workers: sp.Integer(workers), y.mean_delay: UNIT, y.t: UNIT * window}, simultaneous=True)


def unlike_intervals(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Three workers of one, two and three stages: the transform of an interval, of the claim and counted in a chain."""
    mean = plain_model(mode).law.mean
    if not mean.is_Rational:  # chains are solved in rationals
        return
    means, chain = [share * mean for share in MEANS], unlike_workers(mean)
    time, late = sp.Dummy("t", positive=True), sp.Dummy("u", positive=True)
    stated = (
        CLAIMS[INTERVAL].expression.subs(y.workers, WORKERS).doit().replace(worker_mean, lambda j: means[int(j) - 1])
    )
    stated = stated.xreplace({node: _rest(node, means, time, late) for node in stated.atoms(sp.Integral)})
    survival = sp.expand(sp.simplify(stated.subs(y.t, time).replace(worker_cdf, lambda j, at: _cdf(int(j), means, at))))
    for s in (2 / mean,):
        claimed = 1 - s * sp.integrate(sp.expand(survival * sp.exp(-s * time)), (time, 0, sp.oo))
        found = chain.transform_between(arrives, s)
        words = f"three unlike workers: transform of an interval at s = {s}, claimed survival, chain"
        yield judge_agreement(INTERVAL, case, words, Exact(sp.simplify(claimed)), Exact(found), evidence=_FINITE)


def _cdf(number: int, means: list[sp.Expr], at: sp.Expr) -> sp.Expr:
    stages, scaled = STAGES[number - 1], STAGES[number - 1] * at / means[number - 1]
    return 1 - sp.exp(-scaled) * sp.Add(*(scaled**i / sp.factorial(i) for i in range(stages)))


def _rest(node: sp.Integral, means: list[sp.Expr], time: sp.Symbol, late: sp.Symbol) -> sp.Expr:
    """int_t^oo (1 - F_j), carried out."""
    ((variable, first, last),) = node.limits
    inside = node.function.replace(worker_cdf, lambda j, at: _cdf(int(j), means, at)).subs(variable, late)
    return sp.integrate(sp.expand(inside), (late, first.subs(y.t, time), last))


def unlike_dispersion(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """A worker of one stage and one of two, unlike means: all counts convolved, and the claimed mean of indices."""
    mean, means = plain_model(mode).law.mean, (sp.S.One, sp.Rational(5, 3))
    stages, window = (1, 2), sp.Rational(3, 2) * mean
    known = [renewals()[variation] for variation in (sp.S.One, sp.S.Half)]
    index = 1 + 2 * renewal_integral(y.t) / y.t - y.t / y.mean_delay

    def of_worker(number: sp.Expr, at: sp.Expr) -> sp.Expr:
        whole = index.subs(renewal_integral(y.t), known[int(number) - 1])
        return whole.subs({y.mean_delay: means[int(number) - 1] * mean, y.t: at}, simultaneous=True)

    stated = CLAIMS[DISPERSION].expression.subs({y.workers: 2, y.t: window}, simultaneous=True).doit()
    stated = stated.replace(worker_dispersion, of_worker).replace(worker_mean, lambda j: means[int(j) - 1] * mean)
    chances = [_chances(number, window / (share * mean)) for number, share in zip(stages, means, strict=True)]
    first, second = (
        sum((Fraction(i + k) ** power * p * q for i, p in enumerate(chances[0]) for k, q in enumerate(chances[1])),
            start=Fraction(0))
        for power in (1, 2)
    )  # fmt: skip
    left = Fraction(1, 10**15)  # counts from 40 on, of 1.5 expected, and the roundings of those before
    counted = between((second - first**2) / first - left, (second - first**2) / first + left)
    words = "two unlike workers: index of dispersion, claimed mean, all counts convolved"
    yield judge_agreement(DISPERSION, case, words, evaluate(stated), counted)


def _chances(stages: int, share: sp.Expr) -> list[Fraction]:
    """The claimed probabilities of 0 to 39 arrivals in a window of ``share`` mean cycles, to thirty digits."""
    put = {y.stages: sp.Integer(stages), y.t: share, y.mean_delay: sp.S.One}
    stated = CLAIMS[COUNTS].expression.subs(put, simultaneous=True).doit()
    return [Fraction(evaluate(stated.subs(y.j, count), digits=30).mid) for count in range(40)]
