"""The lognormal law: the logarithm of a duration is normal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.draws import DrawRecipe, standard_normal
from derive.exact import complaint, exact
from derive.law import LawError
from derive.laws.density_law import DensityLaw, positive_parameter
from derive.laws.derived import moment_name
from derive.rules.log_scale import DistributionOnLogScale, MomentOnLogScale, StateOnLogScale
from derive.rules.standard_integrals import NameIntegral
from derive.standard_integrals import lognormal_integral

Given = frozenset[Assumption]


def _stated(what: str, density: sp.Expr, given: Given) -> Derivation:
    return Derivation(f"{what} of the lognormal law", given).then(StateOnLogScale(density))


def _named(density: sp.Expr, x: sp.Expr) -> sp.Expr:
    spread = 1 / (density.subs(y.u, 1) * sp.sqrt(2 * sp.pi))
    known = sp.exp(-(sp.log(y.u) ** 2) / (2 * spread**2)) / (sp.sqrt(2 * sp.pi) * spread * y.u)
    if sp.simplify(density / known) != 1:
        raise ValueError(f"its logarithm is not normal around 0: {density}")
    return lognormal_integral(spread, x)


@cache
def named_transform(density: sp.Expr, given: Given = assumptions.ALL) -> Derivation:
    """L(s) = Lambda(sigma; s e^mu)."""
    return _stated("Laplace transform", density, given).then(NameIntegral(sp.exp(y.log_mean), _named))


@cache
def distribution(density: sp.Expr, given: Given = assumptions.ALL) -> Derivation:
    """F(t) as one tail of the normal law."""
    return _stated("distribution function", density, given).then(DistributionOnLogScale())


@cache
def power_moment(density: sp.Expr, order: int, given: Given = assumptions.ALL) -> Derivation:
    """E[tau^n] = exp(n mu + n^2 sigma^2/2)."""
    return _stated(moment_name(order), density, given).then(MomentOnLogScale(order))


@dataclass(frozen=True)
class LogNormal(DensityLaw):
    """The law of exp(``mu`` + ``sigma`` N), N standard normal, sigma > 0, in seconds: exp(mu) is the median.

    L(s) = Lambda(sigma; s e^mu) has no elementary form and converges where Re s >= 0 alone, though every moment
    exp(n mu + n^2 sigma^2/2) is finite. Its hazard rises and then falls: it ages neither way.

    Example: ``LogNormal(mu=0, sigma=1).moment(2) == sp.exp(2)``.
    """

    mu: sp.Expr
    sigma: sp.Expr
    name: ClassVar[str] = "lognormal"
    symbolic_density: ClassVar[sp.Expr] = sp.exp(-((sp.log(y.u) - y.log_mean) ** 2) / (2 * y.log_spread**2)) / (
        y.u * y.log_spread * sp.sqrt(2 * sp.pi)
    )

    def __post_init__(self) -> None:
        try:
            location = exact(self.mu)
        except (TypeError, ValueError) as error:
            raise LawError("mu", self.mu, complaint(error), "a finite number") from error
        if location.is_real is False:
            raise LawError("mu", self.mu, "not real", "a finite number")
        object.__setattr__(self, "mu", location)
        object.__setattr__(self, "sigma", positive_parameter("sigma", self.sigma))

    @property
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Mean and standard deviation of the logarithm."""
        return {y.log_mean: self.mu, y.log_spread: self.sigma}

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> LogNormal:
        """Around a median of 1, with at most a moderate spread."""
        return cls(number() - 1, number() / 4)

    @classmethod
    def transform_derivation(cls, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to L(s), in symbols."""
        return named_transform(cls.symbolic_density, given)

    @classmethod
    def cdf_derivation(cls, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to F(t), in symbols."""
        return distribution(cls.symbolic_density, given)

    @classmethod
    def moment_derivation(cls, n: int, given: Given = assumptions.ALL) -> Derivation:
        """The steps from the density to E[tau^n], in symbols."""
        return power_moment(cls.symbolic_density, n, given)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u), 0 at u = 0, where the derived form has no value."""
        return sp.Piecewise((sp.Integer(0), u <= 0), (super().cdf(u), True))

    @property
    def mean(self) -> sp.Expr:
        """exp(mu + sigma^2/2)."""
        return self.moment(1)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """0: no exponential moment is finite."""
        return sp.Integer(0)

    @property
    def branch_cut(self) -> sp.Expr | None:
        """From 0 to the left."""
        return sp.Integer(0)

    @property
    def draw(self) -> DrawRecipe:
        """exp(mu) times the exponential of sigma times a normal draw."""
        return DrawRecipe(sp.exp(self.mu) * sp.exp(self.sigma * standard_normal))
