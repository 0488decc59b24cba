"""The k-batch-async scheme: every k gradients make one update, and nobody waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.scheme import Scheme


@dataclass(frozen=True)
class KBatchAsync(Scheme):
    """``workers`` M >= 1 always-busy workers; each ``batch`` of k <= M arrivals makes one update with its mean.

    A worker pulls the present parameter as soon as its gradient has arrived; one worker may give several of a batch.

    Example: ``KBatchAsync(workers=8, batch=2).batch == 2``.
    """

    batch: sp.Expr
    rule: ClassVar[str] = "k-batch-async"
    modelled: ClassVar[tuple[frozenset[str], ...]] = (frozenset(),)
