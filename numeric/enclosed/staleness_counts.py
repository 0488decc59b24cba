"""Stage: staleness. Input: a law of cycles, a scheme. Output: the probability of every staleness, the applied share.

On rung R1 the generating function of K is G(z) = L(lambda (1 - z)), at most 1 on |z| <= 1. On a circle of radius r < 1

    P(K = j) r^j = (1/N) sum_{k < N} G(r e^(2 pi i k/N)) e^(-2 pi i k j/N) - sum_{m >= 1} P(K = j + m N) r^(j + m N),

so that N points leave out at most r^(j + N). Re lambda (1 - z) > 0 there: every law has a transform, heavy tails too.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law, LawError
from derive.models.applied import put_law_in
from derive.scheme import Scheme
from numeric.enclosure import Enclosure, Unevaluable, acb, arb, compile_ball, evaluate, fmpq, precision

_MORE_POINTS = 96
_BITS = 60  # by which the share of a threshold is halved
MOST = 2_000  # staleness up to which probabilities are listed


def staleness_probabilities(law: Law, workers: int, last: int) -> tuple[Enclosure, ...]:
    """P(K = 0), ..., P(K = last) of M = ``workers`` >= 1 always-busy workers on R1, of every law (kind: enclosures).

    0 <= ``last`` <= 2000. Raises ``ValueError`` for other counts, ``Unevaluable`` where no ball holds the transform.

    Example: ``staleness_probabilities(Exponential(1), 4, 3)[2].contains(sp.Rational(9, 64))``.
    """
    if workers < 1 or not 0 <= last <= MOST:
        given = f"workers = {workers}, last = {last}"
        raise ValueError(f"{given}: out of range; allowed: workers >= 1, last from 0 to {MOST}")
    with precision(128 + 2 * last):
        others = compile_ball((workers - 1) / law.mean, (), law.arrays)().real
        return tuple(Enclosure(one) for one in _coefficients(_transform(law), others, last))


def applied_fraction(law: Law, scheme: Scheme) -> Enclosure:
    """The share of gradients that an asynchronous ``scheme`` applies, or their mean weight, on R1 (kind: enclosure).

    A staleness threshold S: the one p with p = P(K <= S) at lambda = p (M - 1)/E[T], by bisection on proven signs (by
    ``threshold.balance-slope.any-law``: there is one). A discount: L(lambda (1 - delta)). An age threshold whose late
    gradients are dropped: F(A). Dropout: its complement. Raises ``ValueError`` for another modifier or several.

    Example: ``applied_fraction(Exponential(1), Asynchronous(4, dropout="1/2")).contains(sp.Rational(1, 2))``.
    """
    active = set(scheme.active) if scheme.rule == "asynchronous" else {scheme.rule}
    if not active:
        return Enclosure.of(sp.Integer(1))
    if active == {"staleness_threshold"} and scheme.staleness_threshold is not None:
        return _within_threshold(law, int(scheme.workers), int(scheme.staleness_threshold))
    if active == {"staleness_discount"}:
        known = {y.other_rate: (scheme.workers - 1) / law.mean, y.staleness_discount: scheme.staleness_discount}
        return evaluate(put_law_in("discount.mean-weight.any-law", known, law), arrays=law.arrays)
    if active == {"age_threshold"} and scheme.age_threshold is not None:
        try:
            return evaluate(law.cdf(scheme.age_threshold), arrays=law.arrays)
        except LawError as problem:
            raise Unevaluable(f"the law {law.name} has no distribution function: {problem.wrong}") from problem
    if active == {"dropout"}:
        return Enclosure.of(1 - scheme.dropout)
    if active == {"event_trigger"}:
        share = CLAIMS["trigger.applied-fraction.event-trigger"].expression
        return evaluate(share.subs({y.trigger: scheme.event_trigger, y.modes: 1}))
    named = "staleness_threshold, staleness_discount, age_threshold that drops, dropout, event_trigger of one mode"
    given = " with ".join((scheme.rule, *scheme.active))
    raise ValueError(f"scheme = {given}: no share; allowed: asynchronous with at most one of {named}")


def _transform(law: Law) -> Callable[[Any], Any]:
    program: Callable[[Any], Any] = compile_ball(law.laplace_transform(y.s), (y.s,), law.arrays)
    return program


def _coefficients(transform: Callable[[Any], Any], rate: Any, last: int) -> list[Any]:
    """The probabilities of 0 to ``last`` by the circle of radius 1/2."""
    points = last + _MORE_POINTS
    turns = [acb(fmpq(2 * k, points)).exp_pi_i() for k in range(points)]
    half = points // 2 + 1  # G is real on the axis: the lower half of the circle mirrors the upper one
    values = [transform(rate * (1 - turn / 2)) for turn in turns[:half]]
    values += [values[points - k].conjugate() for k in range(half, points)]
    if not all(value.is_finite() for value in values):
        raise Unevaluable("no finite enclosure of the transform of the law")
    left_out = arb(0, arb(2) ** -points)
    found = []
    for j in range(last + 1):
        total = sum((value * turns[-k * j % points] for k, value in enumerate(values)), acb(0)).real / points
        found.append((total * arb(2) ** j + left_out).intersection(arb(0).union(arb(1))))
    return found


def _within_threshold(law: Law, workers: int, last: int) -> Enclosure:
    if workers == 1:
        return Enclosure.of(sp.Integer(1))
    if last > MOST:
        raise ValueError(f"staleness_threshold = {last}: too many terms; allowed: at most {MOST}")
    transform = _transform(law)
    with precision(128 + 2 * last):
        whole = compile_ball((workers - 1) / law.mean, (), law.arrays)().real
        low, high = Fraction(0), Fraction(1)
        for _ in range(_BITS):
            middle = (low + high) / 2
            share = arb(fmpq(middle.numerator, middle.denominator))
            balance = sum(_coefficients(transform, share * whole, last), arb(0)) - share
            if balance > 0:
                low = middle
            elif balance < 0:
                high = middle
            else:
                break
        ends = (arb(fmpq(end.numerator, end.denominator)) for end in (low, high))
        return Enclosure(next(ends).union(next(ends)))
