"""Intervals hold at the declared level: measured on true hypotheses, also skewed, heavy-tailed and correlated ones."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import lfilter

from verify.statistics.confidence import (
    FEWEST_REPLICAS,
    confidence_interval,
    confidence_sequence,
    limits,
    mixture_quantile,
    replicas_needed,
    student_quantile,
)

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]

CENTRED: dict[str, Draw] = {
    "normal": lambda g, shape: g.standard_normal(shape),
    "student 5": lambda g, shape: g.standard_t(5, shape),
    "exponential": lambda g, shape: g.standard_exponential(shape) - 1,
    "chi squared 1": lambda g, shape: g.standard_normal(shape) ** 2 - 1,
    "lognormal 1/2": lambda g, shape: np.exp(0.5 * g.standard_normal(shape)) - math.exp(0.125),
    "minus lognormal 1": lambda g, shape: math.exp(0.5) - np.exp(g.standard_normal(shape)),
}


def misses(values: np.ndarray, level: float, truth: float = 0.0, stopping: str = "fixed") -> np.ndarray:
    mean, error, below, above = limits(values, level, stopping)  # type: ignore[arg-type]
    return (mean - below * error > truth) | (mean + above * error < truth)


def correlated_replicas(count: int, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of x^2 over stationary AR(.99) paths, one a replica, and the naive standard errors within each path."""
    generator = np.random.default_rng(seed)
    start = generator.standard_normal((count, 1)) / math.sqrt(1 - 0.99**2)
    path, _ = lfilter([1.0], [1.0, -0.99], generator.standard_normal((count, steps)), axis=1, zi=0.99 * start)
    return np.mean(path**2, axis=1), np.std(path**2, axis=1) / math.sqrt(steps)


@pytest.mark.parametrize("law", CENTRED)
def test_true_hypotheses_are_refuted_no_more_often_than_declared(law: str) -> None:
    generator, level, batches = np.random.default_rng(11), 1e-3, 5
    alarms = sum(int(misses(CENTRED[law](generator, (20_000, 64)), level).sum()) for _ in range(batches))
    assert alarms <= level * 20_000 * batches


@pytest.mark.parametrize("law", ["exponential", "student 5"])
def test_the_level_holds_far_out_in_the_tail(law: str) -> None:
    generator, level, batches = np.random.default_rng(12), 1e-5, 12
    alarms = sum(int(misses(CENTRED[law](generator, (20_000, 64)), level).sum()) for _ in range(batches))
    assert alarms <= 2  # 2.4 are allowed; Student's t alone gives about 300 for the exponential law


def test_student_alone_would_not_hold_the_level() -> None:
    # the negative control of the two tests above
    values = np.random.default_rng(12).standard_exponential((40_000, 64)) - 1
    t = math.sqrt(64) * values.mean(axis=1) / values.std(axis=1, ddof=1)
    assert np.mean(np.abs(t) > student_quantile(64, 1e-3)) > 4e-3


@pytest.mark.parametrize("count", [FEWEST_REPLICAS, 32])
def test_few_replicas_keep_the_level(count: int) -> None:
    generator = np.random.default_rng(13)
    for law in ("exponential", "minus lognormal 1"):
        assert misses(CENTRED[law](generator, (60_000, count)), 1e-3).mean() <= 1e-3


def test_correlated_paths_are_judged_by_replicas_only() -> None:
    pool, naive = correlated_replicas(60_000, 400, seed=14)
    truth = pool.mean()  # drawing from the pool makes this hypothesis exactly true
    drawn = np.random.default_rng(15).integers(0, pool.size, (60_000, 64))
    assert misses(pool[drawn], 1e-3, truth).mean() <= 1e-3
    within = np.sqrt(np.mean(naive[drawn[:2000]] ** 2, axis=1) / 64)
    assert np.mean(np.abs(pool[drawn[:2000]].mean(axis=1) - truth) > 3.29 * within) > 0.3  # naive errors fail


def test_intervals_of_normal_samples_are_little_wider_than_students() -> None:
    values = np.random.default_rng(16).standard_normal((2000, 64))
    _, _, below, above = limits(values, 1e-5)
    assert np.median(np.maximum(below, above)) < 1.3 * student_quantile(64, 1e-5)


def test_higher_levels_give_wider_intervals() -> None:
    values = np.random.default_rng(17).exponential(size=64)
    widths = [confidence_interval(values, level).high for level in (1e-2, 1e-4, 1e-6)]
    assert widths == sorted(widths)


def test_too_few_replicas_say_nothing() -> None:
    interval = confidence_interval(np.arange(FEWEST_REPLICAS - 1.0), 1e-3)
    assert (interval.low, interval.high) == (-math.inf, math.inf)


def test_identical_replicas_leave_room_for_rounding_only() -> None:
    interval = confidence_interval(np.full(64, 15.0), 1e-5)
    assert interval.touches(15, 15)
    assert not interval.touches(15.000001, 16)


@pytest.mark.parametrize("values", [[1.0], [1.0, math.nan], [1.0, math.inf], [[1.0, 2.0]]])
def test_samples_that_are_no_samples_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite replica values"):
        confidence_interval(values, 1e-3)


@pytest.mark.parametrize("level", [0, 1, -1e-3, math.nan])
def test_levels_out_of_range_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        confidence_interval([1.0] * 20, level)


@pytest.mark.parametrize("law", ["normal", "exponential", "student 5"])
def test_confidence_sequences_hold_under_peeking(law: str) -> None:
    values = CENTRED[law](np.random.default_rng(18), (2500, 256))
    ever = np.zeros(2500, dtype=bool)
    fixed = np.zeros(2500, dtype=bool)
    for look in range(FEWEST_REPLICAS, 257, 8):
        ever |= misses(values[:, :look], 0.02, stopping="any")
        fixed |= misses(values[:, :look], 0.02)
    assert ever.mean() <= 0.02
    if law == "normal":
        assert fixed.mean() > 0.02  # the negative control: fixed-sample intervals do not survive peeking


def test_the_mixture_bound_is_exact_for_normal_values_with_unknown_deviation() -> None:
    # No skewness margin here: Ville's inequality itself, looked at from the second value on.
    values = np.random.default_rng(19).standard_normal((20_000, 300)) * 7
    ever = np.zeros(20_000, dtype=bool)
    for look in range(2, 301, 2):
        part = values[:, :look]
        t = math.sqrt(look) * part.mean(axis=1) / part.std(axis=1, ddof=1)
        ever |= np.abs(t) > mixture_quantile(look, 0.05)
    assert 0.01 < ever.mean() <= 0.05


def test_a_sequence_gives_the_interval_of_each_look() -> None:
    values = np.random.default_rng(20).standard_normal(128)
    first, last = confidence_sequence(values, 1e-3, (64, 128))
    assert (first.replicas, last.replicas) == (64, 128)
    assert last.high - last.low < first.high - first.low
    assert last.high - last.low > confidence_interval(values, 1e-3).high - confidence_interval(values, 1e-3).low
    with pytest.raises(ValueError, match="looks"):
        confidence_sequence(values, 1e-3, (64, 129))


@pytest.mark.parametrize("law", ["normal", "exponential"])
def test_the_replicas_planned_reach_the_power_wanted(law: str) -> None:
    generator = np.random.default_rng(26)
    count = replicas_needed(CENTRED[law](generator, (1, 256))[0], 1e-5, 0.3)
    noticed = [confidence_interval(CENTRED[law](generator, (1, count))[0], 1e-5).bias_noticed for _ in range(50)]
    assert np.median(noticed) == pytest.approx(0.3, rel=0.15)
    with pytest.raises(ValueError, match="bias"):
        replicas_needed([1.0, 2.0], 1e-5, 0)
