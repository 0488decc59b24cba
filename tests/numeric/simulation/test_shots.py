"""Direct samplers: repeatable, unlike the simulation's streams, and right where a hand can count."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derive.draws import DrawRecipe, accepted, ranked, standard_exponential
from numeric.event_loop.compiled import System, generator
from numeric.simulation.shots import REPLICAS, cycles, durations, noise_increments, poisson_counts, shot_second_moments

ONE = DrawRecipe(sp.Integer(1))


def system(draw: DrawRecipe = ONE) -> System:
    return System(4, draw, 0.1, (1.0,), (2.0,))


def test_durations_follow_the_recipe() -> None:
    drawn = durations(DrawRecipe(3 * standard_exponential), generator(1, 0), 40_000)
    assert drawn.mean() == pytest.approx(3, rel=0.03)
    assert (drawn**2).mean() == pytest.approx(18, rel=0.06)


def test_order_statistics_and_truncations_are_drawn_as_they_are_stated() -> None:
    """The shortest of three exponentials has a third of their mean; up to 2 the mean is 1 - 2/(e^2 - 1)."""
    shortest = DrawRecipe(ranked(3 * standard_exponential, 1, 3))
    assert durations(shortest, generator(1, 0), 40_000).mean() == pytest.approx(1, rel=0.03)
    cut = durations(DrawRecipe(accepted(standard_exponential, 2)), generator(1, 0), 40_000)
    assert cut.max() <= 2
    assert cut.mean() == pytest.approx(1 - 2 / (np.e**2 - 1), rel=0.03)


def test_samples_repeat_with_the_seed_and_differ_between_replicas() -> None:
    draw = DrawRecipe(standard_exponential)
    assert np.array_equal(cycles(draw, 1, 10), cycles.__wrapped__(draw, 1, 10))
    assert len({tuple(row) for row in cycles(draw, 1, 10)}) == REPLICAS


def test_counts_over_a_fixed_time_are_poisson() -> None:
    counts = poisson_counts(ONE, 5.0, 1, 2000).counts
    assert counts.mean() == pytest.approx(5, rel=0.01)
    assert counts.var() == pytest.approx(5, rel=0.03)


def test_noise_alone_moves_x_by_eta_squared_sigma_squared_times_the_arrivals() -> None:
    found = np.mean(noise_increments(system(DrawRecipe(standard_exponential)), 1, 0.5, 2000))
    assert found == pytest.approx(0.1**2 * 2.0**2 * 4, rel=0.03)


def test_shots_without_delay_are_an_autoregression() -> None:
    """x <- (1 - .1) x - .1 * 2 N(0, 1): E x^2 = .04/(1 - .81)."""
    none = system(DrawRecipe(sp.Integer(0)))
    found = np.mean(shot_second_moments(none, 4.0, seed=1, replicas=64, shots=4000, burn_in=200))
    assert found == pytest.approx(0.04 / 0.19, rel=0.03)
    with pytest.raises(ValueError, match="burn_in"):
        shot_second_moments(none, 4.0, seed=1, replicas=2, shots=10, burn_in=9)


def test_many_replicas_of_shots_are_the_first_ones_and_more() -> None:
    few, many = (
        shot_second_moments(system(ONE), 4.0, seed=3, replicas=replicas, shots=60, burn_in=10) for replicas in (5, 800)
    )
    assert many[:5] == few
    assert len(set(many)) == 800
