"""Stage: the event loop's features. Input: a system's rule, modifiers and noise. Output: what every fragment reads.

A fragment is a list of lines of Python; one text with @ in place of a mode's number stands for all modes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from numeric.event_loop.system import ROUNDS, Rule, Start, System

Recording = Literal["averages", "events", "path"]

START_DRAWS = 64  # cycles from which a stationary one, or a staggered start's mean, is taken
LARGEST_SCAN = 64  # workers; above it a tournament tree finds the next arrival faster than a scan
DIVERGED = 1e150  # |x| beyond this is recorded as unstable: its square is still a finite double
STILL = 1 << 22  # simultaneous arrivals in a row after which a path gives up
RECORDS = ", record_time, record_worker, record_staleness, record_x"
_RECORD = "record_time[INDEX] = time; record_worker[INDEX] = i; record_staleness[INDEX] = staleness"
CHUNK = 8192  # updates between two looks at the histogram's size; partial sums keep rounding small


@dataclass(frozen=True)
class Features:
    """What is fixed when the loop is printed: noise per mode, the start, the search, what is recorded, the scheme.

    ``options`` names the scheme's numbers in the order in which they follow the law's; none stands for a plain system.
    """

    noisy: tuple[bool, ...]
    start: Start
    scan: bool
    recording: Recording
    rule: Rule = "asynchronous"
    options: tuple[str, ...] = ()
    abandons: bool = False
    classed: bool = False

    @classmethod
    def of(cls, system: System, recording: Recording = "averages") -> Features:
        """The features of a system's loop."""
        noisy = tuple(sigma > 0 for sigma in system.gradient_noise)
        scan = system.workers <= LARGEST_SCAN
        options, abandons = tuple(system.scheme_numbers), system.age_action == "abandon"
        return cls(noisy, system.start, scan, recording, system.rule, options, abandons, bool(system.classes))

    def has(self, name: str) -> bool:
        """Whether a modifier is in force."""
        return name in self.options

    @property
    def is_plain(self) -> bool:
        """Whether every gradient is one update when it arrives."""
        return not self.options

    @property
    def momentum(self) -> bool:
        """Whether the updates have momentum."""
        return self.has("momentum")

    @property
    def triggers(self) -> bool:
        """Whether gradients can be too small to be sent: a mode without noise has no small ones."""
        return self.has("event_trigger") and all(self.noisy)

    @property
    def rejects(self) -> bool:
        """Whether a gradient that was computed may come to nothing."""
        drops = self.has("age_threshold") and not self.abandons
        return self.triggers or drops or self.has("dropout") or self.has("staleness_threshold")

    @property
    def gathers(self) -> bool:
        """Whether an update waits for several gradients."""
        return self.rule != "asynchronous"

    @property
    def in_rounds(self) -> bool:
        """Whether an update restarts every worker."""
        return self.rule in ROUNDS


def each(features: Features, text: str) -> list[str]:
    """One copy of ``text`` for every mode, the mode's number in place of @."""
    return [text.replace("@", str(mode)) for mode in range(len(features.noisy))]


def indent(depth: int, *lines: str) -> str:
    """The lines as text, every one at the same depth."""
    return "\n".join("    " * depth + line for line in lines)


def shift(lines: Iterable[str], depth: int = 1) -> list[str]:
    """The lines, all of them deeper."""
    return ["    " * depth + line for line in lines]


def shifted(text: str, depth: int) -> str:
    """The text, all of its lines that are not empty deeper."""
    return "\n".join("    " * depth + line if line else "" for line in text.splitlines())


def records(features: Features, index: str) -> list[str]:
    """The lines that put an arrival into the event list, if one is kept."""
    if features.recording != "events":
        return []
    return [_RECORD.replace("INDEX", index), *each(features, f"record_x[@, {index}] = x@")]
