"""Monte-Carlo verdicts: right and wrong predictions, the power they quote, and their negative controls.

Longer than 250 lines: gates that share one error budget are tested together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from functools import partial

import numpy as np
import pytest
import sympy as sp
from scipy.signal import lfilter

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.statistics.gates import ErrorBudget, judge_bound, judge_equal, judge_equivalent

NAMES = ("staleness.mean.any-law", "16 workers", "the mean is what it is")
LEVEL = 1e-5
WHY = "few samples, to be quick"


def exact(value: object) -> Exact:
    return Exact(sp.Rational(str(value)))


def ball(mid: str, radius: str) -> Enclosure:
    return Enclosure.from_json({"kind": "enclosure", "mid": mid, "radius": radius})


def normal(mean: float, deviation: float, seed: int, count: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, deviation, count)


def test_a_right_prediction_passes_with_its_power_and_its_control() -> None:
    verdict = judge_equal(*NAMES, exact(3), normal(3, 0.05, 1), LEVEL)
    assert (verdict.outcome, verdict.relation, verdict.evidence) == ("pass", "equal", "Monte Carlo")
    assert verdict.smallest_bias_noticed is not None
    assert 5 * 0.05 / 8 / 3 < verdict.smallest_bias_noticed < 12 * 0.05 / 8 / 3
    assert verdict.negative_control.startswith("failed as it must: predictions wrong by ±")
    assert isinstance(verdict.observed, Estimate)


def test_a_wrong_prediction_is_refuted_either_way() -> None:
    for value in ("2.9", "3.1"):
        assert judge_equal(*NAMES, exact(value), normal(3, 0.05, 1), LEVEL).outcome == "refuted"


def test_verdicts_are_frozen() -> None:
    verdict = judge_equal(*NAMES, exact(3), normal(3, 0.05, 1), LEVEL)
    with pytest.raises(FrozenInstanceError):
        verdict.outcome = "refuted"  # type: ignore[misc]


def test_the_width_of_an_enclosure_counts() -> None:
    values = normal(3, 0.05, 1)
    assert judge_equal(*NAMES, ball("2.9", "0.0001"), values, LEVEL).outcome == "refuted"
    wide = judge_equal(*NAMES, ball("2.9", "0.1"), values, LEVEL)
    assert wide.outcome == "inconclusive"  # any value of the ball may be the right one, but the power is gone
    assert wide.smallest_bias_noticed is not None
    assert wide.smallest_bias_noticed > 0.05


def test_weak_samples_are_inconclusive_not_passed() -> None:
    verdict = judge_equal(*NAMES, exact(3), normal(3, 2, 2), LEVEL)
    assert verdict.outcome == "inconclusive"
    assert "could go unnoticed" in verdict.note
    assert judge_equal(*NAMES, exact(3), normal(3, 2, 2), LEVEL, largest_bias=2, why=WHY).outcome == "pass"


def test_a_large_bias_may_go_unnoticed_only_with_a_reason() -> None:
    samples = normal(3, 2, 2)
    for largest in (0.0501, 2.0, 0.0, math.nan):
        for judged in (judge_equal, partial(judge_bound, direction="at least")):
            with pytest.raises(ValueError, match="say why"):
                judged(*NAMES, exact(3), samples, LEVEL, largest_bias=largest)
    assert WHY in judge_equal(*NAMES, exact(3), samples, LEVEL, largest_bias=2, why=WHY).note
    passed = judge_equal(*NAMES, exact(3), samples, LEVEL, largest_bias=2, why=WHY)
    with pytest.raises(ValueError, match="of a pass"):
        replace(passed, note="")
    assert replace(passed, note="", outcome="inconclusive").outcome == "inconclusive"


def test_too_few_replicas_are_inconclusive_without_a_power() -> None:
    verdict = judge_equal(*NAMES, exact(3), normal(3, 0.01, 3, 8), LEVEL)
    assert (verdict.outcome, verdict.smallest_bias_noticed) == ("inconclusive", None)


def test_a_plausible_wrong_prediction_that_is_not_refuted_forbids_a_pass() -> None:
    values = normal(3, 0.05, 1)
    caught = judge_equal(*NAMES, exact(3), values, LEVEL, wrong=("exponential law assumed", exact(4)))
    assert caught.outcome == "pass"
    assert "failed as it must: exponential law assumed (4)" in caught.negative_control
    missed = judge_equal(*NAMES, exact(3), values, LEVEL, wrong=("exponential law assumed", exact("3.001")))
    assert missed.outcome == "inconclusive"
    assert "NOT REFUSED: exponential law assumed" in missed.negative_control


def test_a_zero_prediction_is_judged_absolutely() -> None:
    assert judge_equal(*NAMES, exact(0), normal(0, 0.01, 4), LEVEL).outcome == "pass"
    assert judge_equal(*NAMES, exact(0), normal(0.02, 0.01, 4), LEVEL).outcome == "refuted"


def test_identical_replicas_pass_when_exact_and_never_refute() -> None:
    # all zeros may be a rare event that no replica met
    assert judge_equal(*NAMES, exact(15), [15.0] * 64, LEVEL).outcome == "pass"
    assert judge_equal(*NAMES, exact("0.1"), [0.1] * 64, LEVEL).outcome == "pass"
    assert judge_equal(*NAMES, exact("0.2"), [0.1] * 64, LEVEL).outcome == "inconclusive"
    assert judge_equal(*NAMES, exact("1e-4"), [0.0] * 64, LEVEL).outcome == "inconclusive"


def test_identical_replicas_refute_where_no_randomness_enters() -> None:
    """Constant cycles: every replica must measure the same, and a wrong prediction has no rare event to hide behind."""
    alike = [2.0] * 32
    verdict = judge_equal("a.b", "", "", exact(2), alike, 1e-6, deterministic=True)
    assert verdict.outcome == "pass"
    off = judge_equal("a.b", "", "", exact(sp.Rational(20001, 10000)), alike, 1e-6, deterministic=True)
    assert off.outcome == "refuted"
    assert judge_equal("a.b", "", "", exact(sp.Rational(20001, 10000)), alike, 1e-6).outcome == "inconclusive"


@pytest.mark.parametrize("bare", [1.0, 1, "1", np.float64(1)])
def test_a_bare_number_is_refused_as_a_prediction(bare: object) -> None:
    samples = normal(1, 0.01, 1)
    for judge in (judge_equal, partial(judge_equivalent, tolerance=0.01), partial(judge_bound, direction="at least")):
        with pytest.raises(TypeError, match="kind of number"):
            judge("a.b", "", "", bare, samples, 1e-3)  # type: ignore[operator]


def test_a_tolerance_beyond_five_per_cent_must_say_why() -> None:
    samples = normal(1, 0.01, 1)
    silent = judge_equivalent("a.b", "", "", exact(1), samples, 1e-3, tolerance=0.1)
    assert silent.outcome == "inconclusive"
    assert "no number of replicas would do" in silent.note
    said = judge_equivalent("a.b", "", "", exact(1), samples, 1e-3, tolerance=0.1, why="a limit of many workers")
    assert said.outcome == "pass"
    assert said.note == "a limit of many workers"
    assert judge_equivalent("a.b", "", "", exact(1), samples, 1e-3, tolerance=0.02).outcome == "pass"


def test_an_inconclusive_verdict_says_how_many_replicas_it_takes() -> None:
    samples = normal(1, 0.5, 2)
    verdict = judge_equal("a.b", "", "", exact(1), samples, 1e-3)
    assert verdict.outcome == "inconclusive"
    found = re.search(rf"more replicas, about (\d+) instead of {len(samples)}", verdict.note)
    assert found
    needed = int(found[1])
    assert judge_equal("a.b", "", "", exact(1), normal(1, 0.5, 3, needed + needed // 5), 1e-3).outcome == "pass"
    assert judge_equal("a.b", "", "", exact(1), normal(1, 0.5, 3, needed // 2), 1e-3).outcome == "inconclusive"


def test_an_estimate_is_no_prediction() -> None:
    with pytest.raises(TypeError, match="no certain bounds"):
        judge_equal(*NAMES, Estimate(3, 0.1, 10), normal(3, 1, 1), LEVEL)


def test_early_stopping_asks_for_wider_intervals() -> None:
    values = normal(3, 0.05, 5)
    fixed = judge_equal(*NAMES, exact(3), values, LEVEL)
    stopped = judge_equal(*NAMES, exact(3), values, LEVEL, stopping="any")
    assert fixed.smallest_bias_noticed is not None
    assert stopped.smallest_bias_noticed is not None
    assert 1 < stopped.smallest_bias_noticed / fixed.smallest_bias_noticed < 2


def autoregressive_squares(generator: np.random.Generator, steps: int) -> np.ndarray:
    start = generator.standard_normal((64, 1)) / math.sqrt(1 - 0.9**2)
    path, _ = lfilter([1.0], [1.0, -0.9], generator.standard_normal((64, steps)), axis=1, zi=0.9 * start)
    return np.mean(path**2, axis=1) * (1 - 0.9**2)


LAWS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "normal": lambda g: g.normal(1, 0.05, 64),
    "exponential": lambda g: 0.9 + 0.1 * g.standard_exponential(64),
    "student 5": lambda g: 1 + 0.05 * g.standard_t(5, 64),
    "correlated squares": lambda g: autoregressive_squares(g, 400),
    "long correlated squares": lambda g: autoregressive_squares(g, 4000),
}


def noticed(samples: np.ndarray) -> float:
    bias = judge_equal(*NAMES, exact(1), samples, LEVEL, largest_bias=9, why=WHY).smallest_bias_noticed
    assert bias is not None
    return bias


@pytest.mark.parametrize("law", [law for law in LAWS if law != "long correlated squares"])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_bias_a_run_quotes_is_caught_in_that_run(law: str, sign: int) -> None:
    generator = np.random.default_rng(21)
    runs = [LAWS[law](generator) for _ in range(200)]
    planted = [judge_equal(*NAMES, exact(1 + sign * noticed(run)), run, LEVEL, largest_bias=9, why=WHY) for run in runs]
    assert sum(verdict.outcome == "refuted" for verdict in planted) >= 180


@pytest.mark.parametrize("law", ["normal", "long correlated squares"])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_bias_one_run_quotes_is_caught_in_nine_of_ten_other_runs(law: str, sign: int) -> None:
    # Replica averages are nearly normal; where 64 of them are far from it, reaches differ between runs.
    generator = np.random.default_rng(25)
    planted = exact(1 + sign * noticed(LAWS[law](generator)))
    runs = [judge_equal(*NAMES, planted, LAWS[law](generator), LEVEL, largest_bias=9, why=WHY) for _ in range(200)]
    assert sum(run.outcome == "refuted" for run in runs) >= 180


def test_far_smaller_biases_are_not_noticed() -> None:
    # the negative control of the test above: the power quoted is not idle
    generator = np.random.default_rng(22)
    bias = noticed(LAWS["normal"](generator))
    runs = [judge_equal(*NAMES, exact(1 + bias / 3), LAWS["normal"](generator), LEVEL) for _ in range(200)]
    assert sum(run.outcome == "refuted" for run in runs) < 40


def test_a_whole_report_of_true_claims_keeps_its_false_alarm_rate() -> None:
    budget = ErrorBudget(0.2, checks=10)
    generator = np.random.default_rng(23)
    alarmed = 0
    for _ in range(200):
        samples = (generator.exponential(size=64) for _ in range(budget.checks))
        verdicts = [
            judge_equal(*NAMES, exact(1), values, budget.level(), largest_bias=9, why=WHY) for values in samples
        ]
        alarmed += any(verdict.outcome == "refuted" for verdict in verdicts)
    assert alarmed <= 40


def test_an_equivalence_verdict_has_three_outcomes() -> None:
    values = normal(3.06, 0.05, 6)
    assert judge_equal(*NAMES, exact(3), values, LEVEL).outcome == "refuted"  # cheap samples refute any approximation
    verdict = judge_equivalent(*NAMES, exact(3), values, LEVEL, tolerance=0.05, why="drift")
    assert (verdict.outcome, verdict.relation) == ("pass", "equivalent within 0.05")
    assert verdict.smallest_bias_noticed is not None
    assert 0.05 < verdict.smallest_bias_noticed < 0.075
    assert "failed as it must" in verdict.negative_control
    assert judge_equivalent(*NAMES, exact(3), values, LEVEL, tolerance=0.02).outcome == "inconclusive"
    assert judge_equivalent(*NAMES, exact(2), values, LEVEL, tolerance=0.05).outcome == "refuted"


def test_equivalence_at_the_edge_of_the_tolerance_is_rarely_accepted() -> None:
    generator = np.random.default_rng(24)
    verdicts = [
        judge_equivalent(*NAMES, exact(1), generator.exponential(1.05, 400), 0.05, tolerance=0.05) for _ in range(400)
    ]
    assert sum(verdict.outcome == "pass" for verdict in verdicts) <= 20
    assert sum(verdict.outcome == "refuted" for verdict in verdicts) <= 20


def test_the_tolerance_of_an_equivalence_may_not_swallow_the_wrong_prediction() -> None:
    values, wrong = normal(3.06, 0.05, 6), ("Poisson mixture", exact("3.1"))
    verdict = judge_equivalent(*NAMES, exact(3), values, LEVEL, tolerance=0.05, wrong=wrong)
    assert verdict.outcome == "inconclusive"


def test_bounds_are_judged_from_one_side() -> None:
    values = normal(3, 0.05, 7)
    for direction, easy, broken in (("at least", "2", "3.1"), ("at most", "4", "2.9")):
        kept = judge_bound(*NAMES, exact(easy), values, LEVEL, direction=direction)  # type: ignore[arg-type]
        assert (kept.outcome, kept.relation) == ("pass", direction)
        assert "failed as it must: bound" in kept.negative_control
        refuted = judge_bound(*NAMES, exact(broken), values, LEVEL, direction=direction)  # type: ignore[arg-type]
        assert refuted.outcome == "refuted"


def test_the_budget_is_split_among_the_declared_checks() -> None:
    assert ErrorBudget(1e-3, 100).level("any") == pytest.approx(1e-5)
    weighted = ErrorBudget(1e-3, 4, weights=(("a.b", 7.0),))
    assert weighted.level("a.b") == pytest.approx(7e-4)
    assert weighted.level("a.b") + 3 * weighted.level("other") == pytest.approx(1e-3)


def test_more_checks_than_declared_are_refused() -> None:
    verdicts = [judge_equal(*NAMES, exact(3), normal(3, 0.05, 1), LEVEL)] * 3
    ErrorBudget(1e-3, 3).settle(verdicts)
    with pytest.raises(ValueError, match="3 statistical checks were judged, 2 were declared"):
        ErrorBudget(1e-3, 2).settle(verdicts)


@pytest.mark.parametrize("bad", [{"false_alarm_rate": 0}, {"false_alarm_rate": math.nan}, {"checks": 0}])
def test_budgets_that_are_none_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="allowed"):
        ErrorBudget(**bad)  # type: ignore[arg-type]
