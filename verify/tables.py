"""Stage: tables for people. Input: rows of text, or the JSON of a value. Output: aligned text."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

LONGEST_CELL = 60


def show_value(value: Mapping[str, Any] | None) -> str:
    """A value's JSON object as a person reads it: exact text, mid +- radius, or mean +- standard error.

    Example: ``show_value({"kind": "estimate", "mean": 1.5, "standard_error": 0.01, "replicas": 64}) ==
    "1.5 +- 0.01 (64 replicas)"``.
    """
    if value is None:
        return ""
    if value["kind"] == "exact":
        return str(value["value"])
    if value["kind"] == "enclosure":
        return f"{value['mid']} +- {value['radius']}"
    return f"{value['mean']:.6g} +- {value['standard_error']:.2g} ({value['replicas']} replicas)"


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO | None = None) -> None:
    """Print a table to ``stream`` (default: standard output): by rich on a terminal, else aligned plain text."""
    target = sys.stdout if stream is None else stream
    if target.isatty():
        _print_rich(header, rows, target)
    else:
        print(plain_table(header, rows), file=target)


def print_results(result: Mapping[str, Any]) -> None:
    """The JSON of ``derive`` as a table."""
    rows = [
        (
            name,
            str(entry.get("mode", "")),
            entry["expression"],
            show_value(entry.get("value")),
            "; ".join(entry["conditions"]),
        )
        for name, entries in result["results"].items()
        for entry in entries
    ]
    print_table(("quantity", "mode", "expression", "value", "conditions"), rows)


def print_roots(result: Mapping[str, Any]) -> None:
    """The JSON of ``roots`` as a table a mode."""
    for spectrum in result.get("modes", [result]):
        if "mode" in spectrum:
            print(f"mode {spectrum['mode']}")
        if spectrum["roots"]:
            rows = [[str(root[name]) for name in ("re", "im", "radius", "multiplicity")] for root in spectrum["roots"]]
            print_table(("real part", "imaginary part", "error at most", "multiplicity"), rows)
        for name in ("spectral_abscissa", "spectral_radius"):
            if spectrum.get(name):
                print(f"{name.replace('_', ' ')}: {show_value(spectrum[name])}")
        print(f"unstable roots: {spectrum['unstable_count']}")
        print(
            "proven" if spectrum["certified"] else "unproven",
            *([spectrum["reason"]] if spectrum["reason"] else []),
            sep=": ",
        )


def print_simulation(result: Mapping[str, Any]) -> None:
    """The JSON of ``simulate`` as a table."""
    rows = [
        (name, *(str(entry.get(key, "")) for key in ("mode", "rung", "average")), show_value(entry["value"]))
        for name, entries in result["quantities"].items()
        for entry in entries
    ]
    print_table(("quantity", "mode", "rung", "average", "value"), rows)
    print(f"unstable: {'yes' if result['unstable'] else 'no'}")
    print(f"{result['updates_per_second'] / 1e6:.1f} million updates per second")


def print_claim(claim: Mapping[str, Any]) -> None:
    """One claim in full: a paragraph a field, a line an item of a list."""
    for name, value in claim.items():
        items = value if isinstance(value, list | tuple) else [value]
        print(f"{name.replace('_', ' ')}:")
        for item in items:
            print("  " + str(item).replace("\n", "\n  "))


def plain_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as lines of aligned columns, two spaces apart; long cells only lengthen their own line."""
    lines = [header, *rows]
    widths = [max(min(len(line[column]), LONGEST_CELL) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _print_rich(header: Sequence[str], rows: Sequence[Sequence[str]], target: TextIO) -> None:
    # rich is imported here because only a terminal needs it, and it costs a tenth of a second
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=target).print(table)
