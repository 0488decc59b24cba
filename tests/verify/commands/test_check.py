"""``staleproof check`` from the command line: exit codes, JSON, pages, and refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import staleproof
from verify.commands.check import setting_of
from verify.implementations.record import ImplementationCheck

MODULE = """
import numpy as np

def right(workers, mean_delay):
    return workers / mean_delay

def chatty(workers, mean_delay):
    print("here I am")
    return workers / mean_delay

def wrong(workers, mean_delay):
    return 1.01 * workers / mean_delay

def sampled(seed, replicas, workers):
    return np.random.default_rng(seed).normal(workers - 1, 0.1, replicas)
"""
CLAIM = ("--claim", "arrivals.rate.any-law", "--examples", "2")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's own with a module in it, and the outputs under it."""
    (tmp_path / "my_rates.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_check_writes_a_page_and_its_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["check", "my_rates:right", *CLAIM]) == 0
    assert "my_rates:right against arrivals.rate.any-law: PASS" in capsys.readouterr().out
    folder = here / "build/checks/my_rates-right.arrivals.rate.any-law"
    assert "<!doctype html>" in (folder / "check.html").read_text()
    assert ImplementationCheck.from_json(json.loads((folder / "check.json").read_text())).passed


def test_json_is_one_object_and_nothing_else(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["check", "my_rates:chatty", *CLAIM, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "pass"
    assert staleproof.main(["check", "my_rates:wrong", *CLAIM, "--json", "--quiet"]) == 1
    written = capsys.readouterr()
    record = json.loads(written.out)
    assert (record["outcome"], record["target"], written.err) == ("refuted", "my_rates:wrong", "")
    assert record["simplest"]["at"] == {"workers": "1", "mean_delay": "1.0"}


def test_a_refuted_check_shows_the_point(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["check", "my_rates:wrong", *CLAIM, "--ulps", "4"]) == 1
    out = capsys.readouterr().out
    assert "simplest that fails: workers = 1, mean_delay = 1.0" in out
    assert "answered 1.01, proven 1," in out


def test_simulators_are_judged_at_the_settings_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["check", "my_rates:sampled", "--claim", "staleness.mean.any-law", "--simulator"]
    assert staleproof.main([*command, "--at", "workers=8", "--at", "workers=3"]) == 0
    assert "smallest bias noticed" in capsys.readouterr().out
    page = here / "build/checks/my_rates-sampled.staleness.mean.any-law/check.html"
    assert "workers = 8" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["my_rates:right"], "--claim"),
        (["my_rates:right", "--claim", "arrivals.rate"], "--claim = 'arrivals.rate': unknown claim"),
        (["my_rates:right", "--claim", "x" * 1000], "unknown claim; allowed: see staleproof claims"),
        (["my_rates:nothing", *CLAIM], "TARGET = 'my_rates:nothing': my_rates has no nothing"),
        (["my_rates", *CLAIM], "not a module and a name in it"),
        (["my_rates:right", *CLAIM, "--ulps", "0"], "--ulps = '0'"),
        (["my_rates:right", *CLAIM, "--ulps", "nan"], "--ulps = 'nan'"),
        (["my_rates:right", *CLAIM, "--time-limit", "-1"], "--time-limit = '-1'"),
        (["my_rates:right", *CLAIM, "--at", "workers=3"], "--at = 'workers=3': needs --simulator"),
        (["my_rates:sampled", "--claim", "staleness.mean.any-law", "--simulator", "--at", "workers"], "--at"),
        (["no-such-program", *CLAIM, "--program"], "no such program"),
        (["my_rates:right", "--claim", "arrivals.interval.any-law"], "its value is no number"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str], word: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert staleproof.main(["check", *arguments]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert line.startswith("staleproof: command line: ")
    assert word in line
    assert "; allowed: " in line
    assert len(line) < 400
    assert not list(here.glob("build/checks/*"))


def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert staleproof.main(["check", "my_rates:right", *CLAIM, "--out", "my_rates.py"]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "searching" not in line


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=40))
def test_settings_are_read_and_never_evaluated(text: str) -> None:
    try:
        found = setting_of(text)
    except ValueError as error:
        found = {}
        if "\n" in str(error):
            raise
    assert all(name and value for name, value in found.items())


def test_a_stub_runs_and_can_be_checked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["claims", "arrivals.rate.any-law", "--json"]) == 0
    stub = json.loads(capsys.readouterr().out)["stub"]
    (here / "filled.py").write_text(stub.replace("raise NotImplementedError", "return workers / mean_delay"))
    assert "--claim arrivals.rate.any-law" in stub
    assert staleproof.main(["check", "filled:arrivals_rate_any_law", *CLAIM]) == 0
