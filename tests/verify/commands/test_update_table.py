"""The table of update times: six rules, exact or between bounds, and none where workers differ."""

from __future__ import annotations

from dataclasses import replace

from derive.laws import Exponential, Hyperexponential, Pareto
from derive.schemes import KSync
from derive.studies.study import WorkerClass, Workers, load_study
from verify.commands.update_table import HEADER, update_times

STUDY = load_study("reports/studies/textbook.toml").cases[1].study


def test_exponential_cycles_have_six_exact_times() -> None:
    rows = update_times(replace(STUDY.with_workers(Workers.alike(4, Exponential(6))), scheme=KSync(4, batch=2)))
    assert dict(row[:2] for row in rows) == {
        "asynchronous": "1.5",
        "synchronous": "12.5",
        "k-sync, n_B = 2": "3.5",
        "k-batch-sync, n_B = 2": "3",
        "k-async, n_B = 2": "3.5",
        "k-batch-async, n_B = 2": "3",
    }
    assert all(len(row) == len(HEADER) and row[2] for row in rows)


def test_what_is_not_closed_is_told_as_bounds() -> None:
    rows = {row[0]: row[1] for row in update_times(STUDY.with_workers(Workers.alike(4, Pareto(3, 2))))}
    assert rows["k-async, n_B = 2"] == "at least 1.5"
    assert rows["k-batch-sync, n_B = 2"] == "at most 3.75"
    assert float(rows["synchronous"]) > float(rows["k-sync, n_B = 2"]) > 2


def test_unlike_and_very_many_workers_have_no_table() -> None:
    unlike = Workers((WorkerClass(2, Exponential(1)), WorkerClass(2, Hyperexponential(["1/4", "3/4"], [4, 1]))))
    assert update_times(STUDY.with_workers(unlike)) == ()
    assert update_times(STUDY.with_workers(Workers.alike(1001, Exponential(1)))) == ()
