"""Stage: proofs about staleness. Input: predictions of a mode. Output: verdicts on its joint law with the delay.

Three workers of one, two and three stages: the claim with one worker's counts put in, averaged over the density,
against first steps of the chain of all stages, solved in rationals.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Gamma
from derive.rules.cycle_counts import one_counted
from derive.rules.laws import density_of
from numeric.enclosed.renewal import between
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions
from verify.second_routes.arrivals import COUNTS
from verify.second_routes.exact_chains import solved
from verify.second_routes.laws import expectation
from verify.verdict import Evidence, Verdict

JOINT = "staleness.joint-transform.any-law"
WORKERS = 3
MEAN = sp.Rational(3, 2)
TERMS = 18  # arrivals of one worker that are counted; z is 1/8
AT = (sp.Rational(1, 8), sp.Rational(2, 3))  # z, and s in 1/s
_FINITE: Evidence = "exact finite M"


def stalenesses_of_stages(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """E z^K exp(-s T) of three workers: counts averaged over the cycle, first steps of the chain."""
    for stages in (1, 2, 3):
        words = f"{WORKERS} workers of {stages} stages, E z^K exp(-s T) at z = 1/8: counts over the cycle, chain"
        found = Exact(transform_by_first_steps(stages, *AT))
        claimed = _weight(CLAIMS[JOINT].expression, stages)
        left_out = between(Fraction(0), Fraction(WORKERS, 8**TERMS))
        predicted = expectation(Gamma(stages, MEAN), claimed, 60 / AT[1]) + left_out
        yield judge_agreement(JOINT, case, words, predicted, found, evidence=_FINITE)


def _weight(claimed: sp.Expr, stages: int) -> sp.Expr:
    """What the claim averages over the density, with the counts of Erlang cycles put in."""
    inside = claimed.replace(lambda node: isinstance(node, sp.Integral), lambda node: node.function)
    counts = _counts(CLAIMS[COUNTS].expression, stages)
    weight = inside.replace(one_counted, lambda z, u: counts) / density_of(y.u)
    return weight.subs({y.workers: WORKERS, y.z: AT[0], y.s: AT[1]})


@cache
def _counts(stated: sp.Expr, stages: int) -> sp.Expr:
    """Sum of z^j P_N(j), as far as it is counted."""
    put = {y.stages: stages, y.mean_delay: MEAN, y.t: y.u}
    return sp.Add(*(y.z**j * stated.subs({**put, y.j: j}, simultaneous=True).doit() for j in range(TERMS)))


@cache
def transform_by_first_steps(stages: int, z: sp.Rational, s: sp.Rational) -> sp.Rational:
    """E z^K exp(-s T) of ``WORKERS`` workers, the others in each stage alike at the pull (kind: exact)."""
    rate, others = stages / MEAN, WORKERS - 1
    states = list(product(range(stages), repeat=WORKERS))  # the gradient's own stage first
    place = {state: index for index, state in enumerate(states)}
    rows = [[sp.Integer(0)] * len(states) for _ in states]
    right = [sp.Integer(0)] * len(states)
    for state, at in place.items():
        rows[at][at] += rate * WORKERS + s
        for worker, stage in enumerate(state):
            after = (*state[:worker], (stage + 1) % stages, *state[worker + 1 :])
            if stage + 1 < stages:
                rows[at][place[after]] -= rate
            elif worker:
                rows[at][place[after]] -= rate * z
            else:
                right[at] += rate
    values = solved(rows, right)
    begun = [values[place[0, *rest]] for rest in product(range(stages), repeat=others)]
    return sp.Add(*begun) / prod([stages] * others)
