"""Stage: the tally. Input: an implementation, a certified claim, points. Output: their errors, and the worst so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from numeric.enclosure import Enclosure
from verify.implementations.accuracy_maps import finite, named
from verify.implementations.calling import Answer, Failure, HungError, Implementation
from verify.implementations.certified_points import CertifiedClaim, CertifiedValue, Point
from verify.implementations.record import Sighting


@dataclass(frozen=True)
class Seen:
    """One point with its answer, the certified value and the error."""

    point: Point
    answer: Answer
    certified: CertifiedValue
    error: float

    def words(self, names: Sequence[str], limit: float) -> str:
        """What went wrong here, in one sentence."""
        at = ", ".join(f"{name} = {text}" for name, text in named(names, self.point))
        where = f" at {at}" if at else ""
        if isinstance(self.answer, Failure):
            return f"{self.answer.words}{where}"
        if not math.isfinite(self.error):
            return f"answers {self.answer}{where}, where the value is {shown(self.certified)}"
        return f"an error of {self.error:.3g} ulps{where}, allowed are {limit:g}"


class Tally:
    """Errors at points, called with a batch of them; what hangs once is not called again."""

    def __init__(self, implementation: Implementation, claim: CertifiedClaim) -> None:
        self.implementation, self.claim = implementation, claim
        self.judged = self.answered = 0
        self.worst: Seen | None = None
        self.is_hung = False

    def __call__(self, points: Sequence[Point]) -> list[float]:
        """The error at each point, 0 where there is no certified value that doubles can hold."""
        if self.is_hung or not points:
            return [0.0] * len(points)
        return [self._judged(point, answer) for point, answer in zip(points, self._answers(points), strict=True)]

    def _answers(self, points: Sequence[Point]) -> list[Answer]:
        """All answers; where a batch hangs, each point alone, until the one that hangs is known."""
        try:
            return self.implementation.answers(points)
        except HungError as hung:
            if len(points) == 1:
                self.is_hung = True
                return [Failure(hung.words)]
        found: list[Answer] = []
        for point in points:
            found += self._answers([point]) if not self.is_hung else [Failure("not asked")]
        return found

    def _judged(self, point: Point, answer: Answer) -> float:
        if isinstance(answer, Failure) and answer.words == "not asked":
            return 0.0
        certified = self.claim.at(point)
        self.answered += not isinstance(answer, Failure)
        if certified is None:
            return 0.0
        self.judged += 1
        error = math.inf if isinstance(answer, Failure) else certified.error(answer)
        if self.worst is None or error > self.worst.error:
            self.worst = Seen(point, answer, certified, error)
        return error


def described(claim: CertifiedClaim, seen: Seen) -> Sighting:
    """What was seen, as a record holds it."""
    answer, certified = seen.answer, seen.certified
    number = None if isinstance(answer, Failure) else answer
    return Sighting(
        at=named(claim.names, seen.point),
        answered=answer.words if isinstance(answer, Failure) else repr(answer),
        certified=shown(certified),
        radius=Enclosure(certified.ball.real).radius,
        ulps=None if number is None else finite(certified.ulps(number)),
        error=finite(seen.error),
    )


def shown(certified: CertifiedValue) -> str:
    """The middle of a certified value to 20 digits; a complex one as ``re + im i``."""
    parts = [Enclosure(part).mid[:22] for part in (certified.ball.real, certified.ball.imag)]
    return parts[0] if certified.ball.imag.is_zero() else f"{parts[0]} + {parts[1]} i"
