"""Stage: reports. Input: a command's options, its studies found readable. Output: each judged, its report written.

Several studies are told by as many processes as there are processors, all under one error budget: each first says how
many checks it plans, the steps that they derive are checked once for all, then each is simulated, judged and written.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from derive.formulas.notation import written_with
from derive.studies.schema import StudyError, Verbatim
from numeric.running.processes import LoneContext
from verify.commands.laboratory import RESUME, laboratory, store_path
from verify.commands.progress import Progress, progress_for
from verify.commands.reading import loaded
from verify.kept_checks import learn
from verify.report import Report
from verify.reporting import FALSE_ALARM_RATE, PlannedStudy, budget_of, claims_of, plan_study, report_planned
from verify.second_routes.ahead import Found, proving_ahead, steps_checked
from verify.statistics.gates import ErrorBudget
from verify.telling.writing import write_report


@dataclass(frozen=True)
class Told:
    """What is left to say of a study whose report is written."""

    outcomes: frozenset[str]
    line: str


def told_studies(options: argparse.Namespace) -> list[Told]:
    """Judge and tell the studies that the options name, in their order.

    Raises ``StudyError`` as its parts do, and where the system ends a process.
    """
    processes = min(len(options.study), os.cpu_count() or 1)
    if processes < 2 or options.engine != "threads":  # another engine has workers of its own, for one study at a time
        return _in_turn(options)
    return _side_by_side(options, processes)


def _in_turn(options: argparse.Namespace) -> list[Told]:
    with progress_for(quiet=options.quiet) as progress, laboratory(options) as running:
        planned = [plan_study(loaded(path, options.seed)) for path in options.study]
        budget = budget_of(planned)
        with proving_ahead(claim for one in planned for claim in claims_of(one)) as prove:
            return [_written(one, report_planned(one, budget, progress, running, prove), options) for one in planned]


def _side_by_side(options: argparse.Namespace, processes: int) -> list[Told]:
    with _pool(processes, resumable=store_path(options) is not None) as pool:
        parts = list(pool.map(_planned_parts, options.study, [options.seed] * len(options.study)))
        checks = max(1, sum(number for number, _ in parts))
        claims = dict.fromkeys(claim for _, claims in parts for claim in claims)
        with progress_for(quiet=options.quiet) as progress:
            found = _all_checked(pool, claims, progress)
        begun = [pool.submit(_told, options, path, checks, found) for path in options.study]
        return [one.result() for one in begun]


def _all_checked(pool: ProcessPoolExecutor, claims: Iterable[str], progress: Progress) -> Found:
    """What every process finds of the claims' steps, so that none checks what another has checked."""
    found: Found = {}
    wanted = list(claims)
    with progress.task("proving", max(1, len(wanted))) as advance:
        for checks in pool.map(steps_checked, wanted):
            found |= {key: check for key, check in checks.items() if key not in found or "kept" not in check}
            advance(1)
    return found


@contextmanager
def _pool(processes: int, *, resumable: bool) -> Iterator[ProcessPoolExecutor]:
    """Processes that an interrupt ends at once, and that are told in one line when the system ends one."""
    pool = ProcessPoolExecutor(processes, mp_context=LoneContext(), initializer=signal.signal, initargs=_IGNORED)
    try:
        yield pool
    except KeyboardInterrupt:
        for process in multiprocessing.active_children():
            process.terminate()
        raise KeyboardInterrupt(*([RESUME] if resumable else [])) from None
    except BrokenProcessPool:
        lost = "the system ended a process that told one, most likely for want of memory"
        raise StudyError("command line", "STUDY", Verbatim("several"), lost, "one study at a time") from None
    finally:
        pool.shutdown(cancel_futures=True)


_IGNORED = (signal.SIGINT, signal.SIG_IGN)
"""An interrupt reaches every process of a terminal; the first one alone acts on it."""


def _planned_parts(path: str, seed: int | None) -> tuple[int, list[str]]:
    """How many checks of a study rest on samples, and the claims that it is an example of."""
    planned = _planned(path, seed)
    return planned.statistical_checks, claims_of(planned)


@cache
def _planned(path: str, seed: int | None) -> PlannedStudy:
    return plan_study(loaded(path, seed))


def _told(options: argparse.Namespace, path: str, checks: int, found: Found) -> Told:
    """The work of another process: the report of one study, written."""
    learn(found)
    budget = ErrorBudget(FALSE_ALARM_RATE, checks)
    with progress_for(quiet=options.quiet, plain=True) as progress, laboratory(options) as running:
        planned = _planned(path, options.seed)
        return _written(planned, report_planned(planned, budget, progress, running), options)


def _written(planned: PlannedStudy, judged: Report, options: argparse.Namespace) -> Told:
    with written_with(dict(planned.file.notation)):
        write_report(judged, Path(options.out) / planned.file.name)
    return Told(frozenset(verdict.outcome for verdict in judged.verdicts), _verdict_line(judged))


def _verdict_line(judged: Report) -> str:
    counts = Counter[Any](verdict.outcome for verdict in judged.verdicts)
    detail = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    alone = "; simulation only" if any(case.simulation_only for case in judged.cases) else ""
    return f"{judged.name}: {'PASS' if judged.passed else 'FAIL'} ({detail}{alone})"
