"""Stage: proofs about momentum. Input: predictions of a mode. Output: verdicts on H, its polynomial and the variance.

With cycles of exponential stages the mean of velocity, parameter and what workers hold obeys linear equations; the
second routes are the determinant and the Lyapunov equation of their matrix, exact rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

import numpy as np
import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.models.modes import put_in
from derive.rules.laws import transform_of
from numeric.enclosed.law_quadrature import integral_over_density
from numeric.enclosed.renewal import between
from numeric.enclosure import evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.verdict import Evidence, Verdict

KEPT = sp.Rational(1, 2)  # of the velocity at an update
WORKERS = 4
STALENESS = 3
STAGES = (1, 2)  # of a cycle: exponential and Erlang laws
_FINITE: Evidence = "exact finite M"
_REACH = sp.Integer(10) ** 20  # of the arrival rate: frequencies between 1/reach and reach are integrated over


def momentum_function(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """H at two exact s against the determinant of the three equations; the polynomial against a companion matrix."""
    values = _values(mode)
    name = "momentum.characteristic-function.any-law"
    stated = put_in(CLAIMS[name], values)
    pull = values[y.worker_rate]
    for at, stages in product((sp.Rational(1, 3), -sp.Rational(2, 7)), STAGES):
        s, passing = at * pull, stages * pull
        claimed = stated.subs(y.s, s).replace(transform_of, _transform(passing, stages))
        found = (s * sp.eye(2 + stages) - _matrix(values, stages)).det() / (s + passing) ** stages
        words = f"momentum 1/2, cycles of {stages} stage(s): H at s theta = {at}, determinant of the mean's equations"
        yield judge_agreement(name, case, words, Exact(claimed), Exact(found))
    name = "momentum.polynomial.fixed-staleness"
    stated = put_in(CLAIMS[name], {**values, y.staleness: sp.Integer(STALENESS)})
    for z in (sp.Rational(3, 5), sp.Rational(8, 7)):
        found = (z * sp.eye(STALENESS + 1) - _companion(values)).det()
        words = f"momentum 1/2, staleness {STALENESS}: polynomial at z = {z}, determinant of the companion matrix"
        yield judge_agreement(name, case, words, Exact(stated.subs(y.z, z)), Exact(found))


def momentum_variance(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The claimed integral over frequencies, by quadrature, against the Lyapunov equation of exponential cycles."""
    values = _values(mode)
    if not values[y.curvature] > 0 or not values[y.gradient_noise] > 0:
        return
    name = "momentum.stationary-variance.any-law"
    pull, rate = values[y.worker_rate], values[y.arrival_rate]
    stated = put_in(CLAIMS[name], values)
    (integral,) = stated.atoms(sp.Integral)
    if tuple(integral.limits[0][1:]) != (0, sp.oo):
        raise ArithmeticError(f"not an integral from 0 on: {integral}")
    # |f|^2 as the product of f and its conjugate, a ratio of polynomials in the frequency that quadrature can follow.
    squared = integral.function.replace(
        lambda node: node.is_Pow and isinstance(node.base, sp.Abs) and node.exp == 2,
        lambda node: node.base.args[0] * node.base.args[0].subs(sp.I, -sp.I),
    )
    for stages in STAGES:
        if not _settles(values, stages):
            continue
        ratio = sp.cancel(sp.together(squared.replace(transform_of, _transform(stages * pull, stages))))
        low, high = rate / _REACH, rate * _REACH
        # It is flat below, where twice its value at 0 bounds it, and at most 4/omega^2 above.
        rest = evaluate(2 * ratio.subs(y.frequency, 0) * low + 4 / high).upper
        area = integral_over_density(sp.S.One, ratio, y.frequency, (low, high)) + between(Fraction(0), Fraction(rest))
        number = sp.Dummy("J", positive=True)
        claimed = evaluate(stated.xreplace({integral: number}), {number: area})
        words = f"momentum 1/2, cycles of {stages} stage(s): variance, claimed integral and Lyapunov equation"
        yield judge_agreement(name, case, words, claimed, Exact(_lyapunov(values, stages)), evidence=_FINITE)


def _transform(rate: sp.Expr, stages: int) -> Callable[[sp.Expr], sp.Expr]:
    """The transform of that many exponential stages of a rate."""
    return lambda s: (rate / (s + rate)) ** stages


def _values(mode: ModePredictions) -> dict[sp.Symbol, sp.Expr]:
    """The mode's numbers for four workers, so that the step is far from its limit."""
    values = {**plain_model(mode).values, y.workers: sp.Integer(WORKERS), y.momentum: KEPT}
    values[y.arrival_rate] = WORKERS / values[y.mean_delay]
    values[y.noise_intensity] = (values[y.learning_rate] * values[y.gradient_noise]) ** 2 * values[y.arrival_rate]
    return values


def _matrix(values: dict[sp.Symbol, sp.Expr], stages: int) -> sp.Matrix:
    """The slopes of the means of v, x and of what workers in each stage will apply, y_1 .. y_n of rate n/theta:

    dv = Lambda ((beta - 1) v - eta h y_n), dx = Lambda (beta v - eta h y_n), dy_i = (n/theta) (y_{i-1} - y_i), y_0 = x.
    """
    rate, pull = values[y.arrival_rate], stages * values[y.worker_rate]
    force = values[y.learning_rate] * values[y.curvature]
    matrix = sp.zeros(2 + stages)
    matrix[0, 0], matrix[1, 0] = rate * (KEPT - 1), rate * KEPT
    matrix[0, 1 + stages] = matrix[1, 1 + stages] = -rate * force
    for stage in range(2, 2 + stages):
        matrix[stage, stage - 1], matrix[stage, stage] = pull, -pull
    return matrix


def _settles(values: dict[sp.Symbol, sp.Expr], stages: int) -> bool:
    """Whether the means decay, by the signs of the eigenvalues in doubles: where not, there is no variance."""
    return bool(np.linalg.eigvals(np.array(_matrix(values, stages), dtype=float)).real.max() < 0)


def _lyapunov(values: dict[sp.Symbol, sp.Expr], stages: int) -> sp.Expr:
    """The variance of x from J P + P J^T + Q = 0, the same noise entering velocity and parameter (kind: exact)."""
    matrix = _matrix(values, stages)
    size = matrix.rows
    identity = sp.eye(size)
    driven = sp.Matrix([1, 1, *[0] * stages]) * values[y.learning_rate] * values[y.gradient_noise]
    noise = values[y.arrival_rate] * driven * driven.T
    sums = sp.kronecker_product(identity, matrix) + sp.kronecker_product(matrix, identity)
    covariance = sums.LUsolve(-noise.reshape(size * size, 1))
    return sp.nsimplify(covariance[size + 1])


def _companion(values: dict[sp.Symbol, sp.Expr]) -> sp.Matrix:
    """x_{k+1} = x_k + beta (x_k - x_{k-1}) - epsilon x_{k-K} as a map of x_k, .. , x_{k-K}."""
    matrix = sp.zeros(STALENESS + 1)
    matrix[0, 0] += 1 + KEPT
    matrix[0, 1] -= KEPT
    matrix[0, STALENESS] -= values[y.step]
    for lag in range(STALENESS):
        matrix[lag + 1, lag] = 1
    return matrix
