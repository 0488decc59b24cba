"""Schemes: the registry, and what an asynchronous scheme accepts."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
import sympy as sp

from derive import symbols as y
from derive.scheme import Scheme, SchemeError
from derive.schemes import SCHEMES, Asynchronous
from derive.study_schema import RULES_LATER

EXAMPLES: dict[str, Scheme] = {"asynchronous": Asynchronous(16)}


def test_every_registered_scheme_has_an_example_here() -> None:
    assert set(SCHEMES) == set(EXAMPLES)


@pytest.mark.parametrize("rule", SCHEMES)
def test_a_scheme_is_registered_under_its_rule(rule: str) -> None:
    assert SCHEMES[rule].rule == rule
    assert issubclass(SCHEMES[rule], Scheme)
    assert isinstance(EXAMPLES[rule], SCHEMES[rule])
    assert rule not in RULES_LATER, "a rule is either there or yet to come"


@pytest.mark.parametrize("workers", [1, 16, 10**6, "32", 4.0])
def test_a_worker_count_is_an_exact_integer(workers: Any) -> None:
    count = Asynchronous(workers).workers
    assert count.is_Integer
    assert count == int(workers)


def test_a_worker_count_may_be_a_symbol() -> None:
    assert Asynchronous(y.workers).workers is y.workers
    with pytest.raises(SchemeError):
        Asynchronous(sp.Dummy("M", positive=True))  # not known to be whole


@pytest.mark.parametrize("workers", [0, -3, 2.5, "2.5", "many", 10**6 + 1, float("nan"), float("inf"), True, None])
def test_an_impossible_worker_count_is_refused_by_key(workers: Any) -> None:
    with pytest.raises(SchemeError) as refused:
        Asynchronous(workers)
    assert (refused.value.key, refused.value.value) == ("workers", workers) or workers != workers
    assert str(refused.value).startswith("workers = ")
    assert "allowed: an integer from 1 to 1000000" in str(refused.value)


def test_a_scheme_is_frozen_and_compares_by_value() -> None:
    assert Asynchronous(4) == Asynchronous("4") != Asynchronous(5)
    with pytest.raises(FrozenInstanceError):
        Asynchronous(4).workers = sp.Integer(5)  # type: ignore[misc]
