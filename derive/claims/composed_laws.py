"""Claims about laws made of laws: sums, mixtures, truncations, order statistics of any parts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from derive.claims.record import Claim
from derive.derivation import Derivation
from derive.derivations import composed


def _row(subject: str, law: str, statement: str, builder: Callable[..., Derivation]) -> Claim:
    return Claim(f"law.{subject}.{law.replace('_', '-')}", statement, "equality", "law", builder, law=law)


CLAIMS = (
    _row(
        "transform",
        "sum",
        "The transform of a sum of independent durations is the product of theirs.",
        composed.sum_transform,
    ),
    _row(
        "second-moment",
        "sum",
        "The second moment of a sum of independent durations is its squared mean and the sum of their variances.",
        composed.sum_second_moment,
    ),
    _row(
        "transform",
        "mixture",
        "The transform of a mixture is the weighted sum of its parts'.",
        partial(composed.mixture, "transform"),
    ),
    _row(
        "cdf",
        "mixture",
        "The distribution function of a mixture is the weighted sum of its parts'.",
        partial(composed.mixture, "distribution function"),
    ),
    _row(
        "second-moment",
        "mixture",
        "The second moment of a mixture is the weighted sum of its parts'.",
        partial(composed.mixture, "second moment"),
    ),
    _row(
        "cdf",
        "truncated",
        "Up to its bound a truncated law has the distribution function of the whole over its value at the bound.",
        composed.truncated_cdf,
    ),
    _row(
        "transform",
        "truncated",
        "The transform of a truncated law is one integral over the distribution function of the whole.",
        composed.truncated_transform,
    ),
    _row(
        "cdf",
        "order_statistic",
        "The k-th shortest of n independent durations is at most t if at least k of them are: a binomial sum.",
        composed.order_statistic_cdf,
    ),
)
