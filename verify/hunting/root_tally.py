"""Stage: verdicts. Input: judged equations, one by one. Output: how many were tried, unproven, wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

_NUMBER = re.compile(r"[+-]?\d[\d.,]*(e[+-]?\d+)?j?")


class Judged(Protocol):
    """One equation and what became of it."""

    @property
    def kind(self) -> str:
        """What was drawn."""

    @property
    def shown(self) -> str:
        """The equation and what was asked, in short."""

    @property
    def wrong(self) -> str | None:
        """What is wrong with the answer."""

    @property
    def certified(self) -> bool:
        """Whether there is a proof."""

    @property
    def reason(self) -> str | None:
        """What is missing."""

    @property
    def seconds(self) -> float:
        """Processor time of the answer."""

    @property
    def uncertainty(self) -> float:
        """The largest relative radius."""


@dataclass
class Tally:
    """What was found so far: counts by kind, reasons by their wording, the slowest and the least certain answer."""

    tried: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unproven: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "none")
    vaguest: tuple[float, str] = (0.0, "none")

    def add(self, one: Judged) -> str | None:
        """Count one answer, of which only the worst are kept; a reason not met before is returned with its example."""
        self.tried[one.kind] += 1
        self.wrong[one.kind] += bool(one.wrong)
        self.seconds += one.seconds
        if one.seconds > self.slowest[0]:
            self.slowest = (one.seconds, one.shown)
        if one.uncertainty > self.vaguest[0]:
            self.vaguest = (one.uncertainty, one.shown)
        if not one.certified:
            wording = _NUMBER.sub("#", one.reason or "no reason")
            self.unproven[one.kind] += 1
            self.reasons[wording] += 1
            if wording not in self.examples:
                self.examples[wording] = f"{one.reason}: {one.shown}"
                return self.examples[wording]
        return None

    def line(self) -> str:
        """All of it in one line.

        Example: ``Tally().line() == "0 tried: 0 wrong, 0 unproven; 0 ms each, slowest 0.00 s, least certain 0.0e+00"``.
        """
        total = self.tried.total()
        each = self.seconds / total * 1e3 if total else 0
        return (
            f"{total} tried: {self.wrong.total()} wrong, {self.unproven.total()} unproven; {each:.0f} ms each,"
            f" slowest {self.slowest[0]:.2f} s, least certain {self.vaguest[0]:.1e}"
        )

    def lines(self) -> Iterator[str]:
        """The counts of each kind, each reason with an example, the slowest, the least certain."""
        for kind, count in self.tried.items():
            yield f"{kind:14} {count:7} tried, {self.unproven[kind]} unproven, {self.wrong[kind]} wrong"
        for wording, count in self.reasons.most_common():
            yield f"    unproven {count} times: {self.examples[wording]}"
        yield f"slowest {self.slowest[0]:.3f} s: {self.slowest[1]}"
        yield f"least certain {self.vaguest[0]:.1e}: {self.vaguest[1]}"
        yield self.line()
