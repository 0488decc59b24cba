"""The asynchronous scheme: every gradient is applied when it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from derive.scheme import Scheme


@dataclass(frozen=True)
class Asynchronous(Scheme):
    """``workers`` M >= 1 always-busy workers; each gradient makes one update, a = eta h M/theta, staleness M - 1.

    Example: ``Asynchronous(workers=16).workers == 16``.
    """

    rule: ClassVar[str] = "asynchronous"
    modelled: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset(),
        frozenset({"staleness_threshold"}),
        frozenset({"staleness_discount"}),
        frozenset({"age_threshold"}),
        frozenset({"age_threshold", "age_action"}),
        frozenset({"dropout"}),
        frozenset({"event_trigger"}),
        frozenset({"uplink_capacity"}),
    )
