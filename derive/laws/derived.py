"""Stage: what follows from a density or from atoms. Input: a law's statement. Output: transform, cdf, moments.

Each is a derivation in the law's own symbols, made once per class and kept; numbers are put in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.rules.calculus import DifferentiateAt, Integrate, Rewrite
from derive.rules.laws import AverageOverAtoms, StateAtoms, StateDensity, cdf_of, transform_of

ZERO = sp.Integer(0)
Given = frozenset[Assumption]
Support = tuple[sp.Expr, sp.Expr]


@cache
def density_transform(
    title: str, density: sp.Expr, given: Given = assumptions.ALL, support: Support = (ZERO, sp.oo)
) -> Derivation:
    """L(s) = int exp(-s u) f(u) du over the support of f, entire where the support is bounded."""
    stated = Derivation(f"Laplace transform of the {title} law", given).then(StateDensity(density, *support))
    integrated = stated.then(Integrate(transform_of(y.s), sp.exp(-y.s * y.u), y.u, *support, support))
    return integrated if support[1] == sp.oo else integrated.then(Rewrite(entire))


@cache
def density_cdf(
    title: str, density: sp.Expr, given: Given = assumptions.ALL, support: Support = (ZERO, sp.oo)
) -> Derivation:
    """F(t) = int f(u) du over the support of f up to t, for t in the support."""
    stated = Derivation(f"distribution function of the {title} law", given).then(StateDensity(density, *support))
    integrated = stated.then(Integrate(cdf_of(y.t), sp.Integer(1), y.u, support[0], y.t, support))
    return integrated.then(Rewrite(_expanded))


@cache
def atoms_transform(given: Given = assumptions.ALL) -> Derivation:
    """L(s) = (1/N) sum_j exp(-s tauhat_j)."""
    stated = Derivation("Laplace transform of the empirical law", given).then(StateAtoms())
    return stated.then(AverageOverAtoms(transform_of(y.s), sp.exp(-y.s * y.u)))


@cache
def moment(transform: Derivation, order: int) -> Derivation:
    """E[tau^n] = (-1)^n L^(n)(0)."""
    sign = sp.Integer((-1) ** order)
    differentiated = transform.then(DifferentiateAt(y.delay_moment[order], y.s, ZERO, order, sign))
    return differentiated.then(Rewrite(_expanded)).concluded(f"{moment_name(order)} from the {transform.title}")


def moment_name(order: int) -> str:
    """What the raw moment of an order is called.

    Example: ``moment_name(2) == "second moment"``.
    """
    return {1: "mean", 2: "second moment", 3: "third moment", 4: "fourth moment"}.get(order, f"moment {order}")


def spoken(name: str) -> str:
    """A law's name in a sentence.

    Example: ``spoken("phase_type") == "phase-type"``.
    """
    return {"pareto": "Pareto", "weibull": "Weibull"}.get(name, name.replace("_", "-"))


def entire(expression: sp.Expr) -> sp.Expr:
    """A difference c(e^x - e^z)/s as (c/s)(x - z) e^x 1F1(1; 2; z - x): with x, z proportional to s no pole at 0."""
    first, last = sp.Add.make_args(sp.expand(expression))
    exponent = sp.factor(sp.expand_log(sp.log(sp.simplify(-last / first)), force=True))
    if not exponent.could_extract_minus_sign():  # the larger term stands in front: it decides the size
        first, exponent = last, -exponent
    return sp.factor(-first * exponent) * sp.hyper((1,), (2,), exponent)


def _expanded(expression: sp.Expr) -> sp.Expr:
    return sp.factor_terms(sp.expand_func(sp.expand(sp.gammasimp(expression))))


def put_in(derive: Callable[[], Derivation], values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The right side of a derivation's result with parameters put in."""
    return derive().result.right.subs(values, simultaneous=True)
