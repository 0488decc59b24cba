"""Stage: laws with a density. Input: density in the law's symbols. Output: the Law's parts, derived once per class."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.assumptions import ALL
from derive.derivation import Assumption, Derivation
from derive.exact import complaint, exact
from derive.law import Law, LawError
from derive.laws.derived import density_cdf, density_transform, moment, spoken


def positive_parameter(key: str, value: object) -> sp.Expr:
    """``value`` as an exact number (or symbol) that is > 0, else ``LawError`` naming ``key``."""
    allowed = "a finite number > 0"
    try:
        number = exact(value)
    except (TypeError, ValueError) as error:
        raise LawError(key, value, complaint(error), allowed) from error
    if number.is_positive is not True:
        raise LawError(key, value, "not positive", allowed)
    return number


def nonnegative_parameter(key: str, value: object) -> sp.Expr:
    """``value`` as an exact number (or symbol) that is >= 0, else ``LawError`` naming ``key``."""
    allowed = "a finite number >= 0"
    try:
        number = exact(value)
    except (TypeError, ValueError) as error:
        raise LawError(key, value, complaint(error), allowed) from error
    if number.is_nonnegative is not True:
        raise LawError(key, value, "negative", allowed)
    return number


class DensityLaw(Law):
    """A law stated by its density; transform, cdf and moments are derivations kept per class."""

    symbolic_density: ClassVar[sp.Expr]  # on the support, in y.u
    support: ClassVar[tuple[sp.Expr, sp.Expr]] = (sp.Integer(0), sp.oo)

    domain: ClassVar[sp.Basic] = sp.true  # of the parameters

    @property
    @abstractmethod
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """The class's symbols and this law's parameters."""

    @property
    def values_in_claims(self) -> Mapping[sp.Symbol, sp.Expr] | None:
        """The same."""
        return self.values

    @classmethod
    def transform_derivation(cls, given: frozenset[Assumption] = ALL) -> Derivation:
        """The steps from the density to L(s), in symbols."""
        return density_transform(spoken(cls.name), cls.symbolic_density, given, cls.support)

    @classmethod
    def cdf_derivation(cls, given: frozenset[Assumption] = ALL) -> Derivation:
        """The steps from the density to F(t), in symbols."""
        return density_cdf(spoken(cls.name), cls.symbolic_density, given, cls.support)

    @classmethod
    def moment_derivation(cls, n: int, given: frozenset[Assumption] = ALL) -> Derivation:
        """The steps from the density to E[tau^n], in symbols."""
        return moment(cls.transform_derivation(given), n)

    def density(self, u: sp.Expr) -> sp.Expr:
        """f(u) for u > 0, in 1/s."""
        inside = self.symbolic_density.subs({**self.values, y.u: u}, simultaneous=True)
        return self._on_support(u, sp.Integer(0), inside, sp.Integer(0))

    def _on_support(self, u: sp.Expr, before: sp.Expr, inside: sp.Expr, after: sp.Expr) -> sp.Expr:
        """One value before, one on and one after the support."""
        lower, upper = (sp.sympify(end).subs(dict(self.values)) for end in self.support)
        pieces = [(inside, u < upper), (after, True)] if upper.is_finite else [(inside, True)]
        return inside if lower == 0 and upper == sp.oo else sp.Piecewise((before, u < lower), *pieces)

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = E[exp(-s tau)]."""
        stated = _open_base(self.transform_derivation().result.right)
        put_in = stated.subs({**self.values, y.s: s}, simultaneous=True)
        return put_in.replace(
            lambda node: isinstance(node, sp.hyper) and node.argument == 0, lambda node: sp.Integer(1)
        )

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u)."""
        inside = self.cdf_derivation().result.right.subs({**self.values, y.t: u}, simultaneous=True)
        return self._on_support(u, sp.Integer(0), inside, sp.Integer(1))

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n]."""
        if n == 0:
            return sp.Integer(1)
        return self.moment_derivation(n).result.right.subs(dict(self.values), simultaneous=True)


def _open_base(transform: sp.Expr) -> sp.Expr:
    """(k/(k + x))^k as (1 + x/k)^-k: with a number for k SymPy would multiply out k^k, however large."""
    return transform.replace(
        lambda node: node.is_Pow and not node.exp.is_number,
        lambda node: sp.expand(1 / node.base) ** -node.exp,
    )
