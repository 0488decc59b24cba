"""The three kinds of number: what each refuses, and the JSON each writes."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive import symbols as y
from numeric.values import Estimate, Exact


def test_an_exact_number_keeps_its_closed_form() -> None:
    third = Exact(sp.Rational(1, 3))
    assert third.to_json() == {"kind": "exact", "value": "1/3", "latex": r"\frac{1}{3}"}
    assert float(third) == 1 / 3
    assert Exact(2).expression == sp.Integer(2)
    assert Exact(sp.sqrt(2) ** 2) == Exact(2)


def test_a_number_with_a_free_symbol_is_not_exact() -> None:
    with pytest.raises(ValueError, match="free symbols"):
        Exact(y.workers + 1)


def test_an_estimate_states_its_error_and_its_replicas() -> None:
    found = Estimate(1.5, 0.25, 64)
    assert found.to_json() == {"kind": "estimate", "mean": 1.5, "standard_error": 0.25, "replicas": 64}
    assert float(found) == 1.5
    assert Estimate(0.0, 0.0, 2).standard_error == 0


@pytest.mark.parametrize(
    ("mean", "standard_error", "replicas"),
    [(math.nan, 1, 8), (math.inf, 1, 8), (1, -0.1, 8), (1, math.nan, 8), (1, 0.1, 1), (1, 0.1, 0)],
)
def test_what_is_no_estimate_is_refused(mean: float, standard_error: float, replicas: int) -> None:
    with pytest.raises(ValueError, match="not an estimate"):
        Estimate(mean, standard_error, replicas)


def test_numbers_do_not_change() -> None:
    with pytest.raises(AttributeError):
        Estimate(1.5, 0.25, 64).mean = 2.0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Exact(1).expression = sp.Integer(2)  # type: ignore[misc]
