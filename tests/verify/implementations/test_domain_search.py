"""The search finds errors that hide beside an edge, and shrinks what it found to simple numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from derive.claims import CLAIMS
from verify.implementations.certified_points import Point
from verify.implementations.claim_domains import ClaimDomain
from verify.implementations.domain_search import corners, moved, near, search, shrunk, survey

RATE = ClaimDomain(CLAIMS["arrivals.rate.any-law"])
VARIANCE = ClaimDomain(CLAIMS["delay.stationary-variance.constant"])
ROOTS = ClaimDomain(CLAIMS["delay.roots.constant"])


def _met(domain: ClaimDomain, examples: int) -> list[Point]:
    met: list[Point] = []

    def errors(points: Sequence[Point]) -> list[float]:
        met.extend(points)
        return [0.0] * len(points)

    search(domain, errors, examples)
    return met


def test_every_point_lies_in_the_domain() -> None:
    domain = ClaimDomain(CLAIMS["delay.stationary-variance.constant"])
    assert all(domain.contains(point) for point in (*survey(domain, 60), *_met(domain, 10)))


def test_the_survey_is_fixed_by_its_seed() -> None:
    assert survey(ROOTS, 20, 1) == survey(ROOTS, 20, 1) != survey(ROOTS, 20, 2)


def test_edges_are_approached_to_the_last_double() -> None:
    distances = [abs(point[0] * point[1] - math.exp(-1)) for point in _met(ROOTS, 40)]  # type: ignore[operator]
    assert min(distances) < 1e-15
    assert sum(distance < 1e-6 for distance in distances) > 10


def test_an_error_beside_an_edge_is_found_and_one_that_is_not_there_is_not() -> None:
    def errors(points: Sequence[Point]) -> list[float]:
        return [100.0 if 0 < 1 - math.e * a * b < 1e-9 else 0.1 for a, b, _ in points]  # type: ignore[operator]

    found = shrunk(ROOTS, errors, 64.0, 60)
    assert found is not None
    assert found[0] == 1.0 or found[1] == 1.0
    assert shrunk(ROOTS, lambda points: [0.1] * len(points), 64.0, 10) is None


def test_what_is_wrong_for_many_shrinks_to_the_smallest() -> None:
    def errors(points: Sequence[Point]) -> list[float]:
        return [math.inf if workers > 40 else 0.0 for workers, _ in points]  # type: ignore[operator]

    assert shrunk(RATE, errors, math.inf, 60) == (41, 1.0)


def test_an_implementation_is_not_asked_for_ever() -> None:
    calls = []

    def errors(points: Sequence[Point]) -> list[float]:
        calls.append(len(points))
        return [100.0 if workers % 7 == 3 else 0.0 for workers, _ in points]  # type: ignore[operator]

    assert shrunk(RATE, errors, 64.0, 20) is not None
    assert len(calls) <= 60 + 20 + 2 * 200


def test_the_ends_of_every_range_are_met_alone_and_together() -> None:
    found = corners(RATE, [(3, 1.0), (5, 2.0)])
    assert {point[1] for point in found} == {1e-4, 1e4}
    cdf = ClaimDomain(CLAIMS["law.cdf.exponential"])
    assert (1e4, 0.0001) in corners(cdf, [(1.0, 1.0)])
    assert all(VARIANCE.contains(point) for point in corners(VARIANCE, [(1.0, 0.5, 1.0)]))


def test_points_move_along_one_argument() -> None:
    assert moved((1.0, 2 + 3j), 1, 0.5) == (1.0, 0.5 + 0j)
    assert [near(2.0, above, 1) for above in (False, True)] == [1.0, 3.0]
    assert [near(-2.0, above, 1) for above in (False, True)] == [-3.0, -1.0]
    assert near(0.1, True, 53) == 0.1
