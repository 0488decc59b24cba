"""Jobs: parts cover the work, text says every bit, the address changes with everything that changes the outcome."""

from __future__ import annotations

import pickle
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.draws import DrawRecipe, standard_exponential, standard_uniform
from numeric.event_loop.system import System
from numeric.running import jobs
from numeric.running.jobs import Job, PathSums, Pilot, StationaryRuns, content_address
from numeric.running.replica_text import read_replicas

SYSTEM = System(4, DrawRecipe(standard_exponential), 0.3, (1.0, 0.5), (1.0, 1.0))
RUNS = StationaryRuns(SYSTEM, 1, 7, 3000, 100)
PATH = PathSums(SYSTEM, 1, 70, (0.0, 0.5, 1.0))
PILOT = Pilot(SYSTEM, 1, 3000)


@given(replicas=st.integers(2, 300), updates=st.integers(1, 2**20))
def test_parts_cover_every_replica_once(replicas: int, updates: int) -> None:
    for job in (StationaryRuns(SYSTEM, 1, replicas, updates, 0), PathSums(SYSTEM, 1, replicas, (0.0,))):
        covered = [k for first, count in job.parts() for k in range(first, first + count)]
        assert covered == list(range(replicas))
        assert all(count > 0 for _, count in job.parts())


@pytest.mark.parametrize("job", [RUNS, PATH, PILOT], ids=lambda job: job.kind)
def test_the_text_of_an_outcome_says_every_bit(job: Job) -> None:
    outcome = job.runner()(job.parts()[0])
    again = job.read(job.text(outcome))
    assert job.text(again) == job.text(outcome)
    assert pickle.dumps(again) == pickle.dumps(job.read(job.text(again)))
    if job.kind == "replicas":
        for one, other in zip(outcome, again, strict=True):
            assert (one.duration, one.age_sums, one.made, one.rejected) == (
                other.duration,
                other.age_sums,
                other.made,
                other.rejected,
            )
            for name in ("time_sums", "event_sums", "staleness_histogram"):
                assert np.array_equal(getattr(one, name), getattr(other, name))
                assert getattr(one, name).dtype == getattr(other, name).dtype


def test_numbers_beyond_all_bounds_are_kept() -> None:
    diverging = replace(RUNS, system=replace(SYSTEM, learning_rate=9.0))
    (run, *_) = diverging.runner()((0, 1))
    (kept,) = read_replicas(diverging.text([run]))
    assert kept.diverged_at == run.diverged_at is not None
    assert np.array_equal(kept.event_sums, run.event_sums, equal_nan=True)


CHANGED = [
    replace(RUNS, seed=2),
    replace(RUNS, updates=3001),
    replace(RUNS, burn_in=101),
    *(
        replace(RUNS, system=replace(SYSTEM, **change))
        for change in (
            {"learning_rate": 0.25},
            {"curvature": (1.0, 0.25)},
            {"draw": DrawRecipe(2 * standard_exponential)},
            {"draw": DrawRecipe(standard_uniform)},
            {"start": "together"},
            {"dropout": 0.1},
            {"workers": 5},
        )
    ),
]


@pytest.mark.parametrize("job", CHANGED, ids=str)
def test_the_address_changes_with_the_job(job: Job) -> None:
    assert content_address(job) != content_address(RUNS)


def test_the_address_does_not_change_without_need() -> None:
    assert content_address(RUNS) == content_address(pickle.loads(pickle.dumps(RUNS)))
    # More replicas of the same runs: those that are kept are used again.
    assert content_address(replace(RUNS, replicas=9)) == content_address(RUNS)


def test_the_address_changes_with_the_code() -> None:
    before = content_address(RUNS)
    with mock.patch.object(jobs.loops, "loop_source", return_value="def run(): pass"):
        assert content_address(RUNS) != before
    with mock.patch.object(jobs, "_versions", return_value=("0",)):
        assert content_address(RUNS) != before
    with mock.patch.object(jobs, "_source", return_value=""):
        assert content_address(RUNS) != before
