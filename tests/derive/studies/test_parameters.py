"""Numbers of a study by name: read, replaced by other numbers, left open."""

from __future__ import annotations

import tomllib

import pytest
import sympy as sp

from derive.law import LawError
from derive.scheme import SchemeError
from derive.studies.parameters import found_name, number_at, numeric_keys, with_numbers
from derive.studies.study import study_from_table

TEXT = """[workers]
count = 4
compute = { law = "mixture", parts = [
  { weight = 0.5, law = "uniform", low = 0, high = 2 }, { weight = 0.5, law = "gamma", shape = 3, mean = "1/3" }] }
[scheme]
dropout = 0.1
[optimizer]
learning_rate = 0.25
[objective]
curvature = [1, 2]
"""
RAW = tomllib.loads(TEXT)
STUDY = study_from_table(RAW).cases[0].study


def test_every_number_that_may_vary_has_a_name() -> None:
    names = numeric_keys(RAW)
    assert set(names) == {
        "workers.count", "workers.compute.parts[0].low", "workers.compute.parts[0].high",
        "workers.compute.parts[0].weight", "workers.compute.parts[1].weight",
        "workers.compute.parts[1].shape", "workers.compute.parts[1].mean", "scheme.dropout",
        "optimizer.learning_rate", "optimizer.momentum", "objective.curvature[0]", "objective.curvature[1]",
    }  # fmt: skip
    assert found_name("damping", {"equation.damping": ("equation", "damping")}) == "equation.damping"
    assert found_name("dampin", names) is None


def test_numbers_are_read_where_they_were_written() -> None:
    assert number_at(STUDY, ("workers", "count")) == 4
    assert number_at(STUDY, ("objective", "curvature", 1)) == 2
    assert number_at(STUDY, ("optimizer", "momentum")) == 0


@pytest.mark.parametrize(
    "name", ["optimizer.learning_rate", "workers.count", "scheme.dropout", "objective.curvature[0]"]
)
def test_a_number_put_in_is_there_and_the_rest_stays(name: str) -> None:
    path = numeric_keys(RAW)[name]
    for value in (
        sp.Rational(1, 2) if name != "workers.count" else sp.Integer(7),
        sp.Dummy(positive=True, integer=True),
    ):
        changed = with_numbers(STUDY, {path: value})
        assert number_at(changed, path) == value
        other = numeric_keys(RAW)["objective.curvature[1]"]
        assert number_at(changed, other) == 2


def test_a_law_with_an_open_condition_takes_a_symbol_and_refuses_a_wrong_number() -> None:
    study = (
        study_from_table(tomllib.loads('[equation]\ndamping = 1\ndelay = { law = "uniform", low = 0, high = 2 }'))
        .cases[0]
        .study
    )
    path = ("equation", "delay", "low")
    low = sp.Dummy("low", nonnegative=True)
    assert number_at(with_numbers(study, {path: low}), path) == low
    with pytest.raises(LawError):
        with_numbers(study, {path: sp.Integer(3)})
    with pytest.raises(SchemeError):
        with_numbers(STUDY, {("scheme", "dropout"): sp.Integer(2)})
