"""Stage: mutants of the event loop. Input: textual slips in its source. Output: which of them the judge notices.

A slip is put into the printed source, which is compiled as ever, from a private folder. The judge then holds small
studies of constant and exponential cycles against the theory; the plain reference holds event lists bit for bit. A
slip that leaves every law as it is, or nearly, can be noticed by the reference alone; it says why.
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest import mock

from derive.studies.records import Case
from numeric.event_loop import compiled as event_loop
from numeric.event_loop.compiled import Replica, System, generator, interpreted
from numeric.event_loop.cycles import print_cycle
from numeric.event_loop.features import Features
from numeric.event_loop.reference import Averages, averages, simulate_events
from numeric.running import jobs
from verify.mutants.loop_slips import LOOP_MUTANTS, LoopMutant
from verify.mutants.planted_claims import LAWS, study_of
from verify.mutants.scheme_scenes import judge_scene, level_of, scenes
from verify.mutants.scheme_slips import SCHEME_SLIPS
from verify.sampling.judging import PlannedCase, judge_case, plan_case
from verify.statistics.gates import ErrorBudget
from verify.statistics.replicas import RepeatedReplicaError

SLIPS = (*LOOP_MUTANTS, *SCHEME_SLIPS)
PATH_REPLICAS = 1024
REFERENCE_UPDATES = 400
REFERENCE_BURN_IN = 100


@dataclass(frozen=True)
class LoopJudged:
    """What noticed a slip: the judge's refuted claims (with law), an invariant, repeats, the reference."""

    mutant: LoopMutant
    refuted: tuple[str, ...]
    invariant: str
    repeated: bool
    reference: bool

    @property
    def noticed(self) -> bool:
        """By the judge or an invariant; an equivalent slip, by the reference."""
        return bool(self.refuted or self.invariant or self.repeated or (self.mutant.equivalent and self.reference))


def judge_loop(mutant: LoopMutant, planned: tuple[PlannedCase, ...] = ()) -> LoopJudged:
    """Hold the judge and the reference against a loop with a slip (kind: verdicts at a declared false-alarm rate).

    ``planned``: the cases to judge; none stands for ``planned_cases()``.
    """
    planned = planned or planned_cases()
    refuted, invariant, repeated = [], "", False
    with planted(mutant):
        for one in planned:
            level = ErrorBudget(checks=sum(case.statistical_checks for case in planned)).level()
            try:
                found = judge_case(one, level, path_replicas=PATH_REPLICAS)
            except RepeatedReplicaError:
                repeated = True
                continue
            except (ArithmeticError, IndexError, ValueError) as error:
                invariant = invariant or f"{type(error).__name__}: {error}"
                continue
            law = one.modes[0].model.law.name
            refuted += [f"{verdict.claim} ({law})" for verdict in found.verdicts if verdict.outcome == "refuted"]
    reference = not all(agrees_with_reference(mutant, system) for system in small_systems())
    return LoopJudged(mutant, tuple(dict.fromkeys(refuted)), invariant, repeated, reference)


def judge_in_scene(mutant: LoopMutant) -> LoopJudged:
    """Hold the claims of its scene, and the reference, against a loop with a slip (kind: as ``judge_loop``)."""
    scene = scenes()[mutant.scene]
    reference = not agrees_with_reference(mutant, scene.system)  # first: a slip that does not apply is an error
    refuted, invariant, repeated = [], "", False
    with planted(mutant):
        try:
            verdicts = judge_scene(scene, level_of(scene))
            refuted = [f"{one.claim} ({scene.name})" for one in verdicts if one.outcome == "refuted"]
        except RepeatedReplicaError:
            repeated = True
        except (ArithmeticError, IndexError, ValueError) as error:
            invariant = f"{type(error).__name__}: {error}"
    return LoopJudged(mutant, tuple(refuted), invariant, repeated, reference)


@contextmanager
def planted(mutant: LoopMutant) -> Iterator[None]:
    """The event loop with a slip, written and compiled in a private folder; put right again at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="staleproof-mutant-")))
        stack.enter_context(mock.patch.object(event_loop, "loop_source", mutant.source))
        stack.enter_context(mock.patch.object(event_loop, "_cache_folder", return_value=folder))
        stack.enter_context(mock.patch.object(jobs, "generator", mutant.stream))
        yield


@cache
def planned_cases() -> tuple[PlannedCase, ...]:
    """The studies of constant and exponential cycles; planned, and judged once without a slip: all must be well."""
    whole = (plan_case(Case("", study_of(law))) for law in LAWS[:2])
    # What samples something else than the loop's averages cannot see a slip of theirs.
    planned = tuple(replace(one, checks=tuple(c for c in one.checks if c.sampler is None)) for one in whole)
    for one in planned:
        level = ErrorBudget(checks=one.statistical_checks).level()
        found = judge_case(one, level, path_replicas=PATH_REPLICAS)
        wrong = [verdict for verdict in found.verdicts if verdict.outcome == "refuted"]
        if wrong or not all(agrees_with_reference(LoopMutant("none"), system) for system in small_systems()):
            raise ArithmeticError(f"the loop without a slip is refuted: {wrong}")
    return planned


def agrees_with_reference(mutant: LoopMutant, system: System, seed: int = 1) -> bool:
    """Whether a loop's events are those of the plain reference, bit for bit, and its averages to 1e-9.

    The loop is read as Python, which compiles nothing.
    """
    loop = interpreted(mutant.source(print_cycle(system), Features.of(system, "events")), system)
    expected = simulate_events(system, generator(seed, 0), REFERENCE_UPDATES)
    try:
        events, replica = loop.events(mutant.stream(seed, 0), REFERENCE_UPDATES, REFERENCE_BURN_IN)
    except (ArithmeticError, IndexError, ValueError):
        return False
    rows = zip(events.time, events.worker, events.staleness, events.x[0], strict=True)
    same = all(row == (one.time, one.worker, one.staleness, one.x[0]) for row, one in zip(rows, expected, strict=True))
    return same and _averages_agree(replica, averages(system, expected, REFERENCE_BURN_IN))


def _averages_agree(replica: Replica, expected: Averages) -> bool:
    counts = dict(enumerate(replica.staleness_histogram.tolist()))
    measured = (
        replica.event_sums[1, 0] / max(replica.made, 1),
        replica.time_sums[1, 0] / replica.duration,
        replica.age_origin + replica.age_sums[0] / max(replica.applied, 1),
        replica.duration,
    )
    known = (expected.event[0], expected.time[0], expected.delay_mean, expected.duration)
    return {age: count for age, count in counts.items() if count} == expected.staleness_counts and all(
        math.isclose(one, other, rel_tol=1e-9) for one, other in zip(measured, known, strict=True)
    )


@cache
def small_systems() -> tuple[System, ...]:
    """Exponential cycles, and constant ones that begin together: of those every arrival is simultaneous with others."""
    draws = [study_of(law).workers.cycle_law.draw for law in (LAWS[1], LAWS[0])]  # type: ignore[union-attr]
    starts = ("stationary", "together")
    return tuple(
        System(5, draw, 0.05, (1.0,), (1.0,), start)  # type: ignore[arg-type]
        for draw, start in zip(draws, starts, strict=True)
    )


@dataclass(frozen=True)
class LoopScore:
    """What became of a slip, in words."""

    what: str
    noticed: bool
    equivalent: str
    by: tuple[str, ...]


def judge_slip(what: str) -> LoopScore:
    """Hold everything against the slip of ``SLIPS`` that is called ``what``."""
    (mutant,) = (slip for slip in SLIPS if slip.what == what)
    one = judge_in_scene(mutant) if mutant.scene else judge_loop(mutant)
    by = [*one.refuted, *([one.invariant] if one.invariant else [])]
    by += ["replicas repeat"] * one.repeated + ["reference, bit for bit"] * one.reference
    return LoopScore(what, one.noticed, mutant.equivalent, tuple(by))


def loop_lines(scores: Iterable[LoopScore]) -> Iterator[str]:
    """One line per slip, then the score."""
    counts: Counter[str] = Counter()
    for one in scores:
        counted = "equivalent" if one.equivalent else "counted"
        counts[counted] += 1
        counts[f"{counted} and noticed"] += one.noticed
        word = "noticed" if one.noticed else "survived"
        why = f" [equivalent: {one.equivalent}]" if one.equivalent else ""
        yield f"{word}: {one.what}: {'; '.join(one.by) or 'by nothing'}{why}"
    yield (
        f"{counts['counted and noticed']} of {counts['counted']} slips noticed without the reference; "
        f"{counts['equivalent and noticed']} of {counts['equivalent']} equivalent ones noticed by it"
    )
