"""Progress: silent, plain or live, and never on standard output."""

from __future__ import annotations

import io

import pytest

from verify.commands.progress import PlainLines, Silence, TerminalBars, progress_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_lines_say_how_far_a_task_is_at_most_every_few_seconds() -> None:
    stream, seconds = io.StringIO(), iter([0.0, 1.0, 6.0, 7.0, 20.0, 21.0])
    with PlainLines(stream, lambda: next(seconds)).task("simulating gamma", 4) as advance:
        for _ in range(4):
            advance(1)
    assert stream.getvalue().splitlines() == [
        "simulating gamma ...",
        "simulating gamma: 50 %, 0.333 a second, 6 s left",
        "simulating gamma: done in 21.0 s",
    ]


def test_a_task_that_fails_is_not_called_done() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="broken"), PlainLines(stream).task("simulating", 4):
        raise ValueError("broken")
    assert "done" not in stream.getvalue()


def test_silence_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_for(quiet=True) as progress, progress.task("simulating", 2) as advance:
        advance(2)
        progress.note("a note")
    assert isinstance(progress, Silence)
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_lines_are_plain_and_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_for() as progress:
        progress.note("wrote [one] page")
    assert isinstance(progress, PlainLines)
    assert capsys.readouterr() == ("", "wrote [one] page\n")


def test_a_terminal_gets_bars_and_text_is_not_taken_for_markup() -> None:
    stream = Terminal()
    with progress_for(stream) as progress, progress.task("case [red]", 2) as advance:
        advance(2)
        progress.note("wrote [one] page")
    assert isinstance(progress, TerminalBars)
    assert "case [red]" in stream.getvalue()
    assert "wrote [one] page" in stream.getvalue()
    assert "100%" in stream.getvalue()
