"""Stage: laws made of laws. Input: how they are composed. Output: transform, distribution function, second moment."""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.rules.composed import (
    AtLeastRank,
    AverageOverParts,
    ConditionOnBound,
    MultiplyTransforms,
    SecondMomentOfProduct,
    Subject,
    TransformUpToBound,
)

Given = frozenset[Assumption]


@cache
def sum_transform(given: Given = assumptions.ALL) -> Derivation:
    """L(s) = prod_j L_p(j, s)."""
    return Derivation("Laplace transform of a sum", given).then(MultiplyTransforms())


@cache
def sum_second_moment(given: Given = assumptions.ALL) -> Derivation:
    """E[tau^2] = (sum of the means)^2 + the sum of the variances."""
    return sum_transform(given).then(SecondMomentOfProduct()).concluded("second moment of a sum")


@cache
def mixture(subject: Subject, given: Given = assumptions.ALL) -> Derivation:
    """Transform, distribution function or second moment: the weighted sum of the parts'."""
    return Derivation(f"{subject} of a mixture", given).then(AverageOverParts(subject))


@cache
def truncated_cdf(given: Given = assumptions.ALL) -> Derivation:
    """F(t) = F_b(t)/F_b(A_b), t <= A_b."""
    derived = Derivation("distribution function of a truncated law", given).then(ConditionOnBound())
    return derived.concluded(derived.title, y.t <= y.duration_bound)


@cache
def truncated_transform(given: Given = assumptions.ALL) -> Derivation:
    """L(s) = e^{-s A} + s int_0^A e^{-su} F_b(u)/F_b(A) du, A = A_b."""
    derived = truncated_cdf(given).then(TransformUpToBound())
    return derived.concluded("Laplace transform of a truncated law")


@cache
def order_statistic_cdf(given: Given = assumptions.ALL) -> Derivation:
    """F(t) = 1 - sum_{j < k} C(n, j) F_b(t)^j (1 - F_b(t))^{n-j}."""
    derived = Derivation("distribution function of an order statistic", given).then(AtLeastRank())
    return derived.concluded(derived.title, y.rank <= y.compared)
