"""Stage: models of schemes. Input: a law, a scheme with its modifier, one mode. Output: its linear model, or why none.

    law + scheme -> transform of what is applied, its weight -> damping, noise intensity, characteristic equation

Every number is put into the right side of a claim about this scheme; nothing is typed in here. A model covers one
modifier at a time: a second one would change the rate of updates that the first one's claims take for granted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law, LawError
from derive.laws import Exponential, Gamma, Truncated
from derive.models.ages import put_ages_in
from derive.models.modes import put_in
from derive.monotone_root import MonotoneRoot
from derive.rules.filters import written_out
from derive.rules.laws import transform_of
from derive.rules.uplink import compute_transform
from derive.scheme import Scheme

Values = dict[sp.Symbol, sp.Expr]
MOST_TERMS = 300  # of a sum over the staleness that is written out
MOST_OPERATIONS = 3_000  # of a threshold's transform: beyond that its roots take minutes


@dataclass(frozen=True)
class Applied:
    """What of the gradients moves a mode: numbers by symbol, the unnormalised transform in ``y.s``, its abscissa."""

    values: Values
    transform: sp.Expr
    abscissa: sp.Expr


def put_law_in(claim: str, values: Values, law: Law) -> sp.Expr:
    """A claim's right side with numbers for symbols, its sums written out, and the law's own transform for L.

    Example: ``put_law_in("discount.mean-weight.any-law", {y.other_rate: sp.Integer(2),
    y.staleness_discount: sp.Integer(0)}, Exponential(1)) == sp.Rational(1, 3)``.
    """
    written = written_out(put_in(CLAIMS[claim], values), 10**6)
    written = written.replace(_is_derivative, lambda node: _derivative_at(node, law))
    for name in (transform_of, compute_transform):
        written = written.replace(name, law.laplace_transform)
    return written.doit()


def _is_derivative(node: sp.Basic) -> bool:
    """Whether a node is L^(n) at a point, or in a symbol."""
    inner = node.expr if isinstance(node, sp.Subs) else node
    return isinstance(inner, sp.Derivative) and isinstance(inner.expr, transform_of)


def _derivative_at(node: sp.Subs | sp.Derivative, law: Law) -> sp.Expr:
    inner, point = (node.expr, node.point[0]) if isinstance(node, sp.Subs) else (node, node.variables[0])
    return transform_derivative(law, int(inner.derivative_count)).subs(y.s, point)


@lru_cache(maxsize=2 * MOST_TERMS)
def transform_derivative(law: Law, order: int) -> sp.Expr:
    """L^(n)(s) in ``y.s``, each order n >= 0 found from the one before it.

    Example: ``transform_derivative(Exponential(1), 1) == -1 / (y.s + 1) ** 2``.
    """
    return law.laplace_transform(y.s) if order == 0 else sp.diff(transform_derivative(law, order - 1), y.s)


def _refuse_long_transforms(law: Law, last: int) -> None:
    """Stop before the derivatives up to the order ``last`` take minutes to find and to prove roots with."""
    operations = 0
    for order in range(last + 1):
        operations += transform_derivative(law, order).count_ops()
        if operations > MOST_OPERATIONS:
            raise UnmodelledError(
                f"a threshold of {last} updates has a transform too long to prove roots with this law"
            )


def _threshold(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    last = scheme.staleness_threshold
    assert last is not None
    closed = isinstance(law, Exponential)
    family = "exponential" if closed else "gamma" if isinstance(law, Gamma) else "any-law"
    if law.arrays:
        raise UnmodelledError("a staleness threshold on measured times: their applied share is not to be had")
    if not (last.is_number and scheme.workers.is_number and law.laplace_transform(y.s).free_symbols <= {y.s}):
        raise UnmodelledError("a staleness threshold needs numbers: its applied share is the root of an equation")
    if law.abscissa_of_convergence == 0:
        raise UnmodelledError("a staleness threshold on heavy tails: their applied share is not to be proven")
    if not closed and last > MOST_TERMS:
        raise UnmodelledError(f"a threshold of {last} updates has too many terms; at most {MOST_TERMS} for this law")
    share = y.applied_fraction
    at = {symbol: value for symbol, value in known.items() if symbol not in (y.other_rate, share)}
    at[y.staleness_threshold] = last
    if family == "any-law":
        _refuse_long_transforms(law, int(last))
    transform = put_law_in(f"threshold.transform.{family}", at, law)
    rate = put_law_in("threshold.other-rate.any-law", at, law)
    balance = transform.subs(y.s, 0).subs(y.other_rate, rate) - share
    at[share] = sp.Integer(1) if scheme.workers == 1 else MonotoneRoot(sp.Lambda(share, balance))
    at[y.other_rate] = rate.subs(share, at[share])
    at[y.damping] = put_law_in("filter.damping-coefficient.any-law", at, law)
    at[y.noise_intensity] = put_law_in("threshold.noise-intensity.any-law", at, law)
    return Applied(at, transform.subs(y.other_rate, at[y.other_rate]), law.abscissa_of_convergence)


def _discount(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    at = known | {y.staleness_discount: scheme.staleness_discount}
    at[y.applied_fraction] = put_law_in("discount.mean-weight.any-law", at, law)
    at[y.damping] = put_law_in("filter.damping-coefficient.any-law", at, law)
    at[y.noise_intensity] = put_law_in("discount.noise-intensity.any-law", at, law)
    moved = at[y.other_rate] * (1 - scheme.staleness_discount)
    return Applied(at, put_law_in("discount.transform.any-law", at, law), law.abscissa_of_convergence - moved)


def _dropout(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    at = known | {y.dropout: scheme.dropout}
    at[y.arrival_rate] = put_law_in("dropout.arrival-rate.any-law", at, law)
    at[y.damping] = put_law_in("dropout.damping-coefficient.any-law", at, law)
    at[y.noise_intensity] = put_law_in("dropout.noise-intensity.any-law", at, law)
    return Applied(at, law.laplace_transform(y.s), law.abscissa_of_convergence)


def _trigger(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    at = known | {y.trigger: scheme.event_trigger, y.modes: sp.Integer(modes)}
    at[y.trigger_gain] = put_law_in("trigger.gain-of-norm.event-trigger", at, law)
    at[y.applied_fraction] = put_law_in("trigger.applied-fraction.event-trigger", at, law)
    at[y.other_rate] = put_law_in("trigger.other-rate.event-trigger", at, law)
    at[y.damping] = put_law_in("trigger.damping-coefficient.event-trigger", at, law)
    at[y.noise_intensity] = put_law_in("trigger.noise-intensity.event-trigger", at, law)
    return Applied(at, law.laplace_transform(y.s), law.abscissa_of_convergence)


def _uplink(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    assert scheme.uplink_capacity is not None
    if not scheme.workers.is_number or scheme.workers > MOST_TERMS:
        raise UnmodelledError(f"a shared uplink needs a number of workers, at most {MOST_TERMS}")
    at = known | {y.capacity: scheme.uplink_capacity, y.compute_time: law.mean}
    at[y.arrival_rate] = put_law_in("uplink.arrival-rate.shared-uplink", at, law)
    at[y.mean_delay] = put_law_in("uplink.delay-mean.shared-uplink", at, law)
    at[y.damping] = put_law_in("uplink.damping-coefficient.shared-uplink", at, law)
    at[y.noise_intensity] = put_law_in("uplink.noise-intensity.shared-uplink", at, law)
    abscissa = sp.Max(law.abscissa_of_convergence, -scheme.uplink_capacity)
    return Applied(at, put_law_in("uplink.transform.shared-uplink", at, law), abscissa)


def _batch(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    size = getattr(scheme, "batch", sp.Integer(1))
    if not size.is_number or size > MOST_TERMS:
        raise UnmodelledError(f"a batch needs a number of gradients, at most {MOST_TERMS}")
    at = known | {y.batch: size}
    at[y.damping] = put_law_in("batch.damping-coefficient.k-batch-async", at, law)
    at[y.noise_intensity] = put_law_in("batch.noise-intensity.k-batch-async", at, law)
    at[y.update_time] = put_law_in("run-time.time-per-update.k-batch-async", at, law)
    abscissa = sp.Max(law.abscissa_of_convergence, -at[y.arrival_rate])
    return Applied(at, put_law_in("batch.transform.k-batch-async", at, law), abscissa)


def _aged(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    oldest, rule = scheme.age_threshold, f"age-{scheme.age_action}"
    assert oldest is not None
    if law.arrays:
        raise UnmodelledError("an age threshold on measured times: what is young enough are other data")
    if not oldest.is_number or not law.laplace_transform(y.s).free_symbols <= {y.s}:
        raise UnmodelledError("an age threshold needs numbers: what is young enough has a law of its own")
    at = known | {y.age_threshold: oldest}

    def put(claim: str) -> sp.Expr:
        stated = CLAIMS[f"age-threshold.{claim}.{rule}"].expression.subs(at, simultaneous=True)
        return put_ages_in(stated, law, oldest)

    try:
        at[y.arrival_rate] = put("arrival-rate")
        at[y.damping] = put("damping-coefficient")
        at[y.noise_intensity] = put("noise-intensity")
        return Applied(at, put("delay"), Truncated(law, oldest).abscissa_of_convergence)
    except LawError as problem:
        raise UnmodelledError(f"an age threshold on this law: {problem.wrong}") from problem


def _plain(law: Law, scheme: Scheme, known: Values, modes: int) -> Applied:
    return Applied(known, law.laplace_transform(y.s), law.abscissa_of_convergence)


class UnmodelledError(ValueError):
    """Why a scheme can only be simulated, or simulated with these symbols."""


MODELS: dict[tuple[str, tuple[str, ...]], Callable[[Law, Scheme, Values, int], Applied]] = {
    ("asynchronous", ()): _plain,
    ("asynchronous", ("staleness_threshold",)): _threshold,
    ("asynchronous", ("staleness_discount",)): _discount,
    ("asynchronous", ("age_threshold",)): _aged,
    ("asynchronous", ("age_threshold", "age_action")): _aged,
    ("asynchronous", ("dropout",)): _dropout,
    ("asynchronous", ("event_trigger",)): _trigger,
    ("asynchronous", ("uplink_capacity",)): _uplink,
    ("k-batch-async", ()): _batch,
}
_AGES = "which gradients fill a batch depends on their age, which no transform of one gradient knows"
_FRESH = "fresh gradients live on the recursion, whose claims synchronous.* cover them without modifiers"
_IDLE = "which workers finish first depends on how long they have run; the claims k-async.* cover exponential cycles"
_SEVERAL = "several modifiers: each changes the rate of updates that the other's model takes for granted"


def why_unmodelled(scheme: Scheme) -> str:
    """Why a scheme is simulation only, or "" where it has a linear model.

    Example: ``why_unmodelled(Asynchronous(4, dropout="1/10")) == ""``.
    """
    if (scheme.rule, scheme.active) in MODELS:
        return ""
    if scheme.rule in ("synchronous", "k-sync", "k-batch-sync"):
        return _FRESH
    if scheme.rule == "k-async":
        return _IDLE
    return _AGES if set(scheme.active) <= {"age_threshold", "age_action"} else _SEVERAL


def applied_gradients(law: Law, scheme: Scheme, known: Values, modes: int = 1) -> Applied:
    """What of the gradients moves one of ``modes`` modes, from the numbers ``known`` of the plain scheme.

    Kind of result: exact expressions. Raises ``UnmodelledError`` with the reason for a scheme that can only be
    simulated.

    Example: ``applied_gradients(Exponential(1), Asynchronous(2), {}).transform ==
    Exponential(1).laplace_transform(y.s)``.
    """
    reason = why_unmodelled(scheme)
    if reason:
        raise UnmodelledError(reason)
    return MODELS[scheme.rule, scheme.active](law, scheme, known, modes)
