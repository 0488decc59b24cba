"""Stage: tables for people. Input: rows of text, or the JSON of a value. Output: aligned text, numbers in ASCII."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from verify.telling.numbers import plain
from verify.verdict_json import value_from_json

LONGEST_CELL = 60
LEGS = {
    "symbolic": "symbolic identity",
    "certified": "certified agreement",
    "finite M": "exact finite M",
    "Monte Carlo": "Monte Carlo",
}
_LINE = 79
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_ASCII = str.maketrans({"\u2212": "-", "±": "+-", "≈": "~", "…": "..."})


def show_value(value: Mapping[str, Any] | None) -> str:
    """A value's JSON object as a person reads it: its proven digits, or mean +- standard error.

    Example: ``show_value({"kind": "estimate", "mean": 1.5, "standard_error": 0.01, "replicas": 64}) ==
    "1.500 +- 0.010 (64 replicas)"``.
    """
    if value is None:
        return ""
    # ASCII, because a number on a terminal is copied into programs
    text = re.sub(
        r" × 10([⁻⁰-⁹¹²³]+)", lambda power: "e" + power[1].translate(_SUPERSCRIPTS), plain(value_from_json(value))
    )
    suffix = f" ({value['replicas']} replicas)" if value["kind"] == "estimate" else ""
    return text.translate(_ASCII) + suffix


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO | None = None) -> None:
    """Print a table to ``stream`` (default: standard output): by rich on a terminal, else aligned plain text."""
    target = sys.stdout if stream is None else stream
    if target.isatty():
        _print_rich(header, rows, target)
    else:
        print(plain_table(header, rows), file=target)


def print_results(result: Mapping[str, Any]) -> None:
    """The JSON of ``derive``: a paragraph a closed form, its conditions by their numbers in the list at the end."""
    numbers: dict[str, int] = {}
    for name, entries in result["results"].items():
        for entry in entries:
            value = show_value(entry.get("value"))
            where = f"{name} (mode {entry['mode']}, rung {entry['rung']})"
            print(f"{where} = {value}" if value else where)
            print(f"  {entry.get('text', entry['expression'])}")
            for root in entry.get("roots", ()):
                print(f"  branch {root['branch']}: {float(root['re']):.12g} + {float(root['im']):.12g} i, proven")
            cited = [numbers.setdefault(condition, len(numbers) + 1) for condition in entry["conditions"]]
            _print_wrapped(f"if {', '.join(map(str, sorted(cited)))}; claim {entry['claim']}", "  ", "     ")
    print("conditions:")
    for condition, number in numbers.items():
        _print_wrapped(condition, f"{number:4}  ", " " * 6)


def _print_wrapped(text: str, first: str, following: str) -> None:
    print(textwrap.fill(text, _LINE, initial_indent=first, subsequent_indent=following, break_on_hyphens=False))


def print_roots(result: Mapping[str, Any], digits: int | None = None) -> None:
    """The JSON of ``roots`` as a table a mode; every digit that is known where ``digits`` were asked for."""
    for spectrum in result.get("modes", [result]):
        if "mode" in spectrum:
            print(f"mode {spectrum['mode']}")
        if spectrum["roots"]:
            rows = [_root_row(root, digits) for root in spectrum["roots"]]
            print_table(("real part", "imaginary part", "error at most", "multiplicity"), rows)
        for name in ("spectral_abscissa", "spectral_radius"):
            if spectrum.get(name):
                print(f"{name.replace('_', ' ')}: {show_value(spectrum[name])}")
        count = spectrum["unstable_count"]
        print(f"unstable roots: {'unknown' if count is None else count}")
        words = "proven" if spectrum["certified"] else "unproven"
        print(f"{words}: {spectrum['reason']}" if spectrum["reason"] else words)


def _root_row(root: Mapping[str, Any], digits: int | None) -> list[str]:
    parts = [root["re"], root["im"]]
    if digits is None:
        ball = {"kind": "enclosure", "radius": root["radius"]}
        parts = [
            "0" if part == "0" else show_value({**ball, "mid": part}) for part in parts
        ]  # a real root is exact there
    return [*parts, root["radius"], str(root["multiplicity"])]


def print_simulation(result: Mapping[str, Any]) -> None:
    """The JSON of ``simulate`` as a table."""
    print_table(_SIMULATED, list(_simulated_rows(result)))
    print(f"unstable: {'yes' if result['unstable'] else 'no'}")
    print(_speed(result))


def print_sweep(results: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """The JSON of ``simulate`` of every case as one table."""
    _print_simulated([(label, *row) for label, result in results for row in _simulated_rows(result)])
    print(f"unstable: {', '.join(label for label, result in results if result['unstable']) or 'no'}")
    print(_speed(results[-1][1]))


def print_quantities(quantities: Mapping[str, Any]) -> None:
    """The quantities of a simulation as a table."""
    _print_simulated(list(_simulated_rows({"quantities": quantities})))


def _print_simulated(rows: Sequence[tuple[str, ...]]) -> None:
    """Without the column of lags and levels where there are none."""
    names = ("case", *_SIMULATED)[-len(rows[0]) :] if rows else _SIMULATED
    shown = [k for k, name in enumerate(names) if name != "at" or any(row[k] for row in rows)]
    print_table(tuple(names[k] for k in shown), [tuple(row[k] for k in shown) for row in rows])


_SIMULATED = ("quantity", "mode", "rung", "average", "at", "value")


def _simulated_rows(result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, entries in result["quantities"].items():
        for entry in entries:
            labels = (str(entry.get(key, "")) for key in ("mode", "rung", "average"))
            at = next((f"{key} {entry[key]:g}" for key in ("lag", "level") if key in entry), "")
            yield name, *labels, at, show_value(entry["value"])


def _speed(result: Mapping[str, Any]) -> str:
    speed = result["updates_per_second"]
    return f"{speed / 1e6:.1f} million updates per second" if speed else "nothing run: every replica was in the store"


def print_claims(claims: Sequence[Mapping[str, Any]]) -> None:
    """The ledger as a matrix: the power of each kind of evidence, and a word where there are fewer than two."""
    rows = [
        (
            claim["claim"],
            claim["rung"],
            *(claim["power"].get(leg, "") for leg in LEGS.values()),
            "ONE LEG" if claim["one_legged"] else "",
            claim["statement"],
        )
        for claim in claims
    ]
    print_table(("claim", "rung", *LEGS, "", "statement"), rows)
    print(
        "\nUnder each kind of evidence: the smallest relative bias that its sharpest check notices in a default study;"
        "\nfor symbolic proofs the steps, each of which was also made wrong on purpose and refused."
    )


def print_claim(claim: Mapping[str, Any]) -> None:
    """One claim in full: a paragraph a field, a line an item of a list or table."""
    for name, value in claim.items():
        items = value if isinstance(value, list | tuple) else [value]
        if isinstance(value, Mapping):
            items = [f"{key}: {item}" for key, item in value.items()]
        print(f"{name.replace('_', ' ')}:")
        for item in map(_evidence_line, items):
            print("  " + str(item).strip().replace("\n", "\n  "))


def _evidence_line(item: Any) -> Any:
    """A leg of the ledger as one line; anything else as it is."""
    if not isinstance(item, Mapping):
        return item
    where = " ".join(filter(None, (item.get("study"), item.get("case"))))
    seen = f": {item['statement']} ({where})" if "statement" in item else ""
    why = f"; no less than {item['power']}, because {item['why']}" if "why" in item else ""
    return f"{item['kind']}, {item['power']}, by {item['check']}{seen}{why}"


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
