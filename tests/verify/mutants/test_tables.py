"""The tables of the mutation score count what they say."""

from __future__ import annotations

from dataclasses import replace

from derive.claims import CLAIMS
from verify.mutants.planted_steps import Judged
from verify.mutants.tables import claim_lines, column, in_order, sampled_lines, score_lines, survivors

ONE = Judged(
    "arrivals.rate.any-law",
    2,
    "right",
    "sign",
    "the whole",
    "Lambda = -M/theta",
    "noticed",
    True,
    "a ball",
    "Superpose",
)
LEFT = replace(ONE, side="left", kind="sign", equation="-Lambda = M/theta")
LOST = replace(ONE, equation="Lambda = M", outcome="survived", refused=False, reason="zero by algebra")
SMALL = replace(
    ONE, equation="Lambda = 1.001 M", kind="factor 1.01", outcome="equivalent", reason="refused all the same"
)


def row(lines: list[str], name: str) -> list[str]:
    return next(line for line in lines if line.startswith(name)).removeprefix(name).split()


def test_the_score_counts_by_kind_and_names_of_steps_apart() -> None:
    lines = list(score_lines([ONE, LEFT, LOST, SMALL]))
    assert row(lines, "sign") == ["1", "2", "0", "0"]
    assert row(lines, "wrong name") == ["1", "1", "0", "0"]
    assert row(lines, "factor 1.01") == ["0", "0", "1", "1"]
    assert row(lines, "all") == ["2", "3", "1", "1"]
    assert lines[-2].startswith("survived: arrivals.rate.any-law, step 2, sign (the whole): Lambda = M: zero")
    assert lines[-1].startswith("equivalent: ")


def test_no_mutant_is_lost_by_the_order_of_the_tables() -> None:
    other = replace(LEFT, claim="noise.intensity.asynchronous")
    assert in_order([other, LOST, LEFT, ONE]) == (LEFT, ONE, LOST, other)  # by claim, side and equation
    assert {column(one) for one in (ONE, LEFT)} == {"sign", "wrong name"}


def test_every_claim_has_a_row() -> None:
    lines = list(claim_lines([ONE, LEFT, LOST, SMALL]))
    assert len(lines) == 1 + len(CLAIMS)
    assert row(lines, ONE.claim) == ["1/2", *["-"] * 7, "1/1"]


def test_legs_are_counted_where_a_claim_predicts_something() -> None:
    judged = [replace(ONE, leg="sampling"), replace(LOST, leg="survived"), LEFT]
    lines = list(sampled_lines(judged))
    assert row(lines, "sign") == ["0", "1", "1", "0"]
    assert lines[-1] == "by its derivation alone: arrivals.rate.any-law, sign (the whole)"
    unheld = replace(ONE, claim="law.cdf.gamma", leg="not held against anything")
    assert row(list(sampled_lines([unheld])), "sign") == ["0"] * 4


def test_survivors_are_those_that_count() -> None:
    assert survivors([ONE, LEFT, LOST, SMALL]) == (LOST,)
