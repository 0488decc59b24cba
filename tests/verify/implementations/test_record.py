"""A record of a check survives its JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from verify.implementations.checking import check_implementation
from verify.implementations.record import SCHEMA, ImplementationCheck, SimulatorCheck
from verify.implementations.simulator_checks import check_simulator

KEYS = """schema kind target claim statement expression outcome reason limit points searched typical most worst shrunk
simplest behaviour derivatives edges map profile provenance"""


def rate(workers: Any, mean_delay: Any) -> Any:
    return np.where(np.asarray(mean_delay) > 50, np.nan, workers / mean_delay)


def test_an_implementations_check_reads_back_to_itself() -> None:
    made = check_implementation(rate, "arrivals.rate.any-law", examples=3)
    record = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert record["schema"] == SCHEMA
    assert list(record) == KEYS.split()
    assert set(record["worst"]["at"]) == {"workers", "mean_delay"}
    assert record["worst"]["error"] is None  # no number is null, as JSON has no infinity
    assert ImplementationCheck.from_json(record) == made


def test_a_simulators_check_reads_back_to_itself() -> None:
    made = check_simulator(
        lambda seed, replicas, workers: np.random.default_rng(seed).normal(workers - 1, 0.1, replicas),
        "staleness.mean.any-law",
    )
    record = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert record["outcome"] == "pass"
    assert SimulatorCheck.from_json(record) == made


def test_records_of_other_kinds_are_refused() -> None:
    for record in ({}, {"schema": SCHEMA, "kind": "report"}, {"schema": "staleproof-report/1"}):
        with pytest.raises(ValueError, match="schema"):
            ImplementationCheck.from_json(record)
        with pytest.raises(ValueError, match="schema"):
            SimulatorCheck.from_json(record)
