"""The smallest bias printed beside a pass is no idle word: planted in 200 runs it is caught in at least 180.

With 180 of 200 the share caught is at least .85 at 97.5 % confidence (Clopper and Pearson). The runs are those of a
small study, seeds 1 to 200, held against its own planned checks; other gates are held against drawn replica averages.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive.studies.records import Case
from derive.studies.study import study_from_table
from numeric.enclosure import Enclosure
from numeric.values import Exact
from verify.agreement import enclosed
from verify.sampling.judging import PlannedCase, plan_case
from verify.sampling.planned import PlannedCheck, Samples, observed_samples
from verify.sampling.simulating import simulate_study
from verify.statistics.gates import ErrorBudget, judge_bound, judge_equal, judge_equivalent

RUNS = 200
LEVEL = ErrorBudget(checks=30).level()
TABLE: dict[str, Any] = {
    "workers": {"count": 4, "compute": {"law": "exponential", "mean": 1}},
    "optimizer": {"learning_rate": "1/10"},
    "objective": {"curvature": [1]},
    "run": {"replicas": 64, "updates": 4000, "burn_in": 400},
}
QUANTITIES = ("arrival_rate", "delay_mean", "delay_variance", "staleness_variance", "stationary_variance")


@cache
def planned() -> PlannedCase:
    return plan_case(study_from_table(TABLE).cases[0])


def planned_check(quantity: str) -> PlannedCheck:
    return next(check for check in planned().checks if check.prediction.quantity == quantity)


@cache
def run(seed: int) -> Samples:
    """The small study's stationary runs of one seed."""
    study = planned().case.study
    return Samples(simulate_study(replace(study, run=replace(study.run, seed=seed))), None, None)


def moved(check: PlannedCheck, share: float) -> PlannedCheck:
    """The check with its prediction moved by a share of itself."""
    value: Enclosure = enclosed(check.prediction.value)
    return replace(check, wrong=None, prediction=replace(check.prediction, value=value * Fraction(1 + share)))


def printed_bias(check: PlannedCheck, seed: int) -> float:
    verdict = check.judge("", observed_samples(check, run(seed)), LEVEL)
    assert verdict.smallest_bias_noticed is not None
    return verdict.smallest_bias_noticed


def caught(check: PlannedCheck, share: float, seeds: range) -> int:
    wrong = moved(check, share)
    return sum(wrong.judge("", observed_samples(check, run(seed)), LEVEL).outcome == "refuted" for seed in seeds)


def test_the_small_study_is_one_that_can_be_reported() -> None:
    assert isinstance(planned().case, Case)
    assert set(QUANTITIES) <= {check.prediction.quantity for check in planned().checks}


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("sign", [1, -1])
def test_the_bias_printed_is_caught_in_nine_of_ten_runs(quantity: str, sign: int) -> None:
    check = planned_check(quantity)
    printed = sorted(printed_bias(check, seed) for seed in range(1, 10))[4]  # of nine runs the one in the middle
    assert caught(check, sign * printed, range(1, RUNS + 1)) >= 180


def test_a_third_of_the_bias_printed_is_caught_seldom_and_none_never() -> None:
    # the negative control: a count that caught everything would say nothing
    check = planned_check("stationary_variance")
    assert caught(check, printed_bias(check, 1) / 3, range(1, RUNS + 1)) < 60
    assert caught(check, 0, range(1, RUNS + 1)) == 0


GATES = {
    "equal": (judge_equal, (1, -1)),
    "equal, stopping early": (partial(judge_equal, stopping="any"), (1, -1)),
    "equivalent": (partial(judge_equivalent, tolerance=0.01), (1, -1)),
    "at least": (partial(judge_bound, direction="at least"), (1,)),  # a bound that is too high breaks "at least"
    "at most": (partial(judge_bound, direction="at most"), (-1,)),
}


@pytest.mark.parametrize("gate", GATES)
def test_every_gate_catches_the_bias_that_it_prints(gate: str) -> None:
    judge, signs = GATES[gate]
    draws = [np.random.default_rng(seed).normal(3, 0.05, 64) for seed in range(1, RUNS + 1)]

    def judged(samples: np.ndarray, predicted: float) -> Any:
        return judge("a.b", "", "", Exact(sp.Rational(predicted)), samples, LEVEL)  # type: ignore[operator]

    printed = judged(draws[0], 3).smallest_bias_noticed
    for sign in signs:
        assert sum(judged(samples, 3 * (1 + sign * printed)).outcome == "refuted" for samples in draws) >= 180
    assert sum(judged(samples, 3).outcome == "refuted" for samples in draws) == 0
