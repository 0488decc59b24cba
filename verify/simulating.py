"""Stage: simulation of a study. Input: a study of workers. Output: what the event loop measured.

This is where exact numbers become the doubles that the event loop computes with.
"""

from __future__ import annotations

from typing import Any

from derive.study_records import NoCycleLawError, Study
from derive.study_schema import StudyError
from numeric.event_loop import System
from numeric.simulation import Simulation, simulate
from verify.progress import Progress, Silence


def system_of(study: Study) -> System:
    """The system (rung R0) that the study describes, its exact numbers rounded to doubles.

    Raises ``ValueError`` for a study of an equation, which has no workers to simulate, and ``StudyError`` for a part
    of a study that the event loop does not know.
    """
    if study.workers is None or study.optimizer is None or study.objective is None:
        raise ValueError(f"{study.name} has no workers to simulate")
    return System(
        workers=study.workers.count,
        learning_rate=float(study.optimizer.learning_rate),
        curvature=tuple(map(float, study.objective.curvature)),
        gradient_noise=tuple(map(float, study.objective.gradient_noise)),
        start=study.run.start,
        initial=tuple(map(float, study.run.initial)),
        **scheme_fields(study),
    )


def scheme_fields(study: Study) -> dict[str, Any]:
    """What the study says of workers, rule, modifiers and momentum, as fields of ``System``.

    Raises ``StudyError`` where it says what the event loop does not know.
    """
    assert study.workers is not None
    assert study.scheme is not None
    assert study.optimizer is not None
    unknown: list[tuple[str, Any]] = []
    if study.scheme.rule != "asynchronous":
        unknown.append(("scheme.rule", study.scheme.rule))
    unknown += [(f"scheme.{name}", getattr(study.scheme, name)) for name in study.scheme.active]
    if study.optimizer.momentum != 0:
        unknown.append(("optimizer.momentum", study.optimizer.momentum))
    for key, value in unknown:
        raise StudyError(study.path, key, study.written.get(key, value), "not available yet", "leave it out")
    try:
        return {"draw": study.workers.cycle_law.draw}
    except NoCycleLawError as problem:
        raise StudyError(
            study.path, problem.key, problem.value, "not available yet", "workers that are alike"
        ) from None


def simulate_study(study: Study, label: str = "", progress: Progress | None = None) -> Simulation:
    """Simulate the study as its [run] says (kind: estimates over replicas); ``label`` names the case in the progress.

    Raises ``ValueError`` for a study of an equation, or with fewer than 2 replicas.
    """
    system, run = system_of(study), study.run
    title = " ".join(("simulating", study.name, label)).rstrip()
    with (progress or Silence()).task(title, run.replicas) as advance:
        return simulate(
            system,
            seed=run.seed,
            replicas=run.replicas,
            updates=run.updates,
            burn_in=run.burn_in,
            progress=lambda done, total: advance(1),
        )
