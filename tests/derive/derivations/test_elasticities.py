"""Elasticities: closed roots differentiated by hand, signs at oscillating roots, and wrong outputs found."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Derivation, Equation
from derive.derivations import elasticities
from derive.rules.laws import transform_of
from verify.identities import check_step

x = sp.Rational


def stated(claim: str, **values: object) -> sp.Expr:
    names = CLAIMS[claim].arguments
    return CLAIMS[claim].expression.subs({names[key]: value for key, value in values.items()})


@pytest.mark.parametrize("damping", ["0.2", "1.2"])
def test_lambert_s_root_moves_as_claimed_before_and_beyond_critical_damping(damping: str) -> None:
    """s = W_0(-a theta)/theta at theta = 1: real, then one of a pair."""
    a = mpmath.mpf(damping)
    root = mpmath.lambertw(-a)
    slope = mpmath.diff(lambda theta: mpmath.log(mpmath.lambertw(-a * theta) / theta), 1)
    put = CLAIMS["delay.root-elasticity.any-law"].expression.replace(transform_of, lambda at: sp.exp(-at)).doit()
    assert complex(put.subs(y.s, sp.sympify(root))) == pytest.approx(complex(slope), rel=1e-9)


def test_a_delay_speeds_the_mean_up_before_critical_damping_and_slows_it_beyond() -> None:
    assert stated("delay.decay-elasticity.constant", decay_rate=x(1, 2), mean_delay=1) == 1
    assert stated("delay.decay-elasticity.gamma", decay_rate=x(1, 4), mean_delay=1, shape=1) == x(1, 2)
    root = mpmath.lambertw(mpmath.mpf("-1.2"))
    change = -(root**2) / (1 + root)  # ds/dtheta
    assert root.imag > 0 > -change.real


def test_variance_weighs_delays_above_noise_from_the_fixed_point_of_the_cosine_on() -> None:
    balance = float(mpmath.findroot(lambda at: mpmath.cos(at) - at, 0.7))
    assert balance == pytest.approx(0.739, abs=1e-3)
    for damping, above in ((balance * 0.99, False), (balance * 1.01, True)):
        found = float(stated("delay.variance-elasticity.constant", damping_coefficient=damping, mean_delay=1))
        assert (found > 1) == above
    assert stated("delay.variance-elasticity.exponential", damping_coefficient=9, mean_delay=1) == x(9, 10)


def test_noise_weighs_less_the_longer_the_training() -> None:
    numbers = {"risk_share": x(1, 2), "decay_rate": x(1, 2), "mean_delay": 1}
    noise = "transients.noise-elasticity.any-law"
    short, long = (stated(noise, risk_share=x(1, 2), decay_rate=x(1, 2), training_time=time) for time in (10, 100))
    assert (short, long) == (x(1, 10), x(1, 100))
    assert stated("transients.delays-over-noise.constant", **numbers, training_time=10) == 1 / short


@pytest.mark.parametrize(
    ("derivation", "label", "wrong"),
    [
        (elasticities.root_elasticity(), "scale every", y.s * sp.diff(transform_of(y.s), y.s) / transform_of(y.s)),
        (elasticities.constant_decay_elasticity(), "put the law", y.decay * y.mean_delay),
        (elasticities.gamma_decay_elasticity(), "put the law", y.decay * y.mean_delay / (1 - y.decay * y.mean_delay)),
        (elasticities.constant_variance_elasticity(), "differentiate the log", sp.tan(y.damping * y.mean_delay)),
        (elasticities.training_time_noise(), "take the noise", y.risk_share / (2 * y.decay * y.training_time)),
    ],
)
def test_a_wrong_step_is_found(derivation: Derivation, label: str, wrong: sp.Expr) -> None:
    step = next(one for one in derivation.steps if one.rule.label.startswith(label))
    assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=derivation.domain).passed
