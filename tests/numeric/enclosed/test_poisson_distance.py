"""The distance to Poisson arrivals: zero for exponential cycles, falling as 1/M for others, and what samples show."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.derivations import merging
from numeric.enclosed import poisson_distance as module
from numeric.enclosed.poisson_distance import poisson_distance
from numeric.enclosure import Enclosure


def distance(stages: int, workers: int, expected: sp.Expr) -> Enclosure:
    """In windows in which ``expected`` arrivals come on average."""
    one = merging.stage_count().result.right.subs({y.stages: stages, y.mean_delay: 1, y.t: expected / workers})
    return poisson_distance(one, y.j, expected / workers, workers)


def test_exponential_cycles_are_at_no_distance() -> None:
    found = distance(1, 5, sp.Integer(2))
    assert found.contains(0) or found.upper < 1e-20
    assert found.upper < 1e-20


def test_with_a_given_number_of_expected_arrivals_the_distance_falls_as_one_over_the_workers() -> None:
    found = [distance(4, workers, sp.Integer(1)) for workers in (16, 32, 64)]
    assert found[0].upper - found[0].lower < 1e-15
    ratios = [float(small) / float(large) for large, small in itertools.pairwise(found)]
    assert ratios == pytest.approx([0.5, 0.5], abs=0.01)
    assert float(distance(4, 16, sp.Integer(16))) > 5 * float(found[0])  # windows of a whole cycle do not look Poisson


def test_two_workers_by_hand() -> None:
    """Erlang-2 cycles, one worker: sum |p - q|/2 over the first counts, with math alone."""
    x = 1.0  # two stages a cycle, half a cycle
    stages = [math.exp(-x) * x**n / math.factorial(n) for n in range(60)]
    single = [0.5 * (stages[2 * n - 1] if n else 0) + stages[2 * n] + 0.5 * stages[2 * n + 1] for n in range(29)]
    both = np.convolve(single, single)
    poisson = [math.exp(-1) / math.factorial(n) for n in range(len(both))]
    by_hand = 0.5 * sum(abs(p - q) for p, q in zip(both, poisson, strict=True))
    assert float(distance(2, 2, sp.Integer(1))) == pytest.approx(by_hand, rel=1e-12)


def test_what_is_missing_is_bounded_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = distance(2, 3, sp.Integer(1))
    monkeypatch.setattr(module, "NEGLIGIBLE", 1e-3)
    coarse = distance(2, 3, sp.Integer(1))
    assert coarse.lower <= float(exact) <= coarse.upper
    assert coarse.upper - coarse.lower > 1e-6


def test_a_window_of_too_many_counts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_COUNTS", 3)
    with pytest.raises(ArithmeticError, match="counts matter"):
        distance(2, 1, sp.Integer(9))
