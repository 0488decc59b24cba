"""The hyperexponential law: an exponential duration whose mean is drawn first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation
from derive.draws import DrawRecipe
from derive.law import Ageing, Law, LawError, Terms
from derive.laws.derived import moment
from derive.laws.parameters import positive_numbers, probabilities
from derive.laws.phases import mixed_cdf, mixed_transform, walk


@dataclass(frozen=True)
class Hyperexponential(Law):
    """With probability ``weights[i]`` an exponential duration of mean ``means[i]`` > 0 seconds.

    L(s) = sum_i weights[i]/(1 + s means[i]); the weights are >= 0 and sum to 1.

    Example: ``Hyperexponential(weights=["0.9", "0.1"], means=[1, 11]).mean == 2``.
    """

    weights: tuple[sp.Expr, ...]
    means: tuple[sp.Expr, ...]
    name: ClassVar[str] = "hyperexponential"

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", probabilities("weights", self.weights))
        object.__setattr__(self, "means", positive_numbers("means", self.means))
        if len(self.weights) != len(self.means):
            raise LawError("means", list(self.means), f"not {len(self.weights)} of them", "one mean for each weight")

    def transform_derivation(self) -> Derivation:
        """The steps from the density of one exponential to L(s)."""
        return mixed_transform(self.weights, self.means)

    def cdf_derivation(self) -> Derivation:
        """The steps from the density of one exponential to F(t)."""
        return mixed_cdf(self.weights, self.means)

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s), a sum of simple fractions."""
        return self.transform_derivation().result.right.subs(y.s, s)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u)."""
        return self.cdf_derivation().result.right.subs(y.t, u)

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n], derived from the transform."""
        return sp.Integer(1) if n == 0 else moment(self.transform_derivation(), n).result.right

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr] | None:
        """First weight and both means of two phases; the claims speak of no other number."""
        if len(self.weights) != 2 or not 0 < self.weights[0] < 1:
            return None
        return {y.phase_weight: self.weights[0], y.first_mean: self.means[0], y.second_mean: self.means[1]}

    @property
    def mean(self) -> sp.Expr:
        """The weighted mean of the means."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """The pole of the longest mean that has a positive weight."""
        return -1 / sp.Max(*(mean for weight, mean in zip(self.weights, self.means, strict=True) if weight != 0))

    @property
    def exponential_terms(self) -> Terms:
        """weight/mean exp(-u/mean), added up over the phases."""
        pairs = list(zip(self.weights, self.means, strict=True))
        rates = {1 / mean for _, mean in pairs}
        return {(r, sp.Integer(0)): sp.Add(*(w * r for w, mean in pairs if 1 / mean == r)) for r in rates}

    @property
    def ageing(self) -> Ageing | None:
        """New shorter than used: who has lasted long is likely to have a long mean."""
        used = {mean for weight, mean in zip(self.weights, self.means, strict=True) if weight != 0}
        return "new shorter than used" if len(used) > 1 else "memoryless"

    @property
    def draw(self) -> DrawRecipe:
        """One phase, chosen by the weights."""
        return walk(self.weights, self.means, sp.zeros(len(self.means)))

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> Hyperexponential:
        """Two phases; the first number over the sum of two is the first weight."""
        parts = (number(), number())
        return cls(tuple(part / sum(parts) for part in parts), (number(), number()))
