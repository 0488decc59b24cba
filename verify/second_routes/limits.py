"""Stage: proofs about noise. Input: predictions of a mode. Output: verdicts on mean-square limits and covariances.

Limits of the shot model meet the noise gain by quadrature, the exact one of M workers the determinant of all second
moments, worker by worker; covariances in time meet power series with their remainder, and a Fourier integral.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement

import sympy as sp

from derive import symbols as y
from derive.characteristic import delay_equation
from derive.claims import CLAIMS
from derive.laws import Constant, Exponential
from derive.models.linear import LinearModel, OutsideDomainError
from derive.rules.laws import transform_of
from numeric.enclosed.covariance import covariance_gain
from numeric.enclosed.quadrature import noise_gain
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate, evaluate_complex
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, mean_square_margin
from verify.verdict import Verdict

CONSTANT, EXPONENTIAL = "shots.mean-square-limit.constant", "shots.mean-square-limit.exponential"
WORKERS = "finite-workers.mean-square-limit.exponential"
COVARIANCE = "delay.stationary-covariance.any-law"
STAGE = "delay.stationary-covariance.exponential"
LAGS = (sp.Rational(1, 3), sp.Rational(9, 10), sp.Integer(2))  # of a mean delay
MOST_WORKERS = 3  # whose second moments are written out
TERMS = 60  # of a power series in the lag


def shot_limits(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The margin of the constant delay by quadrature; at the limit of the exponential one the margin is 1."""
    if not isinstance(mode.model, LinearModel):
        return
    law, values = mode.model.law, mode.model.values
    if isinstance(law, Constant) and mode.noise_gain is not None:
        try:
            claimed = mode.model.claimed(CONSTANT)
        except OutsideDomainError:
            return
        words = "mean-square margin of the shot model: closed form, quadrature"
        yield judge_agreement(CONSTANT, case, words, evaluate(claimed), mean_square_margin(mode))
    if isinstance(law, Exponential):
        step, workers = mode.model.claimed(EXPONENTIAL), values[y.workers]
        gain = noise_gain(delay_equation(step * workers / law.mean, law), 9)
        margin = CLAIMS["shots.mean-square-limit.any-law"].expression
        at_limit = margin.subs({y.learning_rate: step, y.curvature: 1, y.arrival_rate: workers / law.mean})
        words = "at the limit of the shot model its margin, by quadrature, is 1"
        found = evaluate(at_limit, {y.second_moment_gain: gain})
        yield judge_agreement(EXPONENTIAL, case, words, Exact(sp.Integer(1)), found)


def worker_limit(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """At the limit of two and three workers the matrix of all second moments of x and the reads is singular."""
    if not isinstance(mode.model, LinearModel) or not isinstance(mode.model.law, Exponential):
        return
    for workers in range(2, MOST_WORKERS + 1):
        step = CLAIMS[WORKERS].expression.subs(y.workers, workers)
        singular = _determinant(workers)
        words = f"{workers} workers: determinant of all second moments at the limit"
        found = evaluate(singular.subs(y.step, step))
        yield judge_agreement(WORKERS, case, words, Exact(sp.Integer(0)), found, evidence="exact finite M")


def _determinant(workers: int) -> sp.Expr:
    """Of the equations of E x^2, E x r_i, E r_i r_j, every worker by name: x <- x - eps r_i, r_i <- x, one a time."""
    size = workers + 1
    pairs = {pair: row for row, pair in enumerate(combinations_with_replacement(range(size), 2))}
    matrix = sp.zeros(len(pairs))
    for worker in range(1, size):
        moved = sp.eye(size)
        moved[0, worker] = -y.step
        moved[worker, worker] = 0
        moved[worker, :] = moved[0, :]  # it reads what it has just made
        for (i, j), row in pairs.items():
            for k in range(size):
                for m in range(size):
                    matrix[row, pairs[min(k, m), max(k, m)]] += moved[i, k] * moved[j, m]
            matrix[row, row] -= 1
    domain = sp.polys.matrices.DomainMatrix.from_Matrix(matrix)
    return sp.sympify(domain.domain.to_sympy(domain.det()))


def covariances(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """One exponential stage against a power series in the lag; any law against the Fourier integral of a constant."""
    if not isinstance(mode.model, LinearModel) or mode.mode != 0:
        return
    law, values = mode.model.law, mode.model.values
    damping, noise = values[y.damping], values[y.noise_intensity]
    if isinstance(law, Exponential) and 4 * damping * law.mean > 1:
        for share in LAGS:
            closed = mode.model.claimed(STAGE).subs(y.t, share * law.mean)
            found = stage_covariance(damping * law.mean, share) * (noise * law.mean)
            words = f"covariance at {share} of a mean delay: closed form, power series"
            yield judge_agreement(STAGE, case, words, evaluate(closed), found)
    if isinstance(law, Constant) and damping > 0 and damping * law.mean < sp.pi / 2:
        stated = CLAIMS[COVARIANCE].expression
        for share in LAGS[:2]:
            lag = share * law.mean
            put = {y.damping: damping, y.noise_intensity: noise, y.t: lag}
            claimed = _over_frequencies(stated.subs(put, simultaneous=True), law, damping, lag)
            closed = mode.model.claimed("delay.stationary-covariance.constant").subs(y.t, lag)
            words = f"covariance at {share} of a delay: claimed integral, closed form"
            yield judge_agreement(COVARIANCE, case, words, claimed, evaluate(closed), 1e-6)


@cache
def stage_covariance(damping: sp.Rational, lag: sp.Rational) -> Enclosure:
    """C(lag) of x' = -a y + noise of intensity 1, y' = x - y: e^{At} P by its power series (kind: enclosure).

    ``damping`` > 0 and ``lag`` >= 0 in units of the mean delay 1. The terms left out are at most |P| (|A| t)^n/n! times
    e^{|A| t}, in the largest row sum.

    Example: ``stage_covariance(sp.Integer(1), sp.Integer(0)).contains(1)``.
    """
    drift = sp.Matrix([[0, -damping], [1, -1]])
    square, cross, held = sp.symbols("P_xx P_xy P_yy", cls=sp.Dummy)
    moments = sp.Matrix([[square, cross], [cross, held]])
    balance = drift * moments + moments * drift.T + sp.diag(1, 0)
    found = sp.solve([balance[0, 0], balance[0, 1], balance[1, 1]], [square, cross, held], dict=True)[0]
    vector = sp.Matrix([square, cross]).subs(found)
    largest, power = max(abs(one) for one in vector), max(damping, sp.Integer(2)) * lag
    total = term = vector
    for order in range(1, TERMS):
        term = drift * term * lag / order
        total += term
    rest = largest * power**TERMS / sp.factorial(TERMS) * sp.Integer(3) ** sp.ceiling(power)
    bound = Fraction(int(rest.p), int(rest.q))
    return Enclosure.of(total[0]) + between(-bound, bound)


def _over_frequencies(stated: sp.Expr, law: Constant, damping: sp.Expr, lag: sp.Rational) -> Enclosure:
    """The claimed integral, its integrand looked at and found to be a multiple of cos(w t)/|H|^2."""
    (integral,) = stated.atoms(sp.Integral)
    ratios = []
    for at in (sp.Rational(1, 3), sp.Rational(7, 5), sp.Integer(4)):
        integrand = integral.function.replace(transform_of, law.laplace_transform).subs(y.frequency, at)
        height = evaluate_complex(sp.I * at + damping * law.laplace_transform(sp.I * at))
        ratios.append(evaluate(integrand / sp.cos(at * lag)) * (height.re * height.re + height.im * height.im))
    if not all(one.overlaps(ratios[0]) for one in ratios) or tuple(integral.limits[0]) != (y.frequency, 0, sp.oo):
        raise ArithmeticError(f"not a multiple of cos(omega t)/|H|^2 over all frequencies: {integral}")
    number = sp.Dummy("J", real=True)
    found = covariance_gain(damping, law.mean, lag) * Enclosure.of(sp.pi) * ratios[0]
    return evaluate(stated.xreplace({integral: number}), {number: found})
