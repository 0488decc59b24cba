"""Formulas in the sentences of a page are set in italics and Greek letters, and words stay words."""

from __future__ import annotations

import re

import pytest

from derive.claims import CLAIMS
from derive.formulas.names import GREEK
from derive.formulas.notation import checked_letters, written_with
from verify.telling.prose import prose

SENTENCES = {
    "solve H(-r) = 0 for the damping": "solve <i>H</i>(−<i>r</i>) = 0 for the damping",
    "a = eta h M/theta.": "<i>a</i> = <i>η</i> <i>h</i> <i>M</i>/<i>θ</i>.",
    "wait for the n_B-th of M": "wait for the <i>n</i><sub>B</sub>-th of <i>M</i>",
    "the weight W_j >= 0": "the weight <i>W</i><sub>j</sub> ≥ 0",
    "E[z^K e^{-s T}]": "E[z<sup><i>K</i></sup> e<sup>−<i>s</i> <i>T</i></sup>]",
    "eta^2 sigma^2": "<i>η</i><sup>2</sup> <i>σ</i><sup>2</sup>",
    "a gamma law & 50 % of a/b-tests": "a gamma law &amp; 50 % of a/b-tests",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_formula_in_a_sentence_is_set_as_one(sentence: str) -> None:
    assert prose(sentence) == SENTENCES[sentence]


def test_a_users_letters_reach_the_page() -> None:
    with written_with(checked_letters({"mean_delay": "tau_c"})):
        assert prose("expand in 1/theta") == "expand in 1/<i>τ</i><sub>c</sub>"


def test_no_claim_spells_a_greek_letter_out_and_none_loses_a_word() -> None:
    spelled = re.compile(rf"(?<![a-z])(?:{'|'.join(set(GREEK) - {'gamma'})})(?![a-z])")
    for claim in CLAIMS.values():
        told = re.sub(r"<[^>]*>", "", prose(claim.statement))
        assert not spelled.search(told), told
        assert len(told.split()) == len(claim.statement.split())
