"""Stage: proofs about laws. Input: predictions of a mode. Output: verdicts on the law and on Poisson staleness.

What is claimed of a law with a density meets certified quadrature of that density, cut off near 0 and far out with
bounds on what is left. Any law of the registry whose density is one analytic expression takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import TypeGuard

import sympy as sp
from sympy.core.function import AppliedUndef

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import Gamma
from derive.laws.density_law import DensityLaw
from derive.models.modes import stages_of
from derive.rules.laws import transform_of
from numeric.balls.transform_derivatives import transform_derivative
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from verify.agreement import judge_agreement
from verify.predicting.claimed_numbers import NEAR_ZERO, claim_of_law
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

FALL = 120  # e-foldings by which a weight has fallen where quadrature ends
POINTS = (sp.Rational(17, 50), sp.Rational(39, 20))  # times (over the mean) and transform variables (times it)
MOST_OVERLAPS = 3
HIGHER, DIGITS = 5, 16  # moments above the one wanted that may bound a heavy tail, and what they leave out


def states_density(law: type[Law]) -> bool:
    """Whether the laws of a class state a density that quadrature can follow."""
    kinks = (sp.Piecewise, sp.Heaviside, sp.Integral, sp.Sum)
    return issubclass(law, DensityLaw) and not law.symbolic_density.has(*kinks)


def has_quadrature(law: Law) -> TypeGuard[DensityLaw]:
    """Whether the law states a density that quadrature can follow."""
    return states_density(type(law))


def transform_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed transform against the quadrature of exp(-s u) f(u) at two exact s."""
    law, claim = mode.model.law, claim_of_law("transform", mode.model.law.name)
    if claim not in CLAIMS or not has_quadrature(law):
        return
    for at in POINTS:
        s = at / law.mean
        found = expectation(law, sp.exp(-s * y.u), FALL / s)
        words = f"transform at s theta = {at}: closed form, quadrature of the density"
        yield judge_agreement(claim, case, words, evaluate(mode.model.claimed(claim).subs(y.s, s)), found)


def cdf_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed distribution function at two exact times against the quadrature of the density up to them."""
    law, claim = mode.model.law, claim_of_law("cdf", mode.model.law.name)
    if claim not in CLAIMS or not has_quadrature(law):
        return
    closed, shortest = mode.model.claimed(claim), sp.sympify(law.support[0]).subs(dict(law.values))
    start = sp.Max(NEAR_ZERO * law.mean, shortest)
    for at in POINTS:
        end = shortest + at * (law.mean - shortest)
        grown = evaluate(closed.subs(y.t, end)) - evaluate(closed.subs(y.t, start))
        found = integral_over_density(law.density(y.u), sp.Integer(1), y.u, (start, end))
        words = f"distribution function at t = {at} mean durations past the shortest: closed form, quadrature"
        yield judge_agreement(claim, case, words, grown, found)


def moment_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed second moment against the quadrature of u^2 f(u), where a higher moment bounds the tail."""
    law, claim = mode.model.law, claim_of_law("second-moment", mode.model.law.name)
    if claim not in CLAIMS or not has_quadrature(law) or tail_of_moment(law, 2) is None:
        return
    words = "second moment: closed form, quadrature of the density"
    yield judge_agreement(claim, case, words, evaluate(mode.model.claimed(claim)), moment_by_quadrature(law, 2))


def poisson_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Poisson staleness averaged over the law by quadrature: a probability, the joint transform, the variance."""
    law, others = mode.model.law, mode.model.values[y.other_rate]
    if not has_quadrature(law) or not others > 0 or not law.abscissa_of_convergence < 0:
        return
    count = int(mode.model.scheme.workers) - 1
    weight = sp.exp(-others * y.u) * (others * y.u) ** count / sp.factorial(count)
    claim = "staleness.probability.poisson"
    words = f"P(K = {count}) with Poisson arrivals: closed form, average over the density"
    found = expectation(law, weight, (count + 2 * FALL) / others)
    yield judge_agreement(claim, case, words, staleness_probability(mode, count), found)
    claim, z, s, terms = "staleness.joint-transform.poisson", sp.Rational(1, 8), 1 / law.mean, 20
    weight = sp.exp(-(others + s) * y.u) * sum((others * z * y.u) ** j / sp.factorial(j) for j in range(terms))
    left_out = Fraction(1, 8**terms)
    found = expectation(law, weight, FALL / s) + between(Fraction(0), left_out)
    words = "E z^K exp(-s T) at z = 1/8, s theta = 1: closed form, sum over K of averages over the density"
    yield judge_agreement(claim, case, words, evaluate(joint_transform(mode, z, s)), found)
    claim = "staleness.factorial-moment.poisson"
    for order in (3, 4):
        words = f"E[K (K-1) ..] of {order} factors with Poisson arrivals: moment of the law, quadrature"
        found = moment_by_quadrature(law, order) * others**order
        yield judge_agreement(claim, case, words, evaluate(factorial_moment(mode, order)), found)
    claim = "staleness.variance.poisson"
    mean, square = moment_by_quadrature(law, 1) * others, moment_by_quadrature(law, 2) * others**2
    words = "staleness variance with Poisson arrivals: closed form, moments by quadrature"
    yield judge_agreement(claim, case, words, mode.number(CLAIMS[claim]), mean + square - mean * mean)


def joint_transform(mode: ModePredictions, z: sp.Expr, s: sp.Expr) -> sp.Expr:
    """The claimed E[z^K exp(-s T)] with the law's transform put in."""
    claimed = mode.model.claimed("staleness.joint-transform.poisson").subs({y.z: z, y.s: s}, simultaneous=True)
    return claimed.replace(transform_of, mode.model.law.laplace_transform)


def factorial_moment(mode: ModePredictions, order: int) -> sp.Expr:
    """The claimed E[K (K-1) .. (K-order+1)] with the law's own moment put in."""
    claimed = mode.model.claimed("staleness.factorial-moment.poisson").subs(y.j, order)
    return claimed.subs(y.delay_moment[order], mode.model.law.moment(order))


def staleness_probability(mode: ModePredictions, count: int) -> Enclosure:
    """The claimed P(K = ``count``) with the law's transform put in (kind: enclosure)."""
    claimed = mode.model.claimed("staleness.probability.poisson").subs(y.j, count)
    in_law = claimed.replace(transform_of, mode.model.law.laplace_transform)
    values: dict[sp.Symbol, Enclosure] = {}

    def enclosed(derivative: sp.Expr, variables: sp.Tuple, point: sp.Tuple) -> sp.Expr:
        """A symbol in the place of the derivative at a point, which is a number in a ball."""
        if not isinstance(derivative, sp.Derivative):
            return derivative.subs(dict(zip(variables, point, strict=True)))
        name = sp.Dummy("derivative", real=True)
        order = len(derivative.variables)
        values[name] = transform_derivative(derivative.expr, variables[0], point[0], order, mode.model.law.arrays)
        return name

    return evaluate(in_law.replace(sp.Subs, enclosed), values, mode.model.law.arrays)


def overlap_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed terms of a gamma law's overlap against the quadrature of P(S_n < t) P(T > t)."""
    law, claim = mode.model.law, "staleness.overlap-term.gamma"
    shape = stages_of(law)
    if shape is None:
        return
    for number in range(1, MOST_OVERLAPS + 1):
        renewals = Gamma(number * shape, number * law.mean)
        weight = renewals.cdf(y.u) * (1 - Gamma(shape, law.mean).cdf(y.u))
        zero, end, slope = NEAR_ZERO * law.mean, 2 * FALL * law.mean / shape, shape / (2 * law.mean)
        rest = evaluate(sp.exp(-slope * end) * law.laplace_transform(-slope) / slope).upper
        excess = integral_over_density(sp.Integer(1), weight, y.u, (zero, end)) + between(
            Fraction(0), Fraction(rest) + Fraction(int(zero.p), int(zero.q))
        )
        claimed = CLAIMS[claim].expression.subs({y.shape: shape, y.renewals: number}, simultaneous=True)
        words = f"overlap with {number} further cycles: closed form, quadrature"
        yield judge_agreement(claim, case, words, evaluate(claimed), excess / law.mean)


def expectation(law: DensityLaw, weight: sp.Expr, end: sp.Expr) -> Enclosure:
    """E weight(T) for a weight in [0, 1] that falls beyond ``end``, where it is below exp(-FALL)."""
    zero = NEAR_ZERO * law.mean
    left_out = evaluate(law.cdf(zero)).upper + evaluate(weight.subs(y.u, end)).upper
    return inside(law, weight, sp.nsimplify(end)) + between(Fraction(0), Fraction(left_out))


def with_enclosed(stated: sp.Expr, function: sp.FunctionClass, found: Callable[[sp.Expr], Enclosure]) -> Enclosure:
    """``stated`` with ``found`` at the argument of every application of ``function``, each a number in a ball."""
    names = {node: sp.Dummy(str(function)) for node in stated.atoms(AppliedUndef) if node.func == function}
    return evaluate(stated.xreplace(names), {name: found(node.args[0]) for node, name in names.items()})


def moment_by_quadrature(law: DensityLaw, order: int) -> Enclosure:
    """E T^order by quadrature up to some W, with a bound on what lies beyond; ``ValueError`` where there is none."""
    tail = tail_of_moment(law, order)
    if tail is None:
        raise ValueError(f"no moment of {law} above {order} bounds its tail")
    end, rest = tail
    left_out = Fraction(rest) + Fraction(int(NEAR_ZERO.p), int(NEAR_ZERO.q)) * Fraction(float(law.mean) ** order)
    return inside(law, y.u**order, end) + between(Fraction(0), left_out)


def tail_of_moment(law: Law, order: int) -> tuple[sp.Expr, float] | None:
    """W in seconds, and a bound on E T^order beyond W; None where nothing bounds it.

    With a rate r = |abscissa|/2 it is W^order exp(-r W) L(-r) at W = 2 FALL/r; for a heavy tail W^(order - p) E T^p
    with a finite moment p > order.
    """
    if law.abscissa_of_convergence < 0:
        slope = -law.abscissa_of_convergence / 2 if law.abscissa_of_convergence.is_finite else 1 / law.mean
        end = 2 * FALL / slope
        return end, evaluate(end**order * sp.exp(-slope * end) * law.laplace_transform(-slope)).upper
    higher = [p for p in range(order + 1, order + HIGHER) if law.moment(p).is_finite]
    if not higher:
        return None
    end = law.mean * sp.Integer(10) ** -(-2 * DIGITS // (higher[-1] - order))
    return end, evaluate(end ** (order - higher[-1]) * law.moment(higher[-1])).upper


@lru_cache(maxsize=256)
def inside(law: DensityLaw, weight: sp.Expr, end: sp.Rational) -> Enclosure:
    return integral_over_density(law.density(y.u), weight, y.u, (NEAR_ZERO * law.mean, end))
