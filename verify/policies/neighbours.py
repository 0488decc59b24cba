"""Stage: policies. Input: an advised setting, settings beside it. Output: whether simulation decays slower there.

The mean paths of the workers themselves (rung R0) are simulated at the advised setting and beside it, without gradient
noise and with common random numbers; their decay rates are fitted without the theory that gave the advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import sympy as sp

from derive.studies.records import Study
from numeric.simulation.decay import decay_samples, simulate_mean_path
from numeric.simulation.measured import estimate
from numeric.values import Estimate
from verify.policies.settings import OpenSetting
from verify.sampling.simulating import system_of
from verify.statistics.confidence import confidence_interval

Outcome = Literal["pass", "refuted", "inconclusive"]
_POINTS = 241  # of the path


@dataclass(frozen=True)
class Neighbour:
    """A setting beside the advised one: by how much (1/s) the advised one decays faster, and the verdict.

    "pass": it does, at the declared level; "refuted": it decays slower.
    """

    value: sp.Rational
    gain: Estimate
    outcome: Outcome


def judge_neighbours(
    setting: OpenSetting,
    advised: sp.Rational,
    values: Sequence[sp.Rational],
    false_alarm_rate: float = 1e-3,
    *,
    replicas: int = 4096,
    cycles: float = 12.0,
) -> tuple[Neighbour, ...]:
    """Whether the simulated slowest mode decays faster at ``advised`` than at each of ``values``.

    ``replicas`` >= 128; ``cycles``: how many mean cycles the paths last. Kind: estimates; a verdict is wrong with
    probability at most ``false_alarm_rate`` over the number of values. Raises ``ValueError`` where a path is too short.
    """
    ours = _rates(setting.at(advised), replicas, cycles)
    judged = []
    for value in values:
        gains = [one - other for one, other in zip(ours, _rates(setting.at(value), replicas, cycles), strict=True)]
        interval = confidence_interval(gains, false_alarm_rate / len(values))
        outcome: Outcome = "pass" if interval.low > 0 else "refuted" if interval.high < 0 else "inconclusive"
        judged.append(Neighbour(value, estimate(gains), outcome))
    return tuple(judged)


def _rates(study: Study, replicas: int, cycles: float) -> tuple[float, ...]:
    """The decay rate's pseudo-values of the slowest mode, one per batch of replicas."""
    assert study.objective is not None
    assert study.workers is not None
    modes = len(study.objective.curvature)
    quiet = replace(study.objective, gradient_noise=(sp.S.Zero,) * modes)
    run = replace(study.run, initial=(sp.S.One,) * modes)
    times = np.linspace(0, cycles * float(study.workers.cycle_law.mean), _POINTS)
    system = system_of(replace(study, objective=quiet, run=run))
    path = simulate_mean_path(system, seed=study.run.seed, replicas=replicas, times=times)
    return min((decay_samples(path, mode) for mode in range(modes)), key=lambda samples: float(np.mean(samples)))
