"""Exact moments of staged workers: hand-worked values, the reference's events, and proofs that refuse."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derive import symbols as y
from derive.derivations import occupancy
from derive.derivations.finite_workers import exponential_variance
from derive.laws import Gamma
from derive.rules.occupancy import moment_function, moment_kinds, occupancy_symbols
from derive.rules.occupancy import occupancy_law as law_name
from numeric.enclosed import occupancy as module
from numeric.enclosed.occupancy import StagedEquations, StagedMoments, TooManyUnknowns, staged_moments
from numeric.event_loop.compiled import System, event_loop, generator


def moments(workers: int, stages: int, step: sp.Expr, mean: sp.Expr = sp.S.One) -> StagedMoments:
    """E x^2 with unit step noise."""
    values = {y.step: step, y.step_noise: sp.Integer(1), y.mean_delay: mean}
    kinds = tuple(moment_function(kind) for kind in moment_kinds(stages))
    rows = tuple(occupancy.erlang_second_moments(stages).result.right)
    law = occupancy.occupancy_law(stages).result.right
    return staged_moments(StagedEquations(kinds, rows, occupancy_symbols(stages), law_name, law, values), workers)


def test_two_stages_four_workers() -> None:
    """Values known from an independent calculation."""
    found = moments(4, 2, sp.Rational(1, 5))
    assert float(found.time) == pytest.approx(4.761723, abs=1e-6)
    assert float(found.event) == pytest.approx(4.725569, abs=1e-6)
    assert found.time.upper - found.time.lower < 1e-10


def test_one_worker_reads_what_it_wrote() -> None:
    """M = 1: x <- (1 - e) x + xi, so that E x^2 = 1/(e (2 - e)) for any cycles."""
    step = sp.Rational(1, 4)
    for stages in (2, 3):
        assert moments(1, stages, step).time.contains(1 / (step * (2 - step)))


def test_the_unit_of_time_is_immaterial() -> None:
    slow = moments(3, 2, sp.Rational(1, 5), sp.Integer(1000))
    assert float(slow.time) == pytest.approx(float(moments(3, 2, sp.Rational(1, 5)).time), rel=1e-10)


def test_the_mean_square_limit_of_sixteen_workers() -> None:
    """a theta = 3.4370 on R0, beyond which the second moments of the equations turn negative."""
    assert float(moments(16, 2, sp.Rational(3436, 16000)).time) > 1000
    with pytest.raises(ArithmeticError, match="mean square"):
        moments(16, 2, sp.Rational(3438, 16000))


def test_event_and_time_average_are_those_of_the_event_loop() -> None:
    """Four workers of two stages, a quarter of a million updates a replica; exponential cycles are refused."""
    step = 0.2
    loop = event_loop(System(4, Gamma(2, 1).draw, step, (1.0,), (1 / step,)))
    runs = [loop.replica(generator(5, replica), 250_000, 1000) for replica in range(16)]
    found = moments(4, 2, sp.Rational(1, 5))
    for exact, seen in (
        (found.time, np.array([run.time_sums[1][0] / run.duration for run in runs])),
        (found.event, np.array([run.event_sums[1][0] / run.updates for run in runs])),
    ):
        error = seen.std(ddof=1) / np.sqrt(len(seen))
        assert abs(seen.mean() - float(exact)) < 4.5 * error
        exponential = exponential_variance().result.right.subs(
            {y.step: sp.Rational(1, 5), y.workers: 4, y.step_noise: 1}
        )
        assert abs(seen.mean() - float(exponential)) > 4.5 * error


def test_a_wrong_solution_would_not_be_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inverse is only a means: a bad one is refused, a poor one gives a wide but true answer."""
    honest = np.linalg.inv
    monkeypatch.setattr(module.np.linalg, "inv", lambda matrix: 0.999 * honest(matrix))
    poor = moments(4, 2, sp.Rational(1, 5))
    assert poor.time.lower < 4.7617225991477 < poor.time.upper
    assert poor.time.upper - poor.time.lower > 1e-7
    monkeypatch.setattr(module.np.linalg, "inv", lambda matrix: 0.5 * honest(matrix))
    with pytest.raises(ArithmeticError, match="proven positive"):
        moments(4, 2, sp.Rational(1, 5))
    monkeypatch.setattr(module.np.linalg, "inv", lambda matrix: -honest(matrix))
    with pytest.raises(ArithmeticError, match="regular"):
        moments(4, 2, sp.Rational(1, 5))


def test_too_many_workers_are_refused_by_number() -> None:
    with pytest.raises(TooManyUnknowns, match="18411 moments of 16 workers"):
        moments(16, 4, sp.Rational(1, 20))
