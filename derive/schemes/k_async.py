"""The k-async scheme: the server waits for the gradients of k workers, which wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive.scheme import Scheme


@dataclass(frozen=True)
class KAsync(Scheme):
    """``workers`` M >= 1; once ``batch`` k <= M of them have finished, one update applies the mean of their gradients.

    Who has finished is idle until the update and then pulls afresh; the others go on with the parameter they hold.

    Example: ``KAsync(workers=8, batch=2).batch == 2``.
    """

    batch: sp.Expr
    rule: ClassVar[str] = "k-async"
    modelled: ClassVar[tuple[frozenset[str], ...]] = (frozenset(),)
