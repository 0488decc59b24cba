"""What a terminal says of a choice, and of what is proven of it."""

from __future__ import annotations

from verify.commands.advice_words import choice_words, proof_words

PROOF = {"tried": 5, "complete": True, "refused": [], "unproven": [], "not_covered": []}


def test_a_choice_in_words() -> None:
    assert choice_words({"rule": "k-sync", "batch": {"kind": "exact", "value": "3"}}) == "k-sync of 3"
    assert choice_words({"staleness_threshold": None}) == "none"


def test_a_grid_is_never_called_proven() -> None:
    assert proof_words({"certified": True, "proof": PROOF}) == "proven: all 5 values tried"
    grid = proof_words({"certified": False, "proof": {**PROOF, "complete": False, "refused": [1]}})
    assert grid == "the best of 5 values tried (1 refused) on a grid: nothing is proven between them"
    assert proof_words({"certified": False, "proof": {**PROOF, "unproven": [1]}}).startswith("not proven")
