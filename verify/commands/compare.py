"""Stage: the command ``compare``. Input: two files of results. Output: what changed, told on standard output."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from derive.studies.schema import StudyError
from verify.commands.comparing import Comparison, Difference, compare
from verify.commands.result_leaves import KINDS
from verify.commands.tables import show_value

_LARGEST = 256 * 1024 * 1024
_LISTED = 12
_WORDS = {"asked": "asked otherwise", "provenance": "made otherwise", "words": "told otherwise"}


def run_compare(options: argparse.Namespace) -> int:
    """Compare two results; 0 if nothing changed beyond its error, 1 if something did."""
    before, after = (_read(path) for path in (options.before, options.after))
    schemas = [result.get("schema", "") for result in (before, after)]
    if schemas[0] != schemas[1]:
        raise StudyError(options.after, "schema", schemas[1], "another kind of result", str(schemas[0]) or "none")
    try:
        made = compare(before, after, (options.before, options.after))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StudyError(options.after, "number", str(error)[:80], "no result", "what --json writes") from None
    if not made.alike and all(one.judged in ("gone", "new") for one in made.differences):
        raise StudyError(
            options.after, "file", options.after, f"has nothing in common with {options.before}", "two alike"
        )
    if options.json:
        print(json.dumps(made.to_json(), allow_nan=False))
    else:
        for line in told(made):
            print(line)
    return 1 if made.significant else 0


def _read(path: str) -> Mapping[str, Any]:
    """A JSON object; refused in one line where the file holds none."""
    if Path(path).stat().st_size > _LARGEST:
        raise StudyError(path, "file", "size", "too large for a result", f"up to {_LARGEST} bytes")
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise StudyError(path, "file", path, f"no JSON: {str(error)[:80]}", "what --json writes") from None
    if not isinstance(found, dict):
        raise StudyError(path, "file", path, "no JSON object", "what --json writes")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def told(made: Comparison) -> Iterator[str]:
    """A comparison as lines for a terminal, what matters first."""
    significant = made.significant
    many = f"{len(significant)} significant" if significant else "no significant"
    yield f"{made.first} -> {made.second}: {many} change{'' if len(significant) == 1 else 's'}"
    for one in significant:
        yield from _told(one)
    rest = [one for one in made.differences if one not in significant]
    counts = Counter(one.part for one in rest if one.judged == "changed" and one.part in _WORDS)
    for part, words in _WORDS.items():
        if part != "words" and counts[part]:
            yield f"{words}:"
            chosen = [one for one in rest if one.part == part]
            for one in chosen[:_LISTED]:
                yield f"  {one.place}: {_value(one.before)} -> {_value(one.after)}"
            if len(chosen) > _LISTED:
                yield f"  and {len(chosen) - _LISTED} more"
    new = [one for one in rest if one.judged == "new" and one.part in ("number", "outcome")]
    if new:
        yield f"new: {len(new)} numbers and outcomes"
    close = sum(one.judged == "within error" for one in rest)
    yield f"{made.alike} values alike, {close} within their errors, {counts['words']} texts told otherwise"
    if made.estimates:
        most = (
            "" if made.noticed is None else f"; a change of {100 * made.noticed:.2g} % (median) would have been noticed"
        )
        yield f"{made.estimates} pairs of estimates at a joint false-alarm rate of {made.false_alarm_rate:g}{most}"


def _told(one: Difference) -> Iterator[str]:
    yield f"  {one.place}"
    change = (
        f"{_value(one.before)} -> {_value(one.after)}"
        if one.judged == "changed"
        else f"{one.judged}: {_value(one.before)}"
    )
    yield f"    {change}{f' ({one.detail})' if one.detail else ''}"


def _value(value: Any) -> str:
    if isinstance(value, dict) and value.get("kind") in KINDS:
        return show_value(value)
    return "nothing" if value is None else str(value)[:60]
