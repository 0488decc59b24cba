"""Stage: judging a case. Input: a study's case. Output: the checks planned for it, and their verdicts on a simulation.

Planning comes first and sees no sample; the number of statistical checks planned fixes the level of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from derive.studies.models import why_simulation_only
from derive.studies.records import Case
from numeric.event_loop.compiled import System
from numeric.running.resuming import Running
from numeric.simulation.decay import MeanPath, simulate_mean_path
from numeric.simulation.tasks import Simulation, at_rest, estimate, simulate
from numeric.values import Estimate, Exact
from verify.commands.progress import Progress
from verify.forms.deriving import modes_of
from verify.predicting.predictions import ModePredictions
from verify.predicting.regression_case import RegressionCase
from verify.sampling.divergence import diverges_where_predicted
from verify.sampling.planned import PlannedCheck, Samples, observed_samples
from verify.sampling.planning import plan
from verify.sampling.regression_checks import excess_risk_samples, regression_checks
from verify.sampling.simulating import labels_of, simulate_study, system_of
from verify.sampling.unmodelled import Unmodelled, judge_unmodelled, plan_unmodelled
from verify.statistics.replicas import refuse_repeats
from verify.verdict import Outcome, Verdict

PATH_REPLICAS = 16_384
PATH_POINTS = 320
PATH_CYCLES = 16  # the mean path is watched for that many mean cycles, and longer while it has not decayed
DECAYED = 0.02
START_SHARE = 0.2  # of a mean cycle, over which the initial slope is read off
START_FACTOR = 8  # replicas of the start for each of the whole path: its noise is larger and its cost smaller


@dataclass(frozen=True)
class PlannedCase:
    """One case with its predictions and the checks planned for it."""

    case: Case
    modes: tuple[ModePredictions, ...]
    checks: tuple[PlannedCheck, ...]
    unmodelled: Unmodelled | None = None  # what is judged where there is no model; then there are no modes
    regression: RegressionCase | None = None  # on data, of which the theory knows the optimum alone

    @property
    def has_limit_check(self) -> bool:
        """Whether divergence is simulated around the predicted limit: constant cycles, where R0 has it exactly."""
        if not self.modes or self.regression is not None:
            return False
        return self.modes[0].is_fixed_staleness and self.modes[0].mean_is_stable

    @property
    def statistical_checks(self) -> int:
        """How many verdicts of this case rest on samples."""
        if self.unmodelled is not None:
            return self.unmodelled.checks
        unstable = any(mode.mean_is_unstable for mode in self.modes)
        return len(self.checks) + int(self.has_limit_check) + int(unstable)


@dataclass(frozen=True)
class JudgedCase:
    """What became of a planned case: its simulation, the fitted decay rate of its first mode, the verdicts."""

    run: Simulation
    decay_rate: Estimate | None
    verdicts: tuple[Verdict, ...]
    excess_risk: Estimate | None = None


def plan_case(case: Case) -> PlannedCase:
    """Predict every mode of a case and plan its checks, or without a model what must hold all the same.

    Raises ``StudyError`` for a study of an equation.
    """
    reason = why_simulation_only(case.study)
    if reason:
        return PlannedCase(case, (), (), plan_unmodelled(case.study, reason))
    if case.study.objective is not None and case.study.objective.data is not None:
        regression = RegressionCase.of(case.study)
        return PlannedCase(case, regression.modes, regression_checks(regression), regression=regression)
    modes = modes_of(case)
    return PlannedCase(case, modes, tuple(check for mode in modes for check in plan(mode)))


def judge_case(
    one: PlannedCase,
    level: float,
    progress: Progress | None = None,
    path_replicas: int = PATH_REPLICAS,
    running: Running | None = None,
) -> JudgedCase:
    """Simulate a case and hold every planned check against it, each at the false-alarm rate ``level``.

    The decay rate is fitted to the mean of ``path_replicas`` >= 64 noise-free runs. A case that diverges although its
    mean was predicted to be stable is refuted, whatever was predicted of its modes. ``running``: where replicas run and
    are kept. Raises ``RepeatedReplicaError``
    where replicas are not independent.
    """
    label, study = one.case.label, one.case.study
    run = simulate_study(study, label, progress, running)
    refuse_repeats(run)
    if one.unmodelled is not None:
        return JudgedCase(run, None, judge_unmodelled(one.unmodelled, study, label, run, level, running))
    system = system_of(study)
    seen = _samples(one, run, system, path_replicas, running)
    verdicts, rate, risk = [], None, None
    for check in one.checks:
        if run.unstable and check.prediction.quantity in ("stationary_variance", "decay_rate"):
            verdicts.append(_diverged_against_prediction(check, label, run))
            continue
        samples = observed_samples(check, seen)
        verdicts.append(check.judge(label, samples, level))
        if check.prediction.quantity == "decay_rate" and check.mode == 0:
            rate = estimate(samples)
        if check.prediction.quantity == "excess_risk":
            risk = estimate(samples)
    if one.regression is not None and risk is None and not run.unstable:
        risk = estimate(excess_risk_samples(study))
    verdicts.extend(_divergence(one, system, run))
    return JudgedCase(run, rate, tuple(verdicts), risk)


def _samples(one: PlannedCase, run: Simulation, system: System, replicas: int, running: Running | None) -> Samples:
    """The stationary runs with the mean paths that the planned checks look at."""
    wanted = {check.prediction.quantity for check in one.checks if check.sampler is None}
    cycle, seed = float(one.modes[0].model.law.mean), one.case.study.run.seed
    quiet = replace(system, gradient_noise=(0.0,) * len(system.curvature), initial=(1.0,) * len(system.curvature))
    kept: dict[str, Any] = {"running": running, "labels": labels_of(one.case)}
    path, start = None, None
    if "decay_rate" in wanted and not run.unstable:
        path = _mean_path(quiet, cycle, seed, replicas, kept)
    if "damping_coefficient" in wanted:
        replicas = START_FACTOR * replicas
        start = simulate_mean_path(quiet, seed=seed, replicas=replicas, times=[START_SHARE * cycle], **kept)
    return Samples(run, path, start)


def _mean_path(quiet: System, cycle: float, seed: int, replicas: int, kept: dict[str, Any]) -> MeanPath:
    """The mean of noise-free runs from 1, watched until it has decayed (the horizon uses no prediction)."""
    horizon = PATH_CYCLES * cycle
    for _ in range(8):
        pilot = simulate_mean_path(quiet, seed=seed, replicas=64, times=np.linspace(0, horizon, 33), **kept)
        if np.abs(pilot.mean[:, -6:]).max() < DECAYED:
            break
        horizon *= 2
    times = np.linspace(0, horizon, PATH_POINTS + 1)
    return simulate_mean_path(quiet, seed=seed, replicas=replicas, times=times, **kept)


def _divergence(one: PlannedCase, system: System, run: Simulation) -> Iterator[Verdict]:
    """Claim C: at the predicted limit where it is exact, and at the study's own setting where it is unstable."""
    label, seed = one.case.label, one.case.study.run.seed
    if one.has_limit_check:
        yield diverges_where_predicted(one.modes[0], system, label, seed)
    if any(mode.mean_is_unstable for mode in one.modes):
        yield _unstable_as_predicted(one, system, run)
    for mode in one.modes:
        if mode.undecided is not None:
            yield _unproven(one, mode.undecided)


def _unproven(one: PlannedCase, reason: str) -> Verdict:
    """No proof of stability or instability could be had: nothing that rests on it was judged."""
    return Verdict(
        one.modes[0].model.characteristic_claim,
        one.case.label,
        "the sign of the rightmost root is proven",
        "equal",
        Exact(sp.Integer(1)),
        Exact(sp.Integer(0)),
        "certified agreement",
        "unproven",
        None,
        "not applicable",
        reason,
    )


def _unstable_as_predicted(one: PlannedCase, system: System, run: Simulation) -> Verdict:
    """The simulation must diverge where instability is predicted exactly; near a limit of many workers it may not.

    The negative control is the same system at rest at the optimum, without noise: it must not diverge, or nothing
    passes. What would have been noticed is a prediction that no run bears out: one run of the one asked for.
    """
    rest = at_rest(system)
    control = simulate(rest, seed=one.case.study.run.seed, replicas=2, updates=one.case.study.run.updates, burn_in=0)
    kept = "NOT REFUSED" if control.unstable else "failed as it must"
    exact = one.modes[0].is_fixed_staleness or one.modes[0].is_recursion
    outcome: Outcome = "refuted" if exact else "inconclusive"
    if run.unstable:
        outcome = "inconclusive" if control.unstable else "pass"
    note = "" if exact else "unstable on rung R3, a limit of many workers; these few did not diverge"
    if run.unstable:
        note = "runs diverge or do not: a wrong sign of the rate is noticed here, a wrong size of it is not"
    return Verdict(
        one.modes[0].model.characteristic_claim,
        one.case.label,
        "the mean is unstable, and the simulation diverges",
        "at least",
        Exact(sp.Integer(1)),
        Exact(sp.Integer(len(run.diverged_at))),
        "Monte Carlo",
        outcome,
        1.0,
        f"{kept}: at the optimum without noise {len(control.diverged_at)} of 2 runs diverge",
        note,
    )


def _diverged_against_prediction(check: PlannedCheck, label: str, run: Simulation) -> Verdict:
    """A variance was predicted, but replicas diverged: the prediction is refuted."""
    return Verdict(
        check.prediction.claim,
        label,
        check.statement,
        "equal",
        check.prediction.value,
        Exact(sp.Integer(len(run.diverged_at))),
        "Monte Carlo",
        "refuted",
        None,
        "not applicable",
        f"{len(run.diverged_at)} replicas diverged; a stable mode was predicted",
    )
