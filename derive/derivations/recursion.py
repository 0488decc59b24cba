"""Stage: the recursion with fixed staleness (rung Rd). Input: step, staleness. Output: limit, variance."""

from __future__ import annotations

from functools import cache

import sympy as sp

from derive import assumptions
from derive import symbols as y
from derive.derivation import Assumption, Derivation
from derive.derivations.characteristic import damping_coefficient
from derive.rules.calculus import Rewrite, Specialise
from derive.rules.recursion import (
    CrossUnitCircle,
    DoubleRoot,
    InsertPower,
    RecursionCovariance,
    StaggeredWorkers,
    StateRecursion,
)

Given = frozenset[Assumption]


@cache
def characteristic_polynomial(given: Given = assumptions.ALL) -> Derivation:
    """H(z) = z^K (z - 1) + epsilon, epsilon = eta h."""
    stated = Derivation("characteristic polynomial, fixed staleness", given).then(StateRecursion())
    return stated.then(InsertPower())


@cache
def step_limit(given: Given = assumptions.ALL) -> Derivation:
    """Stable iff 0 < epsilon < 2 sin(pi/(2 (2K + 1))) (Levin and May)."""
    crossed = characteristic_polynomial(given).then(CrossUnitCircle())
    return crossed.concluded("stability limit, fixed staleness", source="Levin1976")


@cache
def fastest_step(given: Given = assumptions.ALL) -> Derivation:
    """epsilon* = K^K/(K+1)^(K+1), K >= 1: the step of the double root, the fastest mean."""
    solved = characteristic_polynomial(given).then(DoubleRoot(y.fastest_step, "step"))
    return solved.concluded("fastest step, fixed staleness", y.staleness >= 1)


@cache
def double_root(given: Given = assumptions.ALL) -> Derivation:
    """z* = K/(K+1), the double root at the fastest step."""
    solved = characteristic_polynomial(given).then(DoubleRoot(y.double_root, "root"))
    return solved.concluded("double root, fixed staleness", y.staleness >= 1)


@cache
def workers_limit(given: Given = assumptions.ALL) -> Derivation:
    """a_max = (2 M/theta) sin(pi/(4 M - 2)): M staggered workers with constant cycles, exactly."""
    return _of_workers(step_limit(given), y.stability_limit, given)


@cache
def workers_critical(given: Given = assumptions.ALL) -> Derivation:
    """a* = (1 - 1/M)^(M - 1)/theta, M >= 2: M staggered workers with constant cycles, exactly."""
    return _of_workers(fastest_step(given), y.critical_damping, given)


def _of_workers(step: Derivation, left: sp.Expr, given: Given) -> Derivation:
    both = step.join(damping_coefficient(given))
    found = both.then(StaggeredWorkers(left), len(step.steps), len(both.steps))
    return found.concluded(f"{step.title}, staggered workers", y.workers >= 2)


@cache
def recursion_variance(given: Given = assumptions.ALL) -> Derivation:
    """V = s2 (1 + sin((K + 1/2) w))/(2 sin w cos((K + 1/2) w)), epsilon = 2 sin(w/2) (exact on Rd)."""
    domain = sp.And(y.half_angle > 0, (y.staleness + sp.Rational(1, 2)) * y.half_angle < sp.pi / 2)
    covariance = characteristic_polynomial(given).then(RecursionCovariance())
    at_zero = covariance.then(Specialise(y.variance, ((y.j, sp.Integer(0)),))).then(Rewrite(_half_angles))
    return at_zero.concluded("stationary variance, fixed staleness", domain)


def _half_angles(expression: sp.Expr) -> sp.Expr:
    """Write cos(pi/4 - b)/(...) with b = (2K+1) w/4 through sines and cosines of 2b and w."""
    numerator, denominator = sp.fraction(expression.replace(sp.cos, _opened))
    half = sp.Dummy("b", real=True)
    whole = sp.Dummy("c", real=True)
    in_half = {y.staleness: (4 * half / y.half_angle - 1) / 2}
    conjugate = sp.cos(half) + sp.sin(half)
    parts = (sp.simplify(sp.expand(part.subs(in_half))) * conjugate for part in (numerator, denominator))
    above, below = (sp.trigsimp(sp.expand(sp.expand_trig(part))).subs(half, whole / 2) for part in parts)
    ratio = above / sp.factor(sp.expand_trig(below))
    return ratio.subs(whole, (y.staleness + sp.Rational(1, 2)) * y.half_angle)


def _opened(angle: sp.Expr) -> sp.Expr:
    """cos(pi/4 + x) without the factor 1/sqrt(2), which every term shares."""
    return sp.cos(angle - sp.pi / 4) - sp.sin(angle - sp.pi / 4)
