"""Tables for people: aligned, complete, and the same cells on a terminal."""

from __future__ import annotations

import io

import pytest
import sympy as sp

from numeric.values import Estimate, Exact
from verify.commands.tables import (
    plain_table,
    print_claim,
    print_claims,
    print_results,
    print_roots,
    print_table,
    show_value,
)

ROWS = [("delay_mean", "1"), ("x", "22")]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_are_aligned() -> None:
    assert plain_table(("name", "value"), ROWS).splitlines() == ["name        value", "delay_mean  1", "x           22"]


def test_a_long_cell_is_kept_whole_and_lengthens_only_its_own_line() -> None:
    lines = plain_table(("name", "value"), [("n" * 200, "1"), ("x", "2")]).splitlines()
    assert lines[1] == "n" * 200 + "  1"
    assert len(lines[2]) == 63


def test_every_kind_of_number_shows_its_error() -> None:
    assert show_value(Exact(sp.Rational(1, 3)).to_json()) == "1/3 ~ 0.333333"
    assert show_value(Estimate(1.5, 0.01, 64).to_json()) == "1.500 +- 0.010 (64 replicas)"
    assert show_value({"kind": "enclosure", "mid": "0.24", "radius": "0.01"}) == "0.24 +- 0.01"
    assert show_value(None) == ""


def test_only_proven_digits_are_shown_and_in_ascii() -> None:
    assert show_value({"kind": "enclosure", "mid": "-0.47296437953376989", "radius": "1e-17"}) == "-0.4729643795..."
    assert show_value({"kind": "enclosure", "mid": "-0.25000000123", "radius": "1e-6"}) == "-0.25000"
    assert show_value({"kind": "enclosure", "mid": "8.25e-9", "radius": "1e-13"}) == "8.250e-9"
    assert show_value(Estimate(1.5e9, 2e7, 64).to_json()) == "(1.500 +- 0.020)e9 (64 replicas)"
    assert show_value(Exact(sp.Rational(1, 3) * sp.pi).to_json()) == "pi/3 ~ 1.04720"


def test_the_roots_asked_for_with_digits_keep_them(capsys: pytest.CaptureFixture[str]) -> None:
    root = {"re": "-0.123456789012345678901", "im": "0", "radius": "1e-21", "multiplicity": 1}
    spectrum = {"roots": [root], "unstable_count": None, "certified": False, "reason": "why"}
    print_roots(spectrum, digits=20)
    assert root["re"] in capsys.readouterr().out
    print_roots(spectrum)
    told = capsys.readouterr().out.splitlines()
    assert told[1].split() == ["-0.1234567890...", "0", "1e-21", "1"]
    assert told[-2:] == ["unstable roots: unknown", "unproven: why"]


def test_conditions_of_closed_forms_are_listed_once(capsys: pytest.CaptureFixture[str]) -> None:
    entry = {"mode": 0, "rung": "R0", "expression": "x = 1", "conditions": ["b", "a"], "claim": "a.b"}
    other = {**entry, "value": Exact(sp.Integer(2)).to_json(), "conditions": ["a", "c " * 60]}
    print_results({"results": {"first": [entry, other]}})
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == ["first (mode 0, rung R0)", "  x = 1", "  if 1, 2; claim a.b"]
    assert told[3:6] == ["first (mode 0, rung R0) = 2", "  x = 1", "  if 2, 3; claim a.b"]
    assert told[6:9] == ["conditions:", "   1  b", "   2  a"]
    assert all(len(line) < 80 for line in told)


def test_the_ledger_marks_each_kind_of_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    claims = [
        {
            "claim": "a.b",
            "rung": "R0",
            "statement": "It holds.",
            "one_legged": False,
            "power": {"symbolic identity": "3 steps", "Monte Carlo": "1.2 %"},
        },
        {
            "claim": "a.c",
            "rung": "R1",
            "statement": "So does this.",
            "one_legged": True,
            "power": {"certified agreement": "2e-16"},
        },
    ]
    print_claims(claims)
    header, first, second, *_ = capsys.readouterr().out.splitlines()
    marks = [
        [line[header.index(leg)] != " " for leg in ("symbolic", "certified", "Monte Carlo")] for line in (first, second)
    ]
    assert marks == [[True, False, True], [False, True, False]]
    assert "1.2 %" in first
    assert "ONE LEG" not in first
    assert "ONE LEG" in second
    assert first.endswith("It holds.")


def test_a_claim_in_full_lists_its_arguments_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_claim({"claim": "a.b", "arguments": {"workers": "M", "curvature": "h"}, "evidence": ["one", "two"]})
    assert capsys.readouterr().out.splitlines()[2:] == [
        "arguments:",
        "  workers: M",
        "  curvature: h",
        "evidence:",
        "  one",
        "  two",
    ]


def test_a_leg_that_leaves_much_unnoticed_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    leg = {"kind": "Monte Carlo", "power": "6.4 %", "check": "c", "study": None, "why": "it is a limit"}
    print_claim({"evidence": [leg]})
    assert (
        capsys.readouterr().out.splitlines()[1]
        == "  Monte Carlo, 6.4 %, by c; no less than 6.4 %, because it is a limit"
    )


def test_a_terminal_shows_the_same_cells_and_takes_none_for_markup() -> None:
    stream = Terminal()
    print_table(("name", "value"), [*ROWS, ("[red]", "3")], stream)
    shown = stream.getvalue()
    assert all(cell in shown for row in (*ROWS, ("[red]", "3")) for cell in row)
