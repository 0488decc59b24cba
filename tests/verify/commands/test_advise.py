"""The command `advise`: JSON that keeps its schema, words, files, exit codes, refusals in one line."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import sympy as sp
from jsonschema import Draft202012Validator

import staleproof
from verify.commands.advice_words import tell

ROOT = Path(__file__).parents[3]
STUDY = """[workers]
count = 16
compute = { law = "exponential", mean = 1.5 }
[optimizer]
learning_rate = "1/40"
[objective]
curvature = [2]
"""
UNLIKE = """[[workers.class]]
count = 1
compute = { law = "exponential", mean = 1 }
[[workers.class]]
count = 2
compute = { law = "gamma", shape = 16, mean = 9 }
[optimizer]
learning_rate = "1/4"
[objective]
curvature = [1]
"""
SCHEMA = Draft202012Validator(json.loads((ROOT / "verify/results.schema.json").read_text(encoding="utf-8")))


def study(folder: Path, text: str = STUDY) -> str:
    (folder / "s.toml").write_text(text)
    return str(folder / "s.toml")


def test_json_words_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = study(tmp_path), tmp_path / "out"
    assert staleproof.main(["advise", path, "--choose", "workers", "--up-to", "6", "--out", str(out), "--json"]) == 0
    printed, complaints = capsys.readouterr()
    told = json.loads(printed)
    SCHEMA.validate(told)
    assert complaints == ""
    assert told["advised"]["workers"]["value"] == "5"
    assert told["certified"]
    assert json.loads((out / "advice.json").read_text())["advised"] == told["advised"]
    assert (out / "advice.svg").read_text().startswith("<?xml") or (out / "advice.svg").read_text().startswith("<svg")
    assert (out / "advice.pdf").exists()
    assert "<script" not in (out / "advice.html").read_text()
    tell(told)
    printed = capsys.readouterr().out
    assert "proven: from 1 to 6 no other is faster" in printed
    assert "in mean square (R1): unstable from" in printed


def test_a_subset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = study(tmp_path, UNLIKE)
    assert staleproof.main(["advise", path, "--choose", "subset", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    SCHEMA.validate(told)
    assert told["proof"] == {"subsets": 5, "unproven": []}
    assert staleproof.main(["advise", path, "--choose", "subset"]) == 0
    assert "all 5 choices tried" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--margin", "1"], "--margin = '1'"),
        (["--choose", "trigger"], "--choose"),
        (["--up-to", "0"], "--up-to = '0'"),
        (["--goal", "training_time"], "--target"),
        (["--seconds", "3"], "--seconds = 3.0: without --goal excess_risk"),
        (["--spend", "3"], "--spend = 3.0: without --price"),
        (["--choose", "momentum", "--price", "1"], "--price = 1.0: not with --choose momentum"),
        (["--choose", "momentum", "--goal", "excess_risk", "--seconds", "3"], "no second moment in time is derived"),
        (["--choose", "batch"], "scheme.rule"),
    ],
)
def test_bad_options_are_one_line(
    tmp_path: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert staleproof.main(["advise", study(tmp_path), *options]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert words in complaint


def test_a_price_bounds_what_workers_may_cost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = study(tmp_path, STUDY.replace("count = 16", "count = 3"))
    assert staleproof.main(["advise", path, "--choose", "workers", "--price", "2", "--spend", "5", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    SCHEMA.validate(told)
    assert told["advised"]["choice"]["workers"]["value"] == "2"
    assert {one["policy"] for one in told["classical"]} >= {"k-async", "drop-beyond-a-staleness"}
    tell(told)
    printed = capsys.readouterr().out
    assert "whatever the mean of the cycles" in printed
    assert "classical rule" in printed


@pytest.mark.slow
def test_goals_prices_and_grids_in_json_and_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = study(tmp_path, STUDY.replace("count = 16", "count = 4"))
    goal = ["--choose", "workers", "--goal", "training_time", "--target", "0.2", "--price", "2"]
    assert staleproof.main(["advise", path, *goal, "--json", "--out", str(tmp_path / "out")]) == 0
    told = json.loads(capsys.readouterr().out)
    SCHEMA.validate(told)
    assert told["advised"]["cost"]["kind"] == "enclosure"
    assert "soonest, for good" in (tmp_path / "out/advice.html").read_text()
    tell(told)
    assert "proven: all 4 values tried" in capsys.readouterr().out


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "trace.csv"
    path.write_text("worker,seconds\na,1.5\nb,1.5\nc,1.5\n")
    return path


@pytest.mark.slow
def test_a_trace_with_its_curvatures(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staleproof.main(["advise", str(trace), "--curvature", "2", "--learning-rate", "1/40", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    SCHEMA.validate(told)
    assert float(sp.Rational(told["advised"]["learning_rate"]["value"])) == pytest.approx(1 / (6 * math.e), rel=0.01)


def test_a_trace_needs_curvatures_and_a_study_has_its_own(
    trace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert staleproof.main(["advise", str(trace), "--learning-rate", "1/40"]) == 2
    assert "--curvature" in capsys.readouterr().err
    assert staleproof.main(["advise", study(tmp_path), "--curvature", "2"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bad_study_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = study(tmp_path, STUDY.replace("[2]", "[-2]"))
    assert staleproof.main(["advise", path]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert "objective.curvature[0] = -2" in complaint
    assert "allowed" in complaint


def test_what_is_not_proven_exits_with_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mixed = '"hyperexponential", weights = ["1/2", "1/2"], means = ["1/2", "3/2"]'
    path = study(tmp_path, STUDY.replace('"exponential", mean = 1.5', mixed).replace("count = 16", "count = 2"))
    assert staleproof.main(["advise", path, "--choose", "workers", "--up-to", "64"]) == 4
    assert "not proven to be the best" in capsys.readouterr().out
