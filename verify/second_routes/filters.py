"""Stage: proofs about filters. Input: predictions of a mode. Output: verdicts on what filters let through, rung R1.

Every claim about a filter averages something over the law of a cycle. Here the average is a certified quadrature of
the density, with the Poisson probabilities of the staleness written out; no transform and no derivative of one enters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws.density_law import DensityLaw
from derive.models.modes import put_in
from derive.rules.filters import applied_transform_of
from derive.rules.laws import cdf_of, density_of, transform_of
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from verify.agreement import judge_agreement
from verify.predicting.claimed_numbers import NEAR_ZERO
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.laws import FALL, expectation, has_quadrature, inside, with_enclosed
from verify.verdict import Verdict

LAST = 2  # the staleness threshold looked at
TERMS = 40  # of a geometric discount: what is left is below 2^-40
DISCOUNT = sp.Rational(1, 2)
LOSS = sp.Rational(1, 4)
_WEIGHTS = (1, 3, 3, 1)  # binomial(3, j): a filter that is neither a threshold nor a discount


def filter_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Transform, noise and H of a filter of weights 1, 3, 3, 1 against the average over the density."""
    law, values = plain_model(mode).law, plain_model(mode).values
    if not _averages(mode) or not has_quadrature(law):
        return
    s, rate = 1 / law.mean, values[y.other_rate]
    weights = dict(enumerate(_WEIGHTS))
    passed, squared = _filtered(law, rate, s, weights), _filtered(law, rate, sp.S.Zero, _squared(weights))
    steps = values[y.learning_rate] * values[y.curvature] * values[y.workers] / law.mean
    noise = (values[y.learning_rate] * values[y.gradient_noise]) ** 2 * values[y.workers] / law.mean
    words = "weights 1, 3, 3, 1 by staleness"
    yield _agreement(mode, case, "filter.transform.any-law", f"{words}: transform", passed, {y.s: s})
    yield _agreement(mode, case, "filter.noise-intensity.any-law", f"{words}: noise intensity", squared * noise, {})
    name = "filter.characteristic-function.any-law"
    stated = put_in(CLAIMS[name], {**values, y.s: s})
    left = with_enclosed(stated, applied_transform_of, lambda at: _filtered(law, rate, at, weights))
    yield judge_agreement(name, case, f"{words}: H at s theta = 1", left, passed * steps + Enclosure.of(s))


def threshold_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """What a staleness threshold of 2 applies: transform, share, slope of the balance."""
    law, values = plain_model(mode).law, plain_model(mode).values
    if not _averages(mode) or not has_quadrature(law):
        return
    s, rate = 1 / law.mean, values[y.other_rate]
    ones = dict.fromkeys(range(LAST + 1), 1)
    passed, share = _filtered(law, rate, s, ones), _filtered(law, rate, sp.S.Zero, ones)
    last = {y.staleness_threshold: sp.Integer(LAST)}
    own = {"exponential": "exponential", "gamma": "gamma"}.get(law.name)
    for family in ("any-law", own) if own else ("any-law",):
        name = f"threshold.transform.{family}"
        yield _agreement(mode, case, name, "staleness threshold 2: transform", passed, {**last, y.s: s})
    yield _agreement(mode, case, "threshold.applied-fraction.any-law", "staleness threshold 2: share", share, last)
    # With p = 1 the balance's slope is that of the Poisson distribution function, -Pois(S), averaged, less 1.
    weight = sp.exp(-rate * y.u) * (rate * y.u) ** LAST / sp.factorial(LAST) * rate * y.u
    slope = -expectation(law, weight / (LAST + 1), (LAST + 1 + 2 * FALL) / rate) * (LAST + 1) - 1
    words = "staleness threshold 2: slope of the balance at p = 1"
    yield _agreement(
        mode, case, "threshold.balance-slope.any-law", words, slope, {**last, y.applied_fraction: sp.S.One}
    )
    if law.name == "exponential":
        yield from _self_consistent(mode, case)


def _self_consistent(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The share of an exponential law solves its equation: the equation's sides exchange by quadrature at one p."""
    law, share = plain_model(mode).law, sp.Rational(3, 5)
    assert isinstance(law, DensityLaw)
    others = share * (plain_model(mode).scheme.workers - 1) / law.mean
    found = _filtered(law, others, sp.S.Zero, dict.fromkeys(range(LAST + 1), 1))
    claim = CLAIMS["threshold.applied-fraction.exponential"]
    values = {**plain_model(mode).values, y.applied_fraction: share, y.staleness_threshold: sp.Integer(LAST)}
    right = evaluate(claim.expression.subs(values, simultaneous=True))
    yield judge_agreement(claim.id, case, "staleness threshold 2: share when 3/5 are applied", right, found)


def discount_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """A discount of 1/2 a version: transform, mean weight and noise against sums over the staleness."""
    law, values = plain_model(mode).law, plain_model(mode).values
    if not _averages(mode) or not has_quadrature(law):
        return
    s, rate, given = 1 / law.mean, values[y.other_rate], {y.staleness_discount: DISCOUNT}
    weights = {j: DISCOUNT**j for j in range(TERMS)}
    rest = between(Fraction(0), Fraction(1, 2**TERMS))
    noise = (values[y.learning_rate] * values[y.gradient_noise]) ** 2 * values[y.workers] / law.mean
    words = "staleness discount 1/2"
    for name, found, more in (
        ("discount.transform.any-law", _filtered(law, rate, s, weights), {y.s: s}),
        ("discount.mean-weight.any-law", _filtered(law, rate, sp.S.Zero, weights), {}),
        ("discount.noise-intensity.any-law", _filtered(law, rate, sp.S.Zero, _squared(weights)), {}),
    ):
        scale = noise if "noise" in name else sp.S.One
        yield _agreement(mode, case, name, words, (found + rest) * scale, {**given, **more})


def age_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """An age threshold of 3/2 mean cycles: what is dropped on arrival, and what is abandoned."""
    law, values = plain_model(mode).law, plain_model(mode).values
    if mode.mode != 0 or not has_quadrature(law):
        return
    oldest, s, zero = sp.Rational(3, 2) * law.mean, 1 / law.mean, NEAR_ZERO * law.mean
    start = between(Fraction(0), Fraction(evaluate(law.cdf(zero)).upper))
    kept = integral_over_density(law.density(y.u), sp.S.One, y.u, (zero, oldest)) + start
    shorter = integral_over_density(law.density(y.u), y.u, y.u, (zero, oldest)) + start * zero
    expected = shorter + (1 - kept) * oldest  # E min(T, A)
    per_second = kept * (values[y.workers] / law.mean)
    late = inside(law, sp.exp(-s * y.u), FALL / s) - integral_over_density(
        law.density(y.u), sp.exp(-s * y.u), y.u, (zero, oldest)
    )
    tail = between(Fraction(0), Fraction(evaluate(sp.exp(-sp.Integer(FALL))).upper))
    delay = (evaluate(law.laplace_transform(s)) - late - tail) / kept
    for name, words, first, found in (
        ("applied-fraction.age-drop", "share, quadrature", start, kept),
        ("arrival-rate.age-drop", "applied a second, quadrature", start, per_second),
        ("transform.age-drop", "whole less what is late", start, evaluate(law.laplace_transform(s)) - late - tail),
        ("arrival-rate.age-abandon", "abandoned: applied a second", _up_to(zero), per_second * law.mean / expected),
        *_aged_quantities(values, "age-drop", start, per_second, shorter / kept),
        *_aged_quantities(values, "age-abandon", _up_to(zero), per_second * law.mean / expected, shorter / kept),
        *((f"delay.age-{action}", "applied delay, quadrature", start, delay) for action in ("drop", "abandon")),
    ):
        claim = f"age-threshold.{name}"
        words = f"age threshold of 3/2 mean cycles: {words}"
        yield judge_agreement(claim, case, words, _aged(mode, claim, oldest, first), found)


def _aged_quantities(
    values: dict[sp.Symbol, sp.Expr], rule: str, first: Enclosure, per_second: Enclosure, delay: Enclosure
) -> Iterator[tuple[str, str, Enclosure, Enclosure]]:
    """Damping, noise and staleness from the gradients applied per second and their mean delay."""
    step, noise = (values[y.learning_rate] * values[one] for one in (y.curvature, y.gradient_noise))
    others = (values[y.workers] - 1) / values[y.workers]
    yield f"damping-coefficient.{rule}", "applied a second, times the step", first, per_second * step
    yield f"noise-intensity.{rule}", "applied a second, times their noise", first, per_second * noise**2
    yield f"staleness-mean.{rule}", "the others' updates in an applied delay", first, per_second * others * delay


def _up_to(zero: sp.Rational) -> Enclosure:
    """What a survival function, at most 1, adds up to before quadrature begins."""
    return between(Fraction(0), Fraction(int(zero.p), int(zero.q)))


def _aged(mode: ModePredictions, claim: str, oldest: sp.Rational, first: Enclosure) -> Enclosure:
    """A claim about an age threshold at s theta = 1, its integral by quadrature; ``first`` is for what lies near 0."""
    law, zero = plain_model(mode).law, NEAR_ZERO * plain_model(mode).law.mean
    assert isinstance(law, DensityLaw)
    given = {**plain_model(mode).values, y.s: 1 / law.mean, y.age_threshold: oldest}
    stated = CLAIMS[claim].expression.subs(given, simultaneous=True)
    stated = stated.replace(cdf_of, law.cdf).replace(density_of, law.density)
    numbers = {integral: sp.Dummy("J") for integral in stated.atoms(sp.Integral)}
    values = {
        number: integral_over_density(sp.S.One, integral.function, y.u, (zero, integral.limits[0][2])) + first
        for integral, number in numbers.items()
    }
    return evaluate(stated.xreplace(numbers), values)


def dropout_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """A quarter of the gradients lost: runs of lost ones added up term by term."""
    if mode.mode != 0:
        return
    law, values = plain_model(mode).law, {**plain_model(mode).values, y.dropout: LOSS}
    kept = [(1 - LOSS) * LOSS**lost for lost in range(60)]
    cycles = sum((lost + 1) * chance for lost, chance in enumerate(kept))  # of a worker, to a gradient that arrives
    rest = between(Fraction(0), Fraction(1, 4**50))
    between_updates = (Enclosure.of(cycles) + rest) * (law.mean / values[y.workers])
    rate = 1 / between_updates
    step, noise = values[y.learning_rate] * values[y.curvature], values[y.learning_rate] * values[y.gradient_noise]
    others = rate * (1 - 1 / values[y.workers]) * law.mean
    words = "a quarter lost: runs of lost gradients added up"
    for name, found in (
        ("dropout.arrival-rate.any-law", rate),
        ("dropout.staleness-mean.any-law", others),
        ("dropout.damping-coefficient.any-law", rate * step),
        ("dropout.noise-intensity.any-law", rate * noise**2),
    ):
        claimed = put_in(CLAIMS[name], values)
        yield judge_agreement(name, case, words, evaluate(claimed), found)
    name, s = "dropout.delay.any-law", 1 / law.mean
    claimed = CLAIMS[name].expression.subs(y.s, s).replace(transform_of, law.laplace_transform)
    if has_quadrature(law):
        found = expectation(law, sp.exp(-s * y.u), FALL / s)
        yield judge_agreement(name, case, "a quarter lost: delay of an applied gradient", evaluate(claimed), found)


def _averages(mode: ModePredictions) -> bool:
    """Whether others make updates over which a law with an exponential moment can be averaged."""
    return (
        mode.mode == 0
        and bool(plain_model(mode).values[y.other_rate] > 0)
        and bool(plain_model(mode).law.abscissa_of_convergence < 0)
    )


def _squared(weights: dict[int, sp.Expr]) -> dict[int, sp.Expr]:
    return {j: weight**2 for j, weight in weights.items()}


def _filtered(law: DensityLaw, rate: sp.Expr, s: sp.Expr, weights: dict[int, sp.Expr]) -> Enclosure:
    """E[e^{-sT} sum_j w_j Poisson(j; rate T)] by quadrature of the density."""
    terms = (sp.sympify(w) * (rate * y.u) ** j / sp.factorial(j) for j, w in weights.items())
    largest = max(map(sp.sympify, weights.values()))
    weight = sp.exp(-(rate + s) * y.u) * sp.Add(*terms) / largest
    return expectation(law, weight, (len(weights) + 2 * FALL) / (rate + s)) * largest


def _agreement(
    mode: ModePredictions, case: str, name: str, words: str, found: Enclosure, given: dict[sp.Symbol, sp.Expr]
) -> Verdict:
    """A claim with this mode's numbers and law put in against a quadrature."""
    stated = CLAIMS[name].expression
    if stated.has(y.staleness_weight):
        weights = stated.atoms(sp.Indexed)
        put: dict[sp.Expr, sp.Expr] = {node: sp.binomial(3, y.j) for node in weights}
        stated = stated.xreplace({**put, sp.oo: sp.Integer(len(_WEIGHTS) - 1)})
    expression = _with_law(mode, stated, {**plain_model(mode).values, **given})
    return judge_agreement(name, case, f"{words}: claimed, quadrature of the density", evaluate(expression), found)


def _with_law(mode: ModePredictions, stated: sp.Expr, values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    put: Callable[..., sp.Expr] = plain_model(mode).law.laplace_transform
    return stated.subs(values, simultaneous=True).doit().replace(transform_of, put).doit()
