"""Rules of covariances in time and of poles of variances: known cases, and wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import finite_workers, noise
from verify.identities import check_step

q, a, theta, M = y.noise_intensity, y.damping, y.mean_delay, y.workers
BEYOND = 4 * a * theta > 1


def test_the_covariance_of_one_stage_begins_at_its_variance_with_the_slope_of_the_noise() -> None:
    covariance = CLAIMS["delay.stationary-covariance.exponential"].expression
    assert sp.simplify(covariance.subs(y.t, 0) - q * (1 + a * theta) / (2 * a)) == 0
    assert sp.simplify(sp.diff(covariance, y.t).subs(y.t, 0) + q / 2) == 0


@pytest.mark.parametrize(
    ("claim", "workers", "limit"),
    [
        ("shots.mean-square-limit.exponential", 16, 5.179),
        ("finite-workers.mean-square-limit.exponential", 16, 6.179),
    ],
)
def test_limits_in_mean_square_of_exponential_cycles(claim: str, workers: int, limit: float) -> None:
    """a theta = M eps."""
    assert float(workers * CLAIMS[claim].expression.subs(M, workers)) == pytest.approx(limit, abs=5e-4)


@pytest.mark.parametrize(("workers", "limit"), [(8, "1.396656"), (32, "1.523205")])
def test_limits_in_mean_square_of_the_constant_delay(workers: int, limit: str) -> None:
    margin = CLAIMS["shots.mean-square-limit.constant"].expression.subs(M, workers)
    below, beyond = (float(margin.subs(y.step, (sp.Rational(limit) + d) / workers)) for d in (-1e-6, 1e-6))
    assert below < 1 < beyond


@pytest.mark.parametrize(
    "change", ["no cosine", "half a turn", "sine", "slope", "without root", "noise twice", "other root", "sign"]
)
def test_wrong_outputs_are_refused(change: str) -> None:
    whole = noise.any_law_covariance().steps[-1]
    stage = noise.exponential_covariance().steps[-1]
    steps = noise.exponential_mean_square_limit().steps
    unit = next(step for step in steps if step.output.left == y.second_moment_gain)
    pole = finite_workers.exponential_mean_square_limit().steps[-1]
    right = stage.output.right
    wrong = {
        "no cosine": (whole, whole.output.right.replace(sp.cos, lambda _: sp.Integer(1))),
        "half a turn": (whole, whole.output.right.replace(sp.cos, lambda at: sp.cos(2 * at))),
        "sine": (stage, right.replace(sp.sin, sp.cos)),
        "slope": (stage, right.subs(sp.exp(-y.t / (2 * theta)), sp.exp(-y.t / theta))),
        "without root": (stage, right.replace(sp.sqrt(4 * a * theta - 1), 4 * a * theta - 1)),
        "noise twice": (unit, unit.output.right * q),
        "other root": (pole, (1 - sp.sqrt(1 + 8 * M)) / (2 * M)),
        "sign": (pole, (sp.sqrt(1 + 8 * M) - 1) / (2 * M)),
    }
    step, output = wrong[change]
    assert output != step.output.right
    assert check_step(step, domain=BEYOND).passed
    assert not check_step(replace(step, output=Equation(step.output.left, output)), domain=BEYOND).passed
