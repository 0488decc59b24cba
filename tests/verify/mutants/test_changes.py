"""By how much a wrong expression differs on a domain, its edges included."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive import symbols as y
from verify.mutants.changes import EDGE_POINTS, POINTS, RANDOM_POINTS, Change, largest_change

a, theta = y.damping, y.mean_delay
BELOW = a * theta < sp.pi / 2


def test_the_largest_change_looks_over_the_domain() -> None:
    assert largest_change(1 + a, 1 + a + a**9).counts
    assert largest_change(sp.cos(a) ** 2, 1 - sp.sin(a) ** 2).largest < 1e-12
    assert largest_change(sp.sqrt(a**2), a).largest == 0
    assert largest_change(sp.Integer(1), 1 + sp.Max(0, a - 1), a < 1).largest < 1e-12
    assert largest_change(sp.Integer(1), 1 + sp.Max(0, a - 1)).counts


@pytest.mark.parametrize(
    ("right", "wrong", "domain"),
    [
        (sp.Integer(1), 1 + sp.exp(-1000 * a), sp.true),  # the decades in the middle show 0
        (sp.Integer(1), 1 + sp.Max(0, a - 50), sp.true),
        (sp.Integer(1), 1 / (1 + sp.Max(0, sp.Rational(1, 100) - a)) ** 2, sp.true),
        (1 / sp.cos(a * theta), 1 / (sp.cos(a * theta) + sp.Rational(1, 10**6)), BELOW),  # near the border only
        (sp.Integer(1), 1 + sp.Max(0, y.workers - 12), sp.true),
    ],
)
def test_a_change_at_an_edge_of_the_domain_is_found(right: sp.Expr, wrong: sp.Expr, domain: sp.Basic) -> None:
    found = largest_change(right, wrong, domain)
    assert found.counts
    assert RANDOM_POINTS < found.points <= POINTS


def test_a_change_below_one_percent_everywhere_was_looked_for_at_every_point() -> None:
    found = largest_change(1 + a, 1 + a + sp.Min(a, 1) / 200)
    assert 0.001 < found.largest < 0.005
    assert found.points == POINTS == RANDOM_POINTS + EDGE_POINTS
    assert str(found) == f"changes at most {100 * found.largest:.4g} % of the value at {POINTS} points"


def test_a_sum_that_begins_earlier_with_nothing_is_the_same() -> None:
    def path(low: int, of: sp.Expr = y.j) -> sp.Expr:
        term = (-a) ** y.j * (y.t - y.j * theta) ** y.j / sp.factorial(of)
        return a * sp.Sum(term, (y.j, low, sp.floor(y.t / theta) + 1))

    found = largest_change(path(0), path(-1))
    assert (found.largest, found.counts) == (0, False)
    assert str(found) == "is the same value: the terms that it has more are nothing"
    assert largest_change(path(0, y.j + 1).subs(y.t, 3), path(-1, y.j + 1).subs(y.t, 3)).counts  # 1/0! is something


def test_a_sum_that_ends_later_with_nothing_is_the_same() -> None:
    """There is no way to take n_B of n_B - 1 things."""

    def waits(last: sp.Expr, of: sp.Expr) -> sp.Expr:
        return a * sp.Sum((-1) ** y.j * sp.binomial(of, y.j) / (y.j + a), (y.j, 0, last))

    n = y.batch
    for wrong in (waits(n, n - 1), waits(n + 1, n - 1)):
        assert largest_change(waits(n - 1, n - 1), wrong) == Change(0, 0)
    assert largest_change(waits(n - 1, n), waits(n, n)).counts
    assert largest_change(waits(n - 1, n - 1), waits(n - 2, n - 1)).counts


def test_the_smallest_change_that_counts_is_one_percent() -> None:
    assert not largest_change(a, a * sp.Rational(1009, 1000)).counts
    assert largest_change(a, a * sp.Rational(101, 100)).counts
    assert largest_change(a, a * sp.Rational(99, 100)).counts


def test_a_domain_without_points_and_a_value_without_existence_count() -> None:
    assert largest_change(a, a, a < 0).largest == math.inf
    assert largest_change(a, sp.zoo * a).largest == math.inf


def test_integrals_are_compared_by_quadrature() -> None:
    def integral(scale: sp.Expr) -> sp.Expr:
        density = 1 / sp.Abs(sp.I * y.frequency + scale * a * sp.Function("L")(sp.I * y.frequency)) ** 2
        return sp.Integral(density, (y.frequency, 0, sp.oo))

    stable = a < sp.Rational(1, 4)
    assert largest_change(integral(sp.Integer(1)), integral(sp.Rational(11, 10)), stable).counts
    small = largest_change(integral(sp.Integer(1)), integral(1 + sp.Rational(1, 10**5)), stable)
    assert 0 < small.largest < 0.001
    assert small.points == RANDOM_POINTS
