"""Stage: proofs about filters. Input: predictions of a mode. Output: verdicts on what filters apply, for few workers.

Exponential workers with their stalenesses are a finite chain that is solved exactly: how often a gradient of each
staleness arrives is counted, and no Poisson probability, transform or quadrature enters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Exponential
from derive.models.modes import put_in
from derive.rules.laws import transform_of
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.exact_chains import Chain, Move, staleness_chain
from verify.verdict import Evidence, Verdict

WORKERS = 3
LAST = 2  # the staleness threshold, and the last staleness that a weight is given to
WEIGHTS = (sp.Integer(1), sp.Rational(3, 4), sp.Rational(1, 3))  # by staleness
_FINITE: Evidence = "exact finite M"


def threshold_chains(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Three workers and a threshold of 2: the others' updates a second, and the variance that all updates bring."""
    values = _values(mode)
    if not values[y.mean_delay].is_Rational:
        return
    chain = _stalenesses(values[y.mean_delay], True)
    share = chain.flow(_applied) / chain.flow(_arrives)
    noise = (values[y.learning_rate] * values[y.gradient_noise]) ** 2
    words = f"{WORKERS} exponential workers, staleness threshold {LAST}: "
    for name, what, found in (
        ("threshold.other-rate.any-law", "others' updates a second", chain.flow(_applied_by_others)),
        ("threshold.noise-intensity.any-law", "noise of the updates counted", noise * chain.flow(_applied)),
    ):
        claimed = put_in(CLAIMS[name], {**values, y.applied_fraction: share})
        yield judge_agreement(name, case, words + what, Exact(claimed), Exact(found), evidence=_FINITE)


def weight_chains(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Three workers and weights by staleness: pull and variance a second, gradient by gradient."""
    values = _values(mode)
    if not values[y.mean_delay].is_Rational:
        return
    chain = _stalenesses(values[y.mean_delay], False)
    flows = [chain.flow(partial(_is_of_age, age)) for age in range(LAST + 1)]
    weighed = sum(weight * flow for weight, flow in zip(WEIGHTS, flows, strict=True))
    squared = sum(weight**2 * flow for weight, flow in zip(WEIGHTS, flows, strict=True))
    words = f"{WORKERS} exponential workers, weights {', '.join(map(str, WEIGHTS))} by staleness: "
    name = "filter.damping-coefficient.any-law"
    claimed = CLAIMS[name].expression.subs(
        {**values, y.applied_fraction: weighed / chain.flow(_arrives)}, simultaneous=True
    )
    pull = values[y.learning_rate] * values[y.curvature] * weighed
    yield judge_agreement(name, case, words + "pull counted", Exact(claimed), Exact(pull), evidence=_FINITE)
    name = "filter.noise-intensity.any-law"
    stated = put_in(CLAIMS[name], values).xreplace({sp.oo: sp.Integer(LAST)}).doit()
    given = {node: dict(enumerate(WEIGHTS)).get(int(node.indices[0]), sp.S.Zero) for node in stated.atoms(sp.Indexed)}
    of_law = Exponential(values[y.mean_delay]).laplace_transform
    claimed = stated.xreplace(given).replace(transform_of, of_law).doit()
    noise = (values[y.learning_rate] * values[y.gradient_noise]) ** 2 * squared
    yield judge_agreement(name, case, words + "noise counted", Exact(claimed), Exact(noise), evidence=_FINITE)


def _values(mode: ModePredictions) -> dict[sp.Symbol, sp.Expr]:
    values = {**plain_model(mode).values, y.workers: sp.Integer(WORKERS)}
    return {**values, y.other_rate: (WORKERS - 1) / values[y.mean_delay]}


@cache
def _stalenesses(mean: sp.Expr, drops: bool) -> Chain:
    return staleness_chain(WORKERS, LAST, mean, drops=drops)


def _arrives(move: Move) -> bool:
    return move.event is not None


def _is_of_age(age: int, move: Move) -> bool:
    return move.event[1] == age  # type: ignore[index]


def _applied(move: Move) -> bool:
    return any(_is_of_age(age, move) for age in range(LAST + 1))


def _applied_by_others(move: Move) -> bool:
    return _applied(move) and move.event[0] != 0  # type: ignore[index]
