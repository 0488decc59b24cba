"""The source paper's claims: every letter that a claim of ours or a study names has a statement, and none a formula."""

from __future__ import annotations

from pathlib import Path

from derive.claims import CLAIMS
from derive.source_paper import PAPER_CLAIMS
from derive.studies.study import load_study

STUDIES = Path(__file__).parents[2] / "reports" / "studies"
LATER = {"H"}  # on objectives that are not convex


def test_the_paper_makes_nine_claims_and_no_formula() -> None:
    assert "".join(PAPER_CLAIMS) == "ABCDEFGHI"
    assert not any(set(statement) & set("=<>^+*/") for statement in PAPER_CLAIMS.values())


def test_letters_that_claims_support_are_the_papers() -> None:
    assert {claim.supports for claim in CLAIMS.values()} - {""} <= set(PAPER_CLAIMS)


def test_every_claim_of_the_paper_has_a_study_but_those_that_come_later() -> None:
    files = [load_study(path) for path in STUDIES.glob("*.toml")]
    told = {letter for file in files for letter in file.paper_claims}
    assert told == set(PAPER_CLAIMS) - LATER
    for file in files:
        if file.title.startswith("Claim "):
            assert file.paper_claims == (file.title.split()[1].rstrip(":"),)
