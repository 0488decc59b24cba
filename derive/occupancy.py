"""Stage: finitely many workers, exactly (rung R0). Input: cycles of n stages. Output: equations of the second moments.

Solved in numeric/occupancy.py: the number of equations grows with workers and stages, and no closed form is known.
"""

from __future__ import annotations

from functools import cache

from derive import assumptions
from derive.derivation import Assumption, Derivation
from derive.rules.occupancy import OccupancyLaw, OccupancyMoments, SumOverOccupancies

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
    """V = sum over the occupancies of E[x^2; occupancy], the moments solved from their equations; for two stages."""
    equations = erlang_second_moments(2, given)
    both = equations.join(occupancy_law(2, given))
    summed = both.then(SumOverOccupancies(), len(equations.steps), len(both.steps))
    return summed.concluded("stationary variance, cycles of exponential stages")
