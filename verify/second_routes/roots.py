"""Stage: proofs about roots. Input: predictions of a mode. Output: verdicts on roots, limits and speed of the mean.

Closed roots meet certified ones, closed limits a bisection on certified counts, worker counts the damping they make.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant
from derive.models.linear import OutsideDomainError, linear_model, put_in
from derive.models.modes import stages_of
from derive.schemes import Asynchronous
from numeric.enclosure import Enclosure, evaluate, evaluate_complex
from numeric.roots.characteristic import spectrum
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.predicting.predictions import ModePredictions
from verify.second_routes.kept_limits import critical_damping_of_law, limit_of_law
from verify.verdict import Verdict


def root_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The closed rightmost root against the certified one: real part, then imaginary part."""
    law, found = mode.model.law, mode.spectrum
    claim = f"delay.roots.{law.name}"
    if claim not in CLAIMS or not found.certified or not found.roots:
        return
    closed = evaluate_complex(mode.model.claimed(claim).subs(y.branch, 0))
    for part, left, right in (
        ("real", closed.re, found.roots[0].re),
        ("imaginary", abs(closed.im), abs(found.roots[0].im)),
    ):
        yield judge_agreement(
            claim, case, f"{part} part of the rightmost root: closed form, certified root", left, right
        )


def stage_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The polynomial in v = 1 + s theta/n vanishes at the certified rightmost root."""
    law, found = mode.model.law, mode.spectrum
    shape = stages_of(law)
    if shape is None or not shape.is_Integer or not found.certified or not found.roots:
        return
    shifted = 1 + (y.re_part + sp.I * y.im_part) * law.mean / shape
    polynomial = put_in(CLAIMS["delay.roots.erlang"], mode.model.values | {y.stages: shape}).subs(
        y.stage_variable, shifted
    )
    value = evaluate_complex(polynomial, {y.re_part: found.roots[0].re, y.im_part: found.roots[0].im})
    for part, ball in (("real", value.re), ("imaginary", value.im)):
        words = f"{part} part of the stages' polynomial at the certified rightmost root"
        yield judge_agreement("delay.roots.erlang", case, words, Exact(sp.Integer(0)), ball)


def threshold_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Closed stability limit and critical damping against bisection on certified spectra."""
    law = mode.model.law

    start = sp.Rational(1, 7) / law.mean
    limit = mode.find("stability_limit", "R3")
    if limit is not None:
        found = limit_of_law(law, start)
        if found is not None:
            words = "stability limit: closed form, bisection on certified counts"
            yield judge_agreement(limit.claim, case, words, limit.value, found, 1e-6)
    critical = mode.find("critical_damping", "R3")
    if critical is not None:
        found = critical_damping_of_law(law, start)
        if found is not None:
            words = "critical damping: closed form, bisection on certified roots"
            yield judge_agreement(critical.claim, case, words, critical.value, found, 1e-5)


def decay_bound(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claim B at a theta = 1/5: the certified rate over the damping is at least what is claimed."""
    law, claim = mode.model.law, "delay.decay-rate.any-law"
    small = sp.Rational(1, 5) / law.mean
    rate = spectrum(delay_equation(small, law)).decay_rate
    if rate is not None:
        words = "claim B: at a theta = 1/5 the mean decays at least as fast as without delay"
        bound = Exact(CLAIMS[claim].expression * small)
        yield judge_certified_bound(claim, case, words, bound, rate, direction="at least")


def worker_counts(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Claim A: at the claimed count the damping is critical, and four times as many workers are slower."""
    law = mode.model.law
    claim = f"workers.fastest-count.{'constant' if isinstance(law, Constant) else 'gamma'}"
    if not mode.model.is_about(CLAIMS[claim]):
        return
    eta = sp.Rational(1, 1000)
    model = linear_model(law, Asynchronous(1), learning_rate=eta, curvature=1)
    try:
        fastest = model.claimed(claim)
    except OutsideDomainError:
        return
    if not fastest.is_number:
        return
    # The damping of a count that is no integer: the claimed a with M put in.
    values = model.values | {y.workers: fastest}
    damping = put_in(CLAIMS["damping.coefficient.asynchronous"], values)
    found = critical_damping_of_law(law, sp.Rational(1, 7) / law.mean)
    if found is not None:
        words = "claim A: damping at the fastest count, critical damping by bisection on certified roots"
        yield judge_agreement(claim, case, words, evaluate(damping), found, 1e-5)
    count = int(sp.floor(fastest))
    best, more = (_rate_of_workers(law, eta, number) for number in (count, 4 * count))
    if best is not None and more is not None:
        words = f"claim A: {4 * count} workers decay no faster than {count} (learning rate x curvature 1/1000)"
        bound = best * (1 + Fraction(1, 10**9))
        yield judge_certified_bound(claim, case, words, bound, more, direction="at most")


def _rate_of_workers(law: Law, step: sp.Rational, workers: int) -> Enclosure | None:
    model = linear_model(law, Asynchronous(workers), learning_rate=step, curvature=1)
    return spectrum(model.characteristic_equation).decay_rate
