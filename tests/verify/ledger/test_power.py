"""The power of the default studies: taken from their reports, and about the rows that the ledger has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from verify.ledger.evidence import LEGS
from verify.ledger.power import in_words, power_of, published_power
from verify.ledger.power_table import STUDIES
from verify.verdict import LARGEST_BIAS

ROUNDED = 1.02  # the table and the reason have two digits
CHANCE = 1.15  # what the standard errors add to a declared tolerance
FOR_LATE_TIMES = {"transients.late-mean.pareto": 0.05}  # the claim is of t to infinity; its second route extrapolates


def owes_its_bias_to_a_limit(entry: Mapping[str, Any]) -> bool:
    """Whether more than 5 % may go unnoticed for the reason given: a tolerance of so many workers, and chance."""
    (limit,) = re.findall(
        r"is a limit of many workers; tolerance ([12])/M(?: \+ ([0-9.]+) \(.+\))? declared", entry["why"]
    )
    tables = tomllib.loads((STUDIES / f"{entry['study']}.toml").read_text())
    tolerance = int(limit[0]) / tables["workers"]["count"] + float(limit[1] or 0)
    return bool(tolerance / ROUNDED <= entry["smallest_bias_noticed"] <= CHANCE * ROUNDED * tolerance)


def verdict(bias: float | None, outcome: str = "pass", evidence: str = "Monte Carlo") -> dict[str, object]:
    return {
        "claim": "a.b", "case": "gamma", "statement": "It holds.", "evidence": evidence, "outcome": outcome,
        "smallest_bias_noticed": bias, "predicted": {"kind": "exact", "value": "7"},
    }  # fmt: skip


def test_the_sharpest_passing_check_counts() -> None:
    report = {"verdicts": [verdict(0.03), verdict(0.0212), verdict(0.001, "refuted")]}
    (entry,) = power_of([("one", report)])["a.b"].values()
    assert entry == {"study": "one", "case": "gamma", "statement": "It holds.", "smallest_bias_noticed": 0.021}


def test_a_check_that_leaves_more_than_five_percent_unnoticed_says_why() -> None:
    (blunt,) = power_of([("one", {"verdicts": [verdict(0.064) | {"note": "a limit of many workers"}]})])["a.b"].values()
    assert blunt["why"] == "a limit of many workers"
    (sharp,) = power_of([("one", {"verdicts": [verdict(0.05) | {"note": "another"}]})])["a.b"].values()
    assert "why" not in sharp


def test_a_symbolic_proof_counts_its_steps() -> None:
    found = power_of([("one", {"verdicts": [verdict(None, evidence="symbolic identity")]})])
    assert in_words(found["a.b"]["symbolic identity"]) == "7 steps"


def test_power_is_told_in_a_few_words() -> None:
    assert in_words({"smallest_bias_noticed": 0.012}) == "1.2 %"
    assert in_words({"smallest_bias_noticed": 4e-16}) == "4e-16"
    assert in_words({"smallest_bias_noticed": 0.0}) == "exact"
    assert in_words(None) == "not in the default studies"


def test_every_statistical_row_of_the_ledger_shows_its_power() -> None:
    silent = {leg.claim for leg in LEGS if leg.kind == "Monte Carlo" and leg.kind not in published_power()[leg.claim]}
    assert not silent, (
        f"renew verify/ledger/power.json from the default studies (CONTRIBUTING.md, recipe 3): {sorted(silent)}"
    )


def test_the_published_table_speaks_of_rows_of_the_ledger_and_keeps_the_declared_power() -> None:
    rows = {(leg.claim, leg.kind) for leg in LEGS}
    table = published_power()
    assert table
    for claim, kinds in table.items():
        for kind, entry in kinds.items():
            assert (claim, kind) in rows
            if kind == "Monte Carlo":
                assert entry["smallest_bias_noticed"] <= LARGEST_BIAS or owes_its_bias_to_a_limit(entry), claim
            elif kind != "symbolic identity":
                assert entry["smallest_bias_noticed"] <= FOR_LATE_TIMES.get(claim, 2e-4)
