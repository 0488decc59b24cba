"""A domain knows its points, its edges, and the two doubles between which each edge lies."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive.claims import CLAIMS
from derive.studies.schema import StudyError
from verify.implementations.claim_domains import ClaimDomain


def domain(claim: str) -> ClaimDomain:
    return ClaimDomain(CLAIMS[claim])


def test_conditions_are_decided_at_the_last_double() -> None:
    variance = domain("delay.stationary-variance.constant")
    last = math.nextafter(math.pi / 2, 0) if math.pi / 2 > 1.5707963267948966 else math.pi / 2
    assert variance.contains((1.0, last, 1.0))  # the double pi/2 is below pi/2
    assert not variance.contains((1.0, math.nextafter(last, 2), 1.0))
    assert not variance.contains((1.0, -0.5, 1.0))
    assert not variance.contains((math.nan, 0.5, 1.0))


def test_an_edge_lies_between_two_neighbouring_doubles() -> None:
    roots = domain("delay.roots.constant")
    edge = next(one for one in roots.edges if "branch point" in one.words)
    (crossing,) = roots.crossings(edge, 1, (1.0, 1.0, 0))
    assert crossing.above == math.nextafter(crossing.below, 1)
    assert crossing.below < math.exp(-1) + 1e-17 < crossing.above + 1e-16
    assert not edge.bounds


def test_edges_of_every_sign_and_count_are_found() -> None:
    moments = domain("finite-workers.second-moment.exponential")  # M e^2 < 2 + e
    edge = next(one for one in moments.edges if one.bounds and "M" in one.words)
    found = moments.crossings(edge, 1, (4, 0.1, 1.0))
    assert [one.below for one in found] == pytest.approx([-0.5930703308, 0.8430703308])
    assert len(moments.crossings(edge, 1, (4, 0.1, 1.0), most=1)) == 1


def test_whole_numbers_stay_small_where_they_bound_sums() -> None:
    assert domain("staleness.mean.any-law").arguments[0].high == 10_000
    assert domain("synchronous.time-per-update.exponential").arguments[0].high <= 24
    assert domain("delay.roots.constant").arguments[2].words == "whole, -3 to 3"


def test_transforms_are_asked_to_the_right_of_the_imaginary_axis() -> None:
    transform = domain("law.transform.exponential")
    assert transform.contains((1.0, 0.5 + 2j))
    assert not transform.contains((1.0, -0.5 + 2j))
    assert domain("finite-workers.mean.exponential").arguments[2].kind == "complex"


def test_edges_keep_one_order_in_every_process() -> None:
    bounds = [edge.expression for edge in domain("law.cdf.uniform").edges if edge.bounds]
    conditions = sorted(CLAIMS["law.cdf.uniform"].derived.domain.args, key=sp.default_sort_key)
    assert bounds == [part.lhs - part.rhs for part in conditions]
    assert len(bounds) == 3


def test_a_claim_without_conditions_has_no_bounding_edge() -> None:
    assert not any(edge.bounds for edge in domain("arrivals.rate.any-law").edges)
    with pytest.raises(StudyError):
        domain("arrivals.interval.any-law")
