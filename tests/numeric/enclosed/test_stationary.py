"""Stationary variances and mean-square limits against closed forms and the check values."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.law import Law
from derive.laws import Constant, Exponential
from derive.models.linear import LinearModel, linear_model
from derive.schemes import Asynchronous
from numeric.enclosed.stationary import mean_square_limit, stationary_risk, stationary_variance


def model(law: Law, rate: str = "1/10") -> LinearModel:
    return linear_model(law, Asynchronous(12), learning_rate=rate, curvature=1)


def test_variances_are_the_check_values() -> None:
    """By hand: eta = .1, h = 1, Lambda = 12, tau = 1, sigma = 1: .3635, and .2666 by the plain equation."""
    assert float(stationary_variance(model(Constant(1)))) == pytest.approx(0.3635, abs=5e-5)
    assert float(stationary_variance(model(Constant(1)), "R2")) == pytest.approx(0.2666, abs=5e-5)


def test_a_variance_is_refused_where_there_is_none() -> None:
    with pytest.raises(ValueError, match="mean square"):
        stationary_variance(model(Exponential(1), "1"))
    with pytest.raises(ValueError, match="not proven stable"):
        stationary_variance(model(Constant(1), "1/2"))
    with pytest.raises(ValueError, match="allowed: R0, R1, R2, Rd"):
        stationary_variance(model(Constant(1)), "R4")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("law", "workers", "limit"),
    [(Constant(1), 8, sp.Rational(1396656, 10**6)), (Exponential(2), 2, sp.sqrt(17) / 4 - sp.Rational(1, 4))],
)
def test_the_mean_square_limit_is_enclosed(law: Law, workers: int, limit: sp.Expr) -> None:
    found = mean_square_limit(law, workers, 1e-3)
    assert found is not None
    assert found.contains(limit)
    assert not found.contains(limit * sp.Rational(1003, 1000))


def test_the_risk_of_a_spectrum_adds_its_modes() -> None:
    """Constant delays: (eta sigma^2/4) times the sum of tan(pi/4 + eta M h/2)."""
    eta, given = sp.Rational(1, 20), (sp.Rational(1, 2), 1, 3)
    models = [linear_model(Constant(2), Asynchronous(4), learning_rate=eta, curvature=h) for h in given]
    closed = eta / 4 * sum(sp.tan(sp.pi / 4 + eta * 4 * h / 2) for h in given)
    assert stationary_risk(models, "R2").contains(closed)
    assert not stationary_risk(models, "R1").contains(closed)
    with pytest.raises(ValueError, match="none"):
        stationary_risk([])
    with pytest.raises(ValueError, match="R0, R1, R2, Rd"):
        stationary_risk(models, "R3")  # type: ignore[arg-type]
