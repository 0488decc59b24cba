"""Stage: finitely many workers, exactly (rung R0). Input: cycles of n stages. Output: equations of the second moments.

Solved in numeric/enclosed/occupancy.py: the number of equations grows with workers and stages, and no closed form is
known.
"""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive.derivation import Assumption, Derivation, Rule
from derive.rules.occupancy import OccupancyLaw, OccupancyMoments, moment_kinds
from derive.rules.occupied import OccupancyRow, SumOverOccupancies, WeighByUpdates

Given = frozenset[Assumption]


@cache
def erlang_second_moments(stages: int, given: Given = assumptions.ALL) -> Derivation:
    """d/dt of the second moments at each occupancy of n = ``stages`` >= 2 exponential stages, exactly."""
    return Derivation(f"second moments, cycles of {stages} stages", given).then(OccupancyMoments(stages))


@cache
def occupancy_law(stages: int, given: Given = assumptions.ALL) -> Derivation:
    """How many workers are in which of their n = ``stages`` stages, stationarily: a multinomial law."""
    return Derivation(f"occupancy of {stages} stages", given).then(OccupancyLaw(stages))


@cache
def erlang_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = sum_j V_chi(j): the time average, over the occupancies; V_chi(j) = E[x^2; occupancy j] solves the equations.

    The equations are derived for each number of stages (``erlang_second_moments``); these steps show those of two.
    """
    return _summed(SumOverOccupancies(), given).concluded("stationary variance, cycles of exponential stages")


@cache
def erlang_variance_at_updates(given: Given = assumptions.ALL) -> Derivation:
    """V = sum_j n chi_n(j) V_chi(j)/M: just before (as just after) updates, which come from the last stage."""
    weighed = _summed(WeighByUpdates(), given)
    return weighed.concluded("stationary variance at updates, cycles of exponential stages")


def _summed(rule: Rule, given: Given) -> Derivation:
    stages, found = 2, Derivation("second moments by occupancy", given)
    for kind in moment_kinds(stages):
        found = found.then(OccupancyRow(stages, kind))
    return found.then(OccupancyLaw(stages)).then(rule, 1, len(found.steps) + 1)
