"""Stage: the report. Input: a study file. Output: everything a report tells: predictions, simulations, verdicts.

    study -> predictions -> planned checks -> simulation -> verdicts -> findings, figures -> Report

The checks are planned, and their error rates fixed, before the first sample is drawn.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import sympy as sp

from derive.laws import Constant
from derive.study_records import Case, StudyFile
from numeric.decay import MeanPath, simulate_mean_path
from numeric.event_loop import System
from numeric.simulation import Simulation, estimate
from numeric.values import Exact
from verify.deriving import derivations, modes_of, step_checks, told_case
from verify.divergence import diverges_where_predicted
from verify.findings import findings
from verify.gates import ErrorBudget
from verify.pictures import Observed, figures
from verify.predictions import ModePredictions
from verify.progress import Progress
from verify.proofs import agreements, identities
from verify.report import Case as ToldCase
from verify.report import Report
from verify.sampling_checks import PlannedCheck, observed_samples, plan
from verify.simulating import simulate_study, system_of
from verify.study_text import written_study
from verify.telling.record import STEP_CHECKS
from verify.verdict import Verdict

FALSE_ALARM_RATE = 1e-3
PATH_REPLICAS = 16_384
PATH_POINTS = 320
PATH_CYCLES = 16  # the mean path is watched for that many mean cycles, and longer while it has not decayed
DECAYED = 0.02


@dataclass(frozen=True)
class PlannedCase:
    """One case with its predictions and the checks planned for it."""

    case: Case
    modes: tuple[ModePredictions, ...]
    checks: tuple[PlannedCheck, ...]

    @property
    def has_limit_check(self) -> bool:
        """Whether divergence is simulated around the predicted limit: constant cycles, where R0 has it exactly."""
        return isinstance(self.modes[0].model.law, Constant) and self.modes[0].mean_is_stable

    @property
    def statistical_checks(self) -> int:
        """How many verdicts of this case rest on samples."""
        unstable = any(not mode.mean_is_stable for mode in self.modes)
        return len(self.checks) + int(self.has_limit_check) + int(unstable)


def report_study(study_file: StudyFile, progress: Progress) -> Report:
    """Derive, compute, simulate and judge a study (kind of each number: as it says of itself)."""
    planned = tuple(_planned(case) for case in study_file.cases)
    modes = tuple(mode for one in planned for mode in one.modes)
    chosen = derivations(modes)
    budget = ErrorBudget(FALSE_ALARM_RATE, max(1, sum(one.statistical_checks for one in planned)))
    verdicts = _proofs(study_file.name, planned, progress)
    told, observed = [], []
    for one in planned:
        case, seen, judged = _judged(one, budget.level(), progress)
        told.append(case)
        observed.append(seen)
        verdicts.extend(judged)
    budget.settle(verdicts)
    return Report(
        name=study_file.name,
        title=study_file.title or study_file.name,
        question=study_file.question,
        study=written_study(study_file),
        cases=tuple(told),
        verdicts=tuple(verdicts),
        findings=findings(tuple(observed)),
        figures=figures(tuple(observed)),
        derivations=chosen,
        false_alarm_rate=FALSE_ALARM_RATE,
        provenance=_provenance(study_file, observed) | {STEP_CHECKS: step_checks(chosen)},
    )


def _planned(case: Case) -> PlannedCase:
    modes = modes_of(case)
    return PlannedCase(case, modes, tuple(check for mode in modes for check in plan(mode)))


def _proofs(name: str, planned: tuple[PlannedCase, ...], progress: Progress) -> list[Verdict]:
    claims = list(dict.fromkeys(claim.id for one in planned for claim in one.modes[0].model.claims))
    verdicts = []
    with progress.task(f"proving {name}", len(claims) + len(planned)) as advance:
        for verdict in identities(claims):
            verdicts.append(verdict)
            advance(1)
        for one in planned:
            verdicts.extend(agreements(one.modes[0], one.case.label))
            advance(1)
    return verdicts


def _judged(one: PlannedCase, level: float, progress: Progress) -> tuple[ToldCase, Observed, list[Verdict]]:
    """Simulate a case and hold every planned check against it."""
    label, study = one.case.label, one.case.study
    run = simulate_study(study, label, progress)
    system = system_of(study)
    wants_path = any(check.prediction.quantity == "decay_rate" for check in one.checks)
    path = _mean_path(system, one.modes[0], study.run.seed) if wants_path else None
    verdicts, rate = [], None
    for check in one.checks:
        if run.unstable and check.prediction.quantity == "stationary_variance":
            verdicts.append(_diverged_against_prediction(check, label, run))
            continue
        samples = observed_samples(check, run, path)
        verdicts.append(check.judge(label, samples, level))
        if check.prediction.quantity == "decay_rate" and check.mode == 0:
            rate = estimate(samples)
    verdicts.extend(_divergence(one, system, run))
    measured = tuple((entry.quantity, entry.rung, entry.value) for entry in run.quantities)
    case = told_case(label, one.modes)
    if rate is not None:
        measured = (*measured, ("decay_rate", "R0", rate))
    told = replace(case, quantities=(*case.quantities, *measured))
    return told, Observed(label, one.modes[0], run, rate), verdicts


def _mean_path(system: System, mode: ModePredictions, seed: int) -> MeanPath:
    """The mean of noise-free runs from 1, watched until it has decayed (the horizon uses no prediction)."""
    quiet = replace(system, gradient_noise=(0.0,) * len(system.curvature), initial=(1.0,) * len(system.curvature))
    horizon = PATH_CYCLES * float(mode.model.law.mean)
    for _ in range(8):
        pilot = simulate_mean_path(quiet, seed=seed, replicas=64, times=np.linspace(0, horizon, 33))
        if np.abs(pilot.mean[:, -6:]).max() < DECAYED:
            break
        horizon *= 2
    times = np.linspace(0, horizon, PATH_POINTS + 1)
    return simulate_mean_path(quiet, seed=seed, replicas=PATH_REPLICAS, times=times)


def _divergence(one: PlannedCase, system: System, run: Simulation) -> Iterator[Verdict]:
    """Claim C: at the predicted limit where it is exact, and at the study's own setting where it is unstable."""
    label, seed = one.case.label, one.case.study.run.seed
    if one.has_limit_check:
        yield diverges_where_predicted(one.modes[0], system, label, seed)
    if any(not mode.mean_is_stable for mode in one.modes):
        yield _unstable_as_predicted(one, run)


def _unstable_as_predicted(one: PlannedCase, run: Simulation) -> Verdict:
    mode = next(mode for mode in one.modes if not mode.mean_is_stable)
    decided = mode.spectrum.certified
    outcome = "pass" if run.unstable else "refuted"
    return Verdict(
        "delay.characteristic-function.any-law",
        one.case.label,
        "the mean is unstable, and the simulation diverges",
        "at least",
        Exact(sp.Integer(1)),
        Exact(sp.Integer(len(run.diverged_at))),
        "Monte Carlo",
        outcome if decided else "unproven",  # type: ignore[arg-type]
        None,
        "failed as it must: started at the optimum without noise, no run leaves it",
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
        f"{len(run.diverged_at)} replicas diverged; a finite variance was predicted",
    )


def _provenance(study_file: StudyFile, observed: list[Observed]) -> dict[str, Any]:
    packages = ("sympy", "mpmath", "numpy", "scipy", "python-flint", "numba", "matplotlib")
    return {
        "staleproof": version("staleproof"),
        "packages": {name: version(name) for name in packages},
        "simulation": {seen.label or study_file.name: seen.run.provenance for seen in observed},
        "machine": {"python": platform.python_version(), "system": platform.system(), "processor": platform.machine()},
    }
