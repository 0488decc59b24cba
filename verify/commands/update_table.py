"""Stage: tables for people. Input: a study's workers. Output: the mean time of an update under each of the six rules.

Exact where the law's order statistics are closed, else between the bounds that are claimed, each by its claims.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.laws.order_statistic import MOST_DRAWN
from derive.models.update_times import time_per_update
from derive.schemes import SCHEMES
from derive.studies.records import NoCycleLawError, Study
from numeric.enclosure import evaluate

HEADER = ("time per update", "seconds", "claims")
DIGITS = 6


def update_times(study: Study) -> tuple[tuple[str, str, str], ...]:
    """One row a rule for the study's workers without modifiers; none where workers differ or are more than 1000.

    The batch n_B is the study's own, else half of the workers.

    Example: ``update_times(load_study("reports/studies/textbook.toml").cases[1].study)[0][1] == "0.09375"``.
    """
    try:
        law = None if study.workers is None else study.workers.cycle_law
    except NoCycleLawError:
        return ()
    if law is None or study.workers is None or study.workers.count > MOST_DRAWN:
        return ()
    count = study.workers.count
    batch = int(getattr(study.scheme, "batch", (count + 1) // 2))
    rows = []
    for rule, kind in SCHEMES.items():
        waits = rule.startswith("k-")
        size: dict[str, Any] = {"batch": batch} if waits else {}
        found = time_per_update(law, kind(workers=sp.Integer(count), **size))
        told = f"{rule}, n_B = {batch}" if waits else rule
        seconds = _number(found.exact) if found.exact is not None else _between(found.least, found.longest)
        rows.append((told, seconds, ", ".join(found.claims)))
    return tuple(rows)


def _number(value: sp.Expr) -> str:
    return f"{float(evaluate(value)):.{DIGITS}g}"


def _between(least: sp.Expr, longest: sp.Expr) -> str:
    if longest == sp.oo:
        return f"at least {_number(least)}"
    return f"at most {_number(longest)}" if least == 0 else f"{_number(least)} to {_number(longest)}"
