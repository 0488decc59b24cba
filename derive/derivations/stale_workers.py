"""Stage: finitely many workers with a staleness threshold (rung R0). Input: exponential cycles. Output: exact moments.

Solved in numeric/enclosed/staleness_classes.py: the number of equations grows with workers and threshold.
"""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive.derivation import Assumption, Derivation
from derive.rules.staleness_classes import ClassRow, Recent, SumOverClasses, recent_moments

Given = frozenset[Assumption]


@cache
def class_equations(last: int, given: Given = assumptions.ALL) -> Derivation:
    """d/dt of probability and second moments at each occupancy of the stalenesses, threshold ``last`` >= 0, exactly.

    Of each moment the row after an update, then the row after a drop.
    """
    return _rows(last, recent_moments(last), given)


@cache
def threshold_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = sum_j V_chi(j), V_chi(j) = E[x^2; occupancy j], M exponential workers that drop what is staler than S.

    The equations are derived for each threshold (``class_equations``); these steps show those of S = 1.
    """
    return (
        class_equations(1, given).then(SumOverClasses(share=False)).concluded("stationary variance, few stale workers")
    )


@cache
def threshold_share(given: Given = assumptions.ALL) -> Derivation:
    """p = sum_j P_chi(j) (chi_0(j) + .. + chi_S(j))/M: the exact share that M exponential workers see applied."""
    added = _rows(1, ((),), given).then(SumOverClasses(share=True))
    return added.concluded("applied fraction, few stale workers")


def _rows(last: int, kinds: tuple[Recent, ...], given: Given) -> Derivation:
    found = Derivation(f"moments by classes of staleness up to {last}", given)
    for kind in kinds:
        for updated in (True, False):
            found = found.then(ClassRow(last, kind, updated))
    return found
