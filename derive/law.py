"""Stage: laws. Input: parameters, exact or symbolic. Output: what every law of a duration can say of itself.

A law knows nothing of workers or gradients. Its transform, cdf and moments are *derived* from its density or
its atoms (derive/laws/derived.py); a law file states only parameters, density or atoms, and the draw.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, ClassVar, Literal, TypeAlias

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe
from derive.formulas.latex import latex
from derive.formulas.shown import ShownAsLatex

Ageing = Literal["memoryless", "new longer than used", "new shorter than used"]
Terms: TypeAlias = Mapping[tuple[sp.Expr, sp.Expr], sp.Expr]


class LawError(ValueError):
    """A parameter is impossible; ``key``, ``value`` and ``allowed`` say which and what would be right."""

    def __init__(self, key: str, value: Any, wrong: str, allowed: str) -> None:
        super().__init__(f"{key} = {value}: {wrong}; allowed: {allowed}")
        self.key, self.value, self.wrong, self.allowed = key, value, wrong, allowed


class Law(ShownAsLatex, ABC):
    """The law of a non-negative duration tau, in seconds, with positive mean.

    Subclasses are frozen dataclasses whose fields are the parameters, named as in the study file.
    """

    name: ClassVar[str]
    mean: sp.Expr  # E[tau] in seconds: a parameter of some laws, a property of the others
    from_density: ClassVar[Callable[..., Law]]  # attached by derive/laws/__init__.py
    from_laplace_transform: ClassVar[Callable[..., Law]]

    @abstractmethod
    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = E[exp(-s tau)], valid for Re s > ``abscissa_of_convergence``."""

    def latex(self) -> str:
        """L(s) = ..., with the law's parameters."""
        return rf"L(s) = {latex(self.laplace_transform(y.s))}"

    @abstractmethod
    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u) for u >= 0."""

    @abstractmethod
    def moment(self, n: int) -> sp.Expr:
        """E[tau^n] for an integer n >= 0, in seconds^n."""

    @property
    @abstractmethod
    def abscissa_of_convergence(self) -> sp.Expr:
        """The infimum of the real s at which L(s) is finite (-oo for bounded laws), in 1/s."""

    @property
    @abstractmethod
    def draw(self) -> DrawRecipe:
        """How to draw one duration from standard draws."""

    @property
    def arrays(self) -> Mapping[sp.IndexedBase, tuple[sp.Rational, ...]]:
        """The data behind indexed expressions; empty for all but measured laws."""
        return {}

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr] | None:
        """This law's numbers for the symbols of the claims about its kind; None where they do not speak of it."""
        return {}

    def put_parts_in(self, claimed: sp.Expr) -> sp.Expr:
        """A claim's right side with the parts that a composed law is made of; of any other law it holds none."""
        return claimed

    @property
    def branch_cut(self) -> sp.Expr | None:
        """The right end of the cut of L along the real axis, in 1/s; None where L needs no cut."""
        return None

    @property
    def ageing(self) -> Ageing | None:
        """How P(tau > t + u) compares with P(tau > t) P(tau > u) for all t, u >= 0; None: neither way, or unknown.

        At most: "new longer than used"; at least: "new shorter than used"; equal: "memoryless".
        """
        return None

    def shortest_of(self, count: int) -> Law | None:
        """The law of the shortest of ``count`` >= 1 durations where it is one of the same kind; None for others.

        Example: ``Pareto(shape=3, scale=2).shortest_of(2) == Pareto(shape=6, scale=2)``.
        """
        return None

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> Law:
        """A law whose parameters are made of positive numbers, one call of ``number`` each: for random trials.

        Example: ``Exponential.drawn(lambda: 2).mean == 2``.
        """
        parameters: Any = {field.name: number() for field in fields(cls) if field.init}  # type: ignore[arg-type]
        return cls(**parameters)

    def central_moment(self, n: int) -> sp.Expr:
        """E[(tau - E tau)^n] for an integer n >= 0, in seconds^n; infinite where E[tau^n] is."""
        if self.moment(n) == sp.oo:
            return sp.oo
        terms = (sp.binomial(n, i) * self.moment(i) * (-self.mean) ** (n - i) for i in range(n + 1))
        return sp.simplify(sp.Add(*terms))

    @property
    def masses(self) -> Mapping[sp.Expr, sp.Expr] | None:
        """The probability of every value of a law of finitely many values; None for all others."""
        return None

    @property
    def exponential_terms(self) -> Terms | None:
        """{(r, p): c} where the density is the sum of c u^p exp(-r u) over u > 0, p > -1; None for all others."""
        return None

    @property
    def variance(self) -> sp.Expr:
        """Var[tau] in seconds^2."""
        return sp.simplify(self.moment(2) - self.mean**2)

    @property
    def squared_coefficient_of_variation(self) -> sp.Expr:
        """Var[tau] / E[tau]^2."""
        return sp.simplify(self.variance / self.mean**2)


@dataclass(frozen=True)
class Weighted:
    """One part of a mixture: a law and its probability ``weight``."""

    weight: sp.Expr
    law: Law
