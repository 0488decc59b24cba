"""The phase-type law: the time a Markov chain takes to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation
from derive.draws import DrawRecipe
from derive.law import Law, LawError
from derive.laws.derived import moment
from derive.laws.parameters import numbers, probabilities
from derive.laws.phases import phase_cdf, phase_transform, walk


@dataclass(frozen=True)
class PhaseType(Law):
    """The time until a Markov chain on n phases ends, begun in phase i with probability ``initial[i]``.

    ``generator[i][j]`` >= 0 is the rate (1/s) of a jump from i to j; ``generator[i][i]`` < 0 is minus the rate of
    leaving i, and what the row lacks to 0 is the rate of ending. L(s) = initial (s - T)^-1 (-T 1).

    Example: ``PhaseType(initial=[1, 0], generator=[[-2, 2], [0, -2]]).variance == sp.Rational(1, 2)``.
    """

    initial: tuple[sp.Expr, ...]
    generator: tuple[tuple[sp.Expr, ...], ...]
    name: ClassVar[str] = "phase_type"

    def __post_init__(self) -> None:
        object.__setattr__(self, "initial", probabilities("initial", self.initial))
        object.__setattr__(self, "generator", _generator(self.generator, len(self.initial)))

    @property
    def matrix(self) -> sp.ImmutableMatrix:
        """T, the rates among the phases."""
        return sp.ImmutableMatrix(self.generator)

    def transform_derivation(self) -> Derivation:
        """The steps from the first jump to L(s)."""
        return phase_transform(self.initial, self.matrix)

    def cdf_derivation(self) -> Derivation:
        """The steps from the first jump to F(t)."""
        return phase_cdf(self.initial, self.matrix)

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s), a rational function."""
        return self.transform_derivation().result.right.subs(y.s, s)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u)."""
        return self.cdf_derivation().result.right.subs(y.t, u)

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n], derived from the transform."""
        return sp.Integer(1) if n == 0 else moment(self.transform_derivation(), n).result.right

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr] | None:
        """First probability, means and jumps of two phases that follow each other both ways; None for all others."""
        if len(self.initial) != 2 or not 0 < self.initial[0] < 1:
            return None
        (first, there), (back, second) = self.generator
        if not (0 < there < -first and 0 < back < -second):
            return None
        named = (y.phase_weight, y.first_mean, y.second_mean, y.first_jump, y.second_jump)
        return dict(zip(named, (self.initial[0], -1 / first, -1 / second, -there / first, -back / second), strict=True))

    @property
    def mean(self) -> sp.Expr:
        """The mean time to the end."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """The rightmost pole of L, which is real; of rates that are no numbers Gershgorin's bound on it."""
        if self.matrix.free_symbols:
            return sp.Max(*(sum(row) for row in self.generator))
        below = sp.fraction(sp.cancel(self.laplace_transform(y.s)))[1]
        return sp.Poly(below, y.s).real_roots()[-1]

    @property
    def draw(self) -> DrawRecipe:
        """The walk itself."""
        rates = [-self.generator[phase][phase] for phase in range(len(self.initial))]
        jumps = sp.Matrix(
            len(rates), len(rates), lambda i, j: sp.Integer(0) if i == j else self.generator[i][j] / rates[i]
        )
        return walk(self.initial, [1 / rate for rate in rates], jumps)

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> PhaseType:
        """Two phases that may follow each other either way."""
        parts = (number(), number())
        there, back = number(), number()
        rows = ((-there - number(), there), (back, -back - number()))
        return cls(tuple(part / sum(parts) for part in parts), rows)


def _generator(rows: Any, count: int) -> tuple[tuple[sp.Expr, ...], ...]:
    allowed = f"{count} rows of {count} rates, >= 0 off the diagonal, each row's sum <= 0, an end within reach"
    if isinstance(rows, str) or not hasattr(rows, "__len__") or len(rows) != count:
        raise LawError("generator", rows, f"not {count} rows", allowed)
    found = tuple(numbers(f"generator[{index}]", row, allowed) for index, row in enumerate(rows))
    for i, row in enumerate(found):
        if len(row) != count:
            raise LawError(f"generator[{i}]", list(row), f"not {count} rates", allowed)
        for j, rate in enumerate(row):
            if i != j and rate.is_nonnegative is not True:
                raise LawError(f"generator[{i}][{j}]", rate, "negative", allowed)
        if not row[i] < 0:
            raise LawError(f"generator[{i}][{i}]", row[i], "not negative", allowed)
        if not sp.Add(*row) <= 0:
            raise LawError(f"generator[{i}]", list(row), "its sum is positive", allowed)
    if sp.Matrix(found).det() == 0:
        raise LawError("generator", [list(row) for row in found], "some phase never ends", allowed)
    return found
