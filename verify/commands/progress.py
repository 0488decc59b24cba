"""Stage: progress. Input: how far a long task is. Output: a bar on a terminal, plain lines elsewhere, or nothing.

with progress_for(sys.stderr, quiet=False) as progress:
    with progress.task("simulating gamma", total=128) as advance:
        advance(1)
    progress.note("wrote report.html")
"""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

SECONDS_BETWEEN_LINES = 5.0


class Progress(ABC):
    """Where a long computation says what it does; harmless to call from any thread that holds no lock."""

    @abstractmethod
    def note(self, text: str) -> None:
        """Say one sentence."""

    @abstractmethod
    def task(self, title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a task of ``total`` >= 1 parts; the context's value is called with how many more are done."""


class Silence(Progress):
    """Says nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    @contextmanager
    def task(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Count nothing."""
        yield lambda done: None


class PlainLines(Progress):
    """One line at the start and the end of a task, and at most one every few seconds between.

    ``clock`` returns seconds from any origin.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock

    def note(self, text: str) -> None:
        """Print the sentence on a line of its own."""
        print(text, file=self._stream, flush=True)

    @contextmanager
    def task(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Print the title, then how much is done."""
        begun = last = self._clock()
        finished = told = 0
        self.note(f"{title} ...")

        def advance(done: int) -> None:
            nonlocal finished, told, last
            finished += done
            now = self._clock()
            if told < finished < total and now - last >= SECONDS_BETWEEN_LINES:
                rate = (finished - told) / (now - last)  # of late: what was kept from before took no time
                last, told = now, finished
                self.note(f"{title}: {100 * finished // total} %, {rate:.3g} a second, {_left(total - finished, rate)}")

        yield advance
        self.note(f"{title}: done in {self._clock() - begun:.1f} s")


def _left(parts: int, rate: float) -> str:
    """The time left in words.

    Example: ``_left(600, 2.0) == "5 min left"``.
    """
    seconds = parts / rate
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit} left"
    return f"{seconds:.0f} s left"


class TerminalBars(Progress):
    """A live bar per task, by rich."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars

    def note(self, text: str) -> None:
        """Print the sentence above the bars."""
        self._bars.console.print(text, markup=False, highlight=False)

    @contextmanager
    def task(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show a bar while the task runs."""
        row = self._bars.add_task(title.replace("[", r"\["), total=total)

        def advance(done: int) -> None:
            self._bars.advance(row, done)

        yield advance


@contextmanager
def progress_for(stream: TextIO | None = None, *, quiet: bool = False, plain: bool = False) -> Iterator[Progress]:
    """The right kind of progress for ``stream`` (default: standard error); ``plain``: lines on a terminal too."""
    target = sys.stderr if stream is None else stream
    if quiet:
        yield Silence()
    elif plain or not target.isatty():
        yield PlainLines(target)
    else:
        # rich is imported here because only a terminal needs it, and it costs a tenth of a second
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            ProgressColumn,
            Task,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as LiveBars
        from rich.text import Text

        class Rate(ProgressColumn):
            def render(self, task: Task) -> Text:
                return Text(f"{task.speed:.3g}/s" if task.speed else "")

        title, times = TextColumn("{task.description}"), (TimeElapsedColumn(), TimeRemainingColumn())
        columns = (title, BarColumn(), TaskProgressColumn(), Rate(), *times)
        with LiveBars(*columns, console=Console(file=target)) as bars:
            yield TerminalBars(bars)
