"""Studies told side by side: the same reports as one after the other, under one error budget; ends told in one line."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

import staleproof
from derive.studies.schema import StudyError
from verify.commands import reports
from verify.commands.laboratory import RESUME

AGES = """
[workers]
count = 4
compute = {{ law = "exponential", mean = 1 }}
[optimizer]
learning_rate = 0.1
[objective]
curvature = [1]
[scheme]
rule = "asynchronous"
age_threshold = {age}
dropout = 0.1
[run]
seed = 3
replicas = 2
updates = 2_000
"""


@pytest.fixture
def options(tmp_path: Path) -> Namespace:
    """Two small studies that no claim speaks of, because proofs would take most of the time."""
    for name, age in (("young", 1), ("old", 3)):
        (tmp_path / f"{name}.toml").write_text(AGES.format(age=age))
    studies = [str(tmp_path / f"{name}.toml") for name in ("young", "old")]
    kept = {"store": None, "no_store": True, "engine": "threads", "scheduler": None}
    return Namespace(study=studies, seed=None, out=str(tmp_path / "out"), quiet=False, **kept)


def _found(options: Namespace) -> list[dict[str, Any]]:
    """What the two reports say of numbers; when and where they were made is another matter."""
    folders = [Path(options.out) / name for name in ("young", "old")]
    told = [json.loads((folder / "report.json").read_text(encoding="utf-8")) for folder in folders]
    return [{key: one[key] for key in ("name", "cases", "verdicts", "findings", "checks_in_run")} for one in told]


def test_studies_are_told_side_by_side_by_other_processes(
    options: Namespace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    command = ["report", *options.study, "--json", "--no-store", "--out", options.out]
    assert staleproof.main(command) == 3  # of two replicas
    told = capfd.readouterr()
    assert "simulating old" in told.err
    first, second = json.loads(told.out)["reports"]
    assert (first["name"], second["name"]) == ("young", "old")
    assert first["checks_in_run"] == second["checks_in_run"] > 0
    assert first["cases"] != second["cases"]


@pytest.mark.slow
def test_studies_side_by_side_are_told_as_one_after_the_other(
    options: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    together = reports.told_studies(options)
    side_by_side = _found(options)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert reports.told_studies(options) == together
    assert _found(options) == side_by_side


def test_an_interrupt_ends_every_process() -> None:
    processes = []

    def interrupted() -> None:
        with reports._pool(1, resumable=True) as pool:
            assert pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN
            processes.extend(multiprocessing.active_children())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=RESUME):
        interrupted()
    (process,) = processes
    process.join(10)
    assert process.exitcode == -signal.SIGTERM


def test_a_process_that_the_system_ends_is_told_in_one_line() -> None:
    def ended() -> None:
        with reports._pool(1, resumable=False) as pool:
            pool.submit(os._exit, 1).result()

    with pytest.raises(StudyError, match="the system ended a process") as refused:
        ended()
    assert "\n" not in str(refused.value)
