"""Stage: characteristic roots. Input: a characteristic equation. Output: H, H' and its bound as ball programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp

from derive.characteristic import CharacteristicEquation
from numeric.balls.slopes import slope
from numeric.enclosure import Arrays, Ball, compile_ball, compile_balls


@dataclass(frozen=True)
class Analytic:
    """H compiled: value, (value, derivative), the modulus bound at a real line, and the abscissa; and H as it is."""

    value: Callable[[Ball], Ball]
    pair: Callable[[Ball], tuple[Ball, Ball]]
    bound: Callable[[Ball], Ball]
    abscissa: sp.Expr
    function: sp.Expr
    slope: sp.Expr
    variable: sp.Symbol
    arrays: Arrays
    made: dict[str, Any]  # on demand: few searches need it

    def bent(self) -> tuple[sp.Expr, sp.Expr]:
        """H' and H''."""
        if "bent" not in self.made:
            self.made["bent"] = (self.slope, slope(self.slope, self.variable))
        bent: tuple[sp.Expr, sp.Expr] = self.made["bent"]
        return bent

    def bend(self) -> Callable[[Ball], tuple[Ball, Ball]]:
        """(H', H'') as ball programs."""
        if "bend" not in self.made:
            self.made["bend"] = compile_balls(self.bent(), [self.variable], self.arrays)
        bend: Callable[[Ball], tuple[Ball, Ball]] = self.made["bend"]
        return bend


def analytic(equation: CharacteristicEquation) -> Analytic:
    """Compile H, H' and the bound once per equation."""
    arrays = tuple((base, tuple(data)) for base, data in equation.arrays.items())
    key = (equation.function, equation.variable, equation.modulus_bound, equation.abscissa_of_convergence)
    return _analytic(*key, arrays)


@lru_cache(maxsize=256)
def _analytic(function: sp.Expr, variable: sp.Symbol, bound: sp.Expr, abscissa: sp.Expr, data: Any) -> Analytic:
    arrays: Arrays = dict(data)
    derivative = slope(function, variable)
    return Analytic(
        compile_ball(function, [variable], arrays),
        compile_balls([function, derivative], [variable], arrays),
        compile_ball(bound, [variable], arrays),
        abscissa,
        function,
        derivative,
        variable,
        arrays,
        {},
    )
