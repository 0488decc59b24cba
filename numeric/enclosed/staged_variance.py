"""Stage: exact moments. Input: a claim about stages of cycles, numbers. Output: its variance from the occupancies.

The claim says how the second moments of the occupancies are weighed; they solve the equations derived for this number
of stages. A wrong claim gives a wrong number, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sympy as sp

from derive import symbols as y
from derive.derivations import occupancy
from derive.models.modes import OutsideDomainError
from derive.rules.occupancy import moment_function, moment_kinds, occupancy_symbols
from derive.rules.occupancy import occupancy_law as law_name
from derive.rules.occupied import added_up
from numeric.enclosed.occupancy import MOST_UNKNOWNS, StagedEquations, TooManyUnknowns, occupied_squares, unknowns
from numeric.enclosure import Enclosure, evaluate


def staged_variance(
    expression: sp.Expr, stages: sp.Expr | None, workers: int, values: Mapping[sp.Symbol, sp.Expr]
) -> Enclosure:
    """The claimed variance of ``workers`` workers whose cycles have ``stages`` >= 2 stages (kind: enclosure).

    ``values`` gives step, step noise and mean cycle. Raises ``OutsideDomainError`` for other cycles, for more unknowns
    than can be proven, and where the mode is not stable in mean square.
    """
    if stages is None or not stages.is_Integer or stages < 2:
        raise OutsideDomainError("needs cycles of two or more exponential stages")
    if unknowns(workers, int(stages), len(moment_kinds(int(stages)))) > MOST_UNKNOWNS:
        raise OutsideDomainError(f"{workers} workers of {stages} stages have too many occupancies")
    put = tuple((name, values[name]) for name in (y.step, y.step_noise, y.mean_delay))
    try:
        squares = _squares(int(stages), workers, put)
    except (ArithmeticError, TooManyUnknowns) as error:
        raise OutsideDomainError(str(error)) from error
    names = [sp.Dummy(f"V_{number}", positive=True) for number in range(len(squares))]
    (total,) = expression.atoms(sp.Sum)
    whole = expression.xreplace({total: added_up(total, workers, names, int(stages))})
    return evaluate(whole, dict(zip(names, squares, strict=True)))


@lru_cache(maxsize=32)
def _squares(stages: int, workers: int, values: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> tuple[Enclosure, ...]:
    kinds = tuple(moment_function(kind) for kind in moment_kinds(stages))
    rows = tuple(occupancy.erlang_second_moments(stages).result.right)
    law = occupancy.occupancy_law(stages).result.right
    equations = StagedEquations(kinds, rows, occupancy_symbols(stages), law_name, law, dict(values))
    return occupied_squares(equations, workers)
