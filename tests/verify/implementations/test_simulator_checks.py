"""A right simulator passes with its power stated, a subtly wrong one is refuted, a broken one is named."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import numeric
from derive.laws import Exponential
from derive.studies.schema import StudyError
from verify.implementations.checking import claim_of
from verify.implementations.line_programs import LineProgram
from verify.implementations.simulator_checks import Sampling, check_simulator, default_settings

STALENESS = "staleness.mean.any-law"
MOMENT = "finite-workers.second-moment.exponential"


def simulator(step_noise_factor: float = 1.0) -> Callable[..., Any]:
    """Asynchronous SGD with exponential cycles, in its own few lines of NumPy: replicas side by side."""

    def sample(seed: int, replicas: int, workers: int, step: float, step_noise: float) -> Any:
        rng = np.random.default_rng(seed)
        x, total, updates = np.zeros(replicas), np.zeros(replicas), 3000
        read, at = np.zeros((workers, replicas)), np.arange(replicas)
        for update in range(updates + 300):
            worker = rng.integers(workers, size=replicas)  # memoryless: every worker is as likely to be next
            noise = rng.normal(size=replicas) * np.sqrt(step_noise * step_noise_factor)
            x = x - step * read[worker, at] + noise
            read[worker, at] = x
            total += x * x if update >= 300 else 0
        return total / updates

    return sample


SETTING = {"workers": 4, "step": "0.3", "step_noise": "0.01"}


def test_a_right_simulator_passes_and_says_what_it_would_have_noticed() -> None:
    found = check_simulator(simulator(), MOMENT, settings=[SETTING])
    assert found.passed, found.verdicts
    (verdict,) = found.verdicts
    assert verdict.smallest_bias_noticed is not None
    assert verdict.smallest_bias_noticed < 0.05
    assert "failed as it must" in verdict.negative_control


def test_five_percent_more_noise_is_refuted() -> None:
    assert check_simulator(simulator(1.05), MOMENT, settings=[SETTING]).outcome == "refuted"


def test_too_few_replicas_decide_nothing() -> None:
    few = check_simulator(simulator(), MOMENT, settings=[SETTING], sampling=Sampling(replicas=16))
    assert few.outcome == "inconclusive"
    assert "more replicas" in few.verdicts[0].note


def test_our_own_event_loop_is_checked_like_any_other() -> None:
    def staleness(seed: int, replicas: int, workers: int) -> Any:
        system = numeric.System(
            workers, Exponential(mean=1).draw, learning_rate=0.05, curvature=(1.0,), gradient_noise=(1.0,)
        )
        run = numeric.simulate(system, seed=seed, replicas=replicas, updates=2000)
        return run.measured("staleness_mean").samples

    found = check_simulator(staleness, STALENESS, settings=[{"workers": 4}], sampling=Sampling(replicas=64))
    assert found.passed, found.verdicts


def test_a_limit_is_met_within_a_declared_tolerance() -> None:
    def near(seed: int, replicas: int, workers: int) -> Any:
        return np.random.default_rng(seed).normal(1.02 * (workers - 1), 0.01, replicas)

    assert check_simulator(near, STALENESS).outcome == "refuted"
    assert check_simulator(near, STALENESS, sampling=Sampling(tolerance=0.05)).passed


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (lambda seed, replicas, workers: np.full(replicas, np.nan), "256 samples that are no finite numbers"),
        (lambda seed, replicas, workers: np.zeros(3), "shape (3,), wanted 256 real numbers"),
        (lambda seed, replicas, workers: 1 / 0, "raises ZeroDivisionError"),
        (lambda seed, replicas, workers: "many", "returns str"),
        (
            lambda seed, replicas, workers: np.random.default_rng(1).normal(workers - 1, 0.1, replicas),
            "gives the same samples",
        ),
    ],
)
def test_broken_simulators_are_refuted_by_name(sample: Callable[..., Any], words: str) -> None:
    found = check_simulator(sample, STALENESS)
    assert found.outcome == "refuted"
    assert any(words in one.found for one in found.findings), found.findings


def test_a_program_may_be_a_simulator() -> None:
    body = (
        "import random, sys\n"
        "for l in sys.stdin:\n"
        " s, n, m = map(int, l.split())\n"
        " r = random.Random(s)\n"
        " print(*(r.gauss(m - 1, .1) for _ in range(n)))"
    )
    program = LineProgram([sys.executable, "-I", "-S", "-c", body])
    assert check_simulator(program, STALENESS, target="gauss").passed
    silent = LineProgram([sys.executable, "-I", "-S", "-c", "pass"])
    assert "writes 0 lines" in check_simulator(silent, STALENESS).findings[0].found


def test_default_settings_lie_inside_the_domain() -> None:
    for claim in (STALENESS, MOMENT, "delay.stationary-variance.constant", "arrivals.rate.any-law"):
        assert len(default_settings(claim_of(claim))) == 3


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ({}, "missing argument; allowed: workers"),
        ({"workers": 3, "speed": 1}, "unknown argument"),
        ({"workers": "three"}, "'three' is not a number"),
        ({"workers": "__import__('os')"}, "is not a number"),
        ({"workers": 2.5}, "outside the claim's domain"),
        ({"workers": 0}, "outside the claim's domain"),
        ({"workers": "1e9999"}, "workers = 1e9999': too large; allowed: up to 1e+100"),
    ],
)
def test_bad_settings_are_refused(setting: dict[str, Any], word: str) -> None:
    with pytest.raises(StudyError, match="--at") as caught:
        check_simulator(lambda seed, replicas, workers: [], STALENESS, settings=[setting])
    assert word in str(caught.value)
