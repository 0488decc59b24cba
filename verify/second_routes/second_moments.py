"""Stage: proofs about second moments in time. Input: predictions of a mode. Output: verdicts on rungs R1 and R0.

Volterra's equation, carried out for a constant delay over two delays, meets its solution on a lattice; the stationary
excess risk meets the moments of a chain of stages; moments of few workers, closed by exchangeability, those by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, pairwise

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Constant
from derive.models.linear import LinearModel
from derive.models.modes import put_in, stages_of
from derive.rules.modelling import mean_path
from derive.rules.second_moments import fundamental_of, second_moment_of
from numeric.enclosed.linear_moments import moments_after
from numeric.enclosed.second_moment import second_moment
from numeric.enclosure import Enclosure
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions
from verify.second_routes.stage_moments import shot_variance_of_stages
from verify.verdict import Evidence, Verdict

VOLTERRA, RISK = "shots.second-moment.any-law", "shots.excess-risk.any-law"
IN_TIME = "finite-workers.second-moment-in-time.exponential"
CELLS = 2048
MOST_STAGES = 8
_FINITE: Evidence = "exact finite M"


def volterra_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """V of a constant delay after half a delay and after one and a half: the claim integrated, and the lattice."""
    model = mode.model
    if not isinstance(model, LinearModel) or not isinstance(model.law, Constant) or mode.noise_gain is None:
        return
    theta = model.law.mean
    path = second_moment(model, sp.Integer(1), Fraction(int((2 * theta).p), int((2 * theta).q)), CELLS)
    for share in (sp.Rational(1, 2), sp.Rational(3, 2)):
        words = f"second moment after {share} delays: claimed equation carried out, solution on a lattice"
        claimed = _after(model, share * theta)
        yield judge_agreement(VOLTERRA, case, words, Exact(claimed), path.at(float(share * theta)), 1e-3)


def _after(model: LinearModel, time: sp.Expr) -> sp.Expr:
    """The claimed right side at a time below two delays, read piece by piece off what is known one delay earlier."""
    theta, a = model.law.mean, model.damping_coefficient
    stated = put_in(CLAIMS[VOLTERRA], {**model.values, y.initial: 1})
    (outer,) = (node for node in stated.atoms(sp.Integral) if node.has(fundamental_of))
    (inner,) = (node for node in outer.function.atoms(sp.Integral) if node.has(second_moment_of))

    def response(at: sp.Expr) -> sp.Expr:
        return 1 - a * (at - theta) * int(bool(at.subs({y.u: middle, y.t: time}) > theta))

    marks = sorted({sp.Integer(0), time, *(mark for mark in (theta, time - theta) if 0 < mark < time)})
    total, hole = sp.Integer(0), sp.Dummy("added")
    for low, high in pairwise(marks):
        middle = (low + high) / 2
        read = sp.Integer(1) if middle < theta else _early(model).subs(y.t, y.u - theta)
        integrand = outer.function.xreplace({inner: read}).replace(fundamental_of, response)
        total += sp.integrate(sp.expand(integrand.subs(y.t, time)), (y.u, low, high))
    mean = 1 - a * time + a**2 * max(time - theta, sp.Integer(0)) ** 2 / 2
    return stated.xreplace({outer: hole}).replace(mean_path, lambda at: mean).subs(hole, total)


@cache
def _early(model: LinearModel) -> sp.Expr:
    """V within the first delay, where every read is of the history: by hand, from shots alone."""
    rate = model.arrival_rate * model.learning_rate**2
    return (1 - model.damping_coefficient * y.t) ** 2 + rate * (model.gradient_noise**2 + model.curvature**2) * y.t


def risk_agreement(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The stationary excess risk of delays in stages against half the curvature times their exact second moment."""
    stages = stages_of(mode.model.law)
    if not isinstance(mode.model, LinearModel) or stages is None or mode.noise_gain is None:
        return
    if not stages.is_Integer or stages > MOST_STAGES or not mode.model.curvature > 0:
        return
    exact = shot_variance_of_stages(mode.model, int(stages), shots=True) * mode.model.curvature / 2
    if exact > 0:
        words = f"stationary excess risk on R1: claimed, moments of {stages} stages"
        yield judge_agreement(RISK, case, words, mode.number(CLAIMS[RISK]), Exact(exact))


def named_workers(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """The transform of E x^2 of two and three workers at s = mu/2 against moments of workers by name."""
    if not mode.model.is_about(CLAIMS[IN_TIME]):
        return
    step, noise = sp.Rational(3, 10), sp.Rational(1, 100)
    for count in (2, 3):
        at = {y.workers: count, y.worker_rate: 1, y.step: step, y.step_noise: noise, y.initial: 3, y.s: sp.S.Half}
        matrix, drive = _by_name(count, step, noise)
        start = sp.ones(len(drive), 1) * 9
        found = (sp.eye(len(drive)) / 2 - matrix).LUsolve(start + 2 * drive)[0]
        words = f"transform of the second moment of {count} exponential workers: claimed, workers by name"
        claimed = CLAIMS[IN_TIME].expression.subs(at, simultaneous=True)
        yield judge_agreement(IN_TIME, case, words, Exact(sp.nsimplify(claimed)), Exact(found), evidence=_FINITE)


def named_second_moment(count: int, step: sp.Expr, noise: sp.Expr, start: sp.Expr, time: sp.Expr) -> Enclosure:
    """E x(time)^2 of ``count`` workers by name with cycles of mean 1, all at ``start`` at time 0 (kind: enclosure).

    Example: ``named_second_moment(2, sp.S.Half, sp.Integer(0), sp.Integer(1), sp.Integer(0)).contains(1)``.
    """
    matrix, drive = _by_name(count, step, noise)
    return moments_after(matrix, list(drive), [start**2] * len(drive), time)[0]


def _by_name(count: int, step: sp.Expr, noise: sp.Expr) -> tuple[sp.Matrix, sp.Matrix]:
    """d/dt of E z_i z_j, z = (x, r_1 .. r_M): worker w sets x to x - eps r_w and r_w to the new x, plus noise."""
    pairs = {pair: k for k, pair in enumerate(combinations_with_replacement(range(count + 1), 2))}
    matrix, drive = sp.zeros(len(pairs)), sp.zeros(len(pairs), 1)
    for worker in range(1, count + 1):
        after = sp.eye(count + 1)
        after[0, worker] = -step
        after[worker, :] = after[0, :]
        for (i, j), row in pairs.items():
            matrix[row, row] -= 1
            drive[row] += noise * int({i, j} <= {0, worker})
            for k in range(count + 1):
                for m in range(count + 1):
                    matrix[row, pairs[min(k, m), max(k, m)]] += after[i, k] * after[j, m]
    return matrix, drive


def stage_second_moment(model: LinearModel, start: sp.Expr, time: sp.Expr) -> Enclosure:
    """E x(time)^2 on R1 for exponential delays, from x = ``start`` until time 0, by linear equations (kind: enclosure).

    E x^2, E x w, E w^2 and E x(t - tau)^2, with w = E x(t - tau) given the path, close.

    Example: ``stage_second_moment(LinearModel(Exponential(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.Integer(1)), sp.Integer(1), sp.Integer(0)).contains(1)``.
    """
    a, rate, mu = model.damping_coefficient, model.arrival_rate * model.learning_rate**2, 1 / model.law.mean
    shot, noise = rate * model.curvature**2, rate * model.gradient_noise**2
    matrix = sp.Matrix([[0, -2 * a, 0, shot], [mu, -mu, -a, 0], [0, 2 * mu, -2 * mu, 0], [mu, 0, 0, -mu]])
    return moments_after(matrix, [noise, 0, 0, 0], [start**2] * 4, time)[0]
