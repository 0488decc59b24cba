"""Formulas inside sentences are set as formulas, and words stay words."""

from __future__ import annotations

import pytest

from derive.assumptions import ALL
from derive.claims import CLAIMS
from derive.formulas.notation import checked_letters, written_with
from verify.telling.sentences import sentence_case, sentence_tex

SENTENCES = {
    "solve H(-r) = 0 for the damping": "solve $H(-r) = 0$ for the damping",
    "set z = e^{i phi} and split": r"set $z = e^{\mathrm{i} \varphi}$ and split",
    "insert exp(s t)": "insert $e^{s t}$",
    "insert z^j, average": "insert $z^{j}$, average",
    "wait for the n_B-th of M to finish": "wait for the $n_{B}$-th of $M$ to finish",
    "v <- beta v - eta g, and then x <- x + v": r"$v \leftarrow \beta v - \eta g$, and then $x \leftarrow x + v$",
    "sum over n of E(T - S_n)^+": r"sum over $n$ of $\mathbb{E}(T - S_{n})^{+}$",
    "the weight W_j >= 0": r"the weight $W_{j} \ge 0$",
    "a sum (at z = 1), twice at 0": "a sum (at $z = 1$), twice at 0",
    "with C'(0+) = -q/2": "with $C'(0+) = -q/2$",
    "(learning rate x noise)^2": r"(learning rate times noise)\textsuperscript{2}",
    "a gamma law of the workers' cycles (rung R1)": "a gamma law of the workers' cycles (rung R1)",
    "second-moment 50 % a/b-test, phase_type": r"second-moment 50 \% a/b-test, phase\_type",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_formula_in_a_sentence_is_set_as_one(sentence: str) -> None:
    assert sentence_tex(sentence) == SENTENCES[sentence]


def test_a_users_letters_reach_the_sentences() -> None:
    with written_with(checked_letters({"mean_delay": "tau_c"})):
        assert sentence_tex("expand in 1/theta") == r"expand in $1/\tau_{c}$"


def test_every_sentence_of_the_house_has_its_formulas_between_dollar_signs() -> None:
    told = [item.statement for item in ALL]
    told += [step.rule.label for claim in CLAIMS.values() for step in claim.derived.steps]
    for sentence in dict.fromkeys(told):
        outside = "".join(sentence_tex(sentence).split("$")[::2])
        assert not set("^_=<>+") & set(outside.replace(r"\_", "")), sentence


def test_a_sentence_begins_with_a_capital_unless_with_a_formula() -> None:
    assert sentence_case("put s = 0") == "Put s = 0"
    assert sentence_case("n_B gradients") == "n_B gradients"
