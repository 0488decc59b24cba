"""Maps hold errors where the domain is, and approach every edge on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from derive.claims import CLAIMS
from verify.implementations.accuracy_maps import accuracy_map, edge_profiles, named, profile
from verify.implementations.certified_points import Point
from verify.implementations.claim_domains import ClaimDomain

VARIANCE = ClaimDomain(CLAIMS["delay.stationary-variance.constant"])
ROOTS = ClaimDomain(CLAIMS["delay.roots.constant"])


def ones(points: Sequence[Point]) -> list[float]:
    return [1.0] * len(points)


def test_a_map_says_what_is_outside_the_domain_and_where_it_ends() -> None:
    drawn = accuracy_map(VARIANCE, ones, (1.0, 0.5, 1.0))
    assert drawn is not None
    assert (drawn.across, drawn.up) == ("mean_delay", "damping_coefficient")
    rows = zip(drawn.y, drawn.rows, strict=True)
    cells = {(x, y): cell for y, row in rows for x, cell in zip(drawn.x, row, strict=True)}
    assert all((cell == "outside") == (x * y >= 1.5707963267948966) for (x, y), cell in cells.items())
    border = next(edge for edge in drawn.edges if "the domain ends" in edge.label)
    assert all(x * y == pytest.approx(1.5707963267948966) for x, y in zip(border.x, border.errors, strict=True) if y)
    assert drawn.fixed == (("noise_intensity", "1.0"),)


def test_errors_of_no_number_are_kept_apart_from_the_outside() -> None:
    drawn = accuracy_map(VARIANCE, lambda points: [float("inf")] * len(points), (1.0, 0.5, 1.0))
    assert drawn is not None
    assert {cell for row in drawn.rows for cell in row} == {None, "outside"}


def test_one_argument_has_a_profile_and_no_map() -> None:
    limit = ClaimDomain(CLAIMS["delay.stability-limit.constant"])
    assert accuracy_map(limit, ones, (1.0,)) is None
    found = profile(limit, ones, (1.0,))
    assert found is not None
    assert found.argument == "mean_delay"
    assert profile(VARIANCE, ones, (1.0, 0.5, 1.0)) is None


def test_edges_are_approached_on_both_sides_and_on_every_branch() -> None:
    met: list[Point] = []

    def errors(points: Sequence[Point]) -> list[float]:
        met.extend(points)
        return [50.0 if point[2] == -1 else 1.0 for point in points]

    found = edge_profiles(ROOTS, errors, [(1.0, 0.1, 2)])
    assert [one.label.partition(", from ")[2] for one in found] == ["below", "above"]
    assert {point[2] for point in met} == set(range(-3, 4))
    assert all(set(one.errors) == {50.0} for one in found)  # the worst branch is shown
    assert min(found[0].x) == 2.0**-53


def test_beyond_the_domain_nothing_is_asked() -> None:
    found = edge_profiles(VARIANCE, ones, [(1.0, 0.5, 1.0)])
    assert len([one for one in found if "the domain ends" in one.label]) == 1


def test_names_go_with_texts_that_read_back() -> None:
    assert named(["a", "b"], (1, 0.1)) == (("a", "1"), ("b", "0.1"))
