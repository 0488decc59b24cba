"""Stage: the report. Input: a study file. Output: everything a report tells: predictions, simulations, verdicts.

    study -> predictions -> planned checks -> simulation -> verdicts -> findings, figures -> Report

The checks of all studies of a run are planned, and their error rates fixed, before the first sample is drawn.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from derive.studies.records import StudyFile
from numeric.running.resuming import Running
from numeric.simulation.tasks import Simulation
from verify.commands.progress import Progress
from verify.drawing.system import system_drawing
from verify.findings import findings, without_model
from verify.forms.deriving import derivations, model_lines, steps_proven, told_case, told_without_model
from verify.paper_findings import paper_claims
from verify.pictures import Observed, drawn
from verify.predicting.chart_figures import chart_figures, why_no_chart
from verify.regression_findings import regression_findings
from verify.report import Case as ToldCase
from verify.report import Figure, Report
from verify.sampling.judging import JudgedCase, PlannedCase, judge_case, plan_case
from verify.second_routes.ahead import Prove, identity
from verify.second_routes.running import agreements, identities
from verify.statistics.gates import ErrorBudget
from verify.study_text import written_study
from verify.verdict import Verdict

FALSE_ALARM_RATE = 1e-3


@dataclass(frozen=True)
class PlannedStudy:
    """One study with its checks planned."""

    file: StudyFile
    cases: tuple[PlannedCase, ...]

    @property
    def statistical_checks(self) -> int:
        """How many verdicts of this study rest on samples."""
        return sum(case.statistical_checks for case in self.cases)


def plan_study(study_file: StudyFile) -> PlannedStudy:
    """Predict every case of a study and plan its checks; no sample is drawn."""
    return PlannedStudy(study_file, tuple(plan_case(case) for case in study_file.cases))


def budget_of(planned: Iterable[PlannedStudy]) -> ErrorBudget:
    """One false-alarm rate for the whole run, however many studies it judges."""
    return ErrorBudget(FALSE_ALARM_RATE, max(1, sum(one.statistical_checks for one in planned)))


def report_study(study_file: StudyFile, progress: Progress) -> Report:
    """Derive, compute, simulate and judge one study (kind of each number: as it says of itself)."""
    planned = plan_study(study_file)
    return report_planned(planned, budget_of([planned]), progress)


def report_planned(
    study: PlannedStudy,
    budget: ErrorBudget,
    progress: Progress,
    running: Running | None = None,
    prove: Prove = identity,
) -> Report:
    """Simulate, judge and tell a planned study, each check at its share of the run's error ``budget``.

    ``running``: where replicas run and are kept (None: threads, nowhere). ``prove``: what proves a claim by algebra.
    """
    study_file, planned = study.file, study.cases
    modes = tuple(mode for one in planned for mode in one.modes)
    chosen = derivations(modes)
    verdicts = _proofs(study, progress, prove)
    judged = [judge_case(one, budget.level(), progress, running=running) for one in planned]
    verdicts.extend(verdict for one in judged for verdict in one.verdicts)
    budget_of([study]).settle(verdicts)
    told = tuple(_told(one, found) for one, found in zip(planned, judged, strict=True))
    observed = _observed(planned, judged)
    pictures, refused = drawn(observed)
    training, charts = _training(pictures), chart_figures(study_file.cases)
    return Report(
        name=study_file.name,
        title=study_file.title or study_file.name,
        question=study_file.question,
        study=written_study(study_file),
        cases=told,
        verdicts=tuple(verdicts),
        findings=(*without_model(told), *_on_data(planned, judged), *findings(observed, training)),
        figures=(*pictures, *charts),
        derivations=chosen,
        false_alarm_rate=budget.false_alarm_rate,
        provenance=_provenance(_runs(study, judged)) | steps_proven(chosen),
        model=model_lines(modes),
        checks_in_run=budget.checks,
        not_drawn=(*refused, *why_no_chart(study_file.cases, drawn=len(charts))),
        system=system_drawing(study_file),
        paper_claims=paper_claims(study_file.paper_claims, observed, verdicts, training),
    )


def _runs(study: PlannedStudy, judged: Sequence[JudgedCase]) -> dict[str, Simulation]:
    """What was simulated of each case, by its label; of a study without a sweep, by its name."""
    return {one.case.label or study.file.name: found.run for one, found in zip(study.cases, judged, strict=True)}


def _observed(planned: Sequence[PlannedCase], judged: Sequence[JudgedCase]) -> tuple[Observed, ...]:
    """The first mode of every case that has a model, beside its run."""
    pairs = zip(planned, judged, strict=True)
    return tuple(
        Observed(one.case.label, one.modes[0], found.run, found.decay_rate) for one, found in pairs if one.modes
    )


def _on_data(planned: Sequence[PlannedCase], judged: Sequence[JudgedCase]) -> list[str]:
    """What is found of regressions on data."""
    return [
        sentence
        for one, found in zip(planned, judged, strict=True)
        if one.regression is not None
        for sentence in regression_findings(one.case.label, one.regression, one.checks, found.run, found.excess_risk)
    ]


def _training(pictures: Sequence[Figure]) -> Figure | None:
    return next((figure for figure in pictures if figure.name == "excess-risk"), None)


def _told(one: PlannedCase, judged: JudgedCase) -> ToldCase:
    """The case's predictions with what was measured beside them."""
    case = (
        told_without_model(one.case, one.unmodelled.reason) if one.unmodelled else told_case(one.case.label, one.modes)
    )
    measured = [(entry.quantity, entry.rung, entry.value) for entry in judged.run.quantities]
    if judged.decay_rate is not None:
        measured.append(("decay_rate", "R0", judged.decay_rate))
    if judged.excess_risk is not None:
        measured.append(("excess_risk", "R0", judged.excess_risk))
    return replace(case, quantities=(*case.quantities, *measured))


def claims_of(study: PlannedStudy) -> list[str]:
    """The claims that the first mode of any case is an example of."""
    first = (mode for one in study.cases for mode in one.modes[:1])
    return list(dict.fromkeys(claim.id for mode in first for claim in mode.model.claims))


def _proofs(study: PlannedStudy, progress: Progress, prove: Prove) -> list[Verdict]:
    claims, agreed = claims_of(study), list[Verdict]()
    with progress.task(f"proving {study.file.name}", len(claims) + len(study.cases)) as advance:
        for one in study.cases:
            for mode in one.modes[:1]:
                agreed.extend(agreements(mode, one.case.label))
            advance(1)
        verdicts = list(identities(claims, lambda claim: _advanced(prove(claim), advance)))
    return verdicts + agreed


def _advanced(verdict: Verdict, advance: Callable[[int], None]) -> Verdict:
    advance(1)
    return verdict


def _provenance(runs: Mapping[str, Simulation]) -> dict[str, Any]:
    packages = ("sympy", "mpmath", "numpy", "scipy", "python-flint", "numba", "matplotlib")
    return {
        "staleproof": version("staleproof"),
        "packages": {name: version(name) for name in packages},
        "simulation": {name: run.provenance for name, run in runs.items()},
        "machine": {"python": platform.python_version(), "system": platform.system(), "processor": platform.machine()},
    }
