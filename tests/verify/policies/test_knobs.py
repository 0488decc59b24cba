"""Knobs: every value is there once, and studies have them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from derive.laws import Exponential
from derive.schemes import Asynchronous, KBatchAsync
from derive.studies.records import Study, Workers
from derive.studies.schema import StudyError
from derive.studies.study import load_study
from verify.policies.knobs import GRID, given_option, options_of

ROOT = Path(__file__).parents[3]


def study(scheme: Asynchronous | KBatchAsync) -> Study:
    textbook = load_study(str(ROOT / "reports/studies/textbook.toml")).cases[1].study
    return replace(textbook.with_workers(Workers.alike(int(scheme.workers), Exponential(1))), scheme=scheme)


def test_every_threshold_and_none() -> None:
    found = options_of(study(Asynchronous(16)), "staleness_threshold", sp.Integer(3))
    assert [one.keys[0][1] for one in found] == [0, 1, 2, 3, None]
    assert [one.study.scheme and one.study.scheme.staleness_threshold for one in found] == [0, 1, 2, 3, None]
    assert found[-1].to_json() == {"staleness_threshold": None}


def test_every_rule_under_one_name() -> None:
    told = {(one.keys[0][1], one.keys[1][1]) for one in options_of(study(Asynchronous(4)), "scheme")}
    assert len(told) == 2 + 3 * 3 + 3  # batches 2 to 4 of three rules, k-sync of 1 to 3
    assert ("k-async", 1) not in told  # that is asynchronous
    assert ("k-sync", 4) not in told  # that is synchronous


def test_workers_keep_their_batch_filled() -> None:
    found = options_of(study(KBatchAsync(16, batch=3)), "workers", sp.Integer(5))
    assert [one.study.workers and one.study.workers.count for one in found] == [3, 4, 5]
    assert [one.study.scheme and one.study.scheme.workers for one in found] == [3, 4, 5]


def test_a_grid_ends_at_the_largest() -> None:
    found = options_of(study(Asynchronous(16)), "learning_rate", sp.Rational(1, 2))
    rates = [float(one.keys[0][1]) for one in found]
    assert len(rates) == GRID
    assert rates == sorted(rates)
    assert rates[-1] == 0.5


def test_the_given_value_is_the_study_s_own() -> None:
    assert given_option(study(KBatchAsync(16, batch=3)), "scheme").keys == (("rule", "k-batch-async"), ("batch", 3))


@pytest.mark.parametrize(
    ("name", "scheme", "key"),
    [("batch", Asynchronous(16), "scheme.rule"), ("scheme", Asynchronous(16, dropout="1/2"), "scheme.dropout")],
)
def test_a_knob_that_is_not_there_is_refused(name: str, scheme: Asynchronous, key: str) -> None:
    with pytest.raises(StudyError) as refused:
        options_of(study(scheme), name)
    assert refused.value.key == key
