"""Stage: exact moments. Input: a claim that adds over occupancies, numbers of a mode. Output: its number.

The claim says how the occupancies of the classes of staleness are weighed; their chances and second moments solve the
equations derived for this threshold. A wrong claim gives a wrong number, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sympy as sp

from derive import symbols as y
from derive.derivations.stale_workers import class_equations
from derive.models.modes import ModeModel, OutsideDomainError, stages_of
from derive.rules.staleness_classes import added_over_classes, chance_at
from numeric.enclosed.occupancy import TooManyUnknowns
from numeric.enclosed.staged_variance import staged_variance
from numeric.enclosed.staleness_classes import MOST_UNKNOWNS, ClassMoments, class_moments, unknown_count
from numeric.enclosure import Enclosure, evaluate


def over_classes(expression: sp.Expr, last: int, workers: int, values: Mapping[sp.Symbol, sp.Expr]) -> Enclosure:
    """The claimed variance, or share applied, of ``workers`` exponential workers with the threshold ``last``.

    ``values`` gives step, step noise and mean cycle. Kind: enclosure. Raises ``OutsideDomainError`` for more unknowns
    than can be proven, and where the mode is not stable in mean square.
    """
    if unknown_count(workers, last) > MOST_UNKNOWNS:
        raise OutsideDomainError(f"{workers} workers have too many occupancies of {last + 1} stalenesses")
    put = tuple((name, values[name]) for name in (y.step, y.step_noise, y.mean_delay))
    try:
        found = _moments(last, workers, put)
    except (ArithmeticError, TooManyUnknowns) as error:
        raise OutsideDomainError(str(error)) from error
    numbers = found.chances if expression.has(chance_at) else found.squares
    names = [sp.Dummy(f"V_{number}", positive=True) for number in range(len(numbers))]
    whole = added_over_classes(expression, workers, last, names)
    return evaluate(whole, dict(zip(names, numbers, strict=True)))


def added_over_occupancies(expression: sp.Expr, model: ModeModel) -> Enclosure:
    """A claim's sum over occupancies for a model: of the stalenesses under a threshold, else of the cycles' stages.

    Kind: enclosure. Raises ``OutsideDomainError`` where it has no number.
    """
    workers, last = int(model.scheme.workers), model.scheme.staleness_threshold
    if last is None:
        return staged_variance(expression, stages_of(model.law), workers, model.values)
    return over_classes(expression, int(last), workers, model.values)


@lru_cache(maxsize=32)
def _moments(last: int, workers: int, values: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> ClassMoments:
    rows = tuple(step.output.right for step in class_equations(last).steps)
    return class_moments(rows, workers, last, dict(values))
