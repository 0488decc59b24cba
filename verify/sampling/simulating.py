"""Stage: simulation of a study. Input: a study of workers. Output: what the event loop measured.

This is where exact numbers become the doubles that the event loop computes with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields, replace
from typing import Any

import sympy as sp

from derive.draws import DrawRecipe
from derive.exact import exact
from derive.scheme import RANGES, Allowed, keys
from derive.studies.models import refusal
from derive.studies.records import Case, NoCycleLawError, Study, Workers
from derive.studies.schema import StudyError
from derive.studies.text import study_toml
from numeric.event_loop.looks import Looks
from numeric.event_loop.system import Correlation, System, WorkerClass
from numeric.running.resuming import Labels, Running
from numeric.simulation.precision import simulate_to_precision
from numeric.simulation.tasks import Simulation, Task, simulate_all
from verify.commands.progress import Progress, Silence
from verify.predicting.linearised import regression_of

KNOWN = frozenset(item.name for item in fields(System))  # what the event loop can be told
BELOW_ONE = Allowed("number in [0, 1)", sp.Interval.Ropen(0, 1))


def system_of(study: Study) -> System:
    """The system (rung R0) that the study describes, its exact numbers rounded to doubles.

    Raises ``ValueError`` for a study of an equation, which has no workers to simulate, and ``StudyError`` for what the
    event loop does not know.
    """
    if study.workers is None or study.optimizer is None or study.objective is None:
        raise ValueError(f"{study.name} has no workers to simulate")
    draw, classes = _cycles(study.workers)
    return System(
        workers=study.workers.count,
        draw=draw,
        classes=classes,
        correlation=_correlation(study),
        learning_rate=float(study.optimizer.learning_rate),
        start=study.run.start,
        **_objective(study),
        **_known_fields(study),
    )


def _objective(study: Study) -> dict[str, Any]:
    """Curvatures and noise, or the regression in the coordinates of its modes; with where every mode starts."""
    objective, initial = study.objective, tuple(map(float, study.run.initial))
    assert objective is not None
    if objective.data is None:
        curvature, noise = (tuple(map(float, one)) for one in (objective.curvature, objective.gradient_noise))
        return {"curvature": curvature, "gradient_noise": noise, "initial": initial}
    if (trigger := getattr(study.scheme, "event_trigger", 0)) != 0:
        raise refusal(
            study, "scheme.event_trigger", trigger, "a regression has no noise to measure it by", "leave it out"
        )
    found, _ = regression_of(study)
    return {"curvature": (), "gradient_noise": (), "initial": initial * found.modes, "objective": found}


def _cycles(workers: Workers) -> tuple[DrawRecipe, tuple[WorkerClass, ...]]:
    """The draw of every worker's cycle, or else of the first class's computation and the classes."""
    try:
        return workers.cycle_law.draw, ()
    except NoCycleLawError:
        links = [
            [None if link is None else link.draw for link in (one.uplink, one.downlink)] for one in workers.classes
        ]
        draws = [one.compute.draw for one in workers.classes]
        counts = [one.count for one in workers.classes]
        replays = [one.replay for one in workers.classes]
        return draws[0], tuple(map(WorkerClass, counts, draws, *zip(*links, strict=True), replays))


def _correlation(study: Study) -> Correlation | None:
    """How compute times depend on each other; None where they do not."""
    assert study.workers is not None
    if (given := study.workers.correlation) is None or given.cycles == given.common == 0:
        return None
    names = ("cycles", "common")
    below_one = (_rounded(study, f"workers.correlation.{name}", getattr(given, name), BELOW_ONE) for name in names)
    return Correlation(*map(float, below_one))


def _known_fields(study: Study) -> dict[str, Any]:
    values = scheme_fields(study)
    for name, value in values.items():
        if name not in KNOWN:
            raise _not_yet(study, f"optimizer.{name}" if name == "momentum" else f"scheme.{name}", value)
    return values


def _not_yet(study: Study, key: str, value: Any) -> StudyError:
    return refusal(study, key, value, "not available yet in simulation", "leave it out")


def scheme_fields(study: Study) -> dict[str, Any]:
    """Rule, batch, modifiers in force and momentum as keyword arguments of ``System``; empty for a plain study.

    Whole numbers become integers, the others doubles. Raises ``StudyError`` where a double falls out of the range.
    """
    scheme, optimizer = study.scheme, study.optimizer
    assert scheme is not None
    assert optimizer is not None
    required = tuple(name for name, item in keys(type(scheme)).items() if item.default is MISSING)
    found: dict[str, Any] = {} if scheme.rule == "asynchronous" else {"rule": scheme.rule}
    for name in (*required, *scheme.active):
        found[name] = _rounded(study, f"scheme.{name}", getattr(scheme, name), RANGES[name])
    if optimizer.momentum != 0:
        found["momentum"] = _rounded(study, "optimizer.momentum", optimizer.momentum, BELOW_ONE)
    return found


def _rounded(study: Study, key: str, value: Any, allowed: Allowed) -> str | int | float:
    if allowed.choices:
        return str(value)
    if allowed.whole:
        return int(value)
    rounded = float(value)
    if not allowed.holds(exact(rounded)):
        raise refusal(study, key, value, f"{rounded} as a double", allowed.words)
    return rounded


def mode_system(study: Study, mode: int) -> System:
    """The system of the study with one of its modes alone, at rest at the optimum."""
    whole = system_of(study)
    curvature, noise = whole.curvature[mode : mode + 1], whole.gradient_noise[mode : mode + 1]
    return replace(whole, curvature=curvature, gradient_noise=noise, initial=(0.0,))


def simulate_study(
    study: Study, label: str = "", progress: Progress | None = None, running: Running | None = None
) -> Simulation:
    """Simulate the study as its [run] says (kind: estimates over replicas); ``label`` names the case in the progress.

    ``running``: where replicas run and are kept. Raises ``ValueError`` for a study of an equation, or with fewer than
    2 replicas.
    """
    (run,) = simulate_cases([Case(label, study)], running, progress)
    return run


def simulate_cases(
    cases: Sequence[Case],
    running: Running | None = None,
    progress: Progress | None = None,
    looks: Looks | None = None,
) -> tuple[Simulation, ...]:
    """Simulate the cases of a study side by side (kind: estimates over replicas), as one job that can be resumed.

    Cases share their seeds, so that they see common random numbers; ``looks``: what is measured beside the averages.
    Raises as ``simulate_study``.
    """
    tasks = [replace(task_of(case.study), looks=looks or Looks()) for case in cases]
    first = cases[0]
    title = " ".join(("simulating", first.study.name, first.label if len(cases) == 1 else "")).rstrip()
    with (progress or Silence()).task(title, sum(task.replicas for task in tasks)) as advance:
        runs = simulate_all(tasks, running, [labels_of(case) for case in cases], advance)
    return tuple(
        run
        if (wanted := case.study.run.precision) is None
        else simulate_to_precision(task, float(wanted), run, running, labels_of(case))
        for case, task, run in zip(cases, tasks, runs, strict=True)
    )


def task_of(study: Study) -> Task:
    """The simulation that the study asks for, or its first look where it asks for a precision."""
    run = study.run
    return Task(system_of(study), run.seed, run.replicas, run.updates, run.burn_in)


def labels_of(case: Case) -> Labels:
    """What the store says of a case's runs: the study's name, its TOML, the case."""
    return Labels(case.study.name, study_toml(case.study), case.label)
