"""Stage: proofs about laws made of laws. Input: predictions of a mode. Output: verdicts on what is claimed of its law.

What is claimed through the parts meets quadratures of one density: that of a sum, convolved, or of a mixture, added up,
both written out in exponentials; that of the whole up to a bound, over its own mass; that of an order statistic.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.law import Law
from derive.laws import OrderStatistic, Truncated
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from verify.agreement import judge_agreement
from verify.predicting.claimed_numbers import NEAR_ZERO, claim_of_law, with_integrals
from verify.predicting.predictions import ModePredictions
from verify.second_routes.laws import FALL, POINTS, has_quadrature
from verify.verdict import Verdict

COMPOSED = ("sum", "mixture", "truncated", "order_statistic")


def composed_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Transform and distribution function at two points, and the second moment, against quadratures of the density."""
    law = mode.model.law
    density = density_of_composed(law)
    if density is None:
        return
    ends = [(claim_of_law("transform", law.name), y.s, at / law.mean, "transform") for at in POINTS]
    ends += [(claim_of_law("cdf", law.name), y.t, at * law.mean, "distribution function") for at in POINTS]
    for claim, variable, value, words in ends:
        if claim not in CLAIMS or (isinstance(law, Truncated) and variable == y.t and value > law.at):
            continue
        found = _transformed(law, density, value) if variable == y.s else _grown(law, density, value)
        claimed = with_integrals(mode.model.claimed(claim).subs(variable, value), law.arrays)
        yield judge_agreement(claim, case, f"{words} at {variable} = {value}: parts, quadrature", claimed, found)
    claim = claim_of_law("second-moment", law.name)
    if claim in CLAIMS:
        claimed = evaluate(mode.model.claimed(claim))
        yield judge_agreement(claim, case, "second moment: parts, quadrature", claimed, _second_moment(law, density))


def density_of_composed(law: Law) -> sp.Expr | None:
    """f(u), up to a constant factor for a truncated law, where quadrature can follow it; None for other laws.

    Example: ``density_of_composed(Exponential(1)) is None``.
    """
    if law.name not in COMPOSED:
        return None
    if isinstance(law, Truncated):
        return _smooth(law.of)
    if isinstance(law, OrderStatistic):
        one, over = _smooth(law.of), law.of.cdf(y.u)
        ways = law.rank * sp.binomial(law.count, law.rank)
        return None if one is None else ways * over ** (law.rank - 1) * (1 - over) ** (law.count - law.rank) * one
    return _smooth(law)


def _smooth(law: Law) -> sp.Expr | None:
    if has_quadrature(law):
        density = law.density(y.u)
        return None if density.has(sp.Piecewise) else density
    terms = law.exponential_terms
    return None if terms is None else sp.Add(*(c * y.u**p * sp.exp(-r * y.u) for (r, p), c in terms.items()))


def _transformed(law: Law, density: sp.Expr, s: sp.Expr) -> Enclosure:
    """E e^{-s tau}: beyond the end the weight is below e^-FALL."""
    end = law.at if isinstance(law, Truncated) else FALL / s
    beyond = evaluate(sp.exp(-s * end)) if not isinstance(law, Truncated) else Enclosure.of(sp.S.Zero)
    return _inside(law, density, sp.exp(-s * y.u), end) + between(Fraction(0), Fraction(beyond.upper))


def _grown(law: Law, density: sp.Expr, end: sp.Expr) -> Enclosure:
    return _inside(law, density, sp.Integer(1), end)


def _second_moment(law: Law, density: sp.Expr) -> Enclosure:
    """E tau^2: beyond W it is at most W^2 e^{-r W} L(-r), r half of the abscissa's size."""
    slope = -law.abscissa_of_convergence / 2
    end = sp.Integer(sp.ceiling(4 * FALL / slope))
    beyond = evaluate(end**2 * sp.exp(-slope * end) * law.laplace_transform(-slope)).upper
    return _inside(law, density, y.u**2, end) + between(Fraction(0), Fraction(beyond))


def _inside(law: Law, density: sp.Expr, weight: sp.Expr, end: sp.Expr) -> Enclosure:
    """The average of a weight that is at most 1 near 0 over durations up to ``end``."""
    zero = NEAR_ZERO * law.mean
    found = integral_over_density(density, weight, y.u, (zero, end))
    if isinstance(law, Truncated):  # over the mass that the bound keeps, by the same quadrature
        found = found / integral_over_density(density, sp.Integer(1), y.u, (zero, law.at))
    return found + between(Fraction(0), Fraction(2 * evaluate(law.cdf(zero)).upper))
