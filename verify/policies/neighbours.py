"""Stage: policies. Input: an advised setting, settings beside it. Output: whether simulation decays slower there.

The mean paths of the workers themselves (rung R0) are simulated at the advised setting and beside it, without gradient
noise and with common random numbers; their decay rates are fitted without the theory that gave the advice.

The advice is one of rung R3, the limit of many workers at the same a theta. At critical damping two roots are one,
which M workers split by O(M^(-1/2)): there R3 and few workers disagree about which of two settings is faster, and both
are right. So the claim of R3 is judged by what is left of the gap g(M) = g + c M^(-1/2) when the same workers are
simulated once more, four times as many at a quarter of the learning rate: g = 2 g(4 M) - g(M). Of a gap c/M, as away
from double roots, that leaves -c/(2 M). The order is declared here, before any path is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import sympy as sp

from derive.studies.records import Study, Workers
from numeric.simulation.decay import decay_samples, simulate_mean_path
from numeric.simulation.measured import estimate
from numeric.values import Estimate
from verify.policies.settings import OpenSetting
from verify.sampling.simulating import system_of
from verify.statistics.confidence import confidence_interval

Outcome = Literal["pass", "refuted", "inconclusive"]
_POINTS = 241  # of the path
_MORE = 4  # times as many workers halve a gap of O(M^(-1/2))


@dataclass(frozen=True)
class Neighbour:
    """A setting beside the advised one: by how much (1/s) the advised one decays faster, and the verdicts.

    ``gain`` and ``outcome`` are those of the study's own workers (R0), ``gain_of_many`` and ``outcome_of_many`` of the
    limit of many (R3), which the advice claims; None where the setting was not followed there. "pass": the advised one
    decays faster, at the declared level; "refuted": it decays slower.
    """

    value: sp.Rational
    gain: Estimate
    outcome: Outcome
    gain_of_many: Estimate | None = None
    outcome_of_many: Outcome | None = None


def judge_neighbours(
    setting: OpenSetting,
    advised: sp.Rational,
    values: Sequence[sp.Rational],
    false_alarm_rate: float = 1e-3,
    *,
    replicas: int = 4096,
    cycles: float = 12.0,
    of_many: bool = False,
) -> tuple[Neighbour, ...]:
    """Whether the simulated slowest mode decays faster at ``advised`` than at each of ``values``.

    ``replicas`` >= 128; ``cycles``: how many mean cycles the paths last; ``of_many``: judge the limit of many workers,
    too, for the learning rate of plain workers. Kind: estimates; a verdict is wrong with probability at most
    ``false_alarm_rate`` over the number of verdicts. Raises ``ValueError`` where a path is too short, or for a limit
    of many workers that no other setting has.
    """
    if of_many and (
        setting.name != "learning_rate" or setting.study.scheme is None or not setting.study.scheme.is_plain
    ):
        raise ValueError(f"of_many of {setting.name}: allowed: the learning rate of plain asynchronous workers")
    level = false_alarm_rate / (len(values) * (1 + of_many))
    rates: Callable[[Study], tuple[float, ...]] = lambda study: simulated_rates(study, replicas, cycles)  # noqa: E731
    ours = rates(setting.at(advised))
    ours_of_many = rates(_of_many(setting, advised)) if of_many else ()
    judged = []
    for value in values:
        gains = _apart(ours, rates(setting.at(value)))
        one = Neighbour(value, estimate(gains), outcome_of(gains, level))
        if of_many:
            far = _apart(ours_of_many, rates(_of_many(setting, value)))
            limit = [2 * many - few for many, few in zip(far, gains, strict=True)]
            one = replace(one, gain_of_many=estimate(limit), outcome_of_many=outcome_of(limit, level))
        judged.append(one)
    return tuple(judged)


def outcome_of(gains: Sequence[float], level: float) -> Outcome:
    """Whether the mean of independent gains is proven positive or negative, wrong with probability ``level``.

    Example: ``outcome_of([1.0, 1.1, 0.9, 1.05] * 8, 1e-3) == "pass"``.
    """
    interval = confidence_interval(gains, level)
    return "pass" if interval.low > 0 else "refuted" if interval.high < 0 else "inconclusive"


def _apart(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [one - other for one, other in zip(ours, theirs, strict=True)]


def _of_many(setting: OpenSetting, value: sp.Rational) -> Study:
    """The same a theta from ``_MORE`` times the workers at that part of the learning rate, on other random numbers."""
    study = setting.at(value / _MORE)
    assert study.workers is not None
    (alike,) = study.workers.classes
    run = replace(study.run, seed=study.run.seed + 1)
    return replace(study.with_workers(Workers((replace(alike, count=_MORE * alike.count),))), run=run)


def simulated_rates(study: Study, replicas: int, cycles: float) -> tuple[float, ...]:
    """The decay rate's pseudo-values (1/s) of the slowest mode, one per batch of ``replicas``, over ``cycles`` cycles.

    Gradient noise is left out, but where a trigger measures gradients by it: then modes begin half a noise away.
    """
    assert study.objective is not None
    assert study.workers is not None
    modes = len(study.objective.curvature)
    quiet, starts = replace(study.objective, gradient_noise=(sp.S.Zero,) * modes), (sp.S.One,) * modes
    if study.scheme is not None and study.scheme.event_trigger != 0:
        quiet, pairs = study.objective, zip(study.objective.gradient_noise, study.objective.curvature, strict=True)
        starts = tuple(noise / curvature / 2 for noise, curvature in pairs)
    run = replace(study.run, initial=starts)
    times = np.linspace(0, cycles * float(study.workers.cycle_law.mean), _POINTS)
    system = system_of(replace(study, objective=quiet, run=run))
    path = simulate_mean_path(system, seed=study.run.seed, replicas=replicas, times=times)
    return min((decay_samples(path, mode) for mode in range(modes)), key=lambda samples: float(np.mean(samples)))
