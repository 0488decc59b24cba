"""Stage: second routes. Input: a law or a staleness. Output: where its certified spectrum changes, sought once.

Several claims are held against the same bisections, right ones and wrong ones; no claim plays a part in them.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from derive.characteristic import delay_equation, update_equation
from derive.integer_laws import IntegerLaw
from derive.law import Law
from numeric.enclosure import Enclosure
from numeric.roots.thresholds import critical_damping, stability_limit


@lru_cache(maxsize=64)
def limit_of_law(law: Law, start: sp.Expr, relative_width: float = 1e-7) -> Enclosure | None:
    """``stability_limit`` of s + a L(s) = 0, sought once for each law."""
    return stability_limit(lambda a: delay_equation(a, law), start, relative_width)


@lru_cache(maxsize=64)
def critical_damping_of_law(law: Law, start: sp.Expr, relative_width: float = 1e-6) -> Enclosure | None:
    """``critical_damping`` of s + a L(s) = 0, sought once for each law."""
    return critical_damping(lambda a: delay_equation(a, law), start, relative_width)


@lru_cache(maxsize=64)
def limit_of_staleness(staleness: int | IntegerLaw, start: sp.Expr, momentum: sp.Expr = sp.S.Zero) -> Enclosure | None:
    """``stability_limit`` of the recursion's step, sought once for each staleness and momentum."""
    return stability_limit(lambda step: update_equation(step, staleness, momentum), start)
