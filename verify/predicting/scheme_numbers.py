"""Stage: predictions. Input: a model. Output: what its claims say of delays, of the share applied and of the updates.

These numbers are no right sides of claims: moments come out of a claimed transform, a time out of a claimed rate, a
share out of the equation that it solves. Each evaluates the claim's own expression.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Truncated
from derive.models.ages import put_ages_in
from derive.models.applied import put_law_in
from derive.models.modes import ModeModel, put_in
from derive.monotone_root import MonotoneRoot
from derive.rules.filters import written_out
from derive.rules.laws import transform_of
from derive.rules.uplink import compute_transform
from numeric.enclosure import evaluate
from numeric.values import Exact
from verify.predicting.claimed_numbers import DELAY, Predicted, delay_moments

Named = tuple[str, str, Predicted]  # claim, quantity, value

SHARE = "threshold.applied-fraction"
_SERIES = ("dropout.delay.any-law", "uplink.transform.shared-uplink", "batch.transform.k-batch-async")


_AGED = ("age-threshold.delay.age-drop", "age-threshold.delay.age-abandon")


def delays(model: ModeModel) -> Iterator[Named]:
    """Mean (s) and variance (s^2) of the delay of an applied gradient, where a claim gives its transform."""
    names = ("delay_mean", "delay_variance")
    if model.is_about(CLAIMS[DELAY]):
        for name, (claim, value) in zip(names, delay_moments(model), strict=False):  # no infinite variance
            yield claim, name, value
        return
    for claim in _SERIES:
        if model.is_about(CLAIMS[claim]):
            yield from ((claim, name, value) for name, value in zip(names, _moments(model, claim), strict=False))
    for claim in _AGED:
        if model.is_about(CLAIMS[claim]):
            yield from ((claim, name, value) for name, value in zip(names, _aged_moments(model, claim), strict=True))


def _aged_moments(model: ModeModel, claim: str) -> tuple[Predicted, ...]:
    """Mean and variance of what is young enough, by derivatives at 0 of the claimed transform."""
    oldest = model.scheme.age_threshold
    assert oldest is not None
    young = Truncated(model.law, oldest)
    series = sp.Lambda(y.s, 1 - young.mean * y.s + young.moment(2) * y.s**2 / 2)
    stated = put_in(CLAIMS[claim], dict(model.values))
    transform = put_ages_in(stated, model.law, oldest, series)
    first, second = (sp.diff(transform, y.s, order).subs(y.s, 0) for order in (1, 2))
    return _number(-first, model.law), _number(second - first**2, model.law)


def _moments(model: ModeModel, claim: str) -> tuple[Predicted, ...]:
    """Mean and variance by derivatives at 0 of the claimed transform, where the law enters by its moments alone.

    Without the variance where it is infinite.
    """
    law = model.law
    finite = law.moment(2) != sp.oo
    series = sp.Lambda(y.s, 1 - law.mean * y.s + (law.moment(2) if finite else 0) * y.s**2 / 2)
    transform = written_out(put_in(CLAIMS[claim], dict(model.values)), 10**6)
    for name in (transform_of, compute_transform):
        transform = transform.replace(name, series)
    first, second = (sp.diff(transform, y.s, order).subs(y.s, 0) for order in (1, 2))
    return (_number(-first, law), *((_number(second - first**2, law),) if finite else ()))


def counted(model: ModeModel) -> Iterator[Named]:
    """The share of gradients that is applied and the mean time per update, where a claim gives them otherwise."""
    rate = "dropout.arrival-rate.any-law"
    if model.is_about(CLAIMS[rate]):
        updates = model.claimed(rate)
        yield rate, "time_per_update", _number(1 / updates, model.law)
        yield rate, "applied_fraction", _number(updates * model.law.mean / model.scheme.workers, model.law)
    for claim in ("age-threshold.arrival-rate.age-drop", "age-threshold.arrival-rate.age-abandon"):
        if model.is_about(CLAIMS[claim]):
            yield claim, "time_per_update", _number(1 / model.claimed(claim), model.law)
    family = "exponential" if model.law.name == "exponential" else "any-law"
    closed = "threshold.transform.gamma"
    if family == "any-law" and model.is_about(CLAIMS[closed]):  # no derivatives of high order to write out
        yield closed, "applied_fraction", _number(model.values[y.applied_fraction], model.law)
    elif model.is_about(CLAIMS[f"{SHARE}.{family}"]):
        yield f"{SHARE}.{family}", "applied_fraction", _number(applied_share(model, f"{SHARE}.{family}"), model.law)


def applied_share(model: ModeModel, claim: str) -> sp.Expr:
    """The share p of a staleness threshold as the root of the claimed equation for it (kind: exact, by name)."""
    if model.scheme.workers == 1:
        return sp.Integer(1)
    known = {
        symbol: value for symbol, value in model.values.items() if symbol not in (y.applied_fraction, y.other_rate)
    }
    right = put_law_in(claim, known, model.law)
    rate = CLAIMS["threshold.other-rate.any-law"].expression.subs(known, simultaneous=True)
    return MonotoneRoot(sp.Lambda(y.applied_fraction, right.subs(y.other_rate, rate) - y.applied_fraction))


def _number(value: sp.Expr, law: Law) -> Predicted:
    simple = value if value.has(MonotoneRoot) else sp.simplify(value)
    return Exact(simple) if simple.is_Rational else evaluate(simple, arrays=law.arrays)
