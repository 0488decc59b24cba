"""The notation table: one letter, one name, one meaning."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols
from derive.symbols import NOTATION, SymbolEntry


def clashes(entries: list[SymbolEntry]) -> set[str]:
    """Letters that stand for more than one entry."""
    letters = [str(entry.symbol) for entry in entries]
    return {letter for letter in letters if letters.count(letter) > 1}


def test_no_two_entries_share_a_symbol_a_name_or_a_meaning() -> None:
    entries = list(NOTATION.values())
    assert len({entry.symbol for entry in entries}) == len(entries)
    assert len({entry.name for entry in entries}) == len(entries)
    assert len({entry.meaning for entry in entries}) == len(entries)


def test_no_two_entries_share_a_letter() -> None:
    """A reader sees letters, not assumptions; so one letter has one meaning."""
    assert not clashes(list(NOTATION.values()))
    row = NOTATION["damping_coefficient"]
    assert clashes([row, SymbolEntry(sp.Symbol("a"), "other", "another", "1")]) == {"a"}


@pytest.mark.parametrize("name", NOTATION)
def test_an_entry_says_its_name_meaning_and_unit(name: str) -> None:
    entry = NOTATION[name]
    assert entry.name == name
    assert name.isidentifier()
    assert name == name.lower()
    assert len(entry.meaning.split()) >= 1
    assert not entry.meaning.endswith(".")
    assert entry.unit


def test_every_symbol_of_the_module_stands_in_the_table() -> None:
    made = {value for value in vars(symbols).values() if isinstance(value, sp.Symbol)}
    assert made == {entry.symbol for entry in NOTATION.values()}


def test_assumptions_follow_the_meaning() -> None:
    """Counts are integers; rates and times that divide are positive; a candidate root is any complex number."""
    for name in ("workers", "staleness", "stages", "atom_count", "index", "branch"):
        assert NOTATION[name].symbol.is_integer, name
    for name in ("mean_delay", "arrival_rate", "damping_coefficient", "noise_intensity", "learning_rate"):
        assert NOTATION[name].symbol.is_positive, name
    for name in ("laplace_variable", "generating_variable", "characteristic_root"):
        assert NOTATION[name].symbol.is_real is None, name
