"""Stage: laws with a density. Input: density in the law's symbols. Output: the Law's parts, derived once per class."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation
from derive.exact import complaint, exact
from derive.law import Law, LawError
from derive.laws.derived import density_cdf, density_transform, moment


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


class DensityLaw(Law):
    """A law stated by its density; transform, cdf and moments are derivations kept per class."""

    symbolic_density: ClassVar[sp.Expr]

    @property
    @abstractmethod
    def values(self) -> Mapping[sp.Symbol, sp.Expr]:
        """The class's symbols and this law's parameters."""

    @classmethod
    def transform_derivation(cls) -> Derivation:
        """The steps from the density to L(s), in symbols."""
        return density_transform(cls.name, cls.symbolic_density)

    @classmethod
    def cdf_derivation(cls) -> Derivation:
        """The steps from the density to F(t), in symbols."""
        return density_cdf(cls.name, cls.symbolic_density)

    @classmethod
    def moment_derivation(cls, n: int) -> Derivation:
        """The steps from the density to E[tau^n], in symbols."""
        return moment(cls.transform_derivation(), n)

    def density(self, u: sp.Expr) -> sp.Expr:
        """f(u) for u > 0, in 1/s."""
        return self.symbolic_density.subs({**self.values, y.u: u}, simultaneous=True)

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s) = E[exp(-s tau)]."""
        return _open_base(self.transform_derivation().result.right).subs({**self.values, y.s: s}, simultaneous=True)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """P(tau <= u)."""
        return self.cdf_derivation().result.right.subs({**self.values, y.t: u}, simultaneous=True)

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
