"""Rules of weighted shots and of shots with momentum: the plain ones as a case, and wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation, Step
from derive.rules.laws import transform_of
from derive.rules.velocity_shots import CorrelationOfVelocity, ShotsOfVelocity
from derive.rules.weighted_shots import CampbellOfWeights, SendAllFarOut
from tests.derive.rule_cases import assert_finds
from verify.identities import check_step

H, GAIN, FAST = y.curvature, y.second_moment_gain, y.fast_gain
RHO, BETA, RATE = y.velocity_correlation, y.momentum, y.arrival_rate


def test_weights_of_one_are_the_plain_shots() -> None:
    plain = y.learning_rate**2 * y.gradient_noise**2 * RATE
    weighted, known = (CLAIMS[f"{name}.stationary-variance.any-law"].expression for name in ("weighted-shots", "shots"))
    assert sp.simplify(weighted.subs(y.noise_intensity, plain) - known) == 0


def test_a_weight_multiplies_noise_and_parameter_alike() -> None:
    found = y.noise_intensity * GAIN * (1 + H**2 * y.variance / y.gradient_noise**2)
    wrong = (
        found.subs(H, -H / 2),
        y.noise_intensity * GAIN * (1 - H**2 * y.variance / y.gradient_noise**2),
        found + GAIN,
    )
    assert_finds(CampbellOfWeights(), (), found, wrong)


def test_far_out_no_trigger_holds_anything_back() -> None:
    margin = y.learning_rate**2 * H**2 * RATE * GAIN
    assert_finds(SendAllFarOut(), (Equation(sp.Integer(1), margin),), margin, (margin * y.trigger, 2 * margin))


def test_without_momentum_both_are_the_plain_shots() -> None:
    limit, plain = (CLAIMS[f"{name}.mean-square-limit.any-law"].expression for name in ("momentum", "shots"))
    assert sp.simplify(limit.subs(BETA, 0) - plain) == 0


@pytest.mark.parametrize("rule", [ShotsOfVelocity(), CorrelationOfVelocity()])
def test_wrong_signs_powers_and_gains_are_found(rule: ShotsOfVelocity | CorrelationOfVelocity) -> None:
    stated = CLAIMS["momentum.characteristic-function.any-law"].derived.result
    made = Step(1, rule, (stated,), rule.apply(stated))
    assert check_step(made).passed
    right = made.output.right
    for wrong in (right.subs(BETA, -BETA), right.subs(FAST, 2 * FAST), right.subs(RATE, RATE**2), right + BETA * RATE):
        assert not check_step(replace(made, output=Equation(made.output.left, wrong))).passed, wrong


def test_without_delay_the_variance_is_that_of_the_heavy_ball() -> None:
    """x(j+1) = (1 + b - e) x(j) - b x(j-1) + noise: V = (1 + b)/(e (1 - b)(2 (1 + b) - e)); 1.4476 times R2's."""
    beta, step, rate = sp.Rational(9, 10), sp.Rational(1, 20), sp.Integer(3)
    friction, pull = rate * (1 - beta) + step * rate, step * rate**2  # H = s^2 + friction s + pull
    unit = 1 / (2 * friction)  # (1/2 pi) int of omega^2/|H|^2, and over pull that of 1/|H|^2
    at_rate = rate**2 + friction * rate + pull
    # omega^2/(omega^2 + Lambda^2) by residues: rational in rate, friction and pull.
    band = rate**2 * (rate * unit * 2) / (2 * rate * at_rate)
    at = {RATE: rate, BETA: beta, H: step, y.learning_rate: 1, y.gradient_noise: 1}
    at |= {GAIN: unit + rate**2 * unit / pull, FAST: unit, y.band_gain: band}
    rho = CLAIMS["momentum.velocity-correlation.any-law"].expression.replace(transform_of, lambda _: sp.Integer(1))
    found = CLAIMS["momentum.shot-variance.any-law"].expression.subs(RHO, rho).subs(at)
    exact = (1 + beta) / (step * (1 - beta) * (2 * (1 + beta) - step))
    assert sp.simplify(found - exact) == 0
    assert float(exact / (rate * at[GAIN])) == pytest.approx(1.4476, abs=5e-5)


def test_at_its_limit_k_async_of_one_gradient_is_that_of_few_workers() -> None:
    quadratic = CLAIMS["k-async.mean-square-limit.exponential"].expression.subs({y.workers: 5, y.batch: 1})
    known = CLAIMS["finite-workers.mean-square-limit.exponential"].expression.subs(y.workers, 5)
    assert sp.simplify(quadratic.subs(y.step, known)) == 1
