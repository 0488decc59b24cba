"""Stage: the ledger. Input: verdicts of the default studies. Output: the power of each kind of evidence, as data.

The table that ``staleproof claims`` shows: for every claim and kind of evidence the smallest bias that any check of a
default study would have noticed, relative to the value (absolute where that is 0), and why where that is more than
5 %. verify/ledger/power_table.py writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from verify.verdict import LARGEST_BIAS, Evidence

TABLE = Path(__file__).with_name("power.json")
DIGITS = 2

Power = dict[str, dict[Evidence, dict[str, Any]]]


def power_of(reports: Iterable[tuple[str, Mapping[str, Any]]]) -> Power:
    """The sharpest passing check of every claim and kind, from pairs of a study's name and its report.json.

    A symbolic proof has no bias: its power is the number of wrong steps it refused, one for each of its own.
    """
    found: Power = {}
    for study, report in reports:
        for verdict in report["verdicts"]:
            if verdict["outcome"] != "pass":
                continue
            entry = {"study": study, "case": verdict["case"], "statement": verdict["statement"]}
            bias = verdict["smallest_bias_noticed"]
            if bias is None:
                entry["wrong_steps_refused"] = int(verdict["predicted"]["value"])
            else:
                entry["smallest_bias_noticed"] = float(f"{bias:.{DIGITS}g}")
            if bias is not None and bias > LARGEST_BIAS:
                entry["why"] = verdict["note"]
            kinds = found.setdefault(verdict["claim"], {})
            known = kinds.get(verdict["evidence"])
            if known is None or _bias(entry) < _bias(known):
                kinds[verdict["evidence"]] = entry
    return found


def _bias(entry: Mapping[str, Any]) -> float:
    return float(entry.get("smallest_bias_noticed", 0.0))


@cache
def published_power() -> Power:
    """The committed table of the default studies."""
    table: Power = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def in_words(entry: Mapping[str, Any] | None) -> str:
    """A leg's power in a few words.

    Example: ``in_words({"smallest_bias_noticed": 0.012}) == "1.2 %"``.
    """
    if entry is None:
        return "not in the default studies"
    if "wrong_steps_refused" in entry:
        count = entry["wrong_steps_refused"]
        return f"{count} step{'' if count == 1 else 's'}"
    bias = _bias(entry)
    if bias == 0:
        return "exact"
    return f"{100 * bias:.2g} %" if bias >= 1e-3 else f"{bias:.0e}"
