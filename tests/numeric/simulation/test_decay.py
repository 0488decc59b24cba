"""Mean paths and decay rates against exact recursions and exact mean equations."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from derive.draws import DrawRecipe, standard_exponential, standard_normal
from numeric.event_loop.compiled import System
from numeric.simulation import decay
from numeric.simulation.decay import MeanPath, decay_rate, simulate_mean_path

WORKERS = 16
LIMIT = 4.5  # false alarm below 1e-4 for Student's t with 31 degrees of freedom


def _constant(step: float) -> System:
    return System(WORKERS, DrawRecipe(sp.Integer(1)), step, (1.0,), (0.0,), "staggered", (1.0,))


def _exponential(step: float) -> System:
    return System(WORKERS, DrawRecipe(standard_exponential), step, (1.0,), (0.0,), "together", (1.0,))


def _recursion(step: float, length: int) -> np.ndarray:
    x = [1.0] * WORKERS
    while len(x) < length + WORKERS:
        x.append(x[-1] - step * x[-WORKERS])
    return np.array(x[WORKERS - 1 :])


def test_constant_staggered_workers_follow_the_update_recursion() -> None:
    times = (np.arange(300) + 0.5) / WORKERS
    path = simulate_mean_path(_constant(0.05), seed=1, replicas=2, times=times)
    assert path.mean[0] == pytest.approx(_recursion(0.05, 300)[:300], rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("step", [0.01, 0.02, 0.05, 0.09, 0.12])
def test_the_decay_rate_of_constant_workers_is_the_largest_root_of_the_recursion(step: float) -> None:
    # From real roots through critical damping (.0239) to ringing and, beyond 2 sin(pi/62) = .1013, to growth.
    root = max(abs(np.roots([1, -1, *[0] * (WORKERS - 2), step])))
    path = simulate_mean_path(_constant(step), seed=1, replicas=2, times=(np.arange(800) + 0.5) / WORKERS)
    rate = decay_rate(path)
    assert rate.mean == pytest.approx(-math.log(root) * WORKERS, rel=1e-5)
    assert rate.standard_error < 1e-9


@pytest.mark.parametrize("step", [0.01, 0.05])
def test_the_decay_rate_of_exponential_workers_solves_the_exact_mean_equation(step: float) -> None:
    path = simulate_mean_path(_exponential(step), seed=2, replicas=4000, times=np.linspace(0, 12, 121))
    rate = decay_rate(path)
    exact = -max(np.roots([1, 1 + step, WORKERS * step]).real)  # mu = 1
    poisson_limit = -max(np.roots([1, 1, WORKERS * step]).real)  # R3: one part in a hundred away
    assert abs(rate.mean - exact) < LIMIT * rate.standard_error
    assert abs(rate.mean - poisson_limit) > LIMIT * rate.standard_error
    assert rate.standard_error < 0.01 * exact


def test_noise_averages_out_of_the_mean_path() -> None:
    noisy = System(WORKERS, DrawRecipe(standard_exponential), 0.02, (1.0, 0.25), (0.5, 0.5), "together", (1.0, 1.0))
    path = simulate_mean_path(noisy, seed=3, replicas=4000, times=np.linspace(0, 8, 81))
    for mode, curvature in enumerate(noisy.curvature):
        e = 0.02 * curvature
        exact = -max(np.roots([1, 1 + e, WORKERS * e]).real)
        rate = decay_rate(path, mode)
        assert abs(rate.mean - exact) < LIMIT * rate.standard_error
        assert abs(rate.mean - 1.25 * exact) > LIMIT * rate.standard_error
    assert decay_rate(path) == decay_rate(path, 1)


def test_the_mean_path_is_bitwise_equal_for_any_number_of_threads() -> None:
    times = np.linspace(0, 3, 31)
    one, three = (simulate_mean_path(_exponential(0.02), seed=4, replicas=70, times=times, threads=n) for n in (1, 3))
    assert np.array_equal(one.batches, three.batches)
    assert np.array_equal(one.mean, three.mean)


def test_a_damped_oscillation_in_known_noise_is_recovered_with_an_honest_error() -> None:
    # Twenty data sets: the spread of the estimates must match the errors they claim.
    times = np.linspace(0, 10, 101)
    rng, errors = np.random.default_rng(5), []
    damped = np.exp(-0.5 * times) * (np.cos(0.6 * times) + 0.4 * np.sin(0.6 * times))
    for _ in range(20):
        batches = damped + 0.02 * rng.standard_normal((32, 1, 101))
        rate = decay_rate(MeanPath(times, batches.mean(axis=0), batches))
        errors.append((rate.mean - 0.5) / rate.standard_error)
    assert max(map(abs, errors)) < LIMIT
    assert 0.5 < float(np.std(errors)) < 2


def test_a_path_lost_in_noise_is_refused() -> None:
    rng = np.random.default_rng(6)
    batches = rng.standard_normal((32, 1, 50))
    with pytest.raises(ValueError, match="stand out of the noise"):
        decay_rate(MeanPath(np.linspace(0, 1, 50), batches.mean(axis=0), batches))


def test_a_law_that_draws_negative_durations_is_refused() -> None:
    system = System(3, DrawRecipe(standard_normal), 0.1, (1.0,), (0.0,), "together", (1.0,))
    with pytest.raises(ArithmeticError, match="negative"):
        simulate_mean_path(system, seed=1, replicas=2, times=[1.0, 50.0])


@pytest.mark.parametrize("times", [[], [1.0, 1.0], [-1.0, 2.0], [0.0, float("nan")]])
def test_impossible_times_are_refused(times: list[float]) -> None:
    with pytest.raises(ValueError, match="allowed"):
        simulate_mean_path(_exponential(0.02), seed=1, replicas=2, times=times)


def _remembering_noise(seed: int, rate: float = 1 / 15, batches: int = 64) -> MeanPath:
    """One exponential in noise that forgets itself over 8 s."""
    rng, times = np.random.default_rng(seed), np.linspace(0, 40, 121)
    kept = math.exp(-times[1] / 8)
    noise = np.zeros((batches, len(times)))
    for k in range(1, len(times)):
        noise[:, k] = kept * noise[:, k - 1] + math.sqrt(1 - kept**2) * rng.normal(0, 0.25, batches)
    paths = (np.exp(-rate * times) + noise)[:, None, :]
    return MeanPath(times, paths.mean(axis=0), paths)


def test_noise_that_remembers_itself_is_no_second_exponential(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = [decay_rate(_remembering_noise(seed)) for seed in range(20)]
    assert max(abs(rate.mean - 1 / 15) / rate.standard_error for rate in rates) < LIMIT
    assert max(rate.standard_error for rate in rates) < 0.1 / 15
    monkeypatch.setattr(decay, "_memory", lambda batches: 1.0)  # points taken for independent: noise is fitted
    fooled = [decay_rate(_remembering_noise(seed)) for seed in range(20)]
    assert sum(rate.standard_error > 1 / 15 for rate in fooled) >= 3
