"""The mixture: one of several laws, chosen at random for every duration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.draws import DrawRecipe, chosen
from derive.exact import complaint, exact
from derive.law import Ageing, Law, LawError, Terms, Weighted
from derive.laws.ageing import ageing_of_mixture
from derive.laws.composition import Arrays, functions_of, one_table, read_part, side_by_side
from derive.rules.composed import part_weight, with_parts

TOLERANCE = sp.Rational(1, 10**12)  # of the sum of the weights: within it they are normalised exactly


@dataclass(frozen=True)
class Mixture(Law):
    """With probability ``weight`` w_i > 0 a duration follows the law F_i; L(s) = sum_i w_i L_i(s).

    ``parts``: pairs (weight, law) or ``Weighted``; the weights, within 1e-12 of summing to 1, are normalised exactly.

    Example: ``Mixture([("9/10", Constant(0)), ("1/10", Exponential(2))]).mean == sp.Rational(1, 5)``.
    """

    parts: tuple[Weighted, ...]
    name: ClassVar[str] = "mixture"

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", _normalised(_read(self.parts)))

    @property
    def laws(self) -> tuple[Law, ...]:
        """The laws of the parts."""
        return tuple(part.law for part in self.parts)

    @cached_property
    def _data(self) -> tuple[tuple[dict[sp.Basic, sp.Basic], ...], Arrays]:
        return side_by_side(self.laws)

    @property
    def arrays(self) -> Arrays:
        """The data of all parts, under different names where they differ."""
        return self._data[1]

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = sum_i w_i L_i(s)."""
        terms = zip(self.parts, self._data[0], strict=True)
        return sp.Add(*(part.weight * part.law.laplace_transform(s).xreplace(names) for part, names in terms))

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """F(u) = sum_i w_i F_i(u)."""
        return sp.Add(*(part.weight * part.law.cdf(u) for part in self.parts))

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n] = sum_i w_i E_i[tau^n]."""
        return sp.Add(*(part.weight * part.law.moment(n) for part in self.parts))

    @property
    def mean(self) -> sp.Expr:
        """sum_i w_i theta_i."""
        return self.moment(1)

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr]:
        """How many parts there are."""
        return {y.parts: sp.Integer(len(self.parts))}

    def put_parts_in(self, claimed: sp.Expr) -> sp.Expr:
        """The parts and their weights."""
        functions = functions_of(self.laws, self._data[0])
        functions[part_weight] = lambda j: self.parts[int(j) - 1].weight
        return with_parts(claimed, len(self.parts), functions)

    @property
    def masses(self) -> Mapping[sp.Expr, sp.Expr] | None:
        """The weighted masses of the parts, if every part has finitely many values."""
        return _added([(part.weight, part.law.masses) for part in self.parts])

    @property
    def exponential_terms(self) -> Terms | None:
        """The weighted terms of the parts, if every part has some."""
        return _added([(part.weight, part.law.exponential_terms) for part in self.parts])

    @property
    def abscissa_of_convergence(self) -> sp.Expr:
        """The largest of the parts': L converges where all of them do."""
        return sp.Max(*(law.abscissa_of_convergence for law in self.laws))

    @property
    def branch_cut(self) -> sp.Expr | None:
        """The furthest right cut of a part."""
        ends = [part.branch_cut for part in self.laws if part.branch_cut is not None]
        return sp.Max(*ends) if ends else None

    @property
    def ageing(self) -> Ageing | None:
        """By what the parts are."""
        return ageing_of_mixture([part.law for part in self.flattened])

    @cached_property
    def flattened(self) -> tuple[Weighted, ...]:
        """The same mixture without mixtures in it, every law once."""
        weights: dict[Law, sp.Expr] = {}
        for part in self.parts:
            inner = part.law.flattened if isinstance(part.law, Mixture) else (Weighted(sp.Integer(1), part.law),)
            for one in inner:
                weights[one.law] = weights.get(one.law, sp.Integer(0)) + part.weight * one.weight
        return tuple(Weighted(weight, law) for law, weight in weights.items())

    @property
    def draw(self) -> DrawRecipe:
        """One uniform chooses among the parts, however deep they lie; a lone part is drawn without one."""
        expressions, entries = one_table([part.law.draw for part in self.flattened])
        if len(expressions) == 1:
            return DrawRecipe(expressions[0], entries)
        shares = accumulate(part.weight for part in self.flattened[:-1])
        pairs = [item for pair in zip(shares, expressions[:-1], strict=True) for item in pair]
        return DrawRecipe(chosen(*pairs, expressions[-1]), entries)


def _added(parts: list[tuple[sp.Expr, Mapping | None]]) -> Mapping | None:  # type: ignore[type-arg]
    """Weighted mappings added key by key; None if one is missing."""
    total: dict[object, sp.Expr] = {}
    for weight, terms in parts:
        if terms is None:
            return None
        for key, value in terms.items():
            total[key] = total.get(key, sp.Integer(0)) + weight * value
    return total


def _read(parts: object) -> tuple[Weighted, ...]:
    allowed = "a non-empty list of laws, each with a weight > 0, weights that sum to 1"
    if isinstance(parts, str | Mapping) or not isinstance(parts, Iterable):
        raise LawError("parts", parts, "not a list", allowed)
    read = []
    for index, part in enumerate(parts):
        if isinstance(part, tuple) and len(part) == 2:
            part = Weighted(*part)
        if not isinstance(part, Weighted):
            raise LawError(f"parts[{index}]", part, "not a weight and a law", allowed)
        read_part(f"parts[{index}]", part.law)
        read.append(Weighted(_weight(f"parts[{index}].weight", part.weight), part.law))
    if not read:
        raise LawError("parts", parts, "empty list", allowed)
    return tuple(read)


def _weight(key: str, value: object) -> sp.Expr:
    allowed = "a number > 0; the weights sum to 1"
    try:
        weight = exact(value)
    except (TypeError, ValueError) as error:
        raise LawError(key, value, complaint(error), allowed) from error
    if weight.is_positive is not True:
        raise LawError(key, value, "not positive", allowed)
    return weight


def _normalised(parts: tuple[Weighted, ...]) -> tuple[Weighted, ...]:
    total = sp.Add(*(part.weight for part in parts))
    if (abs(total - 1) <= TOLERANCE) != sp.true:
        shown = total if total.is_Rational and total.q < 10**6 else sp.N(total, 17)
        raise LawError("parts", f"weights that sum to {shown}", "not 1", "weights within 1e-12 of summing to 1")
    return parts if total == 1 else tuple(Weighted(part.weight / total, part.law) for part in parts)
