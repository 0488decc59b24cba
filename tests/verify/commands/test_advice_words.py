"""What a terminal says of a choice, and of what is proven of it."""

from __future__ import annotations

from verify.commands.advice_words import choice_words, proof_words

PROOF = {"tried": 5, "complete": True, "range": None, "refused": [], "unproven": [], "not_covered": []}


def test_a_choice_in_words() -> None:
    assert choice_words({"rule": "k-sync", "batch": {"kind": "exact", "value": "3"}}) == "k-sync of 3"
    assert choice_words({"staleness_threshold": None}) == "none"


def test_a_grid_is_never_called_proven() -> None:
    assert proof_words({"certified": True, "proof": PROOF}) == "proven: all 5 values tried"
    grid = proof_words({"certified": False, "proof": {**PROOF, "complete": False, "refused": [1]}})
    assert grid == "the best of 5 values tried (1 refused) on a grid: nothing is proven between them"
    assert proof_words({"certified": False, "proof": {**PROOF, "unproven": [1]}}).startswith("not proven")


def test_a_range_says_what_is_left_of_it() -> None:
    exact = [{"kind": "exact", "value": value, "latex": value} for value in ("0", "1/2")]
    covered = {"searched": exact, "pieces": 7, "undecided": [["1/5", "1/4"]]}
    proof = {**PROOF, "complete": False, "tolerance": "1/100", "range": covered}
    told = proof_words({"certified": False, "proof": proof})
    assert told == "not proven on 1 pieces that from 0 to 0.5 none is better by more than 0.01 of it; 5 values tried"
    proven = {**proof, "range": {**covered, "undecided": []}}
    assert proof_words({"certified": True, "proof": proven}).startswith("proven: from 0 to 0.5 none is better")


def test_a_double_is_told_as_it_was_written() -> None:
    double = {"kind": "exact", "value": "3602879701896397/72057594037927936", "latex": ""}
    assert choice_words({"learning_rate": double}) == "0.05"
