"""Simulation of studies: the event loop gets what the file says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from derive.laws import Constant, Empirical, Gamma
from derive.studies.study import Study, StudyError, study_from_table
from derive.studies.text import study_toml
from numeric.event_loop.system import Correlation, WorkerClass
from staleproof import main
from verify.commands.progress import Progress
from verify.sampling import simulating
from verify.sampling.simulating import scheme_fields, simulate_study, system_of

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


def with_(section: str, **values: Any) -> Study:
    table = {**TABLE, section: {**TABLE.get(section, {}), **values}}
    return study_from_table(table, "here.toml").cases[0].study


def test_a_plain_study_tells_the_event_loop_nothing_of_schemes() -> None:
    assert scheme_fields(with_("scheme", dropout=0, staleness_discount=1.0, event_trigger="0")) == {}
    assert scheme_fields(with_("optimizer", momentum=0)) == {}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"rule": "k-sync", "batch": 2}, {"rule": "k-sync", "batch": 2}),
        ({"rule": "synchronous", "uplink_capacity": "5/2"}, {"rule": "synchronous", "uplink_capacity": 2.5}),
        (
            {"staleness_threshold": 0, "staleness_discount": "1/2"},
            {"staleness_threshold": 0, "staleness_discount": 0.5},
        ),
        ({"age_threshold": 1}, {"age_threshold": 1.0}),
        ({"age_threshold": 1, "age_action": "abandon"}, {"age_threshold": 1.0, "age_action": "abandon"}),
        ({"dropout": "1/10", "event_trigger": 3}, {"dropout": 0.1, "event_trigger": 3.0}),
    ],
)
def test_a_scheme_is_told_in_integers_doubles_and_words(values: dict[str, Any], told: dict[str, Any]) -> None:
    found = scheme_fields(with_("scheme", **values))
    assert found == told
    assert {name: type(value) for name, value in found.items()} == {name: type(value) for name, value in told.items()}


def test_momentum_is_told() -> None:
    assert scheme_fields(with_("optimizer", momentum="9/10")) == {"momentum": 0.9}


@pytest.mark.parametrize(("section", "key"), [("scheme", "dropout"), ("optimizer", "momentum")])
def test_a_number_that_rounds_out_of_its_range_is_refused(section: str, key: str) -> None:
    with pytest.raises(StudyError, match=r"1\.0 as a double; allowed: .*\[0, 1\)") as refused:
        system_of(with_(section, **{key: "0.99999999999999999999"}))
    assert refused.value.key == f"{section}.{key}"


@pytest.mark.parametrize(
    ("section", "values", "key"),
    [
        ("scheme", {"rule": "k-sync", "batch": 2}, "scheme.rule"),
        ("scheme", {"dropout": "1/10"}, "scheme.dropout"),
        ("scheme", {"age_threshold": 1, "age_action": "abandon"}, "scheme.age_threshold"),
        ("optimizer", {"momentum": "1/2"}, "optimizer.momentum"),
    ],
)
def test_what_the_event_loop_cannot_be_told_is_refused_by_key(
    section: str, values: dict[str, Any], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulating, "KNOWN", simulating.KNOWN - scheme_fields(with_(section, **values)).keys())
    with pytest.raises(StudyError, match=r"^here\.toml: .*not available yet in simulation") as refused:
        system_of(with_(section, **values))
    assert refused.value.key == key


@pytest.mark.parametrize("link", ["uplink", "downlink"])
def test_links_and_classes_are_told(link: str) -> None:
    compute, draw = Gamma(4, 2).draw, Constant(1).draw
    system = system_of(with_("workers", **{link: {"law": "constant", "value": 1}}))
    assert system.classes == (WorkerClass(3, compute, **{link: draw}),)
    classes = [{"count": count, "compute": {"law": "constant", "value": count}} for count in (1, 2)]
    system = system_of(study_from_table({**TABLE, "workers": {"class": classes}}).cases[0].study)
    assert system.classes == (WorkerClass(1, Constant(1).draw), WorkerClass(2, Constant(2).draw))
    assert (system.workers, system.draw) == (3, Constant(1).draw)


def test_a_correlation_is_told_unless_it_is_none() -> None:
    told = system_of(with_("workers", correlation={"cycles": "1/2", "common": 0.25}))
    assert told.correlation == Correlation(0.5, 0.25)
    assert told.classes == (WorkerClass(3, Gamma(4, 2).draw),)
    assert system_of(with_("workers", correlation={"cycles": 0})) == system_of(with_("workers"))
    with pytest.raises(StudyError, match=r"1\.0 as a double; allowed: .*\[0, 1\)") as refused:
        system_of(with_("workers", correlation={"cycles": "0.99999999999999999999"}))
    assert refused.value.key == "workers.correlation.cycles"


def test_a_replay_is_told() -> None:
    law = {"law": "empirical", "values": [1, 2]}
    told = system_of(with_("workers", compute=law, replay=True))
    assert told.classes == (WorkerClass(3, Empirical([1, 2]).draw, replay=True),)
    assert not system_of(with_("workers", compute=law, replay=False)).replays


def test_simulate_refuses_a_sweep_before_its_first_case_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(simulating, "KNOWN", simulating.KNOWN - {"dropout"})
    monkeypatch.setattr(simulating, "simulate_all", lambda *_, **__: pytest.fail("a case was run"))
    study = with_("run", replicas=2)
    (tmp_path / "s.toml").write_text(study_toml(study) + "[sweep]\nscheme.dropout = [0, 0.5]\n")
    assert main(["simulate", str(tmp_path / "s.toml")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    line = "scheme.dropout = 0.5: not available yet in simulation; allowed: leave it out\n"
    assert told.err == f"staleproof: {tmp_path / 's.toml'}: {line}"
