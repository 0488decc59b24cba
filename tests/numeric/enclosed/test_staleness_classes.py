"""Exact moments under a staleness threshold: closed forms, the unit of time, the event loop, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivations.stale_workers import class_equations
from derive.laws import Exponential
from numeric.enclosed.occupancy import TooManyUnknowns
from numeric.enclosed.staleness_classes import ClassMoments, class_moments, unknown_count
from numeric.enclosure import Enclosure
from numeric.event_loop.compiled import System, event_loop, generator

STEP = sp.Rational(1, 5)


def moments(workers: int, last: int, step: sp.Expr = STEP, mean: sp.Expr = sp.S.One) -> ClassMoments:
    """With unit step noise."""
    rows = [one.output.right for one in class_equations(last).steps]
    return class_moments(rows, workers, last, {y.step: step, y.step_noise: sp.S.One, y.mean_delay: mean})


def total(parts: tuple[Enclosure, ...]) -> Enclosure:
    return sum(parts[1:], start=parts[0])


def test_the_threshold_0_has_its_closed_forms() -> None:
    for workers in (1, 4, 9):
        found, share = moments(workers, 0), CLAIMS["threshold.fresh-fraction.exponential"].expression
        assert total(found.squares).contains(1 / (STEP * (2 - STEP)))
        applied = [chance * sp.Rational(fresh, workers) for fresh, chance in enumerate(found.chances, 1)]
        assert total(tuple(applied)).contains(share.subs(y.workers, workers).doit())


def test_one_worker_is_never_stale() -> None:
    for last in (1, 2):
        found = moments(1, last)
        assert total(found.squares).contains(1 / (STEP * (2 - STEP)))
        assert total(found.chances).contains(1)


@pytest.mark.slow
def test_a_higher_threshold_drops_less() -> None:
    """Two workers: with two updates more, a fourth of what was dropped is dropped."""
    plain = CLAIMS["finite-workers.second-moment.exponential"].expression
    exact = float(plain.subs({y.workers: 2, y.step: STEP, y.step_noise: 1}))
    near, far = (abs(float(total(moments(2, last).squares)) - exact) for last in (2, 4))
    assert far < near / 2
    assert far < 0.03 * exact


def test_the_unit_of_time_is_immaterial() -> None:
    slow, fast = moments(3, 1, mean=sp.Integer(1000)), moments(3, 1)
    assert float(total(slow.squares)) == pytest.approx(float(total(fast.squares)), rel=1e-10)
    assert total(fast.squares).upper - total(fast.squares).lower < 1e-10


def test_instability_in_mean_square_and_too_many_moments_are_refused() -> None:
    with pytest.raises(ArithmeticError, match="mean square"):
        moments(4, 1, sp.Rational(19, 10))
    assert unknown_count(16, 2) > 1200
    with pytest.raises(TooManyUnknowns, match="allowed: at most"):
        moments(16, 2)


def test_the_event_loop_has_this_variance_and_share() -> None:
    """Four workers, threshold 1; the variance without threshold and the share of Poisson arrivals are refused."""
    step = float(STEP)
    loop = event_loop(System(4, Exponential(1).draw, step, (1.0,), (1 / step,), staleness_threshold=1))
    runs = [loop.replica(generator(5, replica), 250_000, 1000) for replica in range(16)]
    found = moments(4, 1)
    plain = CLAIMS["finite-workers.second-moment.exponential"].expression
    exact = float(total(found.squares))
    seen = np.array([run.time_sums[1][0] / run.duration for run in runs])
    error = seen.std(ddof=1) / np.sqrt(len(seen))
    assert abs(seen.mean() - exact) < 4.5 * error
    assert abs(seen.mean() - float(plain.subs({y.workers: 4, y.step: STEP, y.step_noise: 1}))) > 4.5 * error
