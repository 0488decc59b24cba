"""Draws of a recipe by plain NumPy: shapes, seeds, and every standard draw anew."""

from __future__ import annotations

import numpy as np
import sympy as sp

from derive.draws import DrawRecipe, independent_sum, standard_exponential
from derive.laws import Constant, Gamma, OrderStatistic, PhaseType, Truncated
from verify.implementations.law_draws import sample


def test_a_seed_repeats_itself_and_another_does_not() -> None:
    for law in (Gamma("5/2", 1), PhaseType([1, 0], [[-2, 2], [0, -2]]), Truncated(Gamma(2, 1), 1)):
        one, two, other = (sample(law.draw, 100, seed) for seed in (3, 3, 4))
        assert np.array_equal(one, two)
        assert not np.array_equal(one, other)
    assert sample(Constant(2).draw, 3, 1).tolist() == [2.0, 2.0, 2.0]


def test_an_occurrence_of_a_standard_draw_is_a_draw_of_its_own() -> None:
    apart = sample(DrawRecipe(independent_sum(standard_exponential, standard_exponential)), 20_000, 5)
    together = sample(DrawRecipe(2 * standard_exponential), 20_000, 5)
    assert abs(apart.var() - 2) < 0.2
    assert abs(together.var() - 4) < 0.4


def test_bounds_and_ranks_are_kept() -> None:
    assert sample(Truncated(Gamma(2, 1), sp.Rational(1, 2)).draw, 1000, 1).max() <= 0.5
    first, last = (sample(OrderStatistic(Gamma(2, 1), rank, 3).draw, 4000, 1).mean() for rank in (1, 3))
    assert first < 0.7 < 1.3 < last
