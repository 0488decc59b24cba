"""The empirical law: the measured values of a trace, each equally likely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation
from derive.draws import DrawRecipe, standard_uniform, table
from derive.exact import complaint, exact
from derive.law import Law, LawError
from derive.laws.derived import atoms_transform, moment

MOST_STEPS = 512  # of a distribution function that is written down for a symbol


@dataclass(frozen=True)
class Empirical(Law):
    """Equal weight on each of the N measured ``values`` >= 0 (seconds, not all 0).

    L(s) = (1/N) sum_j exp(-s tauhat_j), kept as one indexed sum over the data array, never unrolled.

    Example: ``Empirical([1, 2, 3]).mean == 2``.
    """

    values: tuple[sp.Rational, ...] = field(repr=False)
    name: ClassVar[str] = "empirical"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _measured(self.values))

    @property
    def count(self) -> int:
        """N, how many values there are."""
        return len(self.values)

    @property
    def arrays(self) -> Mapping[sp.IndexedBase, tuple[sp.Rational, ...]]:
        """The values behind tauhat[j]."""
        return {y.atoms: self.values}

    @staticmethod
    def transform_derivation() -> Derivation:
        """The steps from the atoms to L(s), in symbols."""
        return atoms_transform()

    @staticmethod
    def moment_derivation(n: int) -> Derivation:
        """The steps from the atoms to E[tau^n], in symbols."""
        return moment(atoms_transform(), n)

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) as one sum over the data array."""
        stated = self.transform_derivation().result.right
        return stated.subs({y.atom_count: self.count, y.s: s}, simultaneous=True)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """The share of values at most ``u``, a number."""
        if u.is_number:
            return sp.Rational(sum(1 for value in self.values if value <= u), self.count)
        steps, below = [], sp.Integer(0)
        if len(self.masses) > MOST_STEPS:
            raise LawError("values", f"{len(self.masses)} values", "too many steps to write down", f"{MOST_STEPS}")
        for value, chance in sorted(self.masses.items()):
            steps.append((below, u < value))
            below += chance
        return sp.Piecewise(*steps, (sp.Integer(1), True))

    def moment(self, n: int) -> sp.Expr:
        """The exact mean of the n-th powers."""
        total = sum((Fraction(value.p, value.q) ** n for value in self.values), start=Fraction(0))
        return sp.Rational(total.numerator, total.denominator) / self.count

    @property
    def mean(self) -> sp.Expr:
        """The exact mean of the values."""
        return self.moment(1)

    @property
    def masses(self) -> Mapping[sp.Expr, sp.Expr]:
        """Each value's share."""
        return {value: sp.Rational(times, self.count) for value, times in Counter(self.values).items()}

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """-oo: a bounded law."""
        return -sp.oo

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> Empirical:
        """One to eight values."""
        return cls(tuple(number() for _ in range(1 + int(2 * number()) % 8)))

    @property
    def draw(self) -> DrawRecipe:
        """A uniformly chosen row of the table."""
        return DrawRecipe(table[sp.floor(self.count * standard_uniform)], self.values)


def _measured(values: Iterable[object]) -> tuple[sp.Rational, ...]:
    allowed = "a non-empty list of finite numbers >= 0, not all 0"
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise LawError("values", values, "not a list", allowed)
    measured = []
    for index, value in enumerate(values):
        try:
            number = exact(value)
        except (TypeError, ValueError) as error:
            raise LawError(f"values[{index}]", value, complaint(error), allowed) from error
        if not number.is_Rational or number < 0:
            raise LawError(f"values[{index}]", value, "not a number >= 0", allowed)
        measured.append(number)
    if not any(measured):
        raise LawError("values", measured, "no positive value", allowed)
    return tuple(measured)
