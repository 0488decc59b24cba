"""The order statistic: the k-th shortest of n independent durations, as a scheme waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, ranked
from derive.law import Ageing, Law, LawError, Terms
from derive.laws.ageing import ageing_of_ranked
from derive.laws.composition import read_count, read_part
from derive.laws.constant import Constant
from derive.laws.exponential import Exponential
from derive.laws.exponential_polynomial import ExponentialPolynomial, density_terms
from derive.laws.exponential_terms import Collected, bounded_times, minus, raised, survival_terms, times
from derive.laws.gamma import Gamma
from derive.laws.independent_sum import IndependentSum
from derive.laws.restated import Restated, plain
from derive.laws.scaled_beta import ScaledBeta
from derive.laws.shifted_exponential import ShiftedExponential
from derive.laws.signed_mixture import ordered_by_shortest
from derive.laws.uniform import Uniform
from derive.laws.weighted_atoms import WeightedAtoms
from derive.rules.composed import base_cdf
from derive.rules.filters import written_out

MOST_DRAWN = 1000
MOST_PRODUCTS = 20_000  # of terms, while a density is written out
MOST_TERMS = 500  # of that density: with more, one certified root would take minutes
CLOSED = (
    "constant, empirical, uniform, exponential and Erlang laws, mixtures and sums with atoms or a density alone, "
    "Pareto and Weibull laws"
)


@dataclass(frozen=True)
class OrderStatistic(Restated):
    """The ``rank``-th shortest, X_{k:n}, of ``count`` <= 1000 independent durations of the law ``of``.

    P(X_{k:n} <= u) = sum_{j >= k} C(n, j) F(u)^j (1 - F(u))^(n - j). Of exponential durations it is the sum of the k
    spacings, independent exponential durations of mean theta/(n - i + 1).

    Example: ``OrderStatistic(of=Exponential(6), rank=2, count=3).mean == 5``.
    """

    of: Law
    rank: int
    count: int
    name: ClassVar[str] = "order_statistic"

    def __post_init__(self) -> None:
        read_part("of", self.of)
        object.__setattr__(self, "count", read_count("count", self.count, 1, MOST_DRAWN))
        object.__setattr__(self, "rank", read_count("rank", self.rank, 1, self.count))
        _ = self.restated  # so that a law without a closed form is refused here

    @cached_property
    def restated(self) -> Law:
        """The same law by its spacings, its atoms or its density."""
        return ordered(self.of, self.rank, self.count)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """At least ``rank`` of the durations are at most u."""
        return at_least(self.of.cdf(u), self.rank, self.count)

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Rank and count."""
        return {y.rank: sp.Integer(self.rank), y.compared: sp.Integer(self.count)}

    def put_parts_in(self, claimed: sp.Expr) -> sp.Expr:
        """The distribution function of one of the durations."""
        return written_out(claimed, self.count).replace(base_cdf, self.of.cdf)

    @property
    def ageing(self) -> Ageing | None:
        """By that of one of the durations."""
        return ageing_of_ranked(plain(self.of), self.rank)

    @classmethod
    def drawn(cls, number: Callable[[], Fraction]) -> OrderStatistic:
        """The first, second or third of three durations of two stages each."""
        return cls(Gamma(2, number()), 1 + int(number()) % 3, 3)

    @property
    def draw(self) -> DrawRecipe:
        """All of them drawn, the ``rank``-th taken."""
        return all_drawn(self.of, self.rank, self.count)


def all_drawn(of: Law, rank: int, count: int) -> DrawRecipe:
    """How to draw the ``rank``-th shortest of ``count`` durations."""
    if count == 1 or isinstance(plain(of), Constant):
        return of.draw
    return DrawRecipe(ranked(of.draw.expression, rank, count), of.draw.table)


def at_least(share: sp.Expr, rank: int, count: int) -> sp.Expr:
    """The probability of at least ``rank`` successes in ``count`` trials of probability ``share`` in [0, 1].

    Example: ``at_least(sp.Rational(1, 2), 1, 2) == sp.Rational(3, 4)``.
    """
    few = range(rank, count + 1)
    return sp.Add(*(sp.binomial(count, j) * share**j * (1 - share) ** (count - j) for j in few))


def ordered(of: Law, rank: int, count: int) -> Law:
    """The ``rank``-th shortest of ``count`` durations in closed form; ``LawError`` where there is none."""
    law = plain(of)
    if count == 1 or isinstance(law, Constant):
        return law
    if rank == 1 and (shortest := law.shortest_of(count)) is not None:
        return shortest
    if isinstance(law, IndependentSum) and len(law.merged) == 1:
        return ordered(law.merged[0], rank, count)
    if isinstance(law, Exponential):
        return IndependentSum(tuple(Exponential(law.mean / (count - i)) for i in range(rank)))
    if isinstance(law, ShiftedExponential):
        return IndependentSum((Constant(law.shift), ordered(Exponential(law.tail_mean), rank, count)))
    if isinstance(law, Uniform):
        return ScaledBeta(rank, count, law.low, law.high - law.low, all_drawn(of, rank, count))
    if rank <= MOST_TERMS and (signed := ordered_by_shortest(law, rank, count, all_drawn(of, rank, count))):
        return signed
    if law.masses is not None:
        return _atoms(law, rank, count, all_drawn(of, rank, count))
    if isinstance(law, IndependentSum) and len(law.discrete) == 1 and sp.Integer(0) not in law.discrete:
        (shift,) = law.discrete  # a constant moves all of them alike
        rest = law.smooth[0] if len(law.smooth) == 1 else IndependentSum(law.smooth)
        return IndependentSum((Constant(shift), ordered(rest, rank, count)))
    terms, end = density_terms(law)
    if terms is None or not all(power.is_Integer for _, power in terms):
        raise LawError("of", law.name, "its order statistics have no closed transform", CLOSED)
    try:
        density = _density(terms, rank, count)
    except OverflowError as error:
        raise LawError("count", count, f"its density takes {error}", "fewer durations") from error
    return ExponentialPolynomial(tuple(density.items()), end, all_drawn(of, rank, count))


def _atoms(law: Law, rank: int, count: int, recipe: DrawRecipe) -> Law:
    values, shares = [], []
    below = done = sp.Integer(0)
    for value, mass in sorted((law.masses or {}).items()):
        below += mass
        reached = at_least(below, rank, count)
        values.append(value)
        shares.append(reached - done)
        done = reached
    return WeightedAtoms(tuple(values), tuple(shares), recipe)


def _density(terms: Terms, rank: int, count: int) -> Collected:
    """k C(n, k) F^(k - 1) (1 - F)^(n - k) f, with F = S(0) - S of the integral S(u) of f beyond u."""
    beyond = survival_terms(terms)
    zero = (sp.Integer(0), sp.Integer(0))
    start = sp.Add(*(c for (_, power), c in beyond.items() if power == 0))
    grown = minus({zero: start}, beyond)
    left = minus(beyond, {zero: start - 1})
    product = bounded_times(
        raised(grown, rank - 1, MOST_PRODUCTS), raised(left, count - rank, MOST_PRODUCTS), MOST_PRODUCTS
    )
    density = times(bounded_times(product, terms, MOST_PRODUCTS), {zero: rank * sp.binomial(count, rank)})
    if len(density) > MOST_TERMS:
        raise OverflowError(f"{len(density)} terms")
    return density
