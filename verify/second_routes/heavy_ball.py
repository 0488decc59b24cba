"""Stage: proofs about momentum on the recursion. Input: predictions of a mode. Output: verdicts on limit and variance.

The limit meets a bisection on certified counts, the variance the Yule-Walker equations, solved exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from numeric.enclosed.circle import half_circle_integral
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.second_routes.kept_limits import limit_of_staleness
from verify.verdict import Verdict

SHARE, LIMIT = "momentum.crossing-share.fixed-staleness", "momentum.stability-limit.fixed-staleness"
VARIANCE = "momentum.stationary-variance.fixed-staleness"
KEPT = sp.Rational(1, 2)  # of the velocity at an update
MOST_STALENESS = 16


def heavy_ball_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Momentum 1/2, staleness M - 1, at least 1: the limit at its angle, the variance at half the limit."""
    values = plain_model(mode).values
    staleness = min(max(int(values[y.staleness]), 1), MOST_STALENESS)
    if mode.mode != 0:
        return
    words = f"momentum {KEPT}, staleness {staleness}"
    limit = limit_of_staleness(staleness, sp.Rational(1, 100 * (staleness + 1)), KEPT)
    angle = crossing_angle(KEPT, staleness)
    at = {y.angle: angle, y.staleness: staleness}
    told = f"{words}: that of the angle at which a root crosses"
    yield judge_agreement(SHARE, case, told, evaluate(CLAIMS[SHARE].expression, at), Exact(KEPT))
    if limit is None:
        return
    told = f"{words}: step limit at its angle, bisection on certified counts"
    yield judge_agreement(LIMIT, case, told, evaluate(CLAIMS[LIMIT].expression, at), limit, 1e-6)
    step, noise = sp.Rational(1, 3 * (2 * staleness + 1)), values[y.step_noise]
    if not step < limit.lower:
        return
    put = {y.staleness: staleness, y.momentum: KEPT, y.step: step, y.step_noise: noise}
    stated = CLAIMS[VARIANCE].expression.subs(put, simultaneous=True)
    (integral,) = stated.atoms(sp.Integral)
    if tuple(integral.limits[0]) != (y.angle, 0, sp.pi):
        raise ArithmeticError(f"not over half the circle: {integral}")
    number = sp.Dummy("J", positive=True)
    claimed = evaluate(stated.xreplace({integral: number}), {number: half_circle_integral(integral.function)})
    told = f"{words}, step {step}: variance, claimed integral and Yule-Walker equations"
    exact = Exact(noise * heavy_ball_variance(step, staleness, KEPT))
    yield judge_agreement(VARIANCE, case, told, claimed, exact, evidence="exact finite M")


@cache
def heavy_ball_variance(step: sp.Rational, staleness: int, kept: sp.Rational) -> sp.Rational:
    """E x^2 of x(j+1) = (1 + b) x(j) - b x(j-1) - step x(j-K) + noise of variance 1, K >= 1 (kind: exact).

    c_l = (1 + b) c_{|l-1|} - b c_{|l-2|} - step c_{|l-1-K|}, + 1 at l = 0, for l = 0 .. K + 1.

    Example: ``heavy_ball_variance(sp.Rational(1, 4), 1, sp.Integer(0)) == sp.Rational(80, 27)``.
    """
    size = staleness + 2
    weights = {1: 1 + kept, 2: -kept}
    weights[staleness + 1] = weights.get(staleness + 1, sp.Integer(0)) - step
    rows = sp.eye(size)
    for lag in range(size):
        for back, weight in weights.items():
            rows[lag, abs(lag - back)] -= weight
    matrix = sp.polys.matrices.DomainMatrix
    left = matrix.from_Matrix(rows).to_field()
    right = sp.Matrix([1, *[0] * (size - 1)])
    return left.lu_solve(matrix.from_Matrix(right).convert_to(left.domain)).to_Matrix()[0]


@cache
def crossing_angle(kept: sp.Rational, staleness: int) -> Enclosure:
    """The angle in (0, pi/(2K + 1)) with cos((K + 1/2) phi) = kept cos((K - 1/2) phi), a falling difference."""
    half = staleness + sp.Rational(1, 2)
    balance = sp.cos(half * y.angle) - kept * sp.cos((half - 1) * y.angle)
    near = sp.nsolve(balance, y.angle, (1e-9, float(sp.pi / (2 * staleness + 1))), solver="bisect", prec=40)
    middle, width = sp.Rational(str(near)), sp.Rational(1, 10**30)
    below, above = (evaluate(balance.subs(y.angle, middle + sign * width)) for sign in (-1, 1))
    if not (below.is_positive() and above.is_negative()):
        raise ArithmeticError(f"no change of sign around {near}")
    return Enclosure.of(middle) + between(Fraction(-1, 10**30), Fraction(1, 10**30))
