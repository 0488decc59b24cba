"""A spectrum of curvatures: known sums, and what does not add up is refused."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.derivations import spectra
from derive.rules.spectra import SumOverModes


def test_one_mode_alone_has_its_own_risk() -> None:
    """h V/2 with V = q (a + 1)/(2 a) at theta = 1: eta = 1/10, M = 4, h = 2 and sigma = 3 make a = 4/5, q = 9/25."""
    risk = CLAIMS["spectrum.excess-risk.exponential"].expression
    at = {y.modes: 1, y.learning_rate: sp.Rational(1, 10), y.workers: 4, y.mean_curvature: 2, y.gradient_noise: 3}
    assert risk.subs(at) == sp.Rational(9, 25) * sp.Rational(9, 5) / (2 * sp.Rational(4, 5))


def test_a_risk_that_is_not_linear_in_the_curvature_is_refused() -> None:
    steps = spectra.excess_risk().steps
    variance, damping, noise = steps[-1].inputs
    bent = type(variance)(variance.left, variance.right * y.curvature)
    with pytest.raises(ValueError, match="not linear in the curvature"):
        SumOverModes().apply(bent, damping, noise)
