"""The store from the command line: keep, resume, list, show, export, prune; refusals in one line."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import staleproof

STUDY = """
[workers]
compute = { law = "exponential", mean = 1.0 }
[optimizer]
learning_rate = 0.1
[objective]
curvature = [1.0]
[run]
replicas = 4
updates = 3000
burn_in = 100
[sweep]
workers.count = [2, 3]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "swept.toml").write_text(STUDY)
    return tmp_path


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = staleproof.main([str(one) for one in arguments])
    return code, out.getvalue(), err.getvalue()


def runs(place: Path, *arguments: str | Path) -> dict[str, Any]:
    code, out, err = run("runs", *arguments, "--store", place / "runs.sqlite", "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def _without_speed(out: str) -> Any:
    cases = json.loads(out)["cases"]
    return [{name: value for name, value in case.items() if name != "updates_per_second"} for case in cases]


def test_a_sweep_is_kept_and_found_again(place: Path) -> None:
    command = ("simulate", place / "swept.toml", "--quiet", "--json")
    first, second = (run(*command, "--store", place / "runs.sqlite") for _ in range(2))
    plain = run(*command, "--no-store")
    assert _without_speed(first[1]) == _without_speed(second[1]) == _without_speed(plain[1])
    assert [case["updates_per_second"] > 0 for case in json.loads(first[1])["cases"]] == [True, True]
    assert [case["updates_per_second"] for case in json.loads(second[1])["cases"]] == [0, 0]
    listed = runs(place, "list")["runs"]
    assert [(one["title"], one["case"], one["kind"], one["done"], one["replicas"]) for one in listed] == [
        ("swept", "count = 2", "replicas", 4, 4),
        ("swept", "count = 3", "replicas", 4, 4),
    ]


def test_a_sweep_is_told_in_one_table(place: Path) -> None:
    _, out, _ = run("simulate", place / "swept.toml", "--quiet", "--store", place / "runs.sqlite")
    lines = out.splitlines()
    assert lines[0].split() == ["case", "quantity", "mode", "rung", "average", "value"]
    assert (
        sum(line.startswith("count = 2") for line in lines) == sum(line.startswith("count = 3") for line in lines) == 13
    )
    _, again, _ = run("simulate", place / "swept.toml", "--quiet", "--store", place / "runs.sqlite")
    assert again.splitlines()[-1] == "nothing run: every replica was in the store"
    assert again.splitlines()[:-1] == lines[:-1]


def test_a_run_is_shown_exported_and_forgotten(place: Path) -> None:
    run("simulate", place / "swept.toml", "--quiet", "--store", place / "runs.sqlite")
    first, second = (one["address"] for one in runs(place, "list")["runs"])
    (shown,) = runs(place, "show", first[:10])["runs"]
    assert "count = 2" in shown["study_toml"]
    assert shown["quantities"][0]["quantity"] == "arrival_rate"
    code, out, _ = run("runs", "show", first[:10], "--store", place / "runs.sqlite")
    assert code == 0
    assert "replicas, 4 of 4" in out
    _, text, _ = run("runs", "export", second, "--store", place / "runs.sqlite")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 11 * 4
    rate = [float(row["value"]) for row in rows if row["quantity"] == "arrival_rate"]
    assert sum(rate) / 4 == pytest.approx(3, rel=0.1)
    assert runs(place, "prune", first[:10])["pruned"] == [first]
    assert [one["address"] for one in runs(place, "list")["runs"]] == [second]
    assert runs(place, "prune", "--unfinished")["pruned"] == []
    assert runs(place, "prune", "--older-than", "1")["pruned"] == []
    assert runs(place, "prune", "--all")["pruned"] == [second]


def test_a_diverged_run_is_shown_and_exported_by_its_arrivals(place: Path) -> None:
    (place / "swept.toml").write_text(STUDY.replace("0.1", "9").replace("[2, 3]", "[8]"))
    run("simulate", place / "swept.toml", "--quiet", "--store", place / "runs.sqlite")
    shown = runs(place, "show", *(one["address"] for one in runs(place, "list")["runs"]))["runs"]
    assert sorted(one["case"] for one in shown) == ["count = 8", "count = 8, x at the optimum"]
    _, text, _ = run("runs", "export", "--store", place / "runs.sqlite")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["case"] for row in rows} == {"count = 8, x at the optimum"}
    assert "arrival_rate" in {row["quantity"] for row in rows}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("runs", "list", "--store", "missing.sqlite"), "--store = 'missing.sqlite'"),
        (("runs", "show", "--store", "STORE"), "ADDRESS = (missing)"),
        (("runs", "show", "zzz", "--store", "STORE"), "ADDRESS = 'zzz'"),
        (("runs", "prune", "--store", "STORE"), "prune = (missing)"),
        (("runs", "export", "--format", "parquet", "--store", "STORE"), "--out = (missing)"),
        (("runs", "list"), "--store = (missing)"),
        (("simulate", "STUDY", "--store", "STUDY"), "file is not a database"),
        (("simulate", "STUDY", "--scheduler", "tcp://127.0.0.1:1"), "--scheduler = 'tcp://127.0.0.1:1'"),
    ],
    ids=str,
)
def test_bad_use_is_refused_in_one_line(place: Path, arguments: tuple[str, ...], named: str) -> None:
    run("simulate", place / "swept.toml", "--quiet", "--store", place / "runs.sqlite")
    put = {"STORE": str(place / "runs.sqlite"), "STUDY": str(place / "swept.toml")}
    code, out, err = run(*(put.get(one, one) for one in arguments))
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("staleproof: ")
    assert named in line
    assert "; allowed: " in line
