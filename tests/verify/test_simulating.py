"""Simulation of studies: the event loop gets what the file says."""

from __future__ import annotations

from typing import Any

import pytest

from derive.study import StudyError, study_from_table
from verify.progress import Progress
from verify.simulating import simulate_study, system_of

TABLE: dict[str, Any] = {
    "workers": {"count": 3, "compute": {"law": "gamma", "shape": 4, "mean": 2}},
    "optimizer": {"learning_rate": "1/10"},
    "objective": {"curvature": [1, 2], "gradient_noise": [0.5, 0]},
    "run": {"start": "staggered", "initial": 1, "replicas": 3, "updates": 2000, "burn_in": 100, "seed": 4},
}


class Counter(Progress):
    def __init__(self) -> None:
        self.titles: list[tuple[str, int]] = []
        self.done = 0

    def note(self, text: str) -> None:
        raise AssertionError(text)

    def task(self, title, total):  # type: ignore[no-untyped-def]
        from contextlib import nullcontext

        self.titles.append((title, total))
        return nullcontext(self.advance)

    def advance(self, done: int) -> None:
        self.done += done


def test_the_system_is_what_the_file_says() -> None:
    system = system_of(study_from_table(TABLE).cases[0].study)
    assert (system.workers, system.learning_rate, system.start) == (3, 0.1, "staggered")
    assert (system.curvature, system.gradient_noise, system.initial) == ((1.0, 2.0), (0.5, 0.0), (1.0, 1.0))


def test_a_simulation_reports_each_replica_and_keeps_the_seed() -> None:
    study, counter = study_from_table(TABLE, "here.toml").cases[0].study, Counter()
    simulation = simulate_study(study, "gamma", counter)
    assert counter.titles == [("simulating here gamma", 3)]
    assert counter.done == 3
    assert simulation.provenance["seed"] == 4
    assert simulation.measured("staleness_mean").value.mean == pytest.approx(2, abs=0.01)
    assert simulate_study(study) == simulation


def test_an_equation_has_nothing_to_simulate() -> None:
    table = {"equation": {"damping": 1, "delay": {"law": "constant", "value": 1}}}
    with pytest.raises(ValueError, match="no workers"):
        system_of(study_from_table(table).cases[0].study)


@pytest.mark.parametrize(
    ("section", "change", "key"),
    [
        ("scheme", {"rule": "k-sync", "batch": 2}, "scheme.rule"),
        ("scheme", {"dropout": "1/10"}, "scheme.dropout"),
        ("scheme", {"age_threshold": 1, "age_action": "abandon"}, "scheme.age_threshold"),
        ("optimizer", {"learning_rate": "1/10", "momentum": "1/2"}, "optimizer.momentum"),
        ("workers", {**TABLE["workers"], "uplink": {"law": "constant", "value": 1}}, "workers.uplink"),
    ],
)
def test_what_the_event_loop_does_not_know_is_refused_by_key(section: str, change: Any, key: str) -> None:
    study = study_from_table({**TABLE, section: change}, "here.toml").cases[0].study
    with pytest.raises(StudyError, match=r"^here\.toml: .*not available yet") as refused:
        system_of(study)
    assert refused.value.key == key


def test_neutral_values_are_simulated_as_if_they_were_not_there() -> None:
    plain = system_of(study_from_table(TABLE).cases[0].study)
    neutral = {"dropout": 0, "staleness_discount": 1.0, "event_trigger": "0", "rule": "asynchronous"}
    table = {**TABLE, "scheme": neutral, "optimizer": {"learning_rate": "1/10", "momentum": 0}}
    assert system_of(study_from_table(table).cases[0].study) == plain
