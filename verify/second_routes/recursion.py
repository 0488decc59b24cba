"""Stage: proofs about the recursion. Input: predictions of a mode with constant cycles. Output: verdicts, rung Rd.

Constant cycles of M workers are the recursion with staleness M - 1, so what is solved here exactly is an exact result
of finitely many workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.characteristic import CharacteristicEquation, update_equation
from derive.claims import CLAIMS
from derive.integer_laws import Poisson
from derive.laws import Constant
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.roots.characteristic import spectrum
from numeric.roots.thresholds import stability_limit
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.kept_limits import limit_of_staleness
from verify.verdict import Evidence, Verdict

_FINITE: Evidence = "exact finite M"
MOST_STALENESS = 64  # equations solved exactly
WORKERS_LIMIT, WORKERS_CRITICAL = "workers.stability-limit.constant", "workers.critical-damping.constant"
POISSON_FUNCTION = "recursion.characteristic-function.poisson-staleness"
POISSON_ANGLE = "recursion.crossing-staleness.poisson-staleness"
POISSON_LIMIT = "recursion.stability-limit.poisson-staleness"


def recursion_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Fixed staleness: the double root by exact polynomial roots, the limit by bisection on certified counts."""
    staleness = int(mode.model.values[y.staleness])
    if not isinstance(mode.model.law, Constant) or staleness < 1:
        return
    fastest = mode.model.claimed("recursion.fastest-step.fixed-staleness")
    found = spectrum(update_equation(fastest, staleness)).roots[0]
    words = f"staleness {staleness}: multiplicity of the largest root at the fastest step"
    claim = "recursion.fastest-step.fixed-staleness"
    yield judge_agreement(claim, case, words, Exact(sp.Integer(2)), Exact(sp.Integer(found.multiplicity)))
    claim = "recursion.double-root.fixed-staleness"
    words = f"staleness {staleness}: the double root, closed and certified"
    yield judge_agreement(claim, case, words, Exact(mode.model.claimed(claim)), found.re)
    claim = "recursion.stability-limit.fixed-staleness"
    limit = limit_of_staleness(staleness, sp.Rational(1, 100 * (staleness + 1)))
    if limit is not None:
        words = f"staleness {staleness}: step limit, closed form and bisection on certified counts"
        yield judge_agreement(claim, case, words, evaluate(mode.model.claimed(claim)), limit, 1e-6)


def workers_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Constant cycles of M workers: the step that a limit makes by bisection, the double root by exact roots."""
    values = mode.model.values
    if not isinstance(mode.model.law, Constant) or values[y.workers] < 2 or not mode.is_plain:
        return
    staleness = int(values[y.staleness])
    step = mode.model.law.mean / values[y.workers]  # of a damping of 1/s
    limit = limit_of_staleness(staleness, sp.Rational(1, 100 * (staleness + 1)))
    if limit is not None:
        words = f"{staleness + 1} workers: step at the limit, closed form and bisection on certified counts"
        yield judge_agreement(
            WORKERS_LIMIT, case, words, evaluate(mode.model.claimed(WORKERS_LIMIT) * step), limit, 1e-6, _FINITE
        )
    fastest = sp.nsimplify(mode.model.claimed(WORKERS_CRITICAL) * step)
    found = spectrum(update_equation(fastest, staleness)).roots[0]
    words = f"{staleness + 1} workers: multiplicity of the largest root at critical damping"
    yield judge_agreement(
        WORKERS_CRITICAL, case, words, Exact(sp.Integer(2)), Exact(sp.Integer(found.multiplicity)), evidence=_FINITE
    )


def recursion_variance(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The closed variance against the Yule-Walker equations of x_{k+1} = x_k - eps x_{k-K} + noise, solved exactly."""
    staleness = int(mode.model.values[y.staleness])
    if not isinstance(mode.model.law, Constant) or staleness > MOST_STALENESS or not mode.mean_is_stable:
        return
    step, noise = mode.model.values[y.step], mode.model.values[y.step_noise]
    claim = "recursion.stationary-variance.fixed-staleness"
    words = f"staleness {staleness}: variance, closed form and {staleness + 1} Yule-Walker equations"
    exact = noise * yule_walker(step, staleness)
    yield judge_agreement(
        claim, case, words, evaluate(mode.model.claimed(claim)), Exact(exact), evidence="exact finite M"
    )


def poisson_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Poisson staleness of mean M - 1: H against a sum over K, the limit by bisection on certified counts."""
    values = plain_model(mode).values
    mean, step = values[y.staleness], values[y.step]
    if mean < 1:
        return
    claim, stated = POISSON_FUNCTION, CLAIMS[POISSON_FUNCTION].expression
    terms = int(12 * mean + 60)
    for z in (sp.Integer(2), sp.Rational(-3, 2)):
        chances = [mean**count / sp.factorial(count) * z**-count for count in range(terms)]
        left = Fraction(evaluate(sp.exp(-mean) * (sp.E * mean / terms) ** terms).upper)  # of |z| >= 1 (Chernoff)
        total = evaluate(sp.exp(-mean) * sp.Add(*chances)) + between(-left, left)
        found = total * step + (z - 1)
        claimed = evaluate(stated.subs({y.z: z, y.step: step, y.mean_staleness: mean}, simultaneous=True))
        words = f"Poisson staleness {mean}: H at z = {z}, {terms} stalenesses added up"
        yield judge_agreement(claim, case, words, claimed, found)
    limit = _limit_of_poisson(stated, mean)
    if limit is None:
        return
    angle = _crossing_angle(mean)
    closed = evaluate(CLAIMS[POISSON_LIMIT].expression, {y.angle: angle})
    words = f"Poisson staleness {mean}: step limit at its angle, bisection on certified counts"
    yield judge_agreement(POISSON_LIMIT, case, words, closed, limit, 1e-6)
    crossing = evaluate(CLAIMS[POISSON_ANGLE].expression, {y.angle: angle})
    words = f"Poisson staleness {mean}: that of the angle of the root at the limit"
    yield judge_agreement(POISSON_ANGLE, case, words, crossing, Exact(mean))


@cache
def _limit_of_poisson(stated: sp.Expr, mean: sp.Expr) -> Enclosure | None:
    """The step at which a root of the function ``stated`` crosses the unit circle, sought once for each mean."""

    def family(at: sp.Expr) -> CharacteristicEquation:
        function = stated.subs({y.step: at, y.mean_staleness: mean}, simultaneous=True)
        return replace(update_equation(at, Poisson(mean)), function=function)

    return stability_limit(family, sp.Rational(1, 100) / mean)


@cache
def _crossing_angle(mean: sp.Expr) -> Enclosure:
    """The angle in (0, pi/2) at which phi/2 + mean sin phi = pi/2, a sum that grows there; mean >= 1."""
    phase = y.angle / 2 + mean * sp.sin(y.angle) - sp.pi / 2
    near = sp.nsolve(phase, y.angle, (0.0, 1.5707), solver="bisect", prec=40)
    middle, width = sp.Rational(str(near)), sp.Rational(1, 10**30)
    below, above = (evaluate(phase.subs(y.angle, middle + sign * width)) for sign in (-1, 1))
    if not (below.is_negative() and above.is_positive()):
        raise ArithmeticError(f"no change of sign around {near}")
    return Enclosure.of(middle) + between(Fraction(-1, 10**30), Fraction(1, 10**30))


@cache
def yule_walker(step: sp.Rational, staleness: int) -> sp.Rational:
    """c_0 of x_{k+1} = x_k - step x_{k-K} + noise of variance 1 (kind: exact).

    c_j = c_{j-1} - step c_{|j-1-K|} for j = 1..K, and 2 step c_K = step^2 c_0 + 1 from the square of the recursion.

    Example: ``yule_walker(sp.Rational(3, 10), 0) == 1 / (sp.Rational(3, 10) * sp.Rational(17, 10))``.
    """
    size = staleness + 1
    rows = [[sp.Integer(0)] * size for _ in range(size)]
    for j in range(1, size):
        rows[j - 1][j] += 1
        rows[j - 1][j - 1] -= 1
        rows[j - 1][abs(j - 1 - staleness)] += step
    rows[-1][staleness] += 2 * step
    rows[-1][0] -= step**2
    right = sp.Matrix([*([0] * staleness), 1])
    solved = sp.polys.matrices.DomainMatrix.from_Matrix(sp.Matrix(rows)).to_field()
    return solved.lu_solve(sp.polys.matrices.DomainMatrix.from_Matrix(right).convert_to(solved.domain)).to_Matrix()[0]
