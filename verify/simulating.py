"""Stage: simulation of a study. Input: a study of workers. Output: what the event loop measured.

This is where exact numbers become the doubles that the event loop computes with.
"""

from __future__ import annotations

from derive.study_records import Study
from numeric.event_loop import System
from numeric.simulation import Simulation, simulate
from verify.progress import Progress, Silence


def system_of(study: Study) -> System:
    """The system (rung R0) that the study describes, its exact numbers rounded to doubles.

    Raises ``ValueError`` for a study of an equation, which has no workers to simulate.
    """
    if study.workers is None or study.optimizer is None or study.objective is None:
        raise ValueError(f"{study.name} has no workers to simulate")
    return System(
        workers=study.workers.count,
        draw=study.workers.compute.draw,
        learning_rate=float(study.optimizer.learning_rate),
        curvature=tuple(map(float, study.objective.curvature)),
        gradient_noise=tuple(map(float, study.objective.gradient_noise)),
        start=study.run.start,
        initial=tuple(map(float, study.run.initial)),
    )


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
