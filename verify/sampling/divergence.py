"""Stage: claim C by simulation. Input: a case with constant cycles. Output: a verdict on the predicted stability limit.

Beyond the limit of the recursion (exact on R0 for constant cycles) every replica must diverge, below it none; the
distance of the two learning rates from the limit is the smallest bias of the limit that would be noticed.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from derive.claims import CLAIMS
from derive.models.linear import put_in
from numeric.enclosure import evaluate
from numeric.event_loop.compiled import System
from numeric.simulation.tasks import simulate
from numeric.values import Exact
from verify.predicting.predictions import ModePredictions
from verify.verdict import Verdict

CLAIM = "recursion.stability-limit.fixed-staleness"
DISTANCE = Fraction(4, 100)
REPLICAS = 16
UPDATES_PER_WORKER = 40_000  # a mode that grows by 1 % a cycle passes every bound within them


def diverges_where_predicted(mode: ModePredictions, system: System, case: str, seed: int) -> Verdict:
    """Simulate 4 % below and 4 % above the predicted limit of the learning rate.

    ``system`` is the study's; only its learning rate is changed. Result: "pass" if all replicas diverge above and
    none below. The negative control is the run below: judged against a limit 8 % lower it must not diverge.
    """
    limit = evaluate(put_in(CLAIMS[CLAIM], mode.model.values))
    unit = float(limit) / abs(system.curvature[mode.mode])
    counts = []
    for sign in (1, -1):
        rate = unit * (1 + sign * float(DISTANCE))
        curvature, noise = (system.curvature[mode.mode],), (system.gradient_noise[mode.mode],)
        changed = replace(system, learning_rate=rate, curvature=curvature, gradient_noise=noise, initial=())
        updates = UPDATES_PER_WORKER * system.workers
        run = simulate(changed, seed=seed, replicas=REPLICAS, updates=updates, burn_in=0)
        counts.append(len(run.diverged_at))
    above, below = counts
    outcome = "pass" if (above, below) == (REPLICAS, 0) else "refuted"
    words = f"claim C: {REPLICAS} runs diverge 4 % above the limit of the learning rate, none 4 % below"
    kept = "failed as it must" if below == 0 else "NOT REFUSED"
    control = f"{kept}: 4 % below the limit {below} of {REPLICAS} diverge"
    return Verdict(
        CLAIM,
        case,
        words,
        "equal",
        Exact(sp.Integer(REPLICAS)),
        Exact(sp.Integer(above)),
        "Monte Carlo",
        outcome,  # type: ignore[arg-type]
        float(DISTANCE),
        control,
    )
