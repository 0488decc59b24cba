"""Stage: planning. Input: predictions of a mode. Output: every statistical check that the ledger names for it."""

from __future__ import annotations

from verify.ledger.evidence import planners, speaks
from verify.predicting.predictions import ModePredictions
from verify.sampling.planned import PlannedCheck


def plan(mode: ModePredictions) -> tuple[PlannedCheck, ...]:
    """The checks of one mode, planned before any sample is drawn.

    What speaks of the arrivals is planned with mode 0 alone; of an unstable mode only what needs no stationary state.
    """
    return tuple(check for planner in planners() if speaks(planner, mode) for check in planner(mode))
