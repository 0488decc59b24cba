"""A law of your own: state a density, ask for proven roots: ``python examples/own_law.py``.

A worker computes in two exponential stages of different means. Its transform and moments are derived from the density;
whether eight or a hundred workers still train is proven, not simulated.
"""

from __future__ import annotations

import sympy as sp

import derive
import numeric
from derive import symbols as y

law = derive.Law.from_density(2 * (sp.exp(-y.u) - sp.exp(-2 * y.u)), y.u)  # stages of mean 1 s and 1/2 s
print("L(s) =", sp.factor(law.laplace_transform(y.s)), " mean", law.mean, "s, variance", law.variance, "s^2")

for workers in (8, 100):
    model = derive.linear_model(law, derive.Asynchronous(workers), learning_rate="1/20", curvature=1)
    found = numeric.spectrum(model.characteristic_equation)
    verdict = "diverges" if found.unstable_count else "converges"
    print(
        f"{workers} workers: a = {model.damping_coefficient} /s, {verdict}, spectral abscissa {found.spectral_abscissa}"
    )
    assert found.certified
    assert (found.unstable_count > 0) == (workers == 100)
