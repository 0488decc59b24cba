"""What a linear model refuses: impossible settings, and closed forms outside their domain.

The strict expected failures are known defects: where a number comes out that must not.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
import sympy as sp

from derive import symbols as y
from derive.law import Law
from derive.laws import Constant, Exponential, Gamma
from derive.models.linear import LinearModel, OutsideDomainError, linear_model
from derive.scheme import SchemeError
from derive.schemes import Asynchronous


def model(law: Law, workers: Any = 16, **changed: Any) -> LinearModel:
    """Learning rate 1/20, curvature 1 and noise 1, unless changed: a theta = workers/20."""
    settings = {"learning_rate": "1/20", "curvature": 1, "gradient_noise": 1, **changed}
    return linear_model(law, Asynchronous(workers), **settings)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": sp.oo}, "number"),
        ({"learning_rate": math.nan}, "number"),
        ({"learning_rate": sp.Dummy("e")}, "learning_rate"),
        ({"gradient_noise": -1}, "gradient_noise"),
        ({"gradient_noise": math.inf}, "number"),
        ({"curvature": "steep"}, "number"),
        ({"curvature": math.nan}, "number"),
        ({"curvature": True}, "number"),
    ],
)
def test_impossible_settings_are_refused(changed: dict[str, Any], key: str) -> None:
    with pytest.raises(ValueError, match=key):
        model(Constant(1), **changed)


@pytest.mark.parametrize("workers", [0, -1, "1.5", 0.5, 10**6 + 1, math.nan, True, "many", None])
def test_an_impossible_worker_count_is_refused(workers: Any) -> None:
    with pytest.raises(SchemeError, match=r"workers = .*; allowed: an integer from 1 to 1000000"):
        Asynchronous(workers)


@pytest.mark.parametrize("law", [Constant(1), Exponential(1), Gamma(4, 1)], ids=str)
def test_a_saddle_has_no_stationary_variance(law: Law) -> None:
    with pytest.raises(OutsideDomainError):
        _ = model(law, curvature=-1).stationary_variance


def test_erlang_delays_beyond_their_limit_have_no_variance() -> None:
    assert model(Gamma(4, 1), 50).stability_condition == sp.false
    with pytest.raises(OutsideDomainError):
        _ = model(Gamma(4, 1), 50).stationary_variance


def test_a_symbolic_shape_keeps_the_limit_in_the_condition() -> None:
    condition = model(Gamma(y.shape, 1), 100).stability_condition
    assert condition != sp.true


def test_a_recursion_with_a_step_above_two_has_no_variance() -> None:
    with pytest.raises(OutsideDomainError):
        model(Constant(1), 1, learning_rate="5/2").claimed("recursion.stationary-variance.fixed-staleness")


@pytest.mark.parametrize("curvature", [sp.oo, sp.I])
def test_a_curvature_that_is_no_finite_real_number_is_refused(curvature: sp.Expr) -> None:
    with pytest.raises(ValueError, match=r"curvature|is not a finite number"):
        model(Constant(1), curvature=curvature)


def test_a_law_of_mean_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="mean"):
        model(Constant(0))
