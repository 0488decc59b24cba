"""Stage: laws of the staleness of an update. Input: parameters. Output: probabilities and E z^-K, for rung Rd.

A law of counts is no law of a duration: it stands in the update-indexed equation H(z) = z - 1 + step E[z^-K] alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex
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


INTEGER_LAWS: dict[str, type[IntegerLaw]] = {law.name: law for law in (Poisson, Geometric, UniformInteger)}
