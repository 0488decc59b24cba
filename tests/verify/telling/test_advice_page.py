"""The page of an advice is one self-contained file that says what the record says."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from numeric.enclosure import Enclosure
from verify.report import Curve, Figure
from verify.telling.advice_page import number, page, write_advice

FIGURE = Figure(
    "advice-batch", "The best batch", "All tried.", "Dots.", "batch", "1/s", (Curve("rate", (1.0, 2.0), (1.0, 3.0)),)
)


def exact(value: str) -> dict[str, str]:
    return {"kind": "exact", "value": value, "latex": value}


def record(**changes: Any) -> dict[str, Any]:
    tried = [{"rung": "R3", "choice": {"batch": exact(n)}, "reached": Enclosure.of(int(n)).to_json()} for n in "31"]
    proof = {
        "tried": 3,
        "complete": True,
        "range": None,
        "tolerance": "1/1000",
        "mean_square_margin": "1/2",
        "unproven": [],
    }
    proof |= {"refused": [{"choice": {"batch": exact("2")}, "why": "too <dear>"}], "not_covered": []}
    told = {"schema": "staleproof-advice/1", "case": "", "study": "<b>s</b>", "objective": "decay_rate", "goal": {}}
    told |= {"unit": "1/s", "setting": "batch", "given": tried[1], "advised": tried[0], "gain": None, "certified": True}
    return told | {"margins": None, "proof": proof, "ranking": tried} | changes


def test_the_page_loads_nothing_runs_no_script_and_keeps_markup_out() -> None:
    text = page(record(), FIGURE)
    assert "<script" not in text
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text)
    assert "<b>s</b>" not in text
    assert "too &lt;dear&gt;" in text
    assert text.count("<h1") == 1


def test_the_page_says_what_is_proven_and_what_is_not() -> None:
    assert "Proven" in page(record(), None)
    grid = page(record(certified=False, proof={**record()["proof"], "complete": False}), None)
    assert "Not proven to be the best" in grid
    assert "nothing is proven between them" in grid


def test_a_goal_s_number_stands_in_the_question() -> None:
    text = page(record(objective="training_time", goal={"target": exact("1/20")}, unit="s"), None)
    assert "Which batch brings the excess risk below 0.05 soonest, for good?" in text


def test_numbers_within_sentences_stay_in_line_and_rules_are_told_with_their_source() -> None:
    ends = {"below": Enclosure.of(Fraction(1, 2)).to_json(), "above": None}
    doubts = {"curvature_factor": ends, "mean_factor": None, "same_mean_laws": []}
    rule = {"policy": "k-async", "rule": "the first to finish", "source": "Dutta2018", "number": "4", "why": None}
    known = {**rule, "reached": Enclosure.of(1).to_json(), "share": Enclosure.of(1).to_json(), "near": True}
    text = page(record(sensitivity=doubts, classical=[known]), None)
    assert "while every curvature is 0.5" in text
    assert "changes the unit of time and no ranking" in text
    assert "The first to finish; here 4 (Dutta2018)" in text
    for near, word in ((True, ", near</td>"), (False, ", far</td>"), (None, ", open</td>")):
        assert word in page(record(sensitivity=doubts, classical=[{**known, "near": near}]), None)
    assert "Which number of workers" in page(record(setting="workers", given={"choice": {}, "reached": None}), None)


def test_both_files_are_written(tmp_path: Path) -> None:
    made = write_advice(record(), FIGURE, tmp_path)
    assert json.loads(made["json"].read_text())["study"] == "<b>s</b>"
    assert "The best batch" in made["page"].read_text()


def test_a_number_that_is_none_is_said_so() -> None:
    assert "none proven" in number(None)
    assert "1/3" in number(exact("1/3"))


def test_names_and_numbers_are_written_for_people() -> None:
    text = page(record(study="my_trace", case="learning_rate = '1/40'"), None)
    assert "<h1>My trace: learning rate = 1/40</h1>" in text
    assert '<th scope="row">Decay rate, 1/s</th>' in text
    searched = {"searched": [exact("0"), exact("1/8")], "tolerance": "1/1000", "pieces": 3}
    assert "From 0 to 0.125 no other value is faster by more than 0.001 of the rate" in page(
        record(proof=searched), None
    )


def test_a_range_of_learning_rates_names_what_is_left_over() -> None:
    covered = {"searched": [exact("0"), exact("1/2")], "pieces": 7, "undecided": [["1/5", "1/4"]]}
    proof = {**record()["proof"], "complete": False, "tolerance": "1/100", "range": covered}
    text = page(record(proof=proof, certified=False), None)
    assert "Not proven that from 0 to 0.5 no other value is better by more than 0.01 of the best one" in text
    assert "0.2 to 0.25 are left over" in text
    proof = {**proof, "range": {**covered, "undecided": []}}
    assert "covered by 7 pieces" in page(record(proof=proof), None)
