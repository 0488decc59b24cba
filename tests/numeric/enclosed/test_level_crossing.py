"""Training times: between two exact risks, never where it is never, refused where nothing is proven."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.characteristic import delay_equation
from derive.law import Law
from derive.laws import Constant, Exponential, Pareto, Weibull
from derive.models.linear import LinearModel, linear_model
from derive.schemes import Asynchronous
from numeric.enclosed.level_crossing import mean_envelope, training_time
from numeric.enclosed.transients import mean_path
from numeric.enclosure import Unevaluable
from verify.second_routes.second_moments import stage_second_moment


def model(law: Law, rate: str = "1/10", noise: str = "1/10") -> LinearModel:
    return linear_model(law, Asynchronous(8), learning_rate=rate, curvature=1, gradient_noise=noise)


def test_the_exact_risk_of_one_stage_crosses_the_level_there() -> None:
    one, level = model(Exponential(1)), sp.Rational(1, 100)
    found = training_time(one, level)
    assert found.time is not None
    early, late = (
        stage_second_moment(one, sp.Integer(1), sp.Rational(end)) / 2 for end in (found.time.lower, found.time.upper)
    )
    assert early.lower > level - sp.Rational(1, 10**6)
    assert late.upper < level + sp.Rational(1, 10**6)
    assert float(found.time.radius) < 0.01


def test_a_risk_that_never_exceeds_the_level_is_below_from_the_start() -> None:
    found = training_time(model(Exponential(1)), 1)
    assert found.time is not None
    assert found.time.contains(0)


@pytest.mark.parametrize(
    ("law", "rate", "level", "reason"),
    [
        (Exponential(1), "1/10", "1/10000", "above the level"),
        (Constant(1), "1/4", 1, "mean is not stable"),
        (Exponential(1), "1", 1, "mean square"),
    ],
)
def test_never_is_an_answer(law: Law, rate: str, level: object, reason: str) -> None:
    found = training_time(model(law, rate), level)  # type: ignore[arg-type]
    assert found.time is None
    assert reason in found.reason
    assert "never" in found.latex()


def test_what_is_not_proven_is_refused_with_the_reason() -> None:
    with pytest.raises(Unevaluable, match="no exponential decay"):
        training_time(model(Pareto(shape="5/2", scale="3/5")), "1/100")
    with pytest.raises(ValueError, match="a level > 0"):
        training_time(model(Constant(1)), 0)


@pytest.mark.parametrize("law", [Constant(1), Exponential(1)])
def test_the_envelope_holds_the_path(law: Law) -> None:
    equation = delay_equation(sp.Rational(4, 5), law)
    size, rate = mean_envelope(equation)
    times = [sp.Rational(1, 2), sp.Integer(2), sp.Integer(9)]
    for time, path in zip(times, mean_path(equation, times, delay=law), strict=True):
        assert abs(path).upper <= float(size) * float(sp.exp(float(rate) * time)) * 1.0001
    with pytest.raises(ValueError, match="not proven stable"):
        mean_envelope(delay_equation(2, Constant(1)))


@pytest.mark.slow
def test_a_law_of_an_irrational_mean_has_a_training_time() -> None:
    found = training_time(model(Weibull(shape=2, scale=1)), "1/4", start=4, digits=1)
    assert found.time is not None
    assert found.time.is_positive()
