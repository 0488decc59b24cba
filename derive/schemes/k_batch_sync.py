"""The k-batch-sync scheme: in each round the first k gradients count, whoever computed them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.scheme import Scheme


@dataclass(frozen=True)
class KBatchSync(Scheme):
    """``workers`` M >= 1 pull together; the first ``batch`` k <= M gradients make one update with their mean.

    Who is done early computes another gradient at the same parameter; at the update the others are cancelled.

    Example: ``KBatchSync(workers=8, batch=2).batch == 2``.
    """

    batch: sp.Expr
    rule: ClassVar[str] = "k-batch-sync"
    modelled: ClassVar[tuple[frozenset[str], ...]] = (frozenset(),)
