"""The Fourier integral of a constant delay's covariance, against values of the literature and the equation itself."""

from __future__ import annotations

import pytest
import sympy as sp

from numeric.enclosed.covariance import covariance_gain

R = sp.Rational


def test_known_autocorrelations_are_met() -> None:
    """a = 1.2, tau = 1: C(t)/C(0) at t = 1/4, 1/2, 3/4, 1."""
    variance = covariance_gain(R(6, 5), sp.Integer(1), sp.Integer(0))
    found = [float(covariance_gain(R(6, 5), sp.Integer(1), R(k, 4)) / variance) for k in range(1, 5)]
    assert found == pytest.approx([0.89991, 0.71944, 0.47470, 0.18755], abs=1e-5)


def test_the_balance_of_noise_and_damping_holds() -> None:
    """d/dt E x^2 = 0: 2 a C(tau) = q, here with q = 1."""
    assert covariance_gain(R(8, 15), R(3, 2), R(3, 2)).contains(R(15, 16))


def test_beyond_the_limit_there_is_no_covariance() -> None:
    with pytest.raises(ValueError, match="pi/2"):
        covariance_gain(sp.Integer(2), sp.Integer(1), sp.Integer(0))
