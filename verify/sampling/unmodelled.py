"""Stage: studies without a model. Input: such a study and the reason. Output: verdicts on what must hold all the same.

Nothing is predicted of these studies. They are simulated, and judged by invariants that need no theory and by twins,
one system written in two ways. Planning sees no sample.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.studies.records import Study
from numeric.running.resuming import Running
from numeric.simulation.tasks import Simulation
from verify.sampling import twins
from verify.sampling.invariants import Invariant, invariants_of
from verify.sampling.simulating import system_of
from verify.sampling.twins import Twin, judge_twins, twins_of
from verify.verdict import Verdict


@dataclass(frozen=True)
class Unmodelled:
    """Why a study has no linear model, and what it is judged by instead."""

    reason: str
    invariants: tuple[Invariant, ...]
    twins: tuple[Twin, ...]

    @property
    def checks(self) -> int:
        """How many verdicts rest on samples."""
        return len(self.invariants) + len(self.twins)


def plan_unmodelled(study: Study, reason: str) -> Unmodelled:
    """What a study that can only be simulated, for the ``reason``, is judged by; no sample is drawn."""
    return Unmodelled(reason, invariants_of(study), twins_of(system_of(study)))


def judge_unmodelled(
    planned: Unmodelled, study: Study, label: str, run: Simulation, level: float, running: Running | None = None
) -> tuple[Verdict, ...]:
    """Hold a simulation of the study against its invariants, and simulate its twins (kind: statistical verdicts)."""
    held = [one.judge(label, run, level) for one in planned.invariants]
    updates = min(twins.UPDATES, study.run.updates)
    return (*held, *judge_twins(planned.twins, label, study.run.seed, updates, running))
