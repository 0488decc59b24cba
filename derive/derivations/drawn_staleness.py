"""Stage: the recursion with a drawn staleness (rung Rd). Input: the law of K. Output: H(z) of the mean, step limit."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.rules.calculus import Insert, Rewrite, Solve
from derive.rules.drawn_staleness import AverageOverPoisson, ModulusOnCircle, PhaseOnCircle

Given = frozenset[Assumption]


@cache
def poisson_characteristic(given: Given = assumptions.ALL) -> Derivation:
    """H(z) = z - 1 + epsilon e^{Kbar (1/z - 1)}."""
    return Derivation("characteristic function, Poisson staleness", given).then(AverageOverPoisson())


@cache
def poisson_angle(given: Given = assumptions.ALL) -> Derivation:
    """Kbar = (pi - phi)/(2 sin phi): the mean staleness with which a root may cross at e^{i phi}."""
    phased = poisson_characteristic(given).then(PhaseOnCircle()).then(Solve(y.mean_staleness))
    return phased.concluded("crossing angle, Poisson staleness", y.angle < sp.pi)


@cache
def poisson_step_limit(given: Given = assumptions.ALL) -> Derivation:
    """epsilon_max = 2 sin(phi/2) e^{(pi - phi) tan(phi/2)/2} with Kbar = (pi - phi)/(2 sin phi), 0 < phi < pi."""
    size = poisson_characteristic(given).then(ModulusOnCircle())
    both = size.join(poisson_angle(given))
    inserted = both.then(Insert(), len(size.steps), len(both.steps)).then(Rewrite(_half_angles))
    return inserted.concluded("stability limit, Poisson staleness", y.angle < sp.pi)


def _half_angles(expression: sp.Expr) -> sp.Expr:
    """(1 - cos phi)/sin phi as tan(phi/2)."""
    (power,) = expression.atoms(sp.exp)
    ratio = sp.simplify(power.exp / (sp.pi - y.angle) / ((1 - sp.cos(y.angle)) / sp.sin(y.angle)))
    return expression.xreplace({power: sp.exp(ratio * (sp.pi - y.angle) * sp.tan(y.angle / 2))})
