"""Stage: telling. Input: a folder of reports. Output: index.html, which leads to each of them.

What it says of a report is what its report.json says; it loads nothing and runs no script.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verify.telling.numbers import percent
from verify.telling.page import raised, unbroken
from verify.telling.paper import written
from verify.telling.record import SCHEMA
from verify.telling.sentences import sentence_case

_TEMPLATES = Path(__file__).parent / "templates"
FINDINGS = 3


@dataclass(frozen=True)
class Entry:
    """One report of the folder: where it lies, what it asks and found, and how its checks ended."""

    folder: str
    title: str
    question: str
    findings: tuple[str, ...]
    outcomes: tuple[tuple[str, int], ...]
    evidence: tuple[tuple[str, int], ...]
    median_power: float | None
    has_pdf: bool
    paper_claims: tuple[tuple[str, str, str], ...] = ()  # letter, statement, what was found

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return {outcome for outcome, _ in self.outcomes} <= {"pass"}

    @property
    def total(self) -> int:
        """The number of checks."""
        return sum(count for _, count in self.outcomes)


def write_index(folder: Path) -> Path:
    """Write index.html into a folder of reports, those of earlier runs included; ``OSError`` where it cannot be.

    Example: ``write_index(folder).name == "index.html"``.
    """
    return written(folder / "index.html", index(entries(folder)))


def entries(folder: Path) -> tuple[Entry, ...]:
    """The reports under a folder by name; what is no report of ours is passed over."""
    found = (_entry(path) for path in sorted(folder.glob("*/report.json")))
    return tuple(entry for entry in found if entry is not None)


def index(reports: tuple[Entry, ...]) -> str:
    """The whole page as text.

    Example: ``index(()).startswith("<!doctype html>")``.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "percent": lambda size: raised(percent(size)),
        "sentence": sentence_case,
        "words": lambda name: name.replace("_", " "),
        "unbroken": unbroken,
    }
    style = Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8"))
    total = sum(entry.total for entry in reports)
    passed = sum(dict(entry.outcomes).get("pass", 0) for entry in reports)
    return environment.get_template("index.html.j2").render(
        reports=reports, style=style, total=total, passed=passed, claims=claims_of_the_paper(reports)
    )


def claims_of_the_paper(reports: tuple[Entry, ...]) -> tuple[tuple[str, str, tuple[Entry, ...]], ...]:
    """Each claim of the source paper that some report speaks to, in order: letter, statement, the reports."""
    named = {letter: statement for entry in reports for letter, statement, _ in entry.paper_claims}
    speaking = {
        letter: tuple(entry for entry in reports if letter in {claim[0] for claim in entry.paper_claims})
        for letter in sorted(named)
    }
    return tuple((letter, named[letter], told) for letter, told in speaking.items())


def _entry(path: Path) -> Entry | None:
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if record.get("schema") != SCHEMA:
            return None
        verdicts = record["verdicts"]
        noticed = sorted(
            one["smallest_bias_noticed"]
            for one in verdicts
            if one["evidence"] == "Monte Carlo"
            and one["outcome"] == "pass"
            and one["smallest_bias_noticed"] is not None
        )
        return Entry(
            path.parent.name,
            record["title"],
            record["question"],
            tuple(record["findings"][:FINDINGS]),
            tuple(Counter(one["outcome"] for one in verdicts).most_common()),
            tuple(Counter(one["evidence"] for one in verdicts).most_common()),
            noticed[len(noticed) // 2] if noticed else None,
            path.with_name("report.pdf").exists(),
            tuple((one["letter"], one["statement"], one["found"]) for one in record["paper_claims"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
