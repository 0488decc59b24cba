"""Covariances of recursions: worked by hand, by roots of unity, and against the closed forms of fixed staleness."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from derive import symbols as y
from derive.laws import Constant
from derive.models.linear import linear_model
from derive.schemes import Asynchronous
from numeric.enclosed.autoregression import NotStableError, autoregression_covariances
from numeric.enclosure import evaluate


def test_one_and_two_lags_by_hand() -> None:
    """AR(1): C_k = c^k/(1 - c^2). AR(2): C_0 = (1 - b)/((1 + b)((1 - b)^2 - a^2)), C_1 = a C_0/(1 - b)."""
    first = autoregression_covariances([Fraction(1, 2)], 3)
    assert [float(one) for one in first] == pytest.approx([4 / 3, 2 / 3, 1 / 3, 1 / 6])
    a, b = Fraction(1, 2), Fraction(-1, 3)
    second = autoregression_covariances([a, b], 2)
    zero = (1 - b) / ((1 + b) * ((1 - b) ** 2 - a**2))
    assert second[0].contains(zero)
    assert second[1].contains(a * zero / (1 - b))
    assert second[2].contains(a * a * zero / (1 - b) + b * zero)


def test_they_are_those_of_the_spectrum() -> None:
    """E x_n x_{n+k} is the mean of z^k/|H(z)|^2 over the roots of unity, H = z - sum c_j z^-j, their number large."""
    coefficients = [Fraction(7, 10), Fraction(-1, 5), Fraction(0), Fraction(-1, 8)]
    z = np.exp(2j * np.pi * np.arange(4096) / 4096)
    height = z - sum(float(c) * z**-j for j, c in enumerate(coefficients))
    found = autoregression_covariances(coefficients, 9)
    assert [float(one) for one in found] == pytest.approx(
        [(z**k / abs(height) ** 2).mean().real for k in range(10)], rel=1e-12, abs=1e-12
    )


@pytest.mark.parametrize(("staleness", "step"), [(1, "3/10"), (3, "1/5"), (5, "1/10"), (10, "7/50"), (60, "1/50")])
def test_fixed_staleness_has_its_closed_variance(staleness, step) -> None:
    coefficients = [Fraction(1)] + [Fraction(0)] * staleness
    coefficients[staleness] -= Fraction(step)
    (found,) = autoregression_covariances(coefficients, 0)
    model = linear_model(Constant(1), Asynchronous(staleness + 1), learning_rate=step, curvature=1)
    claimed = model.claimed("recursion.stationary-variance.fixed-staleness") / model.values[y.step_noise]
    assert found.overlaps(evaluate(claimed))


def test_what_is_not_stable_has_no_covariance() -> None:
    for root in (Fraction(1), Fraction(-3, 2)):
        with pytest.raises(NotStableError, match="not stable"):
            autoregression_covariances([root])
