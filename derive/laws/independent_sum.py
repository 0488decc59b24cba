"""The sum of independent durations: compute time and links, or one stage after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from math import prod
from typing import ClassVar

import sympy as sp

from derive import draws
from derive import symbols as y
from derive.draws import DrawRecipe
from derive.law import Ageing, Law, LawError, Terms
from derive.laws.ageing import ageing_of_sum
from derive.laws.composition import Arrays, functions_of, one_table, read_parts, side_by_side, step
from derive.laws.constant import Constant
from derive.laws.exponential import Exponential
from derive.laws.exponential_terms import cdf_of_terms, convolved
from derive.laws.gamma import Gamma
from derive.laws.inverse_gaussian import InverseGaussian
from derive.rules.composed import with_parts

MOST_MASSES = 4096  # values of a sum of discrete laws that are written out


@dataclass(frozen=True)
class IndependentSum(Law):
    """tau = tau_1 + ... + tau_n of independent ``parts``; L(s) = L_1(s) ... L_n(s).

    Constants are added up, gamma laws of one rate merged, so that two equal exponentials are an Erlang law, and so are
    inverse Gaussian laws of one ratio shape/mean^2.

    Example: ``IndependentSum([Constant(1), Exponential(2)]).moment(2) == 13``.
    """

    parts: tuple[Law, ...]
    name: ClassVar[str] = "sum"

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", read_parts("parts", self.parts))

    @cached_property
    def merged(self) -> tuple[Law, ...]:
        """The same sum in fewer parts."""
        return _merged(self.parts)

    @cached_property
    def _data(self) -> tuple[tuple[dict[sp.Basic, sp.Basic], ...], Arrays]:
        return side_by_side(self.merged)

    @property
    def arrays(self) -> Arrays:
        """The data of all parts, under different names where they differ."""
        return self._data[1]

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = product of the parts' transforms."""
        factors = zip(self.merged, self._data[0], strict=True)
        return sp.Mul(*(part.laplace_transform(s).xreplace(names) for part, names in factors))

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr]:
        """How many parts there are, as they were given."""
        return {y.parts: sp.Integer(len(self.parts))}

    def put_parts_in(self, claimed: sp.Expr) -> sp.Expr:
        """The parts, as they were given."""
        return with_parts(claimed, len(self.parts), functions_of(self.parts, side_by_side(self.parts)[0]))

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u): closed if at most one part has a density, or all densities are exponential polynomials.

        ``LawError`` for other sums, whose distribution function is a convolution integral without a closed form.
        """
        values, rest = self._split
        if not rest:
            return sp.Add(*(step(u, value, mass) for value, mass in values.items()))
        if len(rest) == 1:
            return sp.Add(*(step(u, v, mass * rest[0].cdf(u - v)) for v, mass in values.items()))
        terms = _convolved(rest)
        if terms is None:
            shown = ", ".join(part.name for part in rest)
            raise LawError(
                *("parts", shown, "the distribution function of this sum has no closed form"),
                "at most one part with a density, or exponential and Erlang parts",
            )
        return sp.Add(*(step(u, v, mass * cdf_of_terms(terms, u - v)) for v, mass in values.items()))

    @property
    def discrete(self) -> Mapping[sp.Expr, sp.Expr]:
        """The values of the sum of the parts that have finitely many, {0: 1} if there is none."""
        return self._split[0]

    @property
    def smooth(self) -> tuple[Law, ...]:
        """The other parts."""
        return self._split[1]

    @cached_property
    def _split(self) -> tuple[Mapping[sp.Expr, sp.Expr], tuple[Law, ...]]:
        """The sum of the discrete parts by value, and the other parts."""
        discrete = [part.masses for part in self.merged if part.masses is not None]
        if prod(len(one) for one in discrete) > MOST_MASSES:
            raise LawError("parts", "discrete parts", f"their sum has over {MOST_MASSES} values", "fewer values")
        values: Mapping[sp.Expr, sp.Expr] = reduce(_added, discrete, {sp.Integer(0): sp.Integer(1)})
        return values, tuple(part for part in self.merged if part.masses is None)

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n] by the binomial theorem, one part after the other."""
        moments = [sp.Integer(1)] + [sp.Integer(0)] * n
        for part in self.merged:
            own = [part.moment(order) for order in range(n + 1)]
            moments = [
                sp.Add(*(sp.binomial(order, j) * moments[order - j] * own[j] for j in range(order + 1)))
                for order in range(n + 1)
            ]
        return moments[n]

    @property
    def mean(self) -> sp.Expr:
        """The sum of the means."""
        return sp.Add(*(part.mean for part in self.parts))

    @property
    def variance(self) -> sp.Expr:
        """The sum of the variances."""
        return sp.Add(*(part.variance for part in self.merged))

    @property
    def masses(self) -> Mapping[sp.Expr, sp.Expr] | None:
        """The sums of the parts' values, if all parts have finitely many and they are not too many."""
        discrete = [part.masses for part in self.merged]
        few = all(discrete) and prod(len(one) for one in discrete if one) <= MOST_MASSES
        return self._split[0] if few else None

    @property
    def exponential_terms(self) -> Terms | None:
        """The convolution of the parts' terms, if all have integer powers."""
        return _convolved(self.merged)

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """The largest of the parts': L converges where all of them do."""
        return sp.Max(*(part.abscissa_of_convergence for part in self.merged))

    @property
    def branch_cut(self) -> sp.Expr | None:
        """The furthest right cut of a part."""
        ends = [part.branch_cut for part in self.parts if part.branch_cut is not None]
        return sp.Max(*ends) if ends else None

    @property
    def ageing(self) -> Ageing | None:
        """By what the parts are."""
        return ageing_of_sum(self.merged)

    @property
    def draw(self) -> DrawRecipe:
        """The parts drawn one after the other and added."""
        expressions, entries = one_table([part.draw for part in self.merged])
        return DrawRecipe(draws.independent_sum(*expressions) if len(expressions) > 1 else expressions[0], entries)


def _merged(parts: tuple[Law, ...]) -> tuple[Law, ...]:
    flat = [inner for part in parts for inner in (part.merged if isinstance(part, IndependentSum) else (part,))]
    shift = sp.Add(*(part.value for part in flat if isinstance(part, Constant)))
    stages: dict[sp.Expr, list[Law]] = {}
    for part in flat:
        if isinstance(part, Exponential | Gamma):
            stages.setdefault(_shape(part) / part.mean, []).append(part)
    merged = [group[0] if len(group) == 1 else _gamma(rate, group) for rate, group in stages.items()]
    levels: dict[sp.Expr, list[InverseGaussian]] = {}
    for part in flat:
        if isinstance(part, InverseGaussian):
            levels.setdefault(part.shape / part.mean**2, []).append(part)
    passages = [group[0] if len(group) == 1 else _passage(ratio, group) for ratio, group in levels.items()]
    others = [part for part in flat if not isinstance(part, Constant | Exponential | Gamma | InverseGaussian)]
    found = (*([Constant(shift)] if shift != 0 else []), *merged, *passages, *others)
    return found or (Constant(0),)


def _shape(part: Law) -> sp.Expr:
    return part.shape if isinstance(part, Gamma) else sp.Integer(1)


def _gamma(rate: sp.Expr, group: list[Law]) -> Gamma:
    shape = sp.Add(*(_shape(part) for part in group))
    return Gamma(shape, shape / rate)


def _passage(ratio: sp.Expr, group: list[InverseGaussian]) -> InverseGaussian:
    """Levels passed one after the other by one drifting Brownian motion: shape/mean^2 stays, the means add."""
    mean = sp.Add(*(part.mean for part in group))
    return InverseGaussian(mean, ratio * mean**2)


def _added(one: Mapping[sp.Expr, sp.Expr], other: Mapping[sp.Expr, sp.Expr]) -> dict[sp.Expr, sp.Expr]:
    total: dict[sp.Expr, sp.Expr] = {}
    for x, p in one.items():
        for v, q in other.items():
            total[x + v] = total.get(x + v, sp.Integer(0)) + p * q
    return total


def _convolved(parts: tuple[Law, ...]) -> Terms | None:
    terms = [part.exponential_terms for part in parts]
    if len(terms) == 1:
        return terms[0]
    known = [one for one in terms if one is not None and all(power.is_Integer for _, power in one)]
    return reduce(convolved, known) if len(known) == len(terms) else None
