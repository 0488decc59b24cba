"""Stage: proofs about finitely many workers. Input: predictions of a mode. Output: verdicts with momentum or losses.

Four workers with exponential cycles, every one by name: what each update does is a matrix on (v, x, r_1 .. r_4), and
the second moments solve a Lyapunov equation over its Kronecker squares, in exact rationals.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from derive import symbols as y
from derive.claims import CLAIMS
from derive.laws import Exponential
from derive.models.linear import LinearModel
from numeric.enclosed.renewal import between
from numeric.enclosure import Enclosure, evaluate
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predicting.predictions import ModePredictions, plain_model
from verify.verdict import Evidence, Verdict

WORKERS = 4
SHARE = sp.Rational(1, 3)  # of the velocity that is kept, or of the gradients that are lost
STEP = sp.Rational(1, 12)
POINTS = (sp.Rational(1, 2), sp.Rational(-3, 7))  # s over the worker's rate
GAP = "finite-workers.decay-gap.exponential"
DAMPING, MANY = sp.Rational(1, 5), 10**6
_FINITE: Evidence = "exact finite M"


def named_workers(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """Mean and variance with momentum 1/3, and with a third of the gradients lost."""
    if mode.mode != 0:
        return
    noise = plain_model(mode).values[y.step_noise]
    for update, symbol in (("momentum", y.momentum), ("dropout", y.dropout)):
        kept, lost = (SHARE, sp.Integer(0)) if symbol == y.momentum else (sp.Integer(0), SHARE)
        at = {y.workers: WORKERS, y.step: STEP, symbol: SHARE, y.step_noise: noise, y.worker_rate: sp.Integer(1)}
        maps = _maps(kept, lost)
        name = f"finite-workers.mean-with-{update}.exponential"
        drift = sum((chance * (one - sp.eye(one.rows)) for one, chance, _ in maps), start=sp.zeros(WORKERS + 2))
        apart = 1 + (1 - lost) * STEP  # what one worker read beside another fades at that rate
        idle = sp.Integer(1) if symbol == y.momentum else (1 - lost) * WORKERS  # a velocity that nothing keeps
        for s in POINTS:
            whole = (s * sp.eye(drift.rows) - drift).det() / (s + apart) ** (WORKERS - 1)
            found = whole if symbol == y.momentum else whole / (s + idle)
            claimed = CLAIMS[name].expression.subs({**at, y.s: s}, simultaneous=True)
            words = f"{update} 1/3, {WORKERS} workers by name: H at s = {s} mu"
            yield judge_agreement(name, case, words, Exact(claimed), Exact(found), evidence=_FINITE)
        name = f"finite-workers.second-moment-with-{update}.exponential"
        claimed = CLAIMS[name].expression.subs(at, simultaneous=True)
        words = f"{update} 1/3, {WORKERS} workers by name: variance"
        exact = Exact(noise * _variance(maps))
        yield judge_agreement(name, case, words, Exact(claimed), exact, evidence=_FINITE)


def decay_gap(mode: ModePredictions, case: str) -> Iterator[Verdict]:
    """A million workers and two million at a theta = 1/5, by the roots of both polynomials, extrapolated to 1/M = 0."""
    if not isinstance(mode.model, LinearModel) or not isinstance(mode.model.law, Exponential) or mode.mode != 0:
        return
    first, second = (_gap_times_workers(count) for count in (MANY, 2 * MANY))
    found = second * 2 - first + between(-Fraction(1, MANY), Fraction(1, MANY))  # what is left is of order 1/M^2
    at = {y.damping: DAMPING, y.mean_delay: 1, y.workers: MANY}
    claimed = evaluate((CLAIMS[GAP].expression - 1).subs(at) * MANY)
    words = "M times (exact decay rate over that of R3, minus 1), a theta = 1/5: claimed, extrapolated"
    yield judge_agreement(GAP, case, words, claimed, found, 1e-5, evidence=_FINITE)


def _gap_times_workers(workers: int) -> Enclosure:
    step = DAMPING / workers
    exact, limit = (1 + step) ** 2 - 4 * DAMPING, 1 - 4 * DAMPING
    ratio = (1 + step - sp.sqrt(exact)) / (1 - sp.sqrt(limit))
    return evaluate((ratio - 1) * workers)


def _maps(kept: sp.Rational, lost: sp.Rational) -> list[tuple[sp.Matrix, sp.Rational, sp.Matrix]]:
    """Of every worker's update, applied or lost: the map of (v, x, r_1 ..), its chance, and where its noise goes."""
    found = []
    for who in range(2, WORKERS + 2):
        applied, gone, noise = sp.eye(WORKERS + 2), sp.eye(WORKERS + 2), sp.zeros(WORKERS + 2, 1)
        applied[0, 0], applied[0, who] = kept, -STEP
        applied[1, :] = sp.eye(WORKERS + 2)[1, :] + applied[0, :]
        applied[who, :], gone[who, :] = applied[1, :], gone[1, :]
        noise[0] = noise[1] = noise[who] = 1
        found += [(applied, 1 - lost, noise), (gone, lost, 0 * noise)]
    return found


def _variance(maps: list[tuple[sp.Matrix, sp.Rational, sp.Matrix]]) -> sp.Rational:
    """E x^2 for step noise of variance 1: sum of chance (A P A^T - P + d d^T) = 0."""
    size = WORKERS + 2
    total, right = sp.zeros(size**2), sp.zeros(size, size)
    for one, chance, noise in maps:
        total += chance * (sp.kronecker_product(one, one) - sp.eye(size**2))
        right -= chance * noise * noise.T
    domain = sp.polys.matrices.DomainMatrix
    left = domain.from_Matrix(total).to_field()
    solved = left.lu_solve(domain.from_Matrix(right.reshape(size**2, 1)).convert_to(left.domain))
    return solved.to_Matrix()[size + 1]
