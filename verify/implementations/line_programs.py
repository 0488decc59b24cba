"""Stage: programs. Input: a command and points. Output: what the program answered on its standard output.

The protocol: the program reads lines until its input ends. Each holds the values of the claim's arguments in the
claim's order, separated by single spaces: whole numbers in digits, doubles with as many digits as read back to them, a
complex number as real part and imaginary part. For each line it writes one line: a number, or two for a complex one;
``nan`` says that there is none. It is started anew for every batch of points, and never through a shell.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import IO, Any

from verify.implementations.calling import TIME_LIMIT, Answer, Failure, HungError
from verify.implementations.certified_points import DOUBLE, Format, Number, Point

MOST_BYTES = 1 << 24
"""What a program may write before it is ended."""

_LOOK = 0.01  # seconds between two looks at a running program
_LONGEST = 80


class LineProgram:
    """A program that answers line by line; ``command`` is its path and arguments, ``limit`` seconds for a batch."""

    takes_arrays = False

    def __init__(self, command: Sequence[str], limit: float = TIME_LIMIT) -> None:
        self.command, self.limit = tuple(command), limit

    def answers(self, points: Sequence[Point], kind: Format = DOUBLE) -> list[Answer]:
        """One answer a point; where the program breaks off, ever smaller batches, so that the cause is known.

        What ends alike at the first and at the last point is not started again for those between.
        """
        written = self._run([line(point) for point in points])
        if isinstance(written, list) and len(written) == len(points):
            return [parsed(text) for text in written]
        if len(points) == 1:
            return [written if isinstance(written, Failure) else Failure(f"writes {len(written)} lines for one")]
        ends = [self.answers([point])[0] for point in (points[0], points[-1])]
        if len(points) == 2 or (isinstance(ends[0], Failure) and ends[0] == ends[1]):
            return [ends[0]] * (len(points) - 1) + [ends[1]]
        half = len(points) // 2
        return [*self.answers(points[:half]), *self.answers(points[half:])]

    def row(self, request: Point) -> list[float] | Failure:
        """All numbers of the one line that a simulator writes for one line: seed, replicas, then the arguments."""
        written = self._run([line(request)])
        if isinstance(written, Failure):
            return written
        if len(written) != 1:
            return Failure(f"writes {len(written)} lines for one")
        answers = [parsed(word) for word in written[0].split()]
        wrong = next((answer for answer in answers if isinstance(answer, Failure)), None)
        return wrong or [float(answer) for answer in answers]  # type: ignore[arg-type]

    def _run(self, lines: Sequence[str]) -> list[str] | Failure:
        """The lines written, or how the program ended; raises ``HungError`` after the limit."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as written, tempfile.TemporaryFile() as said:
            given.write(("\n".join(lines) + "\n").encode())
            given.seek(0)
            try:
                process = subprocess.Popen(
                    self.command, stdin=given, stdout=written, stderr=said, start_new_session=True
                )
            except OSError as problem:
                return Failure(f"cannot be started: {problem.strerror}")
            try:
                ended = self._wait(process, written)
            finally:
                _end(process)
            if isinstance(ended, Failure):
                return ended
            if ended:
                return Failure(f"{_crash(ended)}{_last_words(said)}")
            written.seek(0)
            return written.read(MOST_BYTES).decode("utf-8", "replace").splitlines()

    def _wait(self, process: Any, written: IO[bytes]) -> int | Failure:
        until = time.monotonic() + self.limit
        while time.monotonic() < until:
            try:
                return int(process.wait(timeout=_LOOK))
            except subprocess.TimeoutExpired:
                if os.fstat(written.fileno()).st_size > MOST_BYTES:
                    return Failure(f"writes more than {MOST_BYTES >> 20} MiB")
        raise HungError(self.limit)


def line(point: Point) -> str:
    """The values of a point as a program reads them.

    Example: ``line((3, 0.5, 1 + 2j)) == "3 0.5 1.0 2.0"``.
    """
    return " ".join(part for value in point for part in _texts(value))


def _texts(value: Number) -> list[str]:
    return [repr(value.real), repr(value.imag)] if isinstance(value, complex) else [repr(value)]


def parsed(text: str) -> Answer:
    """The number on a line, or what stands there instead; nothing is evaluated.

    Example: ``parsed("1.5 -2") == 1.5 - 2j and parsed("nan(0x1)") == Failure("writes 'nan(0x1)', not a number")``.
    """
    words = text.split()
    try:
        numbers = [float(word) for word in words if len(word) <= _LONGEST and "_" not in word]
    except ValueError:
        numbers = []
    if len(numbers) != len(words) or len(numbers) not in (1, 2):
        shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
        return Failure(f"writes {shown!r}, not a number")
    return numbers[0] if len(numbers) == 1 else complex(*numbers)


def _crash(code: int) -> str:
    if code >= 0:
        return f"ends with exit code {code}"
    try:
        return f"is ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"is ended by signal {-code}"


def _last_words(said: IO[bytes]) -> str:
    said.seek(0, os.SEEK_END)
    said.seek(max(0, said.tell() - 4096))
    lines = said.read().decode("utf-8", "replace").split("\n")
    last = next((one.strip() for one in reversed(lines) if one.strip()), "")
    plain = "".join(letter if letter.isprintable() else "?" for letter in last)
    return f": {plain[:_LONGEST]}" if plain else ""


def _end(process: Any) -> None:
    """End the program with everything that it started, if it is still there."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
        process.wait()
