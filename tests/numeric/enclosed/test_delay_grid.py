"""Delays on a grid: worked by hand, summing to one, with the mean and the variance of the law as the step shrinks."""

from __future__ import annotations

import math

import pytest

from derive.laws import Constant, Empirical, Exponential, Gamma, InverseGaussian, Pareto, Uniform
from numeric.enclosed.delay_grid import delay_weights


def test_a_uniform_delay_is_cut_by_hand() -> None:
    """On [0, 2] with steps of 1: half a step, a whole one, half a one."""
    assert delay_weights(Uniform(0, 2), 1.0) == pytest.approx((0.25, 0.5, 0.25))
    assert delay_weights(Empirical(values=(1, 1, 2)), 1.0) == pytest.approx((0, 2 / 3, 1 / 3))
    assert delay_weights(Constant(1), 0.5) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("law", [Exponential(1), Gamma(shape=4, mean=2), InverseGaussian(mean=1, shape=1)])
def test_they_sum_to_one_and_have_the_moments_of_the_law(law) -> None:
    step = 1 / 32
    weights = delay_weights(law, step)
    assert math.fsum(weights) == pytest.approx(1, abs=1e-14)
    mean = math.fsum(j * one for j, one in enumerate(weights)) * step
    square = math.fsum(j * j * one for j, one in enumerate(weights)) * step**2
    assert mean == pytest.approx(float(law.mean), rel=step**2)
    assert square == pytest.approx(float(law.moment(2)), rel=step**2)


def test_centred_delays_are_half_a_step_shorter() -> None:
    assert delay_weights(Constant(1), 0.5, centred=True) == (0.0, 0.5, 0.5)
    assert delay_weights(Empirical(values=(1, 2)), 1.0, centred=True) == (0.25, 0.5, 0.25)
    assert delay_weights(Uniform(0, 2), 1.0, centred=True) == pytest.approx((0.5, 0.5))
    weights = delay_weights(Exponential(1), 1 / 32, centred=True)
    assert math.fsum((j + 0.5) / 32 * one for j, one in enumerate(weights)) == pytest.approx(1, rel=1e-4)


def test_a_law_without_end_needs_a_tail_that_may_be_cut(monkeypatch) -> None:
    monkeypatch.setattr("numeric.enclosed.delay_grid.MOST_WEIGHTS", 200)
    with pytest.raises(ValueError, match="200 cover"):
        delay_weights(Pareto(shape=2, scale=1), 0.1)
    assert len(delay_weights(Pareto(shape=2, scale=1), 0.1, 1e-2)) == 101
    with pytest.raises(ValueError, match="step = 0"):
        delay_weights(Constant(1), 0.0)
