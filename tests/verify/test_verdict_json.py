"""Verdicts and their numbers survive the way through JSON, and nothing but a verdict is read as one."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import get_args

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from numeric.enclosure import Enclosure
from numeric.values import Estimate, Exact
from verify.agreement import judge_agreement
from verify.statistics.gates import judge_bound, judge_equal, judge_equivalent
from verify.verdict import Evidence, Outcome, Value, Verdict
from verify.verdict_json import number_from_text, value_from_json, verdict_from_json

SAMPLES = np.random.default_rng(1).normal(3, 0.05, 64)
VERDICTS = [
    judge_equal("a.b", "case", "statement", Exact(sp.Integer(3)), SAMPLES, 1e-5),
    judge_equal("a.b", "case", "statement", Enclosure.of(sp.pi), SAMPLES[:8], 1e-5),
    judge_equivalent("a.b", "case", "statement", Exact(sp.Integer(3)), SAMPLES, 1e-5, tolerance=0.1),
    judge_bound("a.b", "case", "statement", Exact(sp.E), SAMPLES, 1e-5, direction="at least"),
    judge_agreement("a.b", "case", "statement", Exact(sp.exp(-1) / 3), Enclosure.of(sp.exp(-1) / 3)),
]
NUMBERS: list[Value] = [
    Exact(sp.Rational(-7, 3)),
    Exact(sp.sqrt(2) * sp.pi / sp.E),
    Exact(sp.LambertW(-sp.Rational(1, 3), -1)),
    Exact(4 * sp.sin(sp.pi / 8) / sp.cos(sp.pi / 8) ** 5),
    Exact((sp.Integer(5) + sp.sqrt(33)) ** sp.Rational(-1, 3) + sp.I),
    Enclosure.of(sp.Rational(1, 3), 400),
    Enclosure.of(sp.exp(-300)),
    Estimate(1.25, 1e-3, 64),
]


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: f"{verdict.relation}: {verdict.outcome}")
def test_verdicts_survive_json(verdict: Verdict) -> None:
    assert verdict_from_json(json.loads(json.dumps(verdict.to_json(), allow_nan=False))) == verdict


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_numbers_survive_json(number: Value) -> None:
    assert value_from_json(json.loads(json.dumps(number.to_json()))) == number


@pytest.mark.parametrize(
    "text", ["__import__('os')", "x", "exp(x)", "(1).real", "lambda: 1", "1 +", "[1]", "True", "0.5", "9**9**9"]
)
def test_only_closed_expressions_are_read(text: str) -> None:
    with pytest.raises(ValueError, match="not a closed expression"):
        number_from_text(text)


@pytest.mark.parametrize(
    "change", [{"outcome": "fine"}, {"evidence": "a feeling"}, {"extra": 1}, {"observed": {"kind": "float"}}]
)
def test_records_that_are_no_verdicts_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"allowed|unknown"):
        verdict_from_json({**VERDICTS[0].to_json(), **change})


def test_a_missing_key_is_named() -> None:
    record = VERDICTS[0].to_json()
    del record["claim"]
    with pytest.raises(ValueError, match="claim"):
        verdict_from_json(record)


FINITE = st.floats(allow_nan=False, allow_infinity=False)
SIZES = st.floats(min_value=0, allow_infinity=False)
VALUES = st.one_of(
    st.fractions().map(lambda number: Exact(sp.Rational(number.numerator, number.denominator))),
    st.sampled_from([number for number in NUMBERS if not isinstance(number, Estimate)]),
    st.tuples(st.fractions(), st.integers(30, 300)).map(lambda pair: Enclosure.of(sp.Rational(pair[0]), pair[1])),
    st.builds(Estimate, FINITE, SIZES, st.integers(2, 10**9)),
)
DRAWN = {name: st.text() for name in ("claim", "case", "statement", "relation", "negative_control", "note")} | {
    "predicted": VALUES,
    "observed": VALUES,
    "outcome": st.sampled_from(get_args(Outcome)),
    "evidence": st.sampled_from(get_args(Evidence)),
    "smallest_bias_noticed": st.none() | SIZES,
}


@given(st.builds(Verdict, **DRAWN))
def test_every_field_of_every_verdict_survives_json(verdict: Verdict) -> None:
    again = verdict_from_json(json.loads(json.dumps(verdict.to_json(), allow_nan=False)))
    assert set(DRAWN) == {field.name for field in fields(Verdict)}
    for field in fields(Verdict):
        assert getattr(again, field.name) == getattr(verdict, field.name)
        assert type(getattr(again, field.name)) is type(getattr(verdict, field.name))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"predicted": 3.0}, r"^predicted = 3\.0: a bare float"),
        ({"observed": 3.0}, r"^observed = 3\.0: a bare float"),
        ({"outcome": "fine"}, "allowed: pass"),
        ({"smallest_bias_noticed": float("nan")}, "finite"),
    ],
)
def test_no_bare_float_makes_a_verdict(change: dict[str, object], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        replace(VERDICTS[0], **change)  # type: ignore[arg-type]
