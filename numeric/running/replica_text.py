"""Stage: replicas as text. Input: what replicas did. Output: one JSON list that says every bit of it, and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from numeric.event_loop.compiled import Rejected, Replica, narrow


def text_of_replicas(runs: list[Replica]) -> str:
    """One JSON list; Python writes a double with as many digits as name it alone.

    Example: ``text_of_replicas([]) == "[]"``.
    """
    return json.dumps([_fields(run) for run in runs])


def read_replicas(text: str) -> list[Replica]:
    """The replicas of one part from its text.

    Example: ``read_replicas("[]") == []``.
    """
    return [_replica(entry) for entry in json.loads(text)]


def _fields(run: Replica) -> list[Any]:
    used = np.flatnonzero(run.staleness_histogram)
    histogram = [len(run.staleness_histogram), used.tolist(), run.staleness_histogram[used].tolist()]
    sums = [run.time_sums.tolist(), run.event_sums.tolist()]
    fates = [run.rejected.dropped, run.rejected.lost, run.rejected.suppressed]
    when = [run.duration, run.age_origin, *run.age_sums, run.diverged_at]
    looked = [None if one is None else one.tolist() for one in (run.products, run.delay_counts)]
    return [run.updates, run.made, fates, when, sums, histogram, looked]


def _replica(entry: list[Any]) -> Replica:
    updates, made, fates, when, sums, (length, used, counts), (products, delays) = entry
    duration, origin, *ages, diverged_at = when
    histogram = np.zeros(length, np.int64)
    histogram[used] = counts
    times, events = (np.array(one, np.float64) for one in sums)
    looked = (products and np.array(products, np.float64), delays and np.array(delays, np.int64))
    fate = (diverged_at, made, Rejected(*fates))
    return Replica(updates, duration, times, events, origin, (ages[0], ages[1]), narrow(histogram), *fate, *looked)
