"""Stage: proofs. Input: a model whose delay is a chain of exponential stages. Output: its second moments, exact.

    dx = -eta (h x(t - tau) + sigma xi) at Poisson times; given the path, the means
    E x(t - tau) = y_n and E x(t - tau)^2 = Q_n obey
    y_i' = nu (y_{i-1} - y_i), y_0 = x,   Q_i' = nu (Q_{i-1} - Q_i), Q_0 = x^2,   nu = n/theta.

In the stationary state E Q_n = E x^2, so the second moments P of (x, y_1, ..., y_n) solve linear equations,
A P + P A^T + eta^2 Lambda (h^2 P_00 + sigma^2) e_0 e_0^T = 0. No spectral density and no Campbell formula enters.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

import sympy as sp

from derive.models.linear import LinearModel


def shot_variance_of_stages(model: LinearModel, stages: int, *, shots: bool) -> sp.Rational:
    """E x^2 in the stationary state, the delay a sum of ``stages`` >= 1 exponential stages (kind: exact).

    With ``shots`` the shot model (rung R1), without the stochastic delay equation (rung R2): no h^2 P_00.

    Example: ``shot_variance_of_stages(LinearModel(Exponential(1), Asynchronous(8), sp.Rational(1, 10), sp.Integer(1),
    sp.Integer(1)), 1, shots=False) == sp.Rational(9, 100)``.
    """
    nu, eta, rate = stages / model.law.mean, model.learning_rate, model.scheme.workers / model.law.mean
    drift = sp.zeros(stages + 1)
    drift[0, stages] = -eta * model.curvature * rate
    for i in range(1, stages + 1):
        drift[i, i - 1], drift[i, i] = nu, -nu
    pairs = {pair: k for k, pair in enumerate(combinations_with_replacement(range(stages + 1), 2))}
    rows, right = sp.zeros(len(pairs)), sp.zeros(len(pairs), 1)
    for (i, j), row in pairs.items():
        for k in range(stages + 1):
            rows[row, pairs[min(k, j), max(k, j)]] += drift[i, k]
            rows[row, pairs[min(i, k), max(i, k)]] += drift[j, k]
    rows[0, 0] += eta**2 * rate * model.curvature**2 * int(shots)
    right[0] = -(eta**2) * rate * model.gradient_noise**2
    matrix = sp.polys.matrices.DomainMatrix
    left = matrix.from_Matrix(rows).to_field()
    return left.lu_solve(matrix.from_Matrix(right).convert_to(left.domain)).to_Matrix()[0]
