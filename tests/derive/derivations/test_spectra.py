"""A spectrum of curvatures: known sums, and what does not add up is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivation import Equation
from derive.derivations import spectra
from derive.rules.spectra import AverageOverCurvatures, SumOverModes
from verify.identities import check_step


def test_one_mode_alone_has_its_own_risk() -> None:
    """h V/2 with V = q (a + 1)/(2 a) at theta = 1: eta = 1/10, M = 4, h = 2 and sigma = 3 make a = 4/5, q = 9/25."""
    risk = CLAIMS["spectrum.excess-risk.exponential"].expression
    at = {y.modes: 1, y.learning_rate: sp.Rational(1, 10), y.workers: 4, y.mean_curvature: 2, y.gradient_noise: 3}
    assert risk.subs(at) == sp.Rational(9, 25) * sp.Rational(9, 5) / (2 * sp.Rational(4, 5))


def test_an_even_spread_is_what_its_steps_say_and_a_wrong_spread_is_found() -> None:
    derivation = spectra.uniform_excess_risk()
    step = derivation.steps[-1]
    assert check_step(step, domain=derivation.domain).passed
    for wrong in (2 * step.output.right, step.output.right.subs(y.least_curvature, y.least_curvature / 2)):
        assert not check_step(replace(step, output=Equation(step.output.left, wrong)), domain=derivation.domain).passed


def test_a_narrow_spread_is_one_mode_and_many_modes_lie_between() -> None:
    """eta M h from 3/10 to 3/5: the average of a risk that grows lies between those of its ends."""
    risk, tangent = (
        CLAIMS["spectrum.excess-risk-of-even-spread.constant"].expression,
        lambda x: sp.tan(sp.pi / 4 + x / 2),
    )
    at = {y.modes: 1, y.learning_rate: sp.Rational(1, 10), y.workers: 3, y.gradient_noise: 2}
    narrow = risk.subs({**at, y.least_curvature: 1, y.greatest_curvature: 1 + sp.Rational(1, 10**6)})
    assert float(narrow) == pytest.approx(float(tangent(sp.Rational(3, 10)) / 10), rel=1e-5)
    wide = float(risk.subs({**at, y.least_curvature: 1, y.greatest_curvature: 2}))
    assert float(tangent(sp.Rational(3, 10)) / 10) < wide < float(tangent(sp.Rational(3, 5)) / 10)


def test_a_risk_that_bends_otherwise_is_refused() -> None:
    variance, damping, noise = spectra.uniform_excess_risk().steps[-1].inputs
    with pytest.raises(ValueError, match="no multiple"):
        AverageOverCurvatures().apply(type(variance)(variance.left, variance.right**2), damping, noise)


def test_a_risk_that_is_not_linear_in_the_curvature_is_refused() -> None:
    steps = spectra.excess_risk().steps
    variance, damping, noise = steps[-1].inputs
    bent = type(variance)(variance.left, variance.right * y.curvature)
    with pytest.raises(ValueError, match="not linear in the curvature"):
        SumOverModes().apply(bent, damping, noise)
