"""Stage: proofs of a case. Input: predictions of every mode. Output: verdicts by algebra and by certified agreement.

Each compares a closed form with a second route that has not seen it: roots with certified roots, limits with a
bisection on certified counts, variances with certified quadrature, one rung with another as the workers grow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, delay_equation, update_equation
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Constant
from derive.models import OutsideDomainError, linear_model, put_in
from derive.schemes import Asynchronous
from numeric.characteristic_roots import spectrum
from numeric.enclosure import Enclosure, evaluate, evaluate_complex
from numeric.renewal import between
from numeric.thresholds import critical_damping, stability_limit
from numeric.values import Exact
from verify.agreement import judge_agreement, judge_certified_bound
from verify.identities import identity_verdict
from verify.predictions import ModePredictions
from verify.verdict import Verdict


def identities(claim_ids: Iterable[str]) -> Iterator[Verdict]:
    """Every derivation checked step by step, and every step made wrong on purpose refused."""
    for claim_id in claim_ids:
        claim = CLAIMS[claim_id]
        yield identity_verdict(claim_id, "", claim.statement, claim.derived)


def agreements(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The second routes that apply to this mode's law."""
    yield from _root_agreement(mode, case)
    yield from _stage_agreement(mode, case)
    yield from recursion_agreement(mode, case)
    yield from _variance_agreement(mode, case)
    yield from _threshold_agreement(mode, case)
    yield from speed_claims(mode.model.law, case)
    yield from ladder_orders(mode.model.law, case)


def _root_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
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


def _stage_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The polynomial in v = 1 + s theta/n vanishes at the certified rightmost root."""
    law, found = mode.model.law, mode.spectrum
    shape = sp.Integer(1) if law.name == "exponential" else getattr(law, "shape", None)
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


def recursion_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Fixed staleness: the double root by exact polynomial roots, the limit by bisection on certified counts."""
    staleness = int(mode.model.values[y.staleness])
    if not isinstance(mode.model.law, Constant) or staleness < 1:
        return
    fastest = mode.model.claimed("recursion.fastest-step.fixed-staleness")
    found = spectrum(update_equation(fastest, staleness)).roots[0]
    words = f"staleness {staleness}: multiplicity of the largest root at the fastest step"
    claim = "recursion.fastest-step.fixed-staleness"
    yield judge_agreement(claim, case, words, Exact(sp.Integer(2)), Exact(sp.Integer(found.multiplicity)))
    claim = "recursion.double-root.fixed-staleness"
    words = f"staleness {staleness}: the double root, closed and certified"
    yield judge_agreement(claim, case, words, Exact(mode.model.claimed(claim)), found.re)
    claim = "recursion.stability-limit.fixed-staleness"
    limit = stability_limit(lambda step: update_equation(step, staleness), sp.Rational(1, 100 * (staleness + 1)))
    if limit is not None:
        words = f"staleness {staleness}: step limit, closed form and bisection on certified counts"
        yield judge_agreement(claim, case, words, evaluate(mode.model.claimed(claim)), limit, 1e-6)


def _variance_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The closed variance on R2 against certified quadrature of the spectral density."""
    closed = [claim for claim in mode.model.claims if claim.rung == "R2" and claim.average and claim.law != "any"]
    if not closed or mode.noise_gain is None:
        return
    integral = mode.noise_gain * mode.model.noise_intensity
    yield judge_agreement(
        closed[0].id, case, "variance on R2: closed form, certified quadrature", mode.number(closed[0]), integral
    )


def _threshold_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Closed stability limit and critical damping against bisection on certified spectra."""
    law = mode.model.law

    def family(damping: sp.Expr) -> CharacteristicEquation:
        return delay_equation(damping, law)

    start = sp.Rational(1, 7) / law.mean
    limit = mode.find("stability_limit", "R3")
    if limit is not None:
        found = stability_limit(family, start, 1e-7)
        if found is not None:
            words = "stability limit: closed form, bisection on certified counts"
            yield judge_agreement(limit.claim, case, words, limit.value, found, 1e-6)
    critical = mode.find("critical_damping", "R3")
    if critical is not None:
        found = critical_damping(family, start, 1e-6)
        if found is not None:
            words = "critical damping: closed form, bisection on certified roots"
            yield judge_agreement(critical.claim, case, words, critical.value, found, 1e-5)


def speed_claims(law: Law, case: str) -> Iterator[Verdict]:
    """Claims A and B at two dampings of this law: a small one, and around critical damping."""
    small = sp.Rational(1, 5) / law.mean
    rate = spectrum(delay_equation(small, law)).decay_rate
    if rate is not None:
        words = "claim B: at a theta = 1/5 the mean decays at least as fast as without delay"
        yield judge_certified_bound("delay.decay-rate.any-law", case, words, Exact(small), rate, direction="at least")
    family = "constant" if isinstance(law, Constant) else "gamma"
    if law.name not in ("constant", "exponential", "gamma"):
        return
    eta = sp.Rational(1, 1000)
    model = linear_model(law, Asynchronous(1), learning_rate=eta, curvature=1)
    try:
        fastest = model.claimed(f"workers.fastest-count.{family}")
    except OutsideDomainError:
        return
    if not fastest.is_number:
        return
    count = int(sp.floor(fastest))
    best, twice = (_rate_of_workers(law, eta, number) for number in (count, 4 * count))
    if best is not None and twice is not None:
        words = f"claim A: {4 * count} workers decay no faster than {count} (learning rate x curvature 1/1000)"
        bound = best * (1 + Fraction(1, 10**9))
        yield judge_certified_bound(f"workers.fastest-count.{family}", case, words, bound, twice, direction="at most")


def _rate_of_workers(law: Law, step: sp.Rational, workers: int) -> Enclosure | None:
    model = linear_model(law, Asynchronous(workers), learning_rate=step, curvature=1)
    return spectrum(model.characteristic_equation).decay_rate


def ladder_orders(law: Law, case: str) -> Iterator[Verdict]:
    """The exact variance nears R2 and R1 like 1/M: the gap at M = 1000 over that at M = 4000, a theta = 1/2."""
    for rung, claim in _LADDER.get(law.name, {}).items():
        near, far = (relative_gap(law, workers, sp.Rational(1, 2), rung) for workers in (1000, 4000))
        if near is None or far is None:
            continue
        words = f"exact variance over {rung} minus 1, at M = 1000 over M = 4000: 4 for an error of order 1/M"
        ratio = near / far
        yield judge_certified_bound(claim, case, words, Exact(sp.Rational(39, 10)), ratio, direction="at least")
        yield judge_certified_bound(claim, case, words, Exact(sp.Rational(41, 10)), ratio, direction="at most")
        if claim.startswith("finite-workers.gap"):
            yield _series_agreement(claim, case, near)


def _series_agreement(claim: str, case: str, gap: Enclosure, workers: int = 1000) -> Verdict:
    """The claimed series in 1/M, with its remainder of order 1/M^3, holds the exact ratio at a theta = 1/2."""
    at = {y.workers: workers, y.damping: sp.Rational(1, 2), y.mean_delay: sp.Integer(1)}
    remainder = Fraction(1, workers**3)
    series = evaluate(CLAIMS[claim].expression.subs(at)) - 1 + between(-remainder, remainder)
    words = f"exact ratio minus 1 at M = {workers}, a theta = 1/2: series through 1/M^2, closed forms"
    return judge_agreement(claim, case, words, series, gap, 1e-4)


_EXACT = {
    "exponential": "finite-workers.second-moment.exponential",
    "constant": "recursion.stationary-variance.fixed-staleness",
}
_LADDER = {
    "exponential": {
        "R2": "finite-workers.gap-to-sdde.exponential",
        "R1": "finite-workers.gap-to-shots.exponential",
    },
    "constant": {"R2": "recursion.stationary-variance.fixed-staleness"},
}


def relative_gap(law: Law, workers: int, scaled_damping: sp.Rational, rung: str = "R2") -> Enclosure | None:
    """Exact variance over the rung's minus 1, at a theta = ``scaled_damping``; None where either is not to be had."""
    if law.name not in _EXACT:
        return None
    try:
        return _gap_of_closed_forms(law, workers, scaled_damping, rung)
    except OutsideDomainError:
        return None


def _gap_of_closed_forms(law: Law, workers: int, scaled_damping: sp.Rational, rung: str) -> Enclosure:
    model = linear_model(law, Asynchronous(workers), learning_rate=scaled_damping / workers, curvature=1)
    limit = model.claimed(f"delay.stationary-variance.{law.name}")
    if rung == "R1":
        gain = limit / model.noise_intensity
        limit = model.claimed("shots.stationary-variance.any-law").subs(y.second_moment_gain, gain)
    return evaluate(model.claimed(_EXACT[law.name]) / limit - 1)
