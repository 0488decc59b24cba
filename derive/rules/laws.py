"""Stage: rules about one law. Input: a density or atoms. Output: equations that state them, and averages over atoms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Equation, Rule
from derive.rules.calculus import Integrate
from derive.rules.names import misnamed_average

density_of = sp.Function("f")
transform_of = sp.Function("L")
update_transform_of = sp.Function("L_u")  # of the delay of an applied gradient
cdf_of = sp.Function("F")
probability_of = sp.Function("p")


@dataclass(frozen=True)
class StateDensity(Rule):
    """f(u) = the law's density; the second route integrates it to 1, and u f(u) to theta where theta is in it."""

    density: sp.Expr
    lower: sp.Expr = sp.S.Zero
    upper: sp.Expr = sp.S.Infinity
    label: ClassVar[str] = "state the density"
    requires: ClassVar = (assumptions.DURATION,)

    def apply(self, *inputs: Equation) -> Equation:
        """State it."""
        return Equation(density_of(y.u), self.density)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Total mass minus 1; where the density has the symbol of the mean, its own mean minus that symbol."""
        total = Integrate(sp.Integer(1), sp.Integer(1), y.u, self.lower, self.upper)
        yield sp.gammasimp(total.apply(output).right) - 1
        if output.right.has(y.mean_delay):
            mean = Integrate(y.mean_delay, y.u, y.u, self.lower, self.upper)
            yield sp.gammasimp(mean.apply(output).right) - y.mean_delay


@dataclass(frozen=True)
class StateAtoms(Rule):
    """p(tauhat_j) = 1/N for the measured values tauhat_0 .. tauhat_{N-1}; the second route sums them to 1."""

    label: ClassVar[str] = "state the atoms"
    requires: ClassVar = (assumptions.DURATION,)

    def apply(self, *inputs: Equation) -> Equation:
        """State them."""
        return Equation(probability_of(y.atoms[y.j]), 1 / y.atom_count)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Total mass minus 1."""
        yield sp.Sum(output.right, (y.j, 0, y.atom_count - 1)).doit() - 1


@dataclass(frozen=True)
class AverageOverAtoms(Rule):
    """left = sum_j weight(tauhat_j) p(tauhat_j), kept as one indexed sum; the second route writes three out."""

    left: sp.Expr
    weight: sp.Expr
    label: ClassVar[str] = "average over the atoms"

    def apply(self, *inputs: Equation) -> Equation:
        """One sum over the data array."""
        probability = inputs[0].right
        inner = sp.Sum(self.weight.subs(y.u, y.atoms[y.j]), (y.j, 0, y.atom_count - 1))
        return Equation(self.left, probability * inner)

    def residuals(self, output: Equation, *inputs: Equation) -> Iterable[sp.Expr]:
        """Three atoms as three symbols: explicit average minus the output's sum, carried out; then the name."""
        yield from misnamed_average(self.left, self.weight, sp.Integer(0), sp.oo)
        names = sp.symbols("u_0:3", positive=True, cls=sp.Dummy)
        explicit = sum((self.weight.subs(y.u, name) for name in names), start=sp.Integer(0)) / 3
        carried = output.right.subs(y.atom_count, 3).doit()
        yield explicit - carried.subs({y.atoms[i]: name for i, name in enumerate(names)})
