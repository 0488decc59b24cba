"""``staleproof compare`` from the command line: exit codes, JSON, and refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import staleproof
from verify.commands.comparing import Comparison

STUDY = """
[workers]
count = 4
compute = {{ law = "exponential", mean = 1.0 }}
[optimizer]
learning_rate = {rate}
[objective]
curvature = [1.0]
[run]
replicas = 32
updates = 4000
"""


def write(path: Path, found: Any) -> str:
    path.write_text(found if isinstance(found, str) else json.dumps(found))
    return str(path)


def test_real_runs_differ_by_the_seed_within_their_errors_and_by_the_step_beyond(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    results = {}
    for name, rate, seed in (("one", 0.05, "1"), ("two", 0.05, "2"), ("far", 0.08, "1")):
        study = write(tmp_path / "study.toml", STUDY.format(rate=rate))
        assert staleproof.main(["simulate", study, "--json", "--quiet", "--no-store", "--seed", seed]) == 0
        results[name] = write(tmp_path / f"{name}.json", capsys.readouterr().out)
    assert staleproof.main(["compare", results["one"], results["two"]]) == 0
    assert "no significant changes" in capsys.readouterr().out
    assert staleproof.main(["compare", results["one"], results["far"], "--json"]) == 1
    made = Comparison.from_json(json.loads(capsys.readouterr().out))
    assert {one.place.split(" / ")[1] for one in made.significant} == {"stationary_variance", "excess_risk"}
    assert staleproof.main(["compare", results["one"], results["far"]]) == 1
    told = capsys.readouterr().out
    assert "4 significant changes" in told
    assert "standard errors, allowed" in told
    assert "would have been noticed" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "no JSON"),
        ("[1]", "no JSON object"),
        ('{"value": NaN}', "NaN is no number"),
        ("[" * 100_000, "no JSON"),
        ('{"schema": "another"}', "another kind of result"),
        ('{"other": 1}', "has nothing in common"),
        ('{"value": {"kind": "exact", "value": "__import__(1)"}}', "no result"),
        ('{"value": {"kind": "estimate", "mean": "x", "standard_error": 1, "replicas": 2}}', "no result"),
        ('{"value": {"kind": "exact"}}', "no result"),
    ],
)
def test_a_file_that_holds_no_such_result_is_refused(
    content: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path / "a.json", {"value": {"kind": "exact", "value": "1", "latex": "1"}})
    assert staleproof.main(["compare", good, write(tmp_path / "b.json", content)]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert words in line
    assert "; allowed: " in line


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 2
    assert "a.json" in capsys.readouterr().err
