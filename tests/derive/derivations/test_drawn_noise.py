"""Noise on the recursion with a drawn staleness: check values of the literature's limits, and wrong results refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import drawn_noise
from derive.rules.drawn_noise import staleness_series
from verify.identities import check_step

GEOMETRIC_LIMIT = CLAIMS["recursion.mean-square-limit.geometric-staleness"].expression
GEOMETRIC_VARIANCE = CLAIMS["recursion.stationary-variance.geometric-staleness"].expression


@pytest.mark.parametrize("mean", [1, 3, 15])
def test_the_geometric_limit_solves_the_known_quadratic(mean: int) -> None:
    """2 q x^2 + p^2 x = 2 p (1 + q), p = 1/(m + 1), q = 1 - p."""
    fresh = sp.Rational(1, mean + 1)
    x = GEOMETRIC_LIMIT.subs(y.mean_staleness, mean)
    assert sp.simplify(2 * (1 - fresh) * x**2 + fresh**2 * x - 2 * fresh * (2 - fresh)) == 0


def test_the_mean_alone_is_far_too_hopeful() -> None:
    limit = CLAIMS["recursion.stability-limit.geometric-staleness"].expression
    assert limit.subs(y.mean_staleness, 15) == 62
    assert float(GEOMETRIC_LIMIT.subs(y.mean_staleness, 15)) == pytest.approx(0.358357, abs=5e-7)


def test_without_staleness_the_variance_is_that_of_gradient_descent() -> None:
    known = y.step_noise / (y.step * (2 - y.step))
    assert sp.simplify(GEOMETRIC_VARIANCE.subs(y.mean_staleness, 0) - known) == 0
    gains = {y.response_gain: 1 / (y.step * (2 - y.step)), y.read_gain: 1 / (y.step * (2 - y.step))}
    general = CLAIMS["recursion.stationary-variance.random-staleness"].expression
    assert sp.simplify(general.subs(gains) - known) == 0


def test_at_the_limit_the_geometric_variance_has_its_pole() -> None:
    reciprocal = (1 / GEOMETRIC_VARIANCE).subs(y.mean_staleness, 3)
    assert sp.simplify(reciprocal.subs(y.step, GEOMETRIC_LIMIT.subs(y.mean_staleness, 3))) == 0


@pytest.mark.parametrize(
    "change", ["argument of P", "half the circle", "noise of the average", "fresh share", "read twice", "root at 1"]
)
def test_wrong_results_are_refused(change: str) -> None:
    function, gain = drawn_noise.drawn_gain(False).steps
    split = drawn_noise.drawn_variance().steps[0]
    closed = drawn_noise.geometric_gain(True).steps[-1]
    left = drawn_noise.geometric_step_limit().steps[-1]
    wrong = {
        "argument of P": (function, y.z - 1 + y.step * staleness_series(y.z)),
        "half the circle": (gain, 2 * gain.output.right),
        "noise of the average": (split, y.response_gain * (y.step_noise + y.step**2 * y.variance)),
        "fresh share": (closed, closed.output.right.subs(y.mean_staleness, y.mean_staleness + 1)),
        "read twice": (closed, drawn_noise.geometric_gain(False).result.right),
        "root at 1": (left, 2 * y.mean_staleness),
    }
    step, right = wrong[change]
    assert check_step(step).passed
    assert not check_step(replace(step, output=Equation(step.output.left, right))).passed
