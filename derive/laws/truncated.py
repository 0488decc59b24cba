"""The truncated law: a duration, given that it is at most a bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, TypeVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, accepted, standard_uniform
from derive.law import Ageing, Law, LawError, Weighted
from derive.laws.ageing import ageing_of_truncated
from derive.laws.bounded_pareto import BoundedPareto
from derive.laws.composition import read_bound, read_part
from derive.laws.constant import Constant
from derive.laws.empirical import Empirical
from derive.laws.exponential import Exponential
from derive.laws.exponential_polynomial import ExponentialPolynomial, density_terms
from derive.laws.exponential_terms import cdf_of_terms
from derive.laws.gamma import Gamma
from derive.laws.independent_sum import IndependentSum
from derive.laws.mixture import Mixture
from derive.laws.pareto import Pareto
from derive.laws.restated import Restated, plain
from derive.laws.shifted_exponential import ShiftedExponential
from derive.laws.uniform import Uniform
from derive.laws.weighted_atoms import WeightedAtoms
from derive.rules.composed import base_cdf

Value = TypeVar("Value")
RAREST = sp.Rational(1, 1000)  # share of draws that a rejection may keep: rarer ones would take for ever


@dataclass(frozen=True)
class Truncated(Restated):
    """The law of tau given tau <= ``at`` seconds: L(s) = (int_0^at exp(-s u) dF(u))/F(at), entire.

    ``of``: a law whose density or atoms integrate up to a bound. What an age threshold applies is the same integral
    without the division by F(at): ``unnormalised_transform``.

    Example: ``Truncated(of=Empirical([1, 2, 6]), at=3).mean == sp.Rational(3, 2)``.
    """

    of: Law
    at: sp.Expr
    name: ClassVar[str] = "truncated"

    def __post_init__(self) -> None:
        read_part("of", self.of)
        object.__setattr__(self, "at", read_bound("at", self.at))
        share = self._stated(lambda: self.share)
        if share == 0:
            raise LawError("at", self.at, "no duration is as short", "a bound that some durations keep")
        if (share < RAREST) == sp.true and not isinstance(plain(self.of), Exponential | Pareto):
            raise LawError("at", self.at, "fewer than one duration in 1000 is as short", "a bound with F(at) >= 1/1000")
        _ = self.restated  # so that a law without a closed form is refused here

    @property
    def share(self) -> sp.Expr:
        """F(at), the probability of a duration at most ``at``."""
        return self.of.cdf(self.at)

    @property
    def ageing(self) -> Ageing | None:
        """By the hazard of the whole."""
        return ageing_of_truncated(plain(self.of))

    @cached_property
    def restated(self) -> Law:
        """The same law by its atoms or its density up to the bound."""
        return self._stated(lambda: conditioned(self.of, self.at))

    def _stated(self, what: Callable[[], Value]) -> Value:
        """``what``; a refusal by a part of the law becomes the refusal of ``of``."""
        try:
            return what()
        except LawError as error:
            raise LawError("of", self.of.name, error.wrong, error.allowed) from error

    def unnormalised_transform(self, s: sp.Expr) -> sp.Expr:
        """L_A(s) = int_0^A exp(-s u) dF(u) with A = ``at``; L_A(0) = F(A)."""
        return self.share * self.laplace_transform(s)

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr] | None:
        """The bound; None where it is 0."""
        return {y.duration_bound: self.at} if self.at > 0 else None

    def put_parts_in(self, claimed: sp.Expr) -> sp.Expr:
        """The distribution function of the whole."""
        return claimed.replace(base_cdf, self.of.cdf)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """F(u)/F(at), 1 from the bound on."""
        below = sp.sympify(u) < self.at
        if below == sp.false:
            return sp.Integer(1)
        inside = self.of.cdf(u) / self.share
        return inside if below == sp.true else sp.Piecewise((inside, below), (sp.Integer(1), True))

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> Truncated:
        """A gamma duration of mean 1, up to at least half of that."""
        return cls(Gamma(number(), 1), Fraction(1, 2) + number())

    @property
    def draw(self) -> DrawRecipe:
        """Draws until one is at most the bound; for Pareto or rare exponential ones the inverse of F."""
        return rejection(self.of, self.at)


def rejection(of: Law, at: sp.Expr) -> DrawRecipe:
    """How to draw a duration of the law ``of`` given that it is at most ``at``."""
    law, share, whole = plain(of), of.cdf(at), of.draw
    if share == 1:
        return whole
    if isinstance(law, Pareto):
        return BoundedPareto(law.shape, law.scale, at).draw
    if isinstance(law, Exponential) and (share < RAREST) == sp.true:
        return DrawRecipe(-law.mean * sp.log(1 - share * standard_uniform))
    bound = at
    if law.masses is not None:  # halfway to the next value: a sum of doubles may exceed the bound that it meets
        bound = (at + min(value for value in law.masses if value > at)) / 2
    return DrawRecipe(accepted(whole.expression, bound), whole.table)


def conditioned(of: Law, at: sp.Expr) -> Law:
    """The law of a duration given that it is at most ``at``, in closed form; ``LawError`` where there is none."""
    law = plain(of)
    if isinstance(law, IndependentSum) and len(law.merged) == 1:
        return conditioned(law.merged[0], at)
    if isinstance(law, Constant):
        return law
    if isinstance(law, Empirical) and any(value <= at for value in law.values if value):
        return Empirical(tuple(value for value in law.values if value <= at))
    if isinstance(law, Uniform):
        return Uniform(law.low, sp.Min(law.high, at))
    if isinstance(law, Pareto):
        return BoundedPareto(law.shape, law.scale, at)
    if isinstance(law, ShiftedExponential):
        return IndependentSum((Constant(law.shift), conditioned(Exponential(law.tail_mean), at - law.shift)))
    if law.masses is not None:
        kept = {value: share for value, share in law.masses.items() if value <= at}
        whole = sp.Add(*kept.values())
        shares = tuple(share / whole for share in kept.values())
        return WeightedAtoms(tuple(kept), shares, rejection(of, at))
    if isinstance(law, Mixture):
        return _mixed([(part.weight * part.law.cdf(at), sp.Integer(0), part.law) for part in law.parts], at)
    if isinstance(law, IndependentSum) and law.discrete != {sp.Integer(0): sp.Integer(1)}:
        rest = law.smooth[0] if len(law.smooth) == 1 else IndependentSum(law.smooth)
        reached = [(value, mass) for value, mass in law.discrete.items() if (value <= at) == sp.true]
        return _mixed([(mass * rest.cdf(at - value), value, rest) for value, mass in reached], at)
    terms, end = density_terms(law)
    if terms is None:
        allowed = (
            "constant, empirical, uniform, exponential, gamma and Pareto laws, mixtures, sums with a closed density"
        )
        raise LawError("of", law.name, "its transform up to a bound has no closed form", allowed)
    end = sp.Min(at, end)
    share = cdf_of_terms(terms, end)
    return ExponentialPolynomial(tuple((key, c / share) for key, c in terms.items()), end, rejection(of, at))


def _mixed(parts: list[tuple[sp.Expr, sp.Expr, Law]], at: sp.Expr) -> Law:
    """Parts (how often it is as short, its shift, the law), each conditioned and shifted."""
    kept = [part for part in parts if part[0] != 0]
    whole = sp.Add(*(share for share, _, _ in kept))
    weights = [share / whole for share, _, _ in kept[:-1]]
    weights.append(1 - sp.Add(*weights))  # the sum is 1 at sight, so that the mixture need not divide by it
    laws = [IndependentSum((Constant(shift), conditioned(law, at - shift))) for _, shift, law in kept]
    return Mixture(tuple(Weighted(weight, law) for weight, law in zip(weights, laws, strict=True)))
