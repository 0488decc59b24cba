"""The k-sync scheme: in each round the first k of all workers count, the others are cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.scheme import Scheme


@dataclass(frozen=True)
class KSync(Scheme):
    """``workers`` M >= 1 pull together; the first ``batch`` k <= M gradients make one update with their mean.

    The others are cancelled and all pull again: the staleness is 0, a round lasts as the k-th of M cycle times.

    Example: ``KSync(workers=8, batch=2).batch == 2``.
    """

    batch: sp.Expr
    rule: ClassVar[str] = "k-sync"
    modelled: ClassVar[tuple[frozenset[str], ...]] = (frozenset(),)
