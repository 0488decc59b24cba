"""The gates' own false-alarm rate: thousands of true hypotheses, also correlated, skewed, rare and heavy-tailed.

Intervals are computed for all samples at once; every alarm, and some of the quiet samples, are then judged by the gate
itself, so that what is counted are the gate's refusals.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp
from scipy.signal import lfilter
from scipy.stats import binom

from numeric.values import Exact
from verify.statistics.confidence import FEWEST_REPLICAS, limits, student_quantile
from verify.statistics.gates import judge_bound, judge_equal, judge_equivalent
from verify.verdict import Verdict

LEVEL = 0.01
WHY = "the false alarms alone are counted"
HYPOTHESES = 5000
NAMES = ("staleness.mean.any-law", "", "a true hypothesis")
WHY = "only the rate of refusals is looked at"
Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def autoregressive(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """One replica: the mean of x^2 over 100 steps of a stationary AR(.99) path of variance 1; skewness 2.5."""
    start = generator.standard_normal((*shape, 1))
    noise = generator.standard_normal((*shape, 100)) * math.sqrt(1 - 0.99**2)
    path, _ = lfilter([1.0], [1.0, -0.99], noise, axis=-1, zi=0.99 * start)
    return np.mean(path**2, axis=-1)


MEAN_ONE: dict[str, Draw] = {  # every law has mean 1, so that 1 is always the true prediction
    "normal": lambda g, shape: 1 + g.standard_normal(shape),
    "correlated": autoregressive,
    "exponential": lambda g, shape: g.standard_exponential(shape),
    "lognormal": lambda g, shape: np.exp(g.standard_normal(shape) - 0.5),
    "student 3": lambda g, shape: 1 + g.standard_t(3, shape),
    "pareto 2.5": lambda g, shape: 0.6 * (1 + g.pareto(2.5, shape)),
    "rare events": lambda g, shape: (g.random(shape) < 0.02) / 0.02,
}


def alarms(values: np.ndarray, stopping: str = "fixed", level: float = LEVEL) -> np.ndarray:
    """Which samples exclude their true mean 1."""
    mean, error, below, above = limits(values, level, stopping)  # type: ignore[arg-type]
    return (error > 0) & ((mean - below * error > 1) | (mean + above * error < 1))


def most(count: int, level: float = LEVEL) -> int:
    """Refusals that a gate of exactly the declared rate exceeds once in a thousand runs of this test."""
    return int(binom.isf(1e-3, count, level))


def equal(values: np.ndarray, stopping: str = "fixed") -> Verdict:
    return judge_equal(*NAMES, Exact(sp.Integer(1)), values, LEVEL, largest_bias=99, why=WHY, stopping=stopping)  # type: ignore[arg-type]


@pytest.mark.parametrize("law", MEAN_ONE)
@pytest.mark.parametrize("stopping", ["fixed", "any"])
def test_true_equalities_are_refuted_no_more_often_than_declared(law: str, stopping: str) -> None:
    values = MEAN_ONE[law](np.random.default_rng(31), (HYPOTHESES, 64))
    alarmed = alarms(values, stopping)
    judged = [equal(sample, stopping).outcome == "refuted" for sample in (*values[alarmed], *values[~alarmed][:40])]
    assert judged == [True] * alarmed.sum() + [False] * 40  # the gate refutes just these
    assert alarmed.sum() <= most(HYPOTHESES)


def test_a_gate_on_students_t_would_not_hold() -> None:
    # the negative control: the same count with the interval that every textbook gives
    for law in ("lognormal", "pareto 2.5"):
        values = MEAN_ONE[law](np.random.default_rng(31), (HYPOTHESES, 64))
        t = 8 * (values.mean(axis=1) - 1) / values.std(axis=1, ddof=1)
        assert (np.abs(t) > student_quantile(64, LEVEL)).sum() > 2 * most(HYPOTHESES)


@pytest.mark.parametrize("law", MEAN_ONE)
def test_true_bounds_are_refuted_no_more_often_than_declared(law: str) -> None:
    values = MEAN_ONE[law](np.random.default_rng(32), (HYPOTHESES, 64))
    mean, error, below, above = limits(values, 2 * LEVEL)
    broken = {"at least": mean + above * error < 1, "at most": mean - below * error > 1}
    for direction, alarmed in broken.items():
        alarmed &= error > 0
        assert alarmed.sum() <= most(HYPOTHESES)
        for sample in (*values[alarmed][:20], *values[~alarmed][:20]):
            verdict = judge_bound(
                *NAMES,
                Exact(sp.Integer(1)),
                sample,
                LEVEL,
                direction=direction,
                largest_bias=99,  # type: ignore[arg-type]
                why=WHY,
            )
            refuted = any(sample is one or np.array_equal(sample, one) for one in values[alarmed][:20])
            assert (verdict.outcome == "refuted") == refuted


@pytest.mark.parametrize("law", MEAN_ONE)
def test_equivalence_errs_at_neither_edge_more_often_than_declared(law: str) -> None:
    # The mean 1 is exactly a tolerance off 1/(1 + t) and 1/(1 - t): there a pass and a refusal are both wrong.
    values = MEAN_ONE[law](np.random.default_rng(33), (400, 256))
    for predicted in (sp.Rational(5, 6), sp.Rational(5, 4)):  # t = 1/5
        judged = [
            judge_equivalent(*NAMES, Exact(predicted), sample, LEVEL, tolerance=0.2, why=WHY).outcome
            for sample in values
        ]
        assert judged.count("refuted") <= most(400)
        assert judged.count("pass") <= most(400)


@pytest.mark.parametrize("law", MEAN_ONE)
def test_stopping_at_the_first_exclusion_keeps_the_rate(law: str) -> None:
    count = 400 if law == "correlated" else 1000
    values = MEAN_ONE[law](np.random.default_rng(34), (count, 256))
    ever, peeked = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    for look in range(FEWEST_REPLICAS, 257, 12):
        ever |= alarms(values[:, :look], "any")
        peeked |= alarms(values[:, :look], "fixed")
    assert ever.sum() <= most(count)
    if law == "normal":
        assert peeked.sum() > most(count)  # the negative control: fixed intervals do not survive an adversary


@pytest.mark.slow
@pytest.mark.parametrize("law", MEAN_ONE)
@pytest.mark.parametrize("replicas", [FEWEST_REPLICAS, 64, 256])
def test_far_more_hypotheses_keep_the_rate(law: str, replicas: int, fresh_seed: int) -> None:
    generator, level, alarmed = np.random.default_rng(fresh_seed), 2e-3, 0
    for _ in range(20):
        alarmed += int(alarms(MEAN_ONE[law](generator, (2000, replicas)), level=level).sum())
    assert alarmed <= most(40_000, level)
