"""Stage: the event loop's features. Input: a system's rule, modifiers and noise. Output: what every fragment reads.

A fragment is a list of lines of Python; one text with @ in place of a mode's number stands for all modes. A few modes
are variables of their own; the coordinates of an objective are arrays, and such a text becomes a loop over them.
"""

from __future__ import annotations

import re
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
    objective: tuple[str | int, ...] = ()
    looks: tuple[str, ...] = ()
    correlated: int = 0  # classes of workers whose compute times depend on others
    replays: bool = False

    @classmethod
    def of(cls, system: System, recording: Recording = "averages", looks: tuple[str, ...] = ()) -> Features:
        """The features of a system's loop."""
        noisy = tuple(sigma > 0 for sigma in system.gradient_noise) or (True,) * system.modes
        scan = system.workers <= LARGEST_SCAN
        options, abandons = tuple(system.scheme_numbers), system.age_action == "abandon"
        shape = () if system.objective is None else system.objective.shape
        correlated = 0 if system.correlation is None else max(len(system.classes), 1)
        classed = bool(system.classes or correlated)
        kinds = (noisy, system.start, scan, recording, system.rule, options, abandons, classed, shape, looks)
        return cls(*kinds, correlated, system.replays)

    @property
    def modes(self) -> int:
        """How many coordinates x has."""
        return len(self.noisy)

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
    """One copy of ``text`` for every mode, the mode's number in place of @; of arrays a loop over their entries."""
    if not features.objective:
        return [text.replace("@", str(mode)) for mode in range(features.modes)]
    indexed = re.sub(r"(\w+)@\[(\w+)\]", r"\1[\2, m]", text)
    return [f"for m in range({features.modes}):", "    " + re.sub(r"(\w+)@", r"\1[m]", indexed).replace("@", "m")]


def made(features: Features, name: str, rows: str = "") -> list[str]:
    """The lines that make zeros: one number a mode, or ``rows`` of them."""
    if features.objective:
        return [f"{name} = np.zeros(({rows}, {features.modes}))" if rows else f"{name} = np.zeros({features.modes})"]
    return each(features, f"{name}@ = np.zeros({rows})" if rows else f"{name}@ = 0.0")


def within_bounds(features: Features) -> tuple[list[str], str]:
    """The lines that find out whether x has diverged, and the condition that it has not."""
    if features.objective:
        return ["finite = True", *each(features, f"finite &= abs(x@) <= {DIVERGED}")], "finite"
    return [], " and ".join(each(features, f"abs(x@) <= {DIVERGED}"))


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


class Sums:
    """The sums of a loop over averages: of x and x^2 in every mode, weighted by time and by event, and of ages."""

    def __init__(self, features: Features) -> None:
        self._names = [f"{kind}{power}_" for kind in ("time", "event") for power in (1, 2)]
        self._features = features
        self.count = 4 * features.modes + 2

    def made(self) -> str:
        """The lines that make arrays of them, where they are."""
        lines = [line for name in self._names for line in made(self._features, name)]
        return indent(1, *lines) + "\n" if self._features.objective else ""

    def cleared(self) -> list[str]:
        """The lines that set them to zero."""
        if self._features.objective:
            return [*(f"{name}[:] = 0.0" for name in self._names), "age1 = age2 = 0.0"]
        return [" = ".join([*self._each(), "age1", "age2"]) + " = 0.0"]

    def added(self) -> list[str]:
        """The lines that add them to ``totals``."""
        if not self._features.objective:
            return [f"totals[{k}] += {name}" for k, name in enumerate([*self._each(), "age1", "age2"])]
        modes = self._features.modes
        parts = [f"totals[{k * modes}:{(k + 1) * modes}] += {name}" for k, name in enumerate(self._names)]
        return [*parts, f"totals[{4 * modes}] += age1; totals[{4 * modes + 1}] += age2"]

    def _each(self) -> list[str]:
        return [name for text in self._names for name in each(self._features, text + "@")]
