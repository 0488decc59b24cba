"""The asynchronous scheme: every gradient is applied when it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.exact import exact
from derive.scheme import Scheme, SchemeError


@dataclass(frozen=True)
class Asynchronous(Scheme):
    """``workers`` M >= 1 always-busy workers; each gradient makes one update, a = eta h M/theta, staleness M - 1.

    Example: ``Asynchronous(workers=16).workers == 16``.
    """

    workers: sp.Expr
    rule: ClassVar[str] = "asynchronous"

    def __post_init__(self) -> None:
        allowed = "an integer from 1 to 1000000"
        try:
            count = exact(self.workers)
        except (TypeError, ValueError) as error:
            raise SchemeError("workers", self.workers, "not a number", allowed) from error
        if count.is_integer is not True or count.is_positive is not True or (count.is_number and count > 10**6):
            raise SchemeError("workers", self.workers, "not a worker count", allowed)
        object.__setattr__(self, "workers", count)
