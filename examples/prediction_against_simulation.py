"""A prediction held against simulated training: ``python examples/prediction_against_simulation.py``.

The exact variance of eight exponential workers passes; the variance of the delay equation, which knows no number of
workers, is refuted by the same samples. Both are judged at a declared rate of false alarms.
"""

from __future__ import annotations

import derive
import numeric
import verify

law, workers = derive.Exponential(mean=1), 8
model = derive.linear_model(law, derive.Asynchronous(workers), learning_rate="1/4", curvature=1, gradient_noise=1)
system = numeric.System(workers, law.draw, learning_rate=0.25, curvature=(1.0,), gradient_noise=(1.0,))
run = numeric.simulate(system, seed=1, replicas=64, updates=100_000)
measured = run.measured("stationary_variance", mode=0, average="time")

outcomes = []
for name, value in (
    ("eight workers, exactly", model.claimed("finite-workers.second-moment.exponential")),
    ("delay equation", model.stationary_variance),
):
    verdict = verify.judge_equal("", "", name, numeric.Exact(value), measured.samples, level=1e-4)
    outcomes.append(verdict.outcome)
    print(f"{name}: predicted {float(value):.5f}, simulated {measured.value.mean:.5f}: {verdict.outcome}")

assert outcomes == ["pass", "refuted"]
