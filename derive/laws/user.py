"""Laws a user states: a density or a transform as a SymPy expression; the rest is derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import sympy as sp

from derive import symbols as y
from derive.derivation import Derivation
from derive.draws import DrawRecipe, standard_uniform
from derive.exact import exact
from derive.law import Law, LawError
from derive.laws.derived import density_cdf, density_transform, moment


@dataclass(frozen=True)
class DensityOnly(Law):
    """A law of which the user gives the density f(u), u > 0, in 1/s; transform, cdf, moments, draw are derived.

    ``LawError`` if the mass is not 1; ``ValueError`` if SymPy finds no closed transform.

    Example: ``from_density(y.u * sp.exp(-y.u), y.u).mean == 2``.
    """

    stated: sp.Expr
    recipe: DrawRecipe | None = None
    name: ClassVar[str] = "user"

    def __post_init__(self) -> None:
        self._refuse_foreign(self.stated, y.u)
        object.__setattr__(self, "stated", exact(self.stated))
        mass = sp.simplify(sp.integrate(self.stated, (y.u, 0, sp.oo)))
        if mass != 1:
            raise LawError("density", self.stated, f"its mass is {mass}", "a density of mass 1 on u > 0")

    @staticmethod
    def _refuse_foreign(expression: sp.Expr, variable: sp.Symbol) -> None:
        foreign = sorted(str(name) for name in expression.free_symbols - {variable})
        if foreign:
            raise LawError("law", expression, f"has the foreign symbol {foreign[0]}", f"numbers and {variable}")

    def transform_derivation(self) -> Derivation:
        """The steps from the density to L(s)."""
        return density_transform(self.name, self.stated)

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s), derived."""
        return self.transform_derivation().result.right.subs(y.s, s)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """F(u), derived."""
        return density_cdf(self.name, self.stated).result.right.subs(y.t, u)

    def moment(self, n: int) -> sp.Expr:
        """E[tau^n], derived from the transform."""
        return sp.Integer(1) if n == 0 else moment(self.transform_derivation(), n).result.right

    @property
    def mean(self) -> sp.Expr:
        """E[tau]."""
        return self.moment(1)

    @cached_property
    def abscissa_of_convergence(self) -> sp.Expr:
        """The abscissa SymPy's transform of the density converges right of."""
        return sp.laplace_transform(self.stated, y.u, y.s)[1]

    @cached_property
    def draw(self) -> DrawRecipe:
        """The given recipe, else the inverse of the cdf at a uniform draw."""
        return self.recipe or _inverted(self.cdf(y.t))


@dataclass(frozen=True)
class TransformOnly(Law):
    """A law of which the user gives L(s); cdf and moments are derived, and the abscissa is found as a singularity.

    ``LawError`` if L(0) is not 1 or the mean is not positive.

    Example: ``from_laplace_transform(1 / (1 + 2 * y.s), y.s).moment(2) == 8``.
    """

    stated: sp.Expr
    recipe: DrawRecipe | None = None
    name: ClassVar[str] = "user"

    def __post_init__(self) -> None:
        DensityOnly._refuse_foreign(self.stated, y.s)
        object.__setattr__(self, "stated", exact(self.stated))
        at_zero = sp.limit(self.stated, y.s, 0)
        if sp.simplify(at_zero - 1) != 0:
            raise LawError("transform", self.stated, f"its value at 0 is {at_zero}", "a transform with L(0) = 1")
        if sp.simplify(self.moment(1)).is_positive is not True:
            raise LawError("transform", self.stated, f"its mean is {self.moment(1)}", "a positive mean")

    def laplace_transform(self, s: sp.Expr) -> sp.Expr:
        """L(s), as given."""
        return self.stated.subs(y.s, s)

    def cdf(self, u: sp.Expr) -> sp.Expr:
        """F(u), the inverse Laplace transform of L(s)/s."""
        positive = sp.Dummy("t", positive=True)
        return sp.simplify(sp.inverse_laplace_transform(self.stated / y.s, y.s, positive)).subs(positive, u)

    def moment(self, n: int) -> sp.Expr:
        """(-1)^n L^(n)(0)."""
        return sp.limit((-1) ** n * sp.diff(self.stated, y.s, n), y.s, 0)

    @property
    def mean(self) -> sp.Expr:
        """E[tau]."""
        return self.moment(1)

    @cached_property
    def abscissa_of_convergence(self) -> sp.Expr:
        """The largest real part of a singularity of L, -oo for an entire transform."""
        singular = sp.singularities(self.stated, y.s)
        if singular == sp.S.EmptySet:
            return -sp.oo
        if not isinstance(singular, sp.FiniteSet):
            raise LawError("transform", self.stated, "its singularities are not a finite set", "finitely many")
        return sp.Max(*(sp.re(point) for point in singular))

    @cached_property
    def draw(self) -> DrawRecipe:
        """The given recipe, else the inverse of the cdf at a uniform draw."""
        return self.recipe or _inverted(self.cdf(y.t))


def from_density(density: sp.Expr, variable: sp.Symbol, draw: DrawRecipe | None = None) -> DensityOnly:
    """The law with the given density of ``variable`` on (0, oo)."""
    return DensityOnly(sp.sympify(density).subs(variable, y.u), draw)


def from_laplace_transform(transform: sp.Expr, variable: sp.Symbol, draw: DrawRecipe | None = None) -> TransformOnly:
    """The law with the given transform in ``variable``."""
    return TransformOnly(sp.sympify(transform).subs(variable, y.s), draw)


def _inverted(cdf: sp.Expr) -> DrawRecipe:
    """The draw F^{-1}(U) if SymPy can solve F(t) = U for one t >= 0; else ``LawError`` asking for a recipe."""
    try:
        solutions = sp.solve(cdf - standard_uniform, y.t)
    except NotImplementedError:
        solutions = []
    values: Mapping[sp.Symbol, sp.Expr] = {standard_uniform: sp.Rational(1, 3)}
    real = [root for root in solutions if root.subs(values).is_real and root.subs(values) >= 0]
    if len(real) != 1:
        raise LawError("draw", "missing", "SymPy cannot invert the distribution function", "a DrawRecipe")
    return DrawRecipe(real[0])
