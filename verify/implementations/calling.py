"""Stage: calling. Input: a user's Python function and points. Output: what it answered, or how it failed.

The function gets the claim's argument names as keywords: arrays of one shape, or plain numbers one point at a time. An
exception, an answer of another shape, and no answer in time are findings about that point, never errors of the check.
"""

from __future__ import annotations

import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from verify.implementations.certified_points import DOUBLE, Format, Number, Point

TIME_LIMIT = 10.0
"""Seconds that one call may take."""


@dataclass(frozen=True)
class Failure:
    """No number: what the implementation did instead, in a few words."""

    words: str


Answer = Number | Failure


class HungError(Exception):
    """An implementation gave no answer in time; ``point`` is where, if that is known."""

    def __init__(self, seconds: float, point: Point | None = None) -> None:
        self.point = point
        self.words = f"no answer within {seconds:g} s"
        super().__init__(self.words)


class Implementation(Protocol):
    """Anything that answers at points of a claim's arguments."""

    takes_arrays: bool

    def answers(self, points: Sequence[Point], kind: Format = DOUBLE) -> list[Answer]:
        """One answer a point; raises ``HungError`` when one does not come in time."""


class PythonFunction:
    """A Python callable; ``takes_arrays`` False calls it with plain numbers, one point at a time."""

    def __init__(
        self, function: Callable[..., Any], names: Sequence[str], takes_arrays: bool = True, limit: float = TIME_LIMIT
    ) -> None:
        self.function, self.names, self.takes_arrays, self.limit = function, tuple(names), takes_arrays, limit

    def call(self, arguments: Mapping[str, Any]) -> Any:
        """The bare answer to keywords; whatever it raises comes back as a ``Failure``."""
        try:
            with _in_time(self.limit), warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                return self.function(**arguments)
        except _TimeIsUpError:
            raise HungError(self.limit) from None
        except Exception as error:
            return Failure(f"raises {type(error).__name__}: {_short(str(error))}")

    def answers(self, points: Sequence[Point], kind: Format = DOUBLE) -> list[Answer]:
        """All points in one call; where that fails and there are several, each in a call of its own."""
        if not self.takes_arrays:
            return [self._single(point, kind) for point in points]
        together = self._together(points, kind)
        if isinstance(together, list):
            return together
        if len(points) == 1:
            return [together]
        apart = [self._together([point], kind) for point in points]
        return [one[0] if isinstance(one, list) else one for one in apart]

    def _together(self, points: Sequence[Point], kind: Format) -> list[Answer] | Failure:
        result = self.call(columns(self.names, points, kind))
        if isinstance(result, Failure):
            return result
        answer = numbers(result)
        if isinstance(answer, Failure):
            return answer
        if answer.shape != (len(points),):
            if not self.names and answer.shape == ():
                return [answer.item()] * len(points)
            return Failure(f"returns shape {answer.shape} for arguments of shape {(len(points),)}")
        return [value.item() for value in answer]

    def _single(self, point: Point, kind: Format) -> Answer:
        result = self.call({name: _plain(value, kind) for name, value in zip(self.names, point, strict=True)})
        if isinstance(result, Failure):
            return result
        answer = numbers(result)
        if isinstance(answer, Failure):
            return answer
        return answer.item() if answer.size == 1 else Failure(f"returns shape {answer.shape} for numbers")


def columns(names: Sequence[str], points: Sequence[Point], kind: Format = DOUBLE) -> dict[str, np.ndarray[Any, Any]]:
    """The points as one array an argument: int64, float64 (or of ``kind``), complex128.

    Example: ``columns(["x"], [(1.0,), (2.0,)])["x"].tolist() == [1.0, 2.0]``.
    """
    arrays = {}
    for place, name in enumerate(names):
        array = np.asarray([point[place] for point in points])
        single = array.dtype.kind in "fc" and kind.name == "float32"
        arrays[name] = array.astype({"f": np.float32, "c": np.complex64}[array.dtype.kind]) if single else array
    return arrays


def numbers(result: Any) -> np.ndarray[Any, Any] | Failure:
    """What was returned as an array of numbers, or what it is instead."""
    try:
        array = np.asarray(result)
    except (TypeError, ValueError) as error:
        return Failure(f"returns {type(result).__name__}: {_short(str(error))}")
    if array.dtype.kind not in "biufc":
        return Failure(f"returns {type(result).__name__}, not a number")
    return array


def _plain(value: Number, kind: Format) -> Any:
    return np.float32(value) if kind.name == "float32" and isinstance(value, float) else value


def _short(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= 80 else f"{line[:77]}..."


class _TimeIsUpError(BaseException):
    """Raised inside a call by the alarm; no handler of the user's is meant to catch it."""


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """Interrupt Python code in the main thread after ``seconds``; elsewhere nobody can."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: object) -> None:
        raise _TimeIsUpError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
