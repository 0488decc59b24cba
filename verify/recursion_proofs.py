"""Stage: proofs about the recursion. Input: predictions of a mode with constant cycles. Output: verdicts, rung Rd.

Constant cycles of M workers are the recursion with staleness M - 1, so what is solved here exactly is an exact result
of finitely many workers.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive import symbols as y
from derive.characteristic import update_equation
from derive.laws import Constant
from numeric.characteristic_roots import spectrum
from numeric.enclosure import evaluate
from numeric.thresholds import stability_limit
from numeric.values import Exact
from verify.agreement import judge_agreement
from verify.predictions import ModePredictions
from verify.verdict import Verdict

MOST_STALENESS = 64  # equations solved exactly


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
    limit = stability_limit(lambda step: update_equation(step, staleness), sp.Rational(1, 100 * (staleness + 1)))
    if limit is not None:
        words = f"staleness {staleness}: step limit, closed form and bisection on certified counts"
        yield judge_agreement(claim, case, words, evaluate(mode.model.claimed(claim)), limit, 1e-6)


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
