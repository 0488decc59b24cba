"""The synchronous scheme: every round waits for every worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from derive.scheme import Scheme


@dataclass(frozen=True)
class Synchronous(Scheme):
    """``workers`` M >= 1 pull together; all M gradients make one update with their mean: the staleness is 0.

    Example: ``Synchronous(workers=8).workers == 8``.
    """

    rule: ClassVar[str] = "synchronous"
    modelled: ClassVar[tuple[frozenset[str], ...]] = (frozenset(),)
