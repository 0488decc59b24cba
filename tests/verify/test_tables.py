"""Tables for people: aligned, complete, and the same cells on a terminal."""

from __future__ import annotations

import io

import sympy as sp

from numeric.values import Estimate, Exact
from verify.tables import plain_table, print_table, show_value

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
    assert show_value(Exact(sp.Rational(1, 3)).to_json()) == "1/3"
    assert show_value(Estimate(1.5, 0.01, 64).to_json()) == "1.5 +- 0.01 (64 replicas)"
    assert show_value({"kind": "enclosure", "mid": "0.25", "radius": "1e-30"}) == "0.25 +- 1e-30"
    assert show_value(None) == ""


def test_a_terminal_shows_the_same_cells_and_takes_none_for_markup() -> None:
    stream = Terminal()
    print_table(("name", "value"), [*ROWS, ("[red]", "3")], stream)
    shown = stream.getvalue()
    assert all(cell in shown for row in (*ROWS, ("[red]", "3")) for cell in row)
