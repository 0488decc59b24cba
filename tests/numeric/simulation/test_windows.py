"""Arrivals in windows: what a hand counts, and their distance from Poisson arrivals as it is enclosed."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.derivations import merging
from derive.draws import DrawRecipe, standard_exponential
from derive.laws import Gamma
from numeric.enclosed.poisson_distance import poisson_distance
from numeric.simulation.shots import REPLICAS
from numeric.simulation.windows import window_counts


def test_constant_cycles_come_once_a_cycle() -> None:
    """One worker in windows of half a cycle: every other window holds its arrival."""
    seen = window_counts(DrawRecipe(sp.Integer(1)), 1, 0.5, 1.0, 1, 40)
    assert seen.counts.shape == (REPLICAS, 40)
    assert np.array_equal(seen.counts, seen.own)
    assert set(seen.counts.sum(axis=1)) == {20}
    assert set(np.unique(seen.counts)) == {0, 1}
    assert 0.3 < seen.counts[:, 0].mean() < 0.7


def test_the_own_worker_makes_its_share_of_all_arrivals() -> None:
    seen = window_counts(DrawRecipe(standard_exponential), 4, 1.0, 1.0, 1, 500)
    assert seen.counts.mean() == pytest.approx(4, rel=0.01)
    assert seen.own.mean() == pytest.approx(1, rel=0.02)
    assert seen.late.mean() == pytest.approx(math.exp(-1), rel=0.02)


def test_arrivals_that_hold_each_other_off_show_the_enclosed_distance() -> None:
    """Two stages, two workers, three arrivals expected: 2 to 5 come more often than Poisson arrivals would."""
    counts = window_counts(Gamma(2, 1).draw, 2, 1.5, 1.0, 1, 400).counts
    poisson = [math.exp(-3) * 3**n / math.factorial(n) for n in range(40)]
    seen = [(counts == n).mean(axis=1) for n in range(40)]
    events = [n for n in range(40) if seen[n].mean() > poisson[n]]
    assert events == [2, 3, 4]
    excess = sum(seen[n] for n in events) - sum(poisson[n] for n in events)
    error = excess.std(ddof=1) / math.sqrt(REPLICAS)
    one = merging.stage_count().result.right.subs({y.stages: 2, y.mean_delay: 1, y.t: sp.Rational(3, 2)})
    distance = float(poisson_distance(one, y.j, sp.Rational(3, 2), 2))
    assert abs(excess.mean() - distance) < 4 * error < abs(excess.mean())
