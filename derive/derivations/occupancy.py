"""Stage: finitely many workers, exactly (rung R0). Input: cycles of n stages. Output: equations of the second moments.

Solved in numeric/enclosed/occupancy.py: the number of equations grows with workers and stages, and no closed form is
known.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation, Rule
from derive.derivations.characteristic import gamma_characteristic
from derive.derivations.noise import shot_variance, stages_variance
from derive.rules.calculus import Rewrite, Specialise
from derive.rules.occupancy import OccupancyLaw, OccupancyMoments, moment_kinds
from derive.rules.occupied import OccupancyRow, SumOverOccupancies, WeighByUpdates
from derive.rules.occupied_series import SeriesOverOccupancies
from derive.rules.own_renewals import OwnRenewals
from derive.rules.workers import Ratio, SeriesInWorkers

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


@cache
def erlang_gap(rung: str, given: Given = assumptions.ALL) -> Derivation:
    """Exact variance over the value of rung "R1" or "R2" through 1/M at fixed a theta, cycles of two stages.

    On R1 the gain is I = V/q of R2, the same integral of |H|^-2.
    """
    rows, product = _rows(2, given), y.damping * y.mean_delay
    exact = rows.then(SeriesOverOccupancies(2), *range(1, len(rows.steps) + 1))
    number = len(exact.steps)
    limit, step_noise = stages_variance(2, given), y.step_noise * y.workers / y.mean_delay
    chain = exact.join(limit) if rung == "R2" else exact.join(limit).join(shot_variance(given))
    values = {y.noise_intensity: step_noise}
    if rung == "R1":
        values = {
            y.second_moment_gain: limit.result.right / y.noise_intensity,
            y.curvature: product / (y.workers * y.learning_rate),
            y.arrival_rate: y.workers / y.mean_delay,
            y.gradient_noise: sp.sqrt(y.step_noise) / y.learning_rate,
        }
    approximate = chain.then(Specialise(y.variance, tuple(values.items())))
    ratio = (
        approximate.then(Ratio(y.variance_ratio), number, len(approximate.steps))
        .then(SeriesInWorkers(1))
        .then(Rewrite(_positive_below))
    )
    return ratio.concluded(f"variance of finitely many workers of two stages over {rung}", product < 4)


@cache
def erlang_decay_gap(stages: int, given: Given = assumptions.ALL) -> Derivation:
    """Exact decay rate over that r of R3 through 1/M, ``stages`` >= 2 stages a cycle: rational in r theta."""
    gap = gamma_characteristic(given).then(OwnRenewals(stages))
    below_critical = (stages + 1) * y.decay * y.mean_delay < stages
    return gap.concluded("decay rate of finitely many workers of exponential stages over R3", below_critical)


def _positive_below(series: sp.Expr) -> sp.Expr:
    """The factors of the denominator positive where the mean is stable."""
    above, below = sp.fraction(sp.factor(series - 1))
    factors = sp.Mul.make_args(below)
    flipped = [-one if one.is_Add and one.subs({y.damping: 0}).is_negative else one for one in factors]
    sign = (-1) ** sum(one != other for one, other in zip(factors, flipped, strict=True))
    return 1 + sign * above / sp.Mul(*flipped)


def _summed(rule: Rule, given: Given) -> Derivation:
    found = _rows(2, given)
    return found.then(OccupancyLaw(2)).then(rule, 1, len(found.steps) + 1)


def _rows(stages: int, given: Given) -> Derivation:
    found = Derivation("second moments by occupancy", given)
    for kind in moment_kinds(stages):
        found = found.then(OccupancyRow(stages, kind))
    return found
