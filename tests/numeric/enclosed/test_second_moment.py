"""The second moment on rung R1 against the exact equations of one exponential stage, and against hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from derive import symbols as y
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma, Pareto
from derive.models.linear import LinearModel, linear_model
from derive.schemes import Asynchronous
from numeric.enclosed.second_moment import excess_risk, second_moment
from numeric.enclosure import Unevaluable
from verify.second_routes.second_moments import stage_second_moment


def model(law: Law, rate: str = "1/10", noise: str = "1/2", workers: int = 8) -> LinearModel:
    return linear_model(law, Asynchronous(workers), learning_rate=rate, curvature=1, gradient_noise=noise)


@pytest.mark.parametrize("start", [sp.Integer(0), sp.Integer(1)])
def test_one_stage_is_enclosed(start: sp.Expr) -> None:
    one = model(Exponential(1))
    path = second_moment(one, start, Fraction(12), 2048)
    for time in (sp.Rational(1, 2), sp.Integer(3), sp.Integer(12)):
        exact = stage_second_moment(one, start, time)
        assert path.at(float(time)).overlaps(exact)
        wrong = stage_second_moment(model(Exponential(1), noise="3/5", rate="11/100"), start, time)
        assert not path.at(float(time)).overlaps(wrong)


def test_the_error_falls_as_the_square_of_the_cells() -> None:
    errors = [second_moment(model(Gamma(shape=2, mean=1)), sp.Integer(1), Fraction(8), n).error for n in (512, 2048)]
    assert 12 < errors[0] / errors[1] < 20


def test_the_first_delay_of_a_constant_is_worked_out_by_hand() -> None:
    """Up to one delay m = 1 - a t and V = m^2 + c (sigma^2 + h^2) t, as every read is of the history."""
    one = model(Constant(1))
    (found,) = excess_risk(one, [sp.Rational(1, 2)], start=1)
    shots = sp.Rational(8, 100) * (sp.Rational(1, 4) + 1)
    assert found.contains(((1 - sp.Rational(4, 10)) ** 2 + shots / 2) / 2)
    assert float(found.radius) < 1e-4
    assert not found.contains(((1 - sp.Rational(4, 10)) ** 2 + shots / 4) / 2)


def test_late_the_risk_is_the_claimed_variance() -> None:
    one = model(Exponential(1))
    gain = (1 + one.damping_coefficient) / (2 * one.damping_coefficient)
    variance = one.claimed("shots.stationary-variance.any-law").subs(y.second_moment_gain, gain)
    (late,) = excess_risk(one, [40])
    assert late.contains(variance / 2)
    assert float(late.radius) < 0.01 * float(variance)


def test_a_heavy_tail_has_a_risk_too() -> None:
    (early, later) = excess_risk(model(Pareto(shape="5/2", scale="3/5")), [1, 8], start=1)
    assert later.upper < early.lower < 0.5


def test_what_is_not_proven_is_refused_with_the_reason() -> None:
    with pytest.raises(Unevaluable, match="not stable"):
        excess_risk(model(Exponential(1), rate="2"), [20], start=1)
    with pytest.raises(ValueError, match="allowed: rational numbers"):
        excess_risk(model(Constant(1)), [-1])
    with pytest.raises(ValueError, match="curvature > 0"):
        excess_risk(linear_model(Constant(1), Asynchronous(2), learning_rate=1, curvature=-1), [1])
