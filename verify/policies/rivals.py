"""Stage: policies. Input: the advised study, studies that differ in a knob. Output: which simulation likes better.

The workers themselves (rung R0) are simulated with every setting. Decay rates are fitted to mean paths; for times and
risks, gradient noise included, the risk is measured where the advice says that it is reached.

A rival that is better by more than the limit of many workers leaves out refutes the advice. Of risks (R1) that is a
relative 2/M. The fastest setting is one of critical damping, a double root, which M workers split by O(M^(-1/2)): 12
workers with constant cycles at 1/12 decay at .83 where R3 says .99, and 13 of them at 1.00. Of rates on R3 it is a
relative M^(-1/2) therefore, and nothing of rules whose rates are exact for few workers (Rd).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive.studies.records import Study
from numeric.enclosure import Enclosure
from numeric.event_loop.compiled import event_loop, generator
from numeric.simulation.measured import estimate
from numeric.values import Estimate
from verify.policies.goals import Goal, Risk
from verify.policies.neighbours import Outcome, outcome_of, simulated_rates
from verify.sampling.simulating import system_of

_REPLICA = 2**44  # far from those of other measurements
_LATER = 9  # times at which the risk is looked at, the last one twice as late as the first
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rival:
    """One rival: by how much the advised study is better (1/s of decay rates, else risk), and the verdicts.

    ``strict``: "pass" if it is better at all, at the declared level. ``outcome``: "refuted" if the rival is better by
    more than its rung leaves out, "pass" if it is not.
    """

    study: Study
    gain: Estimate
    strict: Outcome
    outcome: Outcome


def judge_rivals(
    advised: Study,
    rivals: Sequence[Study],
    goal: Goal,
    reached: Enclosure,
    false_alarm_rate: float = 1e-3,
    *,
    replicas: int = 4096,
    cycles: float = 12.0,
) -> tuple[Rival, ...]:
    """Whether simulation likes the advised study better than each of its rivals, for a goal.

    ``reached``: what the advice says is reached; ``replicas`` >= 128, an even number; ``cycles``: how many mean cycles
    the paths last that decay rates are fitted to. Kind: estimates; a verdict is wrong with probability at most
    ``false_alarm_rate`` over twice the number of rivals. Raises ``ValueError`` where a path is too short.
    """
    assert advised.workers is not None
    level, room = false_alarm_rate / (2 * len(rivals)), _left_out(goal, advised)
    judged = []
    for rival in rivals:
        if isinstance(goal, Risk):
            ours, theirs = _risks(advised, rival, goal, reached, replicas)
            gains, rest = theirs - ours, (1 + room) * theirs - ours
        else:
            ours, theirs = (np.array(simulated_rates(one, replicas, cycles)) for one in (advised, rival))
            gains, rest = ours - theirs, (1 + room) * ours - theirs
        strict, loose = (outcome_of([float(one) for one in values], level) for values in (gains, rest))
        judged.append(Rival(rival, estimate([float(one) for one in gains]), strict, loose))
    return tuple(judged)


def _left_out(goal: Goal, study: Study) -> float:
    """How much the rung of a prediction leaves out, relative."""
    assert study.workers is not None
    count = study.workers.count
    return {"R1": 2 / count, "R3": float(count) ** -0.5, "Rd": 1e-3}[goal.rung(study)]


def _risks(ours: Study, theirs: Study, goal: Risk, reached: Enclosure, replicas: int) -> tuple[Array, Array]:
    """Both risks where the rival's is largest beside ours: that time is chosen by half of the replicas."""
    first = float(goal.seconds(reached))
    times = np.linspace(first, 2 * first, _LATER)
    one, other = (_paths(study, goal, times, replicas) for study in (ours, theirs))
    half = replicas // 2
    k = int(np.argmax((other[:half] - one[:half]).mean(axis=0)))
    return one[half:, k], other[half:, k]


def _paths(study: Study, goal: Risk, times: Array, replicas: int) -> Array:
    """The risk of all modes together at every time, a row a replica."""
    assert study.objective is not None
    starts = tuple(sp.sympify(one) for one in goal.starts(study))
    system = system_of(replace(study, run=replace(study.run, initial=starts)))
    loop, halves = event_loop(system, "path"), np.array([float(h) / 2 for h in study.objective.curvature])

    def one(replica: int) -> Array:
        path = loop.path(generator(study.run.seed, _REPLICA + replica), times)
        return np.asarray(halves @ path**2)

    with ThreadPoolExecutor() as threads:
        return np.array(list(threads.map(one, range(replicas))))
