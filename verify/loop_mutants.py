"""Stage: mutants of the event loop. Input: textual slips in its source. Output: which of them the judge notices.

A slip is put into the printed source, which is compiled as ever, from a private folder. The judge then holds small
studies of constant and exponential cycles against the theory; the plain reference holds event lists bit for bit. A
slip that leaves every law as it is can be noticed by the reference alone; it says why.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np

from derive.study_records import Case
from numeric import decay, event_loop, simulation
from numeric.draw_printer import PrintedDraw
from numeric.event_loop import System, generator
from numeric.event_loop_source import Features, loop_source
from numeric.reference import simulate_events
from numeric.simulation import Simulation
from verify.gates import ErrorBudget
from verify.judging import PlannedCase, judge_case, plan_case
from verify.planted_claims import LAWS, study_of

PATH_REPLICAS = 1024
REFERENCE_UPDATES = 400

Stream = Callable[[int, int], np.random.Generator]

# Texts of the printed loop of one noisy mode.
_READ = "h0 * read0[i]"
_NOISE = "s0 * rng.standard_normal()"
_STEP = f"x0 -= learning_rate * ({_READ} + {_NOISE})"
_PULL = "read0[i] = x0"
_DRAW = "duration = draw_cycle(rng, table)"
_AGE = "age = cycle[i] - origin;"
_TIME = "time1_0 += x0 * interval; time2_0 += x0 * x0 * interval"
_EVENT = "event1_0 += x0; event2_0 += x0 * x0"
_COMPARISONS = ("t < soonest", "t < t1", "t < t2", "t < t3", "t1 < soonest", "t3 < t2", "t2 < soonest")
_SWAPPED = (("time1_0", "event1_0"), ("time2_0", "event2_0"), ("event1_0", "time1_0"), ("event2_0", "time2_0"))


@dataclass(frozen=True)
class LoopMutant:
    """One slip: what it is, the (old, new) texts, or another random ``stream`` of a seed and a replica.

    ``equivalent`` says why the judge cannot notice it, where the slip changes no law; then the reference must.
    ``in_paths``: whether the loop that records a path, which counts no versions, gets the slip too.
    """

    what: str
    changes: tuple[tuple[str, str], ...] = ()
    equivalent: str = ""
    stream: Stream = field(default=generator)
    in_paths: bool = True

    def source(self, draw: PrintedDraw, features: Features) -> str:
        """The printed loop with this slip; texts that a loop does not have stay away."""
        text = loop_source(draw, features)
        for old, new in self.changes if self.in_paths or features.recording != "path" else ():
            text = text.replace(old, new)
        return text


LOOP_MUTANTS = (
    LoopMutant("gradient at the current parameter, not at the pulled one", (("h0 * read0[i]", "h0 * x0"),)),
    LoopMutant(
        "parameter pulled one update late",
        (("read0[i] = x0", "read0[i] = before"), ("x0 -= ", "before = x0; x0 -= ")),
    ),
    LoopMutant("another worker's parameter read", (("h0 * read0[i]", "h0 * read0[(i + 1) % workers]"),)),
    LoopMutant(
        "workers served in turn, not by their rates",
        (
            (f"{_READ} + s0", "h0 * read0[version % workers] + s0"),
            (_PULL, _PULL.replace("[i]", "[version % workers]")),
            ("pulled[i]", "pulled[version % workers]"),
        ),
        in_paths=False,
    ),
    LoopMutant("version counted before the update is made", (("pulled[i] = version + 1", "pulled[i] = version"),)),
    LoopMutant("staleness counts the gradient's own update", (("version - pulled[i]", "version + 1 - pulled[i]"),)),
    LoopMutant(
        "both versions counted wrong, so that their books balance",
        (
            ("version - pulled[i]", "version + 1 - pulled[i]"),
            ("pulled[i] = version + 1", "pulled[i] = version + 1; skipped += 1"),
            ("begin_pulled = 0;", "begin_pulled = 0; skipped = 0;"),
            ("begin_pulled = pulled.sum()", "begin_pulled = pulled.sum() + skipped"),
            ("begin_pulled, pulled.sum(),", "begin_pulled, pulled.sum() + skipped,"),
        ),
    ),
    LoopMutant("every interval weighs alike in the time average", ((_TIME, _TIME.replace("interval", "1.0")),)),
    LoopMutant(
        "time and event average swapped",
        tuple((f"totals[{k}] += {old}", f"totals[{k}] += {new}") for k, (old, new) in enumerate(_SWAPPED)),
    ),
    LoopMutant(
        "the time average weighs the value after the interval",
        ((_TIME, "pass"), (_EVENT, f"{_EVENT}; {_TIME}")),
    ),
    LoopMutant("burn-in's clock not subtracted", (("begin_time = time;", "begin_time = 0.0;"),)),
    LoopMutant("burn-in's sums not cleared", (("totals[:] = 0.0; histogram", "histogram"),)),
    LoopMutant("burn-in's staleness not cleared", (("; histogram[:] = 0", ""),)),
    LoopMutant("only the last chunk is summed", (("] += time", "] = time"), ("] += event", "] = event"))),
    LoopMutant("cycle of a worker never renewed in its record", (("cycle[i] = duration", "pass"),)),
    LoopMutant("noise scaled by 1.02", ((_NOISE, f"1.02 * {_NOISE}"),)),
    LoopMutant("one worker's gradients without noise", ((_NOISE, f"(i != 3) * {_NOISE}"),)),
    LoopMutant(
        "one normal serves two gradients",
        (
            (_NOISE, "s0 * fresh"),
            (_AGE, f"fresh = rng.standard_normal() if version % 2 == 0 else fresh; {_AGE}"),
            ("diverged = False\n", "diverged = False; fresh = 0.0\n"),
        ),
        in_paths=False,
    ),
    LoopMutant(
        "noise and duration made of one draw",
        (
            (_DRAW, "pass"),
            (_AGE, f"{_DRAW}; {_AGE}"),
            (_NOISE, "s0 * (duration - 1.0)"),  # the mean cycle is 1, and so is its s.d. where it is exponential
        ),
        in_paths=False,
    ),
    LoopMutant("every replica has the same stream", stream=lambda seed, replica: generator(seed, 0)),
    LoopMutant("every two replicas share a stream", stream=lambda seed, replica: generator(seed, replica // 2)),
    LoopMutant(
        "of simultaneous arrivals the worker with the higher index comes first",
        tuple((f"less = {one}", f"less = {one.replace('<', '<=')}") for one in _COMPARISONS),
        "stationary phases are continuous: no two arrivals are simultaneous",
    ),
    LoopMutant(
        "next cycle drawn before the gradient's noise",
        ((_DRAW, "pass"), (_AGE, f"{_DRAW}; {_AGE}")),
        "independent draws have the same law in any order",
        in_paths=False,
    ),
)


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
        """By the judge or an invariant; a slip that changes no law, by the reference."""
        return bool(self.refuted or self.invariant or self.repeated or (self.mutant.equivalent and self.reference))


def judge_loop(mutant: LoopMutant) -> LoopJudged:
    """Hold the judge and the reference against a loop with a slip (kind: verdicts at a declared false-alarm rate)."""
    planned = planned_cases()
    refuted, invariant, repeated = [], "", False
    with planted(mutant):
        for one in planned:
            level = ErrorBudget(checks=sum(case.statistical_checks for case in planned)).level()
            try:
                found = judge_case(one, level, path_replicas=PATH_REPLICAS)
            except (ArithmeticError, IndexError, ValueError) as error:
                invariant = invariant or f"{type(error).__name__}: {error}"
                continue
            law = one.modes[0].model.law.name
            refuted += [f"{verdict.claim} ({law})" for verdict in found.verdicts if verdict.outcome == "refuted"]
            repeated |= bool(repeated_replicas(found.run))
        reference = not all(agrees_with_reference(system) for system in _small_systems())
    return LoopJudged(mutant, tuple(dict.fromkeys(refuted)), invariant, repeated, reference)


@contextmanager
def planted(mutant: LoopMutant) -> Iterator[None]:
    """The event loop with a slip, written and compiled in a private folder; put right again at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="staleproof-mutant-")))
        stack.enter_context(mock.patch.object(event_loop, "loop_source", mutant.source))
        stack.enter_context(mock.patch.object(event_loop, "_cache_folder", return_value=folder))
        for module in (simulation, decay):
            stack.enter_context(mock.patch.object(module, "generator", mutant.stream))
        yield


@cache
def planned_cases() -> tuple[PlannedCase, ...]:
    """The studies of constant and exponential cycles; planned, and judged once without a slip: all must be well."""
    planned = tuple(plan_case(Case("", study_of(law))) for law in LAWS[:2])
    for one in planned:
        level = ErrorBudget(checks=one.statistical_checks).level()
        found = judge_case(one, level, path_replicas=PATH_REPLICAS)
        wrong = [verdict for verdict in found.verdicts if verdict.outcome == "refuted"]
        if wrong or repeated_replicas(found.run) or not all(agrees_with_reference(one) for one in _small_systems()):
            raise ArithmeticError(f"the loop without a slip is refuted: {wrong}")
    return planned


def repeated_replicas(run: Simulation) -> tuple[tuple[int, int], ...]:
    """Pairs of replicas whose every stationary average is the same double: they shared their random stream.

    Empty for a run without noise or one that diverged, whose replicas may rightly be the same.
    """
    averages = [entry.samples for entry in run.quantities if entry.quantity == "stationary_variance"]
    seen: dict[tuple[float, ...], int] = {}
    pairs = []
    for replica, values in enumerate(zip(*averages, strict=True)):
        if any(values):
            first = seen.setdefault(values, replica)
            pairs += [(first, replica)] if first != replica else []
    return tuple(pairs)


def agrees_with_reference(system: System, seed: int = 1) -> bool:
    """Whether the compiled loop's events are those of the plain reference, bit for bit."""
    expected = simulate_events(system, generator(seed, 0), REFERENCE_UPDATES)
    try:
        events, _ = event_loop.event_loop(system, "events").events(generator(seed, 0), REFERENCE_UPDATES)
    except (ArithmeticError, IndexError, ValueError):
        return False
    rows = zip(events.time, events.worker, events.staleness, events.x[0], strict=True)
    return all(row == (one.time, one.worker, one.staleness, one.x[0]) for row, one in zip(rows, expected, strict=True))


@cache
def _small_systems() -> tuple[System, ...]:
    """Exponential cycles, and constant ones that begin together: of those every arrival is simultaneous with others."""
    draws = [study_of(law).workers.compute.draw for law in (LAWS[1], LAWS[0])]  # type: ignore[union-attr]
    starts = ("stationary", "together")
    return tuple(
        System(5, draw, 0.05, (1.0,), (1.0,), start)  # type: ignore[arg-type]
        for draw, start in zip(draws, starts, strict=True)
    )


def loop_lines(mutants: Iterable[LoopMutant] = LOOP_MUTANTS) -> Iterator[str]:
    """One line per slip, then the score."""
    scores: Counter[str] = Counter()
    for mutant in mutants:
        one = judge_loop(mutant)
        counted = "equivalent" if mutant.equivalent else "counted"
        scores[counted] += 1
        scores[f"{counted} and noticed"] += one.noticed
        by = [*one.refuted, *([one.invariant] if one.invariant else [])]
        by += ["replicas repeat"] * one.repeated + ["reference, bit for bit"] * one.reference
        word = "NOTICED" if one.noticed else "SURVIVED"
        yield f"{word}: {mutant.what}: {'; '.join(by) or 'by nothing'}" + (
            f" [equivalent in law: {mutant.equivalent}]" if mutant.equivalent else ""
        )
    yield (
        f"{scores['counted and noticed']} of {scores['counted']} slips noticed without the reference; "
        f"{scores['equivalent and noticed']} of {scores['equivalent']} that change no law noticed by it"
    )
