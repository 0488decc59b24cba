"""Stage: laws of the staleness of an update. Input: parameters. Output: probabilities and E z^-K, for rung Rd.

A law of counts is no law of a duration: it stands in the update-indexed equation H(z) = z - 1 + step E[z^-K] alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex
from derive.law import LawError
from derive.laws.composition import read_count
from derive.laws.density_law import positive_parameter

LARGEST = 1000  # staleness of a law whose probabilities are written out


class IntegerLaw(ShownAsLatex, ABC):
    """The law of a staleness K >= 0; subclasses are frozen dataclasses whose fields are named as in the study file."""

    name: ClassVar[str]
    mean: sp.Expr  # E[K]: a parameter of some laws, a property of the others

    @abstractmethod
    def probability(self, count: sp.Expr) -> sp.Expr:
        """P(K = count) for an integer count >= 0 within the support."""

    @abstractmethod
    def generating_function(self, z: sp.Expr) -> sp.Expr:
        """E z^-K, valid for |z| > ``inner_radius``."""

    def latex(self) -> str:
        """E z^-K = ..., with the law's parameters."""
        return rf"\mathbb{{E}}\, z^{{-K}} = {latex(self.generating_function(y.z))}"

    @property
    @abstractmethod
    def variance(self) -> sp.Expr:
        """Var K."""

    @property
    def inner_radius(self) -> sp.Expr:
        """E z^-K converges outside this modulus."""
        return sp.Integer(0)


@dataclass(frozen=True)
class Poisson(IntegerLaw):
    """P(K = j) = exp(-m) m^j/j! with m = ``mean`` > 0; E z^-K = exp(m (1/z - 1)).

    Example: ``Poisson(3).generating_function(sp.Integer(1)) == 1``.
    """

    mean: sp.Expr
    name: ClassVar[str] = "poisson"

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", positive_parameter("mean", self.mean))

    def probability(self, count: sp.Expr) -> sp.Expr:
        """P(K = count)."""
        return sp.exp(-self.mean) * self.mean**count / sp.factorial(count)

    def generating_function(self, z: sp.Expr) -> sp.Expr:
        """E z^-K, transcendental in 1/z."""
        return sp.exp(self.mean * (1 / z - 1))

    @property
    def variance(self) -> sp.Expr:
        """The mean."""
        return self.mean


@dataclass(frozen=True)
class Geometric(IntegerLaw):
    """P(K = j) = p q^j with p = 1/(``mean`` + 1), q = 1 - p, ``mean`` > 0; E z^-K = p z/(z - q) for |z| > q.

    Example: ``Geometric(15).inner_radius == sp.Rational(15, 16)``.
    """

    mean: sp.Expr
    name: ClassVar[str] = "geometric"

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", positive_parameter("mean", self.mean))

    def probability(self, count: sp.Expr) -> sp.Expr:
        """P(K = count)."""
        return self.inner_radius**count / (self.mean + 1)

    def generating_function(self, z: sp.Expr) -> sp.Expr:
        """E z^-K, rational."""
        return z / (z - self.inner_radius) / (self.mean + 1)

    @property
    def variance(self) -> sp.Expr:
        """mean (mean + 1)."""
        return self.mean * (self.mean + 1)

    @property
    def inner_radius(self) -> sp.Expr:
        """q = mean/(mean + 1)."""
        return self.mean / (self.mean + 1)


@dataclass(frozen=True)
class UniformInteger(IntegerLaw):
    """Every staleness from ``low`` >= 0 to ``high`` >= ``low``, at most 1000, is as likely as any other.

    Example: ``UniformInteger(1, 3).variance == sp.Rational(2, 3)``.
    """

    low: int
    high: int
    name: ClassVar[str] = "uniform_integer"

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", read_count("low", self.low, 0, LARGEST))
        object.__setattr__(self, "high", read_count("high", self.high, self.low, LARGEST))

    def probability(self, count: sp.Expr) -> sp.Expr:
        """P(K = count)."""
        return sp.Rational(1, self.high - self.low + 1)

    def generating_function(self, z: sp.Expr) -> sp.Expr:
        """E z^-K, a polynomial in 1/z."""
        return sp.Add(*(z**-count for count in range(self.low, self.high + 1))) * self.probability(y.j)

    @property
    def mean(self) -> sp.Expr:
        """(low + high)/2."""
        return sp.Rational(self.low + self.high, 2)

    @property
    def variance(self) -> sp.Expr:
        """((high - low + 1)^2 - 1)/12."""
        return sp.Rational((self.high - self.low + 1) ** 2 - 1, 12)


@dataclass(frozen=True)
class EmpiricalInteger(IntegerLaw):
    """Equal weight on each of the counted ``values``, integers from 0 to 1000, as a run's bookkeeping gives them.

    Example: ``EmpiricalInteger((1, 1, 4)).mean == 2``.
    """

    values: tuple[int, ...]
    name: ClassVar[str] = "empirical"

    def __post_init__(self) -> None:
        counted = self.values if isinstance(self.values, tuple | list) else ()
        if not counted:
            raise LawError("values", self.values, "no counts", f"a non-empty list of integers 0 to {LARGEST}")
        read = tuple(read_count(f"values[{index}]", one, 0, LARGEST) for index, one in enumerate(counted))
        object.__setattr__(self, "values", read)

    @property
    def shares(self) -> Mapping[int, sp.Rational]:
        """How often each value was counted, of 1, the smallest first."""
        return {value: sp.Rational(times, len(self.values)) for value, times in sorted(Counter(self.values).items())}

    @property
    def high(self) -> int:
        """The largest value."""
        return max(self.values)

    def probability(self, count: sp.Expr) -> sp.Expr:
        """P(K = count)."""
        if count.is_number:
            return self.shares.get(int(count), sp.S.Zero)
        return sp.Piecewise(*((share, sp.Eq(count, value)) for value, share in self.shares.items()), (0, True))

    def generating_function(self, z: sp.Expr) -> sp.Expr:
        """E z^-K, a polynomial in 1/z."""
        return sp.Add(*(share * z**-value for value, share in self.shares.items()))

    @property
    def mean(self) -> sp.Expr:
        """The mean of the values."""
        return sp.Rational(sum(self.values), len(self.values))

    @property
    def variance(self) -> sp.Expr:
        """The mean of their squares less that of the mean."""
        return sp.Rational(sum(value**2 for value in self.values), len(self.values)) - self.mean**2


INTEGER_LAWS: dict[str, type[IntegerLaw]] = {
    law.name: law for law in (Poisson, Geometric, UniformInteger, EmpiricalInteger)
}
